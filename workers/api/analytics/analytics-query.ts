/** Questions about the warehouse: whole days of a time zone, beside those before, and which sessions (ANA-1). */
import * as z from 'zod';
import { analyticsDaysDefault, analyticsDaysMax } from '../../../core/protocol/analytics-limits.ts';
import { windowMs } from '../../../core/protocol/limits.ts';
import { once } from '../../../core/protocol/once.ts';
import {
  isTimeZone,
  type LocalDay,
  localDayOf,
  localDays,
  type SlotSpan,
  slotMs,
} from '../../../core/warehouse/local-days.ts';
import type { GroupScope } from '../../../storage/analytics/group-sums.ts';
import type { SessionFilters, ValueFilter } from '../../../storage/analytics/session-filters.ts';
import { type Cursor, questionOf, type Rank, type Ranking, readCursor } from '../cursor.ts';
import { fault, instant, type Parsed, parseParameters, wholeNumber } from '../parameters.ts';
import { invalidParameters } from '../problem-response.ts';
import { person } from '../request-scope.ts';
import { type ApiContext, namedRegions } from '../stats-query.ts';
import { valueList } from './value-list.ts';

/** What every question about a range takes. */
export const analyticsShape = once(() => ({
  days: wholeNumber(1, analyticsDaysMax)
    .optional()
    .describe(
      DESCRIBED &&
        `Length of the range in days, 1 to ${analyticsDaysMax}: up to \`to\`, else up to the end of today. ` +
          `${analyticsDaysDefault} where neither it nor \`from\` is given`,
    )
    .meta(DESCRIBED && { example: String(analyticsDaysDefault) }),
  from: instant()
    .optional()
    .describe(
      DESCRIBED && 'Start of the range, ISO 8601 or epoch ms, rounded down to the start of its day in `tz`',
    )
    .meta(DESCRIBED && { example: '2026-11-01T00:00:00Z' }),
  to: instant()
    .optional()
    .describe(
      DESCRIBED &&
        'End of the range, which is not part of it, ISO 8601 or epoch ms, rounded up to the end of its day in `tz`; at ' +
          `most ${analyticsDaysMax} days after \`from\`. The end of today where it is not given`,
    )
    .meta(DESCRIBED && { example: '2026-11-21T00:00:00Z' }),
  tz: z
    .string()
    .refine(isTimeZone, 'must be the name of a time zone, such as Europe/Berlin')
    .optional()
    .describe(DESCRIBED && 'Time zone of days, hours and weeks, by its IANA name. UTC where it is not given')
    .meta(DESCRIBED && { example: 'Europe/Berlin' }),
  compare: z
    .enum(['previous'], 'must be previous')
    .optional()
    .describe(DESCRIBED && '`previous` to have beside it the figures of as many days just before')
    .meta(DESCRIBED && { example: 'previous' }),
  region: valueList(
    DESCRIBED && 'Sessions of these regions, by name. Sessions of which no region is known are in no list',
    'EU-London',
  ),
  country: valueList(DESCRIBED && 'Sessions of users of these countries', 'US,CA'),
  device_type: valueList(DESCRIBED && 'Sessions on these devices', 'mobile,tablet'),
  genre: valueList(DESCRIBED && 'Sessions of films of these genres', 'Drama'),
  subscription_type: valueList(DESCRIBED && 'Sessions of users of these subscriptions', 'premium'),
  content_id: valueList(DESCRIBED && 'Sessions of these films', 'film-001'),
}));

const schema = once(() => z.object(analyticsShape()));
type Given = z.output<ReturnType<typeof schema>>;

/** Days, and the sessions that began in them. */
export interface AnalyticsRange extends SlotSpan {
  readonly days: readonly LocalDay[];
}

export interface AnalyticsQuery {
  /** Where a page goes on, and what the cursor of the next has to name. */
  readonly page: { readonly after: Rank | null; readonly question: string };
  readonly tz: string;
  readonly range: AnalyticsRange;
  /** As many days just before, where they were asked for. */
  readonly previous: AnalyticsRange | null;
  readonly filters: SessionFilters;
}

/** The sessions of the range, with those of the days before where they are asked for. */
export function scopeOf({ range, previous, filters }: AnalyticsQuery): GroupScope {
  const { fromSlot, toSlot } = range;
  return { fromSlot, toSlot, previousFromSlot: previous?.fromSlot ?? null, filters };
}

/** What the parts of a rank are, by the parameters of a route that has pages. */
export type RankShape<Values> = (values: Values) => Ranking<never>['shape'];

/** A day of 25 hours more than the longest range. */
const cursorMinutesMax = analyticsDaysMax * 1440 + 60;

