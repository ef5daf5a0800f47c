/** What the tables of /api/batch have in common: rows of computed hours, with how far the batch layer is (BAT-2). */
import * as z from 'zod';
import { once } from '../../core/protocol/once.ts';
import { shardsOf } from '../../core/protocol/shard-plan.ts';
import type { BatchState } from '../../storage/batch-table-store.ts';
import { readBatchState } from '../../storage/batch-table-store.ts';
import { type MergedDay, readMergedDays } from '../../storage/merged-store.ts';
import { count, time } from './answer-schema.ts';
import {
  type BatchQuery,
  type BatchQueryOptions,
  batchParameters,
  batchQuery,
  minutesOf,
} from './batch-query.ts';
import { prefersCsv } from './csv.ts';
import { pageOf, type Ranking, writeCursor } from './cursor.ts';
import { isoTime } from './figures.ts';
import { invalidParameters, jsonResponse, type ParameterFault } from './problem-response.ts';
import { csvResponse } from './range-answer.ts';
import { timed } from './request-scope.ts';
import type { Route, RouteDoc } from './route.ts';
import type { ApiContext } from './stats-query.ts';
import { orStorageUnavailable } from './storage-answer.ts';

export type BatchRow = Readonly<Record<string, unknown>>;

export interface BatchTable extends Omit<BatchQueryOptions, 'shape'> {
  readonly path: `/api/batch/${string}`;
  readonly role: 'viewer' | 'analyst';
  readonly summary: string;
  readonly description: string;
  readonly row: () => z.ZodObject;
  readonly ranking: Ranking<BatchRow>;
  readonly example: Pick<RouteDoc, 'example'>['example'];
  /** What is wrong with a question beyond its parameters one by one. */
  readonly check?: (context: ApiContext, query: BatchQuery) => ParameterFault | null;
  /** In no order: pages rank them. `warnings`: what is left out. */
  readonly read: (
    db: D1Database,
    query: BatchQuery,
    context: ApiContext,
    merged: readonly MergedDay[],
  ) => Promise<BatchRows>;
}

export interface BatchRows {
  readonly rows: readonly BatchRow[];
  readonly warnings: readonly string[];
  /** What the rows of a page lack, of which their rank is not made. */
  readonly finish?: (page: readonly BatchRow[]) => Promise<readonly BatchRow[]>;
}

const meta =
  DESCRIBED &&
  z
    .strictObject({
      from: time('Start of the range'),
      to: time('End of the range, which is not part of it'),
      computed_at: time(
        'When the batch layer last computed an hour of it; null where it has none',
      ).nullable(),
      hours: z
        .strictObject({
          computed: count('Hours of regions that the batch layer has computed'),
          of: count('Hours of regions in which there was an event'),
        })
        .describe('How much of the range is in the answer'),
      source: z.literal('batch').describe('Which layer counted this'),
      warnings: z.array(z.string()).optional().describe('What is missing in the answer, and why'),
      next_cursor: z.string().nullable().describe('`cursor` of the next page; null at the end'),
    })
    .describe('Of what range, how much of it is computed, and how it goes on');

export function batchRoute(table: BatchTable): Route {
  const options = { ...table, shape: table.ranking.shape };
  const parameters = once(() => batchParameters(options));
  return {
    method: 'GET',
    path: table.path,
    role: table.role,
    handler: async (context) => {
      const asked = await batchQuery(context, options, parameters(), Date.now());
      if ('response' in asked) return asked.response;
      const wrong = table.check?.(context, asked.query) ?? null;
      if (wrong) return invalidParameters([wrong]);
      return await orStorageUnavailable(
        'batch_unread',
        async () => await answer(context, table, asked.query),
      );
    },
    tag: 'Batch',
    doc: DESCRIBED && {
      summary: table.summary,
      description: table.description,
      query: parameters(),
      answer: z.strictObject({ data: z.array(table.row()), count: count('Rows in data'), meta }),
      example: table.example,
      csv: true,
      problems: ['storage_unavailable'],
    },
  };
}

async function readPage(context: ApiContext, table: BatchTable, query: BatchQuery) {
  const { DB } = context.env;
  const numbers = query.regions.map(({ number }) => number);
  const merged = await readMergedDays(DB, numbers, query);
  const [state, { rows, warnings, finish }] = await Promise.all([
    readBatchState(DB, shardsOf(query.regions), query, merged),
    table.read(DB, query, context, merged),
  ]);
  const page = pageOf(rows, table.ranking, query.page);
  return { page: finish ? { ...page, rows: await finish(page.rows) } : page, state, warnings };
}

async function answer(context: ApiContext, table: BatchTable, query: BatchQuery): Promise<Response> {
  const { page, state, warnings } = await timed('d1', readPage(context, table, query));
  const next =
    page.next === null
      ? null
      : writeCursor(query.page.question, { range: minutesOf(query), after: page.next });
  if (prefersCsv(context.req.header('accept'))) return csvResponse(context, table.row(), page.rows, next);
  return jsonResponse({
    data: page.rows,
    count: page.rows.length,
    meta: { ...metaOf(query, state, warnings), next_cursor: next },
  });
}

function metaOf({ fromHour, toHour }: BatchQuery, state: BatchState, told: readonly string[]) {
  const { computed, of, computedAt } = state;
  const waiting = of - computed;
  const warnings =
    waiting === 0
      ? told
      : [`${waiting} of ${of} hours of regions are not computed yet and not in it`, ...told];
  return {
    from: isoTime(fromHour * 3_600_000),
    to: isoTime(toHour * 3_600_000),
    computed_at: computedAt,
    hours: { computed, of },
    source: 'batch',
    ...(warnings.length === 0 ? {} : { warnings }),
  };
}
