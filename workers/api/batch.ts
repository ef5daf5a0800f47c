/** The tables of the batch layer, by the columns of its views (docs/batch-tables.md). */
import * as z from 'zod';
import { addCounters, type Counters, emptyCounters } from '../../core/aggregate/counters.ts';
import { batchRangeDaysMax } from '../../core/protocol/batch-limits.ts';
import { once } from '../../core/protocol/once.ts';
import { shardsOf } from '../../core/protocol/shard-plan.ts';
import { readBatchParts } from '../../storage/batch-table-store.ts';
import { hoursBeside, hoursOfDay, runsOf } from '../../storage/merged-store.ts';
import { amount, count } from './answer-schema.ts';
import { type ContentSum, type ContentSums, sumContents } from './batch-sums.ts';
import type { BatchRow, BatchRows, BatchTable } from './batch-table.ts';
import type { Ranking } from './cursor.ts';
import { reader } from './figures.ts';

export const movieId = once(() =>
  z.string().describe(DESCRIBED && 'As sent; `__other__` for those beyond the 512 that an hour names'),
);
export const lastTitle = once(() =>
  z
    .string()
    .nullable()
    .describe(DESCRIBED && 'Last known in the range; null where never told'),
);
export const summedTable = {
  role: 'viewer',
  unit: 'hour',
  daysMax: batchRangeDaysMax,
  contentFilter: true,
} as const;

export const exampleMeta = {
  from: '2026-11-20T00:00:00.000Z',
  to: '2026-11-21T00:00:00.000Z',
  computed_at: '2026-11-21T00:20:11.000Z',
  hours: { computed: 288, of: 288 },
  source: 'batch',
  next_cursor: null,
};

const byCount = (column: string): Ranking<BatchRow> => ({
  of: (row) => [Number(row[column]), String(row.movie_id)],
  shape: ['number', 'string'],
});

export const popularMovies: BatchTable = {
  ...summedTable,
  path: '/api/batch/popular-movies',
  summary: DESCRIBED && 'Contents by views, as the batch layer counts them',
  description:
    DESCRIBED &&
    'The contents with at least one view in the computed hours of the range, the most viewed first. Late events are ' +
      'counted, twins are not.',
  row: once(() =>
    z.strictObject({
      movie_id: movieId(),
      title: lastTitle(),
      view_count: count(DESCRIBED && 'Events of type `view`').min(1),
      complete_count: count(DESCRIBED && 'Events of type `complete`'),
      watched_seconds: amount(DESCRIBED && 'Watch time'),
    }),
  ),
  ranking: byCount('view_count'),
  read: async (db, query, _, merged) => withTitles(await sumContents(db, query, merged), popularRow),
  example: DESCRIBED && {
    data: [
      {
        movie_id: 'film-001',
        title: 'Harbour Lights',
        view_count: 41_208,
        complete_count: 22_114,
        watched_seconds: 151_002_931.5,
      },
    ],
    count: 1,
    meta: exampleMeta,
  },
};

/** Titles are of the page alone: which it is, they do not decide. */
function withTitles(sums: ContentSums, rowsOf: (sum: ContentSum) => BatchRow[]): BatchRows {
  return {
    rows: sums.sums.flatMap(rowsOf),
    warnings: sums.warnings,
    finish: async (page) => {
      const titles = await sums.titlesOf(
        page.map((row) => String(row.movie_id)),
        false,
      );
      return page.map((row) => ({ ...row, title: titles.of(String(row.movie_id)).title }));
    },
  };
}

function popularRow({ contentId, counters }: ContentSum): BatchRow[] {
  const of = reader(counters);
  if (of('views') === 0) return [];
  return [
    {
      movie_id: contentId,
      title: null,
      view_count: of('views'),
      complete_count: of('completes'),
      watched_seconds: of('watched_ms_sum') / 1000,
    },
  ];
}

export const ratingsStats: BatchTable = {
  ...summedTable,
  path: '/api/batch/ratings-stats',
  summary: DESCRIBED && 'Ratings of contents, as the batch layer counts them',
  description:
    DESCRIBED &&
    'The contents with at least one rating in the computed hours of the range, the most rated first.',
  row: once(() =>
    z.strictObject({
      movie_id: movieId(),
      title: lastTitle(),
      rating_count: count(DESCRIBED && 'Events that tell a rating').min(1),
      avg_rating: amount(DESCRIBED && 'Their mean, 1 to 10'),
    }),
  ),
  ranking: byCount('rating_count'),
  read: async (db, query, _, merged) => withTitles(await sumContents(db, query, merged), ratingsRow),
  example: DESCRIBED && {
    data: [{ movie_id: 'film-001', title: 'Harbour Lights', rating_count: 812, avg_rating: 7.9 }],
    count: 1,
    meta: exampleMeta,
  },
};

