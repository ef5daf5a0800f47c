/** The tables of the stream layer, by the columns of the views stream_* (docs/metrics.md). */
import * as z from 'zod';
import type { CounterName } from '../../core/aggregate/counters.ts';
import { eventTypes } from '../../core/protocol/event-type.ts';
import { contentsByMinuteMinutesMax, rangeMinutesMax } from '../../core/protocol/limits.ts';
import { once } from '../../core/protocol/once.ts';
import { amount, count, share } from './answer-schema.ts';
import { countersOf, wantedBy } from './dimension-filter.ts';
import { eventsByType, reader } from './figures.ts';
import { sumByContent, sumByKey } from './key-sums.ts';
import type { Sources } from './range-reader.ts';
import type { StatsQuery } from './stats-query.ts';
import type { StreamTable } from './stream-table.ts';
import { noDeviceOfContents } from './trending.ts';

const movieId = once(() =>
  z.string().describe(DESCRIBED && 'As sent; `__other__` for those beyond the 512 that a window names'),
);
const title = once(() =>
  z
    .string()
    .nullable()
    .describe(DESCRIBED && 'Of the catalogue, else last known in the range; null where never told'),
);
const genre = once(() =>
  z
    .string()
    .nullable()
    .describe(DESCRIBED && 'Of the catalogue; null where it knows none'),
);
const contents = {
  refused: { device_type: noDeviceOfContents },
  byMinuteMinutesMax: contentsByMinuteMinutesMax,
  read: sumByContent,
  hasTitles: true,
};

export const movieViews: StreamTable = {
  path: '/api/stream/movie-views',
  summary: DESCRIBED && 'Views of each content',
  description: DESCRIBED && 'The contents with at least one view, the most viewed first.',
  row: once(() =>
    z.strictObject({
      movie_id: movieId(),
      title: title(),
      genre: genre(),
      view_count: count(DESCRIBED && 'Events of type `view`'),
      complete_count: count(DESCRIBED && 'Events of type `complete`'),
      watched_seconds: amount(DESCRIBED && 'Watch time'),
    }),
  ),
  ...contents,
  rowsOf: (sum) => {
    const of = reader(sum.counters);
    if (of('views') === 0) return [];
    return [
      {
        movie_id: sum.key,
        title: sum.title,
        view_count: of('views'),
        complete_count: of('completes'),
        watched_seconds: of('watched_ms_sum') / 1000,
      },
    ];
  },
  ranking: {
    of: (row) => [Number(row.view_count), String(row.movie_id)],
    shape: ['number', 'string'],
  },
};

export const ratings: StreamTable = {
  path: '/api/stream/ratings',
  summary: DESCRIBED && 'Ratings of each content',
  description: DESCRIBED && 'The contents with at least one rating, the most rated first.',
  row: once(() =>
    z.strictObject({
      movie_id: movieId(),
      title: title(),
      genre: genre(),
      rating_count: count(DESCRIBED && 'Events that tell a rating').min(1),
      avg_rating: amount(DESCRIBED && 'Their mean, 1 to 10'),
    }),
  ),
  ...contents,
  rowsOf: ({ key, title, counters }) => {
    const of = reader(counters);
    const rated = of('rating_count');
    if (rated === 0) return [];
    const avg = of('rating_milli_sum') / 1000 / rated;
    return [{ movie_id: key, title, rating_count: rated, avg_rating: avg }];
  },
  ranking: {
    of: (row) => [Number(row.rating_count), String(row.movie_id)],
    shape: ['number', 'string'],
  },
};

const activityCounts = {
  total_events: 'events',
  view_count: 'views',
  pause_count: 'pauses',
  resume_count: 'resumes',
  progress_count: 'progresses',
  complete_count: 'completes',
  rating_count: 'ratings',
} as const satisfies Record<string, CounterName>;

export const userActivity: StreamTable = {
  path: '/api/stream/user-activity',
  summary: DESCRIBED && 'What the users of each region did',
  description:
    DESCRIBED && 'The regions with events, by name. How many users they are, /api/stats/realtime says.',
  row: once(() =>
    z.strictObject({
      region: z.string().describe(DESCRIBED && 'Its name'),
      total_events: count(DESCRIBED && 'Events of all types'),
      view_count: count(DESCRIBED && 'Events of type `view`'),
      pause_count: count(DESCRIBED && 'Events of type `pause`'),
      resume_count: count(DESCRIBED && 'Events of type `resume`'),
      progress_count: count(DESCRIBED && 'Events of type `progress`'),
      complete_count: count(DESCRIBED && 'Events of type `complete`'),
      rating_count: count(DESCRIBED && 'Events of type `rating`'),
      watched_seconds: amount(DESCRIBED && 'Watch time'),
      avg_completion_rate: share(DESCRIBED && 'Mean of the completion rates that events told; null without'),
      buffering_count: count(DESCRIBED && 'Stalls of players'),
    }),
  ),
  byMinuteMinutesMax: rangeMinutesMax,
  read: (sources, query, byMinute) => {
    const names = new Map(query.regions.map(({ number, name }) => [number, name]));
    return sumOfAll(sources, query, byMinute, (regionNumber) => names.get(regionNumber) ?? '');
  },
  rowsOf: ({ key, counters }) => {
    const of = reader(counters);
    const told = of('completion_count');
    const counts = Object.entries(activityCounts).map(([column, name]) => [column, of(name)] as const);
    return [
      {
        region: key,
        ...(Object.fromEntries(counts) as Record<keyof typeof activityCounts, number>),
        watched_seconds: of('watched_ms_sum') / 1000,
        avg_completion_rate: told === 0 ? null : of('completion_milli_sum') / 1000 / told,
        buffering_count: of('buffering_count_sum'),
      },
    ];
  },
  ranking: { of: (row) => [String(row.region)], shape: ['string'] },
};

export const eventDistribution: StreamTable = {
  path: '/api/stream/event-distribution',
  summary: DESCRIBED && 'Events of each type',
  description: DESCRIBED && 'All eight types, the most frequent first; none at all where there was no event.',
  row: once(() =>
    z.strictObject({
      event_type: z.enum(eventTypes).describe(DESCRIBED && 'One of the eight'),
      event_count: count(DESCRIBED && 'Events of the type'),
      event_share: share(DESCRIBED && 'event_count by the events of all types'),
    }),
  ),
  byMinuteMinutesMax: rangeMinutesMax,
  read: (sources, query, byMinute) => sumOfAll(sources, query, byMinute, () => ''),
  rowsOf: ({ counters }) => {
    const all = reader(counters)('events');
    return Object.entries(eventsByType(counters)).map(([event_type, event_count]) => ({
      event_type,
      event_count,
      event_share: event_count / all,
    }));
  },
  ranking: {
    of: (row) => [Number(row.event_count), String(row.event_type)],
    shape: ['number', 'string'],
  },
};

/** Sums what passes the filter under the key of its region. */
async function sumOfAll(
  sources: Sources,
  query: StatsQuery,
  byMinute: boolean,
  keyOf: (regionNumber: number) => string,
): ReturnType<StreamTable['read']> {
  return await sumByKey(sources, {
    query,
    byMinute,
    want: { ...wantedBy(query.filter), titles: false },
    keysOf: (part) => [[keyOf(part.regionNumber), countersOf(part, query.filter)]],
  });
}
