// docs/performance.md, from what the benchmarks found: every goal with what was measured, and then each benchmark.
import type { Held } from './bench-held.ts';
import { goalOf, isMet, type Report, type Target } from './bench-report.ts';

/** A machine whose processors others had for more than this share was busy, and the page says so. */
const busyPercent = 10;

const head = `# Performance

<!-- Written by \`npm run bench\` from docs/performance.json. Not by hand: what explains a figure stands in tools/bench. -->

How fast the service is. Absolute figures wander with the machine, so a goal is a ratio to a floor or a peer wherever there is
one, both measured in the same run by turns: medians, and how far the rounds lie apart.

\`npm run bench\` runs every benchmark and writes this page and [performance.json](performance.json); it goes on where it was
stopped, and \`--fresh\` begins anew. \`npm run bench -- NAME\` runs one, \`npm run bench -- --document\` writes the page from what
is held. The local runtime is one thread, so what serves is on one core and what asks on another. What the page costs its
browser, in pictures and by Lighthouse: [page-performance.md](page-performance.md).`;

const cell = (value: string | number): string =>
  (typeof value === 'number' ? value.toLocaleString('en-US', { maximumFractionDigits: 3 }) : value)
    .replaceAll('\\', '\\\\')
    .replaceAll('|', '\\|');

function markdownTable(rows: Report['rows']): string {
  const columns = Object.keys(rows[0] ?? {});
  const isNumber = columns.map((column) => typeof rows[0]?.[column] === 'number');
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    line(columns.map(cell)),
    `|${isNumber.map((is) => (is ? '---:' : '---')).join('|')}|`,
    ...rows.map((row) => line(columns.map((column) => cell(row[column] ?? '')))),
  ].join('\n');
}

const verdict = (target: Target): string => (isMet(target) ? 'met' : '**MISSED**');

function goalRows({ name, targets = [] }: Held): Report['rows'] {
  return targets.map((target) => ({
    benchmark: `[${name}](#${name})`,
    what: target.what,
    goal: goalOf(target),
    measured: String(target.measured),
    spread: target.spread ?? '',
    verdict: verdict(target),
  }));
}

function summary(held: readonly Held[], absent: readonly string[]): string {
  const targets = held.flatMap(({ targets: of = [] }) => of);
  const missed = targets.filter((target) => !isMet(target)).length;
  const busy = held.filter(({ othersPercent }) => othersPercent > busyPercent).map(({ name }) => name);
  const lines = [`${targets.length - missed} of ${targets.length} goals are met, **${missed} missed**.`];
  if (absent.length > 0) lines.push(`**Not run**: ${absent.join(', ')}.`);
  if (busy.length > 0)
    lines.push(
      `**The machine was busy** with other programs, so that figures that are no ratio mean little: ${busy.join(', ')}.`,
    );
  return lines.join(' ');
}

function section(held: Held): string {
  const { name, describe, notes, settings, rows, targets = [], plots = [] } = held;
  const about = Object.entries(settings).map(([key, value]) => `- ${key}: ${value}`);
  const parts = [
    `## ${name}`,
    `${describe}\n\n\`npm run bench -- ${name}\`, ${held.date.slice(0, 16)}Z, commit \`${held.commit}\`, ${held.machine}, Node ${held.node}, ${held.tookSeconds} s;
other programs had ${held.othersPercent} % of the processors just before.`,
    about.join('\n'),
    markdownTable(rows),
    targets
      .map((target) => `- ${verdict(target)}: ${target.what}: ${target.measured}, ${goalOf(target)}`)
      .join('\n'),
    plots.map((plot) => `![${plot.title}: ${plot.y}](plots/${plot.name}.svg)`).join('\n\n'),
    notes.join('\n\n'),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

/** The whole page; `absent` are benchmarks of which nothing is held. */
export function performancePage(held: readonly Held[], absent: readonly string[]): string {
  const goals = held.flatMap(goalRows);
  const parts = [
    head,
    '## Goals',
    summary(held, absent),
    ...(goals.length > 0 ? [markdownTable(goals)] : []),
    ...held.map(section),
  ];
  return `${parts.join('\n\n')}\n`;
}
