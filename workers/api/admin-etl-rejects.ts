/** GET /api/admin/etl/:id/rejects: what a run did not take, as pages of JSON or as one file (ETL-3). */
import * as z from 'zod';
import { pageRowsMax } from '../../core/protocol/limits.ts';
import { once } from '../../core/protocol/once.ts';
import { etlKeptMs } from '../../core/protocol/warehouse-limits.ts';
import { readEtlRun } from '../../storage/etl/etl-store.ts';
import { type EtlReject, type RejectPlace, readRejects } from '../../storage/etl/rejects.ts';
import { etlPath, rejectSchema } from './admin-etl-schema.ts';
import { count } from './answer-schema.ts';
import { csvOf, prefersCsv } from './csv.ts';
import { limitDefault } from './newest-page.ts';
import { pageLimit, parseParameters } from './parameters.ts';
import { invalidParameters, jsonResponse, problemResponse } from './problem-response.ts';
import { noteForAudit } from './request-scope.ts';
import type { Route } from './route.ts';
import type { ApiContext } from './stats-query.ts';
import { orStorageUnavailable } from './storage-answer.ts';

const query = once(() =>
  z.object({
    limit: pageLimit(limitDefault),
    cursor: z
      .string()
      .regex(/^\d{6}-\d{6}_\d{1,7}$/, 'is none that was given')
      .optional()
      .describe(DESCRIBED && '`meta.next_cursor` of the page before, for the page after it')
      .meta(DESCRIBED && { example: '000003-000001_17' }),
  }),
);

export const etlRejectsRoute: Route = {
  method: 'GET',
  path: '/api/admin/etl/:id/rejects',
  // Records hold ids and addresses of people as they were sent.
  role: 'admin',
  unmasked: 'etl.read_rejects',
  handler: rejects,
  tag: 'Imports',
  doc: DESCRIBED && {
    summary: 'What an ETL run rejected, in the order of its files',
    description: `Kept for ${etlKeptMs / 86_400_000} days. A row for each fault, with the record as it was sent. As CSV it is one file of all.`,
    path: etlPath,
    query: query(),
    answer: z.strictObject({
      data: z.array(rejectSchema()),
      count: count('Rows in data'),
      meta: z
        .strictObject({
          next_cursor: z.string().nullable().describe('`cursor` of the next page; null at the end'),
        })
        .describe('How it goes on'),
    }),
    example: {
      data: [
        {
          file: 'ratings.csv',
          line: 17,
          field: 'rating',
          code: 'out_of_range',
          message: 'rating is more than 10',
          record: '{"id":"16","user_id":"u-123","movie_id":"mov_1","rating":"11","rating_date":"2026-11-20"}',
        },
      ],
      count: 1,
      meta: { next_cursor: null },
    },
    csv: true,
    problems: ['not_found', 'storage_unavailable'],
  },
};

async function rejects({ req, env }: ApiContext): Promise<Response> {
  const parsed = parseParameters(query(), new URL(req.url).searchParams);
  if (!parsed.ok) return invalidParameters(parsed.faults);
  const { limit = limitDefault, cursor } = parsed.value;
  const id = req.param('id') ?? '';
  return await orStorageUnavailable('etl_unread', async () => {
    const run = await readEtlRun(env.DB, id);
    if (!run) return problemResponse('not_found', 'There is no such run.');
    if (prefersCsv(req.header('accept'))) {
      noteForAudit({ unmasked: run.progress.rejectsKept });
      return csvFile(env.LAKE, id);
    }
    const { rejects: data, next } = await readRejects(env.LAKE, id, placeOf(cursor), limit);
    noteForAudit({ unmasked: data.length });
    const nextCursor = next && `${objectCursor(next.object)}_${next.line}`;
    return jsonResponse({ data, count: data.length, meta: { next_cursor: nextCursor } });
  });
}

const suffix = '.ndjson';
const objectCursor = (object: string): string => object.slice(0, -suffix.length);

function placeOf(cursor: string | undefined): RejectPlace | null {
  if (cursor === undefined) return null;
  const [object = '', line = ''] = cursor.split('_');
  return { object: object + suffix, line: Number(line) };
}

/** A page after the other, so that an isolate never holds all of them. */
function csvFile(bucket: R2Bucket, runId: string): Response {
  const columns = Object.keys(rejectSchema().shape);
  const encoder = new TextEncoder();
  let place: RejectPlace | null = null;
  let isFirst = true;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const page: { readonly rejects: readonly EtlReject[]; readonly next: RejectPlace | null } =
        await readRejects(bucket, runId, place, pageRowsMax);
      const text = csvOf(columns, page.rejects);
      controller.enqueue(encoder.encode(isFirst ? text : text.slice(text.indexOf('\r\n') + 2)));
      isFirst = false;
      place = page.next;
      if (place === null) controller.close();
    },
  });
  return new Response(body, {
    headers: {
      'content-type': 'text/csv; charset=utf-8; header=present',
      'content-disposition': `attachment; filename="marquee-etl-rejects-${runId}.csv"`,
      'cache-control': 'no-store',
    },
  });
}
