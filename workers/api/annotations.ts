import * as z from 'zod';
import { masksPeople } from '../../core/access/masks.ts';
import type { Annotation } from '../../core/annotation/annotation.ts';
import { labelLengthMax, windowMs } from '../../core/protocol/limits.ts';
import { annotationRangeMinutesMax, annotationTagsMax } from '../../core/protocol/note-limits.ts';
import { once } from '../../core/protocol/once.ts';
import { type AnnotationFilter, readAnnotations } from '../../storage/annotation-store.ts';
import { annotationRow, annotationSchema, grafanaRow, grafanaSchema } from './annotation-schema.ts';
import { count, time } from './answer-schema.ts';
import { prefersCsv } from './csv.ts';
import { writeCursor } from './cursor.ts';
import { isoTime } from './figures.ts';
import { jsonResponse } from './problem-response.ts';
import { csvResponse } from './range-answer.ts';
import { noteForAudit, person } from './request-scope.ts';
import type { Route } from './route.ts';
import { type ApiContext, rangeQuery, type StatsQuery, statsQuery } from './stats-query.ts';
import { orStorageUnavailable } from './storage-answer.ts';

const own = once(() => ({
  tags: z
    .string()
    .max(annotationTagsMax * (labelLengthMax + 1), 'is too long')
    .transform((text) =>
      text
        .split(',')
        .map((tag) => tag.trim())
        .filter((tag) => tag !== ''),
    )
    .optional()
    .describe(DESCRIBED && 'Only with all of these tags, joined by commas')
    .meta(DESCRIBED && { example: 'deploy,cdn' }),
  format: z
    .enum(['rows', 'grafana'], 'must be rows or grafana')
    .optional()
    .describe(DESCRIBED && '`grafana`: a bare list with the columns by which Grafana knows annotations')
    .meta(DESCRIBED && { example: 'rows' }),
}));

const parameters = once(() =>
  rangeQuery({
    minutes: 1440,
    minutesMax: annotationRangeMinutesMax,
    own: own(),
    filters: false,
    pages: { limit: 100, shape: ['number', 'string'] },
  }),
);

const page =
  DESCRIBED &&
  z.strictObject({
    data: z.array(annotationSchema()),
    count: count('Rows in data'),
    meta: z
      .strictObject({
        from: time('Start of the range'),
        to: time('End of the range, which is not part of it'),
        next_cursor: z.string().nullable().describe('`cursor` of the next page; null at the end'),
      })
      .describe('Of what range, and how it goes on'),
  });

export const annotationsRoute: Route = {
  method: 'GET',
  path: '/api/annotations',
  role: 'viewer',
  handler: annotations,
  unmasked: 'annotations.read_unmasked',
  tag: 'Annotations',
  doc: DESCRIBED && {
    summary: 'Annotations, newest first',
    description:
      'Those that lie in the range or reach into it; with `region`, of that region or of none. The next page of a ' +
      'list for Grafana is told by `x-next-cursor`.',
    query: parameters().documented,
    answer: z.union([page, z.array(grafanaSchema())]),
    csv: true,
  },
};

async function annotations(context: ApiContext): Promise<Response> {
  const asked = await statsQuery(context, parameters(), Date.now());
  if ('response' in asked) return asked.response;
  const { query } = asked;
  return await orStorageUnavailable('annotations_unread', async () => {
    const [atMs, id] = (query.page.after ?? []) as [number?, string?];
    const after = atMs === undefined || id === undefined ? null : { atMs, id };
    const { limit } = query.page;
    const read = await readAnnotations(context.env.DB, filterOf(context, query), { limit: limit + 1, after });
    const rows = read.slice(0, limit);
    const last = read.length > limit ? rows.at(-1) : undefined;
    const next = last
      ? writeCursor(query.page.question, { range: query.range, after: [last.atMs, last.id] })
      : null;
    return query.values.format === 'grafana'
      ? forGrafana(context, rows, next)
      : asRows(context, query, rows, next);
  });
}

type Values = z.output<z.ZodObject<ReturnType<typeof own>>>;

function filterOf({ req }: ApiContext, { range, regions, values }: StatsQuery<Values>): AnnotationFilter {
  const asking = person();
  const isAll = asking.regions === '*' && req.query('region') === undefined;
  return {
    fromMs: range.fromMinute * windowMs,
    toMs: range.toMinute * windowMs,
    regions: isAll ? '*' : regions.map(({ name }) => name),
    tags: values.tags ?? [],
    readerId: asking.id,
  };
}

function asRows(
  context: ApiContext,
  { range }: StatsQuery,
  read: readonly Annotation[],
  next: string | null,
): Response {
  const asking = person();
  const rows = read.map((one) => annotationRow(one, asking));
  if (!masksPeople(asking.role)) noteForAudit({ unmasked: rows.filter(({ mine }) => !mine).length });
  if (prefersCsv(context.req.header('accept'))) return csvResponse(context, annotationSchema(), rows, next);
  const from = isoTime(range.fromMinute * windowMs);
  const to = isoTime(range.toMinute * windowMs);
  return jsonResponse({ data: rows, count: rows.length, meta: { from, to, next_cursor: next } });
}

/** Grafana takes rows at the root, and asks for one page. It is told no names. */
function forGrafana(context: ApiContext, read: readonly Annotation[], next: string | null): Response {
  const rows = read.map(grafanaRow);
  if (prefersCsv(context.req.header('accept'))) return csvResponse(context, grafanaSchema(), rows, next);
  const response = jsonResponse(rows);
  if (next !== null) response.headers.set('x-next-cursor', next);
  return response;
}
