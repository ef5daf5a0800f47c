// Cron expressions as the platform reads them (five fields, UTC, days of the week 1 to 7 from Sunday), for the local run,
// whose runtime never fires them by itself.

const fields = [
  { name: 'minute', least: 0, most: 59, names: [] },
  { name: 'hour', least: 0, most: 23, names: [] },
  { name: 'day', least: 1, most: 31, names: [] },
  { name: 'month', least: 1, most: 12, names: 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ') },
  { name: 'weekday', least: 1, most: 7, names: 'SUN MON TUE WED THU FRI SAT'.split(' ') },
] as const;

/** Whether a schedule fires in the minute of `at`. Throws on what it cannot read (L and W among it). */
export function cronFires(expression: string, at: Date): boolean {
  const parts = expression.trim().split(/\s+/);
  if (parts.length !== fields.length) throw new Error(`Cron "${expression}" does not have five fields.`);
  const now = [
    at.getUTCMinutes(),
    at.getUTCHours(),
    at.getUTCDate(),
    at.getUTCMonth() + 1,
    at.getUTCDay() + 1,
  ];
  const fits = fields.map((field, n) => valuesOf(parts[n] as string, field).has(now[n] as number));
  const [minute, hour, day, month, weekday] = fits;
  // As cron has always done: where both days are named, either will do.
  const bothNamed = !parts[2]?.startsWith('*') && !parts[4]?.startsWith('*');
  const rightDay = bothNamed ? day || weekday : day && weekday;
  return Boolean(minute && hour && month && rightDay);
}

function valuesOf(text: string, field: (typeof fields)[number]): Set<number> {
  const values = new Set<number>();
  for (const item of text.split(',')) {
    const [, range = '', step = '1'] = /^([^/]+)(?:\/(\d+))?$/.exec(item) ?? [];
    const [from = '', to] = range.split('-');
    const first = from === '*' ? field.least : numberOf(from, field);
    const open = from === '*' || item.includes('/');
    const last = to === undefined ? (open ? field.most : first) : numberOf(to, field);
    if (!(first >= field.least && last <= field.most && first <= last && Number(step) > 0))
      throw new Error(`Cron field ${field.name} cannot be "${text}".`);
    for (let value = first; value <= last; value += Number(step)) values.add(value);
  }
  return values;
}

function numberOf(text: string, field: (typeof fields)[number]): number {
  const named = (field.names as readonly string[]).indexOf(text.toUpperCase());
  if (named >= 0) return field.least + named;
  return /^\d+$/.test(text) ? Number(text) : Number.NaN;
}
