import * as z from 'zod';
import { once } from '../../core/protocol/once.ts';
import { count, downloadShape, pageAnswer, viewingShape } from './answer-schema.ts';
import { withCatalogTitles } from './catalog/catalog-titles.ts';
import type { Ranking } from './cursor.ts';
import { downloadFigures, reader } from './figures.ts';
import { isFolded, type KeySum, sumByContent } from './key-sums.ts';
import { pageResponse } from './range-answer.ts';
import type { Sources } from './range-reader.ts';
import type { Route } from './route.ts';
import { sourcesOf } from './sources.ts';
import { type ApiContext, rangeQuery, type StatsQuery, statsQuery } from './stats-query.ts';

/** Why contents cannot be asked for by device. */
export const noDeviceOfContents =
  'cannot be answered here: windows count contents and devices each by itself, not together';

const ranking: Ranking<TrendingRow> = {
  of: (row) => [row.total_downloads, row.views, row.total_events, row.content_id],
  shape: ['number', 'number', 'number', 'string'],
};

const parameters = once(() =>
  rangeQuery({
    minutes: 5,
    own: {},
    refused: { device_type: noDeviceOfContents },
    pages: { limit: 5, shape: ranking.shape },
  }),
);

const row = once(() =>
  z.strictObject({
    content_id: z.string().describe(DESCRIBED && 'As sent; numbers as text'),
    title: z
      .string()
      .nullable()
      .describe(DESCRIBED && 'Of the catalogue, else last known in the range; null where never told'),
    genre: z
      .string()
      .nullable()
      .describe(DESCRIBED && 'Of the catalogue; null where it knows none'),
    content_type: z
      .string()
      .nullable()
      .describe(DESCRIBED && 'Last known in the range; null where never told'),
    total_events: count(DESCRIBED && 'Events of all types'),
    views: count(DESCRIBED && 'Events of type `view`'),
    ...downloadShape(),
    watched_seconds: viewingShape().watched_seconds,
  }),
);

/** The contents with the most downloads, then views, then events. */
export const trendingRoute: Route = {
  method: 'GET',
  path: '/api/stats/trending',
  role: 'viewer',
  handler: trending,
  tag: 'Statistics',
  doc: DESCRIBED && {
    summary: 'Contents with the most downloads',
    description:
      'Ranked by downloads, then views, then events. Contents beyond the 512 that a window names have no rank.',
    query: parameters().documented,
    answer: pageAnswer(row()),
    csv: true,
    problems: ['storage_unavailable'],
  },
};

async function trending(context: ApiContext): Promise<Response> {
  const asked = await statsQuery(context, parameters(), Date.now());
  if ('response' in asked) return asked.response;
  const answered = await trendingRows(sourcesOf(context.env), asked.query);
  const finish = (rows: readonly TrendingRow[]) => withCatalogTitles(context.env.DB, rows, 'content_id');
  return await pageResponse(context, answered, asked.query, { row: row(), ranking, finish });
}

/** In no order: pages rank them. */
export async function trendingRows(sources: Sources, query: StatsQuery) {
  const { state, sums } = await sumByContent(sources, query, false);
  // What was folded away is no content, so it has no rank.
  return { state, data: sums.filter((sum) => !isFolded(sum)).map(rowOf) };
}

function rowOf({ key, title, type, counters }: KeySum) {
  const of = reader(counters);
  return {
    content_id: key,
    title,
    content_type: type,
    total_events: of('events'),
    views: of('views'),
    ...downloadFigures(counters),
    watched_seconds: of('watched_ms_sum') / 1000,
  };
}

type TrendingRow = ReturnType<typeof rowOf>;
