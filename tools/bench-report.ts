// What a benchmark is, and what it tells.
import type { Plot } from './bench-plot.ts';
import { median, rounded } from './bench-rate.ts';
import { quantile } from './producer/progress.ts';

export interface Bench {
  readonly name: string;
  /** One sentence: what is measured, and from where to where. */
  readonly describe: string;
  /** What was tried and did not help, and what holds a missed goal back: a sentence or two each. */
  readonly notes?: readonly string[];
  run(): Promise<Report>;
}

export interface Report {
  /** How it was measured: rates, durations, sizes. */
  readonly settings: Readonly<Record<string, string | number>>;
  /** All with the same columns. */
  readonly rows: readonly Readonly<Record<string, string | number>>[];
  readonly targets?: readonly Target[];
  /** Each becomes docs/plots/NAME.svg. */
  readonly plots?: readonly Plot[];
}

export type Target = {
  /** With its unit, or what it is a ratio to. */
  readonly what: string;
  readonly measured: number;
  /** Of the rounds that `measured` is the middle of. */
  readonly spread?: string;
} & ({ readonly atMost: number } | { readonly atLeast: number });

/** What is not a number meets no goal; a file holds null for it. */
export function isMet(target: Target): boolean {
  if (!Number.isFinite(target.measured)) return false;
  return 'atMost' in target ? target.measured <= target.atMost : target.measured >= target.atLeast;
}

export function goalOf(target: Target): string {
  return 'atMost' in target ? `at most ${target.atMost}` : `at least ${target.atLeast}`;
}

/** The middle of some rounds, and how far they lie apart. */
export function middleOf(rounds: readonly number[]): Pick<Target, 'measured' | 'spread'> {
  const [least, most] = [Math.min(...rounds), Math.max(...rounds)].map(rounded);
  return { measured: rounded(median(rounds)), spread: `${least} to ${most}, of ${rounds.length}` };
}

/** A row of quantiles, in whatever unit the samples have, to a tenth. */
export function quantileRow(what: string, samples: readonly number[]): Record<string, string | number> {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (share: number) => Math.round(quantile(sorted, share) * 10) / 10;
  return { what, n: sorted.length, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}

/** Rows as text in columns; numbers to the right. */
export function table(rows: Report['rows']): string {
  const columns = Object.keys(rows[0] ?? {});
  const cells = [columns, ...rows.map((row) => columns.map((column) => String(row[column] ?? '')))];
  const widths = columns.map((_, n) => Math.max(...cells.map((row) => row[n]?.length ?? 0)));
  const isNumber = columns.map((column) => typeof rows[0]?.[column] === 'number');
  const pad = (text: string, n: number) =>
    isNumber[n] ? text.padStart(widths[n] ?? 0) : text.padEnd(widths[n] ?? 0);
  return cells.map((row) => `  ${row.map(pad).join('  ').trimEnd()}`).join('\n');
}
