/** What the routes of the analytics API have in common: their parameters, `meta`, and their rows as CSV. */
import * as z from 'zod';
import { analyticsPageMax } from '../../../core/protocol/analytics-limits.ts';
import { once } from '../../../core/protocol/once.ts';
import { type SlotSpan, slotMs } from '../../../core/warehouse/local-days.ts';
import { readUsersOneIn } from '../../../core/warehouse/user-sample.ts';
import { readNewestStart } from '../../../storage/analytics/newest-session.ts';
import { prefersCsv } from '../csv.ts';
import { type Rank, writeCursor } from '../cursor.ts';
import { isoTime } from '../figures.ts';
import { wholeNumber } from '../parameters.ts';
import { jsonResponse } from '../problem-response.ts';
import { csvResponse } from '../range-answer.ts';
import { timed } from '../request-scope.ts';
import type { Route, RouteDoc } from '../route.ts';
import type { ApiContext } from '../stats-query.ts';
import { orStorageUnavailable } from '../storage-answer.ts';
import { type AnalyticsQuery, analyticsQuery, analyticsShape, type RankShape } from './analytics-query.ts';

const slotMinutes = slotMs / 60_000;
export const pageRowsDefault = 10;

export type AnswerRow = Readonly<Record<string, unknown>>;

/** What a route has found. */
export interface Found {
  /** An object, or rows. */
  readonly data: AnswerRow | readonly AnswerRow[];
  /** Rows of CSV, where data is an object, and their schema, where it is not the route's. */
  readonly csvRows?: readonly AnswerRow[];
  readonly row?: z.ZodObject;
  /** What it is about, where that is not the range. */
  readonly span?: SlotSpan;
  /** Cursor of the next page; undefined where there are no pages. */
  readonly next?: string | null;
}

export interface AnalyticsRoute<Shape extends z.ZodRawShape> {
  readonly path: `/api/${'dashboard' | 'analytics'}/${string}`;
  /** `DESCRIBED && {…}`, as a route's. */
  readonly doc: Pick<RouteDoc, 'summary' | 'description' | 'path' | 'answer' | 'example' | 'problems'>;
  readonly own: () => Shape;
  readonly row: () => z.ZodObject;
  readonly unmasked?: string;
  /** Of a route with pages. */
  readonly rankShape?: RankShape<z.output<z.ZodObject<Shape>>>;
  /** A response where there is nothing to answer. */
  readonly read: (
    context: ApiContext,
    query: AnalyticsQuery,
    values: z.output<z.ZodObject<Shape>>,
  ) => Promise<Found | Response>;
}

export function analyticsRoute<Shape extends z.ZodRawShape>(asked: AnalyticsRoute<Shape>): Route {
  const own = once(() => z.object(asked.own()));
  return {
    method: 'GET',
    path: asked.path,
    role: 'viewer',
    ...(asked.unmasked === undefined ? {} : { unmasked: asked.unmasked }),
    handler: async (context) => {
      const checked = await analyticsQuery(context, own(), Date.now(), asked.rankShape);
      if ('response' in checked) return checked.response;
      return await orStorageUnavailable('analytics_unread', async () => {
        const { query, values } = checked;
        const [found, newest] = await timed(
          'd1',
          Promise.all([
            asked.read(context, query, values),
            readNewestStart(context.env.DB, query.filters.region),
          ]),
        );
        return found instanceof Response ? found : answer(context, asked.row(), query, found, newest);
      });
    },
    tag: 'Analytics',
    doc: DESCRIBED && {
      ...asked.doc,
      query: z.object({ ...analyticsShape(), ...own().shape }),
      csv: true,
      problems: ['storage_unavailable', ...(asked.doc.problems ?? [])],
    },
  };
}

function answer(
  context: ApiContext,
  row: z.ZodObject,
  query: AnalyticsQuery,
  found: Found,
  newestMs: number | null,
): Response {
  const { data, csvRows, next, row: ownRow, span } = found;
  const rows = Array.isArray(data) ? (data as readonly AnswerRow[]) : null;
  if (prefersCsv(context.req.header('accept')))
    return csvResponse(context, ownRow ?? row, csvRows ?? rows ?? [], next ?? null);
  const meta = {
    ...spanOf(span ?? query.range),
    tz: query.tz,
    compare: span ? null : query.previous && spanOf(query.previous),
    updated_at: newestMs === null ? null : isoTime(newestMs),
    source: 'warehouse',
    users_one_in: readUsersOneIn(context.env.SESSION_USERS_ONE_IN) ?? 1,
    ...(next === undefined ? {} : { next_cursor: next }),
  };
  return jsonResponse({ data, ...(rows ? { count: rows.length } : {}), meta });
}

/** The parameters of pages. */
export const pageShape = once(() => ({
  limit: wholeNumber(1, analyticsPageMax)
    .optional()
    .describe(`Rows of a page, 1 to ${analyticsPageMax}. ${pageRowsDefault} where it is not given`)
    .meta(DESCRIBED && { example: String(pageRowsDefault) }),
  cursor: z
    .string()
    .max(4096, 'is none that was given')
    .optional()
    .describe(
      DESCRIBED &&
        '`meta.next_cursor` of the page before, for the page after it. The other parameters must be the same; the range ' +
          'stays that of the first page',
    )
    .meta(
      DESCRIBED && {
        example: 'WyIvYXBpL2FuYWx5dGljcy90b3AtbW92aWVzPyIsMjk5NTkyMDAsMzAwMDI0MDAsNjAyLCJmaWxtLTAwMSJd',
      },
    ),
}));

/** A page of rows of which one more than the page was read, if there are as many. */
export function pageOf<Row>(
  rows: readonly Row[],
  limit: number,
  { page, range }: AnalyticsQuery,
  rankOf: (row: Row) => Rank,
): { readonly rows: readonly Row[]; readonly next: string | null } {
  const last = rows[limit - 1];
  if (rows.length <= limit || last === undefined) return { rows, next: null };
  const minutes = { fromMinute: range.fromSlot * slotMinutes, toMinute: range.toSlot * slotMinutes };
  return {
    rows: rows.slice(0, limit),
    next: writeCursor(page.question, { range: minutes, after: rankOf(last) }),
  };
}

const spanOf = ({ fromSlot, toSlot }: SlotSpan) => ({
  from: isoTime(fromSlot * slotMs),
  to: isoTime(toSlot * slotMs),
});

/** Of the examples of the documentation. */
export const exampleMeta = {
  from: '2026-10-23T00:00:00.000Z',
  to: '2026-11-22T00:00:00.000Z',
  tz: 'UTC',
  compare: { from: '2026-09-23T00:00:00.000Z', to: '2026-10-23T00:00:00.000Z' },
  updated_at: '2026-11-21T09:58:12.000Z',
  source: 'warehouse',
  users_one_in: 1,
};
