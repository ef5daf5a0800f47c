// What a benchmark is, and what it tells.
import { quantile } from './producer/progress.ts';

export interface Bench {
  readonly name: string;
  /** One sentence: what is measured, and from where to where. */
  readonly describe: string;
  run(): Promise<Report>;
}

export interface Report {
  /** How it was measured: rates, durations, sizes. */
  readonly settings: Readonly<Record<string, string | number>>;
  /** All with the same columns. */
  readonly rows: readonly Readonly<Record<string, string | number>>[];
  readonly targets?: readonly Target[];
}

export interface Target {
  readonly what: string;
  readonly atMost: number;
  readonly measured: number;
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
