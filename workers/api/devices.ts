import * as z from 'zod';
import { once } from '../../core/protocol/once.ts';
import { count, downloadShape, pageAnswer, viewingShape } from './answer-schema.ts';
import type { Ranking } from './cursor.ts';
import { downloadFigures, reader } from './figures.ts';
import { type KeySum, sumByKey } from './key-sums.ts';
import { pageResponse } from './range-answer.ts';
import type { Sources } from './range-reader.ts';
import type { Route } from './route.ts';
import { sourcesOf } from './sources.ts';
import { type ApiContext, rangeQuery, type StatsQuery, statsQuery } from './stats-query.ts';
import { noDeviceOfContents } from './trending.ts';

const ranking: Ranking<DeviceRow> = {
  of: (row) => [row.total_events, row.device_type],
  shape: ['number', 'string'],
};

const parameters = once(() =>
  rangeQuery({
    minutes: 5,
    own: {},
    refused: { content_id: noDeviceOfContents, content_type: noDeviceOfContents },
    pages: { limit: 100, shape: ranking.shape },
  }),
);

const row = once(() =>
  z.strictObject({
    device_type: z
      .string()
      .describe(DESCRIBED && 'As sent; `__other__` for those beyond the 512 that a window names'),
    total_events: count(DESCRIBED && 'Events of all types'),
    views: count(DESCRIBED && 'Events of type `view`'),
    ...downloadShape(),
    watched_seconds: viewingShape().watched_seconds,
  }),
);

/** One row a device type, the one with the most events first. */
export const devicesRoute: Route = {
  method: 'GET',
  path: '/api/stats/devices',
  role: 'viewer',
  handler: devices,
  tag: 'Statistics',
  doc: DESCRIBED && {
    summary: 'Figures of each device type',
    description: 'Ranked by events. Events that tell no device are in none of the rows.',
    query: parameters().documented,
    answer: pageAnswer(row()),
    csv: true,
    problems: ['storage_unavailable'],
  },
};

async function devices(context: ApiContext): Promise<Response> {
  const asked = await statsQuery(context, parameters(), Date.now());
  if ('response' in asked) return asked.response;
  const answered = await deviceRows(sourcesOf(context.env), asked.query);
  return pageResponse(context, answered, asked.query, { row: row(), ranking });
}

/** In no order: pages rank them. */
export async function deviceRows(sources: Sources, query: StatsQuery) {
  const { filter } = query;
  const { state, sums } = await sumByKey(sources, {
    query,
    byMinute: false,
    want: { dimensions: ['device'], key: filter?.key ?? null, titles: false },
    keysOf: (part) => (part.entries.device ?? []).filter(([key]) => !filter || key === filter.key),
  });
  return { state, data: sums.map(rowOf) };
}

function rowOf({ key, counters }: KeySum) {
  const of = reader(counters);
  return {
    device_type: key,
    total_events: of('events'),
    views: of('views'),
    ...downloadFigures(counters),
    watched_seconds: of('watched_ms_sum') / 1000,
  };
}

type DeviceRow = ReturnType<typeof rowOf>;