/** Checks the parameters of a question; `own` are those of the route's own. */
export async function analyticsQuery<Shape extends z.ZodRawShape>(
  context: ApiContext,
  own: z.ZodObject<Shape>,
  nowMs: number,
  rankShape?: RankShape<z.output<z.ZodObject<Shape>>>,
): Promise<
  | { readonly query: AnalyticsQuery; readonly values: z.output<z.ZodObject<Shape>> }
  | { readonly response: Response }
> {
  const { pathname, searchParams: parameters } = new URL(context.req.url);
  const common = parseParameters(schema(), parameters);
  const values = parseParameters(own, parameters);
  const faults = [common, values].flatMap((parsed) => (parsed.ok ? [] : parsed.faults));
  if (!common.ok || !values.ok) return { response: invalidParameters(faults) };
  const given = common.value;
  const names = [...Object.keys(analyticsShape()), ...Object.keys(own.shape)];
  const question = questionOf(pathname, names, parameters);
  const cursor = readPlace(parameters.get('cursor'), question, rankShape?.(values.value));
  if (!cursor.ok) return { response: invalidParameters(cursor.faults) };
  // A page goes on in the range of the first, though midnight may have passed.
  const end = cursor.value && { to: cursor.value.range.toMinute * windowMs };
  const ranges = resolveDays({ ...end, ...given }, nowMs);
  if (!ranges.ok) return { response: invalidParameters(ranges.faults) };
  const region = await regionFilter(context.env.DB, given.region, nowMs);
  if ('response' in region) return region;
  const {
    country = null,
    device_type = null,
    genre = null,
    subscription_type = null,
    content_id = null,
  } = given;
  const filters = { region: region.filter, country, device_type, genre, subscription_type, content_id };
  const page = { after: cursor.value?.after ?? null, question };
  return { query: { ...ranges.value, filters, page }, values: values.value };
}

function readPlace(
  text: string | null,
  question: string,
  shape: Ranking<never>['shape'] | undefined,
): Parsed<Cursor | null> {
  if (text === null || !shape) return { ok: true, value: null };
  return readCursor(text, question, shape, cursorMinutesMax);
}

function resolveDays(
  { days, from, to, tz = 'UTC', compare }: Given,
  nowMs: number,
): Parsed<Pick<AnalyticsQuery, 'tz' | 'range' | 'previous'>> {
  if (days !== undefined && from !== undefined)
    return fault([{ parameter: 'days', message: 'goes with to or alone, not with from' }]);
  const dayOf = (ms: number) => localDayOf(tz, Math.floor(ms / slotMs));
  const toDay = dayOf(to === undefined ? nowMs : to - 1) + 1;
  const fromDay = from === undefined ? toDay - (days ?? analyticsDaysDefault) : dayOf(from);
  if (fromDay >= toDay || (from !== undefined && to !== undefined && from >= to))
    return fault([{ parameter: 'from', message: 'must be before to' }]);
  const length = toDay - fromDay;
  if (length > analyticsDaysMax)
    return fault([{ parameter: 'from', message: `must be at most ${analyticsDaysMax} days before to` }]);
  const all = localDays(tz, compare ? fromDay - length : fromDay, toDay);
  const range = rangeOf(all.filter(({ day }) => day >= fromDay));
  const before = all.filter(({ day }) => day < fromDay);
  return { ok: true, value: { tz, range, previous: before.length === 0 ? null : rangeOf(before) } };
}

const rangeOf = (days: readonly LocalDay[]): AnalyticsRange => ({
  days,
  fromSlot: days[0]?.fromSlot ?? 0,
  toSlot: days.at(-1)?.toSlot ?? 0,
});

/** Who is limited to regions sees their sessions alone, and none of which no region is known (ACC-2). */
export async function regionFilter(
  db: D1Database,
  asked: ValueFilter | undefined,
  nowMs: number,
): Promise<{ readonly filter: ValueFilter<number> | null } | { readonly response: Response }> {
  const seen = await namedRegions(db, undefined, nowMs);
  if ('response' in seen) return seen;
  const numbers = new Map(seen.map(({ name, number }) => [name, number]));
  const isLimited = person().regions !== '*';
  if (!asked) return { filter: isLimited ? { values: [...numbers.values()], isNegated: false } : null };
  if (asked.values.some((name) => !numbers.has(name))) {
    const message = `must be the name of a region, such as ${seen[0]?.name}`;
    return { response: invalidParameters([{ parameter: 'region', message }]) };
  }
  const named = asked.values.map((name) => numbers.get(name) as number);
  if (!asked.isNegated || !isLimited) return { filter: { values: named, isNegated: asked.isNegated } };
  const left = [...numbers.values()].filter((number) => !named.includes(number));
  return { filter: { values: left, isNegated: false } };
}