function ratingsRow({ contentId, counters }: ContentSum): BatchRow[] {
  const of = reader(counters);
  const rated = of('rating_count');
  if (rated === 0) return [];
  const avg = of('rating_milli_sum') / 1000 / rated;
  return [{ movie_id: contentId, title: null, rating_count: rated, avg_rating: avg }];
}

/** Of all types, as counters name them. */
const typeCounts = {
  view_count: 'views',
  pause_count: 'pauses',
  resume_count: 'resumes',
  progress_count: 'progresses',
  complete_count: 'completes',
  rating_count: 'ratings',
  download_count: 'downloads',
  error_count: 'errors',
} as const;
type TypeCount = keyof typeof typeCounts;
const typeNames = Object.keys(typeCounts) as TypeCount[];

export const hourlyStats: BatchTable = {
  ...summedTable,
  path: '/api/batch/hourly-stats',
  summary: DESCRIBED && 'What is done at which hour of the day',
  description:
    DESCRIBED &&
    'The 24 hours of the day (UTC), each summed over the days of the range: the pattern of a day. Hours without events ' +
      'in the range are left out.',
  row: once(() =>
    z.strictObject({
      hour: z
        .int()
        .min(0)
        .max(23)
        .describe(DESCRIBED && 'Hour of the day, UTC'),
      days: count(DESCRIBED && 'Days on which there was an event in this hour').min(1),
      total_events: count(DESCRIBED && 'Events of all types').min(1),
      avg_events: amount(DESCRIBED && 'total_events / days'),
      ...(Object.fromEntries(
        typeNames.map((name) => [name, count(DESCRIBED && `Events of type \`${name.slice(0, -6)}\``)]),
      ) as Record<TypeCount, z.ZodInt>),
      watched_seconds: amount(DESCRIBED && 'Watch time'),
    }),
  ),
  // Numbers rank from high to low: hours are to ascend.
  ranking: { of: (row) => [-Number(row.hour)], shape: ['number'] },
  read: async (db, query, _, merged) => {
    const hours = new HoursOfDay();
    const { contentId } = query;
    const runs = contentId === null ? runsOf(merged) : [];
    if (contentId === null)
      for (const day of merged)
        for (const [hour, counters] of hoursOfDay(day)) hours.add(day.day * 24 + hour, counters);
    const want = {
      contents: contentId === null ? null : { key: contentId },
      titles: false,
      byDays: false,
    };
    for await (const lot of readBatchParts(db, shardsOf(query.regions), hoursBeside(query, runs), want))
      for (const { hour, counters, contents } of lot)
        hours.add(hour, contentId === null ? counters : contents[0]?.[1]);
    return { rows: hours.rows, warnings: [] };
  },
  example: DESCRIBED && {
    data: [
      {
        hour: 20,
        days: 1,
        total_events: 912_044,
        avg_events: 912_044,
        view_count: 101_338,
        pause_count: 60_802,
        resume_count: 58_910,
        progress_count: 520_117,
        complete_count: 48_331,
        rating_count: 9_120,
        download_count: 111_205,
        error_count: 2_221,
        watched_seconds: 31_206_671.25,
      },
    ],
    count: 1,
    meta: exampleMeta,
  },
};

class HoursOfDay {
  readonly #hours = new Map<number, { readonly counters: Counters; readonly days: Set<number> }>();

  add(hour: number, counted: readonly number[] | undefined): void {
    if (!counted?.[0]) return;
    const held = this.#hours.get(hour % 24) ?? { counters: emptyCounters(), days: new Set<number>() };
    this.#hours.set(hour % 24, held);
    addCounters(held.counters, counted);
    held.days.add(Math.floor(hour / 24));
  }

  get rows(): BatchRow[] {
    return [...this.#hours].map(([hour, sum]) => hourRow(hour, sum));
  }
}

function hourRow(
  hour: number,
  { counters, days }: { readonly counters: Counters; readonly days: ReadonlySet<number> },
): BatchRow {
  const of = reader(counters);
  return {
    hour,
    days: days.size,
    total_events: of('events'),
    avg_events: of('events') / days.size,
    ...Object.fromEntries(typeNames.map((name) => [name, of(typeCounts[name])])),
    watched_seconds: of('watched_ms_sum') / 1000,
  };
}
