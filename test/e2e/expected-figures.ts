/** What the glossary (docs/metrics.md) makes of a naive sum, and how rows of the API are held against it. */
import { expect } from 'vitest';
import type { Sum } from './messy-traffic.ts';

export type Row = Readonly<Record<string, unknown>>;

export const ratio = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

const downloadsOf = (sum: Sum) => ({
  total_downloads: sum.total_downloads,
  successful_downloads: sum.successful_downloads,
  failed_downloads: sum.failed_downloads,
  slow_downloads: sum.slow_downloads,
  success_rate: ratio(sum.successful_downloads, sum.total_downloads),
  error_rate: ratio(sum.failed_downloads, sum.total_downloads),
  avg_speed_mbps: ratio(sum.speed_kbps / 1000, sum.speed_count),
});

export const basicsOf = (sum: Sum) => ({
  total_events: sum.total_events,
  views: sum.views,
  watched_seconds: sum.watched_ms / 1000,
  ...downloadsOf(sum),
});

export const viewingOf = (sum: Sum) => ({
  completions: sum.completions,
  rating_count: sum.rating_count,
  avg_rating: ratio(sum.rating_sum, sum.rating_count),
  buffering_count: sum.buffering_count,
  bytes: sum.bytes,
});

/** The rows by key, each cut down to the columns that the count knows. */
function cut(rows: readonly Row[], key: string, expected: ReadonlyMap<string, Row>): Map<string, Row> {
  const names = Object.keys([...expected.values()][0] ?? {});
  const held = rows.filter((row) => expected.has(String(row[key])) || Number(row.total_events ?? 1) > 0);
  return new Map(
    held.map((row) => [String(row[key]), Object.fromEntries(names.map((name) => [name, row[name]]))]),
  );
}

export function expectRows(
  rows: readonly Row[],
  key: string,
  sums: ReadonlyMap<string, Sum>,
  columns: (sum: Sum) => Row,
): void {
  const expected = new Map([...sums].map(([name, sum]) => [name, columns(sum)]));
  expect(cut(rows, key, expected)).toEqual(expected);
}
