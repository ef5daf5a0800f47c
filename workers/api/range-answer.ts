/** Answers about a range: as JSON with how fresh they are (API-1), or their rows as CSV. */
import type * as z from 'zod';
import { windowMs } from '../../core/protocol/limits.ts';
import { csvOf, prefersCsv } from './csv.ts';
import { pageOf, type Ranking, writeCursor } from './cursor.ts';
import { isoTime } from './figures.ts';
import { jsonResponse } from './problem-response.ts';
import type { RangeState } from './range-reader.ts';
import type { ApiContext, StatsQuery } from './stats-query.ts';

/** One object of figures. */
export function objectResponse(state: RangeState, data: object): Response {
  return jsonResponse({ data, meta: freshness(state) });
}

/** All rows of an answer. `row` is their schema, whose keys are the columns of CSV. */
export function rowsResponse(
  context: ApiContext,
  state: RangeState,
  row: z.ZodObject,
  rows: readonly object[],
): Response {
  if (prefersCsv(context.req.header('accept'))) return csvResponse(context, row, rows, null);
  return jsonResponse({ data: rows, count: rows.length, meta: freshness(state) });
}

/** One page of ranked rows. `finish`: what only the rows of the page get. */
export async function pageResponse<Row extends Readonly<Record<string, unknown>>>(
  context: ApiContext,
  answered: { readonly state: RangeState; readonly data: readonly Row[] },
  query: StatsQuery,
  {
    row,
    ranking,
    finish,
  }: {
    readonly row: z.ZodObject;
    readonly ranking: Ranking<Row>;
    readonly finish?: ((rows: readonly Row[]) => Promise<readonly object[]>) | undefined;
  },
): Promise<Response> {
  const { range, page } = query;
  const { rows, next } = pageOf(answered.data, ranking, page);
  const cursor = next === null ? null : writeCursor(page.question, { range, after: next });
  const finished = finish ? await finish(rows) : rows;
  return rankedResponse(context, answered.state, row, { rows: finished, next: cursor });
}

/** Rows that are a page already; `next` is the cursor of the page after it. */
export function rankedResponse(
  context: ApiContext,
  state: RangeState,
  row: z.ZodObject,
  { rows, next }: { readonly rows: readonly object[]; readonly next: string | null },
): Response {
  if (prefersCsv(context.req.header('accept'))) return csvResponse(context, row, rows, next);
  return jsonResponse({ data: rows, count: rows.length, meta: { ...freshness(state), next_cursor: next } });
}

/** The rows as a file; the next page is told by a Link header, as CSV has no place for it. */
export function csvResponse(
  context: ApiContext,
  row: z.ZodObject,
  rows: readonly object[],
  cursor: string | null,
): Response {
  const url = new URL(context.req.url);
  const name = url.pathname.split('/').slice(2).join('-');
  const headers = new Headers({
    'content-type': 'text/csv; charset=utf-8; header=present',
    'content-disposition': `attachment; filename="marquee-${name}.csv"`,
    'cache-control': 'no-store',
  });
  if (cursor !== null) {
    url.searchParams.set('cursor', cursor);
    headers.set('x-next-cursor', cursor);
    headers.set('link', `<${url.pathname}${url.search}>; rel="next"`);
  }
  return new Response(csvOf(Object.keys(row.shape), rows), { headers });
}

/**
 * The lowest watermark of the regions with events in the range, ms: before it, late events excepted, nothing changes.
 * Null where no such region answers.
 */
export function watermarkOf({ active, answers }: RangeState): number | null {
  const watermarks = answers
    .filter(({ regionNumber }) => active.has(regionNumber))
    .map((answer) => answer.watermark);
  return watermarks.length === 0 ? null : Math.min(...watermarks);
}

/** `meta` of every answer about a range. `updated_at`: when the newest event in the regions was received. */
function freshness(state: RangeState) {
  const watermark = watermarkOf(state);
  const received = state.answers.map(({ lastReceivedAt }) => lastReceivedAt).filter((at) => at !== null);
  return {
    from: isoTime(state.range.fromMinute * windowMs),
    to: isoTime(state.range.toMinute * windowMs),
    watermark: watermark === null ? null : isoTime(watermark),
    updated_at: received.length === 0 ? null : isoTime(Math.max(...received)),
    source: state.source,
    ...(state.warnings.length === 0 ? {} : { warnings: state.warnings }),
  };
}
