import * as z from 'zod';
import { addCounters, type Counters, emptyCounters } from '../../core/aggregate/counters.ts';
import { windowMs } from '../../core/protocol/limits.ts';
import { once } from '../../core/protocol/once.ts';
import type { RegionEntry } from '../../core/protocol/region.ts';
import type { RegionAnswer } from '../../core/window/region-answer.ts';
import { count, downloadShape, rowsAnswer, time, viewingShape } from './answer-schema.ts';
import { countersOf, wantedBy } from './dimension-filter.ts';
import { downloadFigures, isoTime, reader, viewingFigures } from './figures.ts';
import { rowsResponse } from './range-answer.ts';
import { readRange, type Sources, totalsOnly } from './range-reader.ts';
import type { Route } from './route.ts';
import { sourcesOf } from './sources.ts';
import { type ApiContext, rangeQuery, type StatsQuery, statsQuery } from './stats-query.ts';

/** A success rate below this is a failure, if it rests on so many downloads. */
const successRateMin = 0.9;
const downloadsJudgedMin = 20;
/** A region that had events in the range and has had none for this long is silent. */
const silentAfterMs = 60_000;

const statuses = ['healthy', 'failing', 'silent', 'idle'] as const;
export type RegionStatus = (typeof statuses)[number];

const parameters = once(() => rangeQuery({ minutes: 5, own: {} }));

const row = once(() =>
  z.strictObject({
    region: z.string().describe(DESCRIBED && 'Name of the region'),
    continent: z.string().describe(DESCRIBED && 'Where it lies'),
    latitude: z
      .number()
      .min(-90)
      .max(90)
      .describe(DESCRIBED && 'Degrees to the north'),
    longitude: z
      .number()
      .min(-180)
      .max(180)
      .describe(DESCRIBED && 'Degrees to the east'),
    status: z
      .enum(statuses)
      .describe(
        DESCRIBED &&
          `\`failing\`: success rate below ${successRateMin} over at least ${downloadsJudgedMin} downloads; \`idle\`: no ` +
            `events in the range; \`silent\`: none received for ${silentAfterMs / 1000} s; else \`healthy\``,
      ),
    total_events: count(DESCRIBED && 'Events of all types'),
    views: count(DESCRIBED && 'Events of type `view`'),
    ...downloadShape(),
    ...viewingShape(),
    concurrent_viewers: count(
      DESCRIBED &&
        'Sessions that watch at this moment; null with content_id, device_type or content_type, by which it is not kept',
    ).nullable(),
    watermark: time(
      DESCRIBED && 'Event time up to which the region has closed its windows; null when it does not answer',
    ).nullable(),
    last_event_at: time(DESCRIBED && 'Greatest event time ever seen; null without').nullable(),
    last_received_at: time(DESCRIBED && 'When its newest event was received; null without').nullable(),
  }),
);

/** One row a region, also those without events. */
export const regionsRoute: Route = {
  method: 'GET',
  path: '/api/stats/regions',
  role: 'viewer',
  handler: regionStats,
  tag: 'Statistics',
  doc: DESCRIBED && {
    summary: 'Health and figures of each region',
    description: 'One row for each region of the registry, those without events included.',
    query: parameters().documented,
    answer: rowsAnswer(row()),
    csv: true,
    problems: ['storage_unavailable'],
  },
};

async function regionStats(context: ApiContext): Promise<Response> {
  const nowMs = Date.now();
  const asked = await statsQuery(context, parameters(), nowMs);
  if ('response' in asked) return asked.response;
  const { state, data } = await regionRows(sourcesOf(context.env), asked.query, nowMs);
  return rowsResponse(context, state, row(), data);
}

/** What was counted in a region. */
interface Counted {
  readonly counters: Counters;
  /** End of its newest window, ms. */
  endMs: number | null;
}

export async function regionRows(sources: Sources, query: StatsQuery, nowMs: number) {
  const { regions, range, filter } = query;
  const counted = new Map<number, Counted>();
  const want = { ...totalsOnly, ...wantedBy(filter) };
  const state = await readRange(sources, { regions, range, want, byMinute: false }, (part) => {
    const sum = counted.get(part.regionNumber) ?? { counters: emptyCounters(), endMs: null };
    counted.set(part.regionNumber, sum);
    addCounters(sum.counters, countersOf(part, filter));
    sum.endMs = Math.max(sum.endMs ?? 0, (part.minute + part.minutes) * windowMs);
  });
  const data = regions.map((region) => {
    const { counters, endMs } = counted.get(region.number) ?? { counters: emptyCounters(), endMs: null };
    const answers = state.answers.filter(({ regionNumber }) => regionNumber === region.number);
    const row = regionRow(region, counters, { answers, endMs, nowMs });
    // Nobody keeps who watches what.
    return filter ? { ...row, concurrent_viewers: null } : row;
  });
  return { state, data };
}

function regionRow(
  region: RegionEntry,
  counters: Counters,
  { answers, endMs, nowMs }: { answers: readonly RegionAnswer[]; endMs: number | null; nowMs: number },
) {
  const of = reader(counters);
  const figures = downloadFigures(counters);
  const receivedMs = latest(answers.map(({ lastReceivedAt }) => lastReceivedAt));
  // Of a region that does not answer, the end of its newest window says when it was last heard of.
  const heardMs = receivedMs ?? endMs;
  const watermarks = answers.map(({ watermark }) => watermark);
  return {
    region: region.name,
    continent: region.continent,
    latitude: region.latitude,
    longitude: region.longitude,
    status: regionStatus(figures, of('events'), heardMs === null ? null : nowMs - heardMs),
    total_events: of('events'),
    views: of('views'),
    ...figures,
    ...viewingFigures(counters),
    concurrent_viewers: answers.reduce((sum, { viewers }) => sum + viewers, 0),
    watermark: watermarks.length === 0 ? null : isoTime(Math.min(...watermarks)),
    last_event_at: optionalTime(latest(answers.map(({ lastEventAt }) => lastEventAt))),
    last_received_at: optionalTime(receivedMs),
  };
}

/** Failing stays failing when the region falls silent: the silence is then part of the failure. */
export function regionStatus(
  figures: { readonly total_downloads: number; readonly success_rate: number | null },
  events: number,
  silentMs: number | null,
): RegionStatus {
  const { total_downloads: downloads, success_rate: rate } = figures;
  if (rate !== null && rate < successRateMin && downloads >= downloadsJudgedMin) return 'failing';
  if (events === 0) return 'idle';
  return silentMs !== null && silentMs > silentAfterMs ? 'silent' : 'healthy';
}

function latest(times: readonly (number | null)[]): number | null {
  const known = times.filter((at) => at !== null);
  return known.length === 0 ? null : Math.max(...known);
}

const optionalTime = (ms: number | null): string | null => (ms === null ? null : isoTime(ms));
