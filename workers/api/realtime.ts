import * as z from 'zod';
import { addCounters, emptyCounters } from '../../core/aggregate/counters.ts';
import { DistinctSketch } from '../../core/aggregate/distinct-sketch.ts';
import { QuantileSketch } from '../../core/aggregate/quantile-sketch.ts';
import { paneMs, windowMs } from '../../core/protocol/limits.ts';
import type { RegionAnswer } from '../../core/window/region-answer.ts';
import type { WindowTotals } from '../../storage/window-store.ts';
import { amount, count, downloadShape, eventCounts, objectAnswer, viewingShape } from './answer-schema.ts';
import { visitDetails } from './detail-reader.ts';
import { downloadFigures, eventsByType, mbpsOf, reader, viewingFigures } from './figures.ts';
import { type RangeState, readRange, type Sources } from './range-reader.ts';
import type { Route } from './route.ts';
import { sourcesOf } from './sources.ts';
import { type ApiContext, rangeAnswer, rangeQuery, type StatsQuery, statsQuery } from './stats-query.ts';

/** The rate is that of the last six full panes. */
const rateMs = 60_000;

const parameters = rangeQuery(5, {});

const answer = objectAnswer(
  z.strictObject({
    total_events: count('Events of all types'),
    events_by_type: eventCounts,
    views: count('Events of type `view`'),
    ...downloadShape,
    ...viewingShape,
    p50_speed_mbps: amount('Median speed of downloads, within 1 %, Mbit/s; null without').nullable(),
    p95_speed_mbps: amount('95th percentile of the speed of downloads, within 1 %; null without').nullable(),
    unique_users: count('Different users, estimated with a standard error of 1.6 %'),
    unique_sessions: count('Different sessions, estimated with a standard error of 1.6 %'),
    active_regions: count('Regions with an event in the range'),
    concurrent_viewers: count('Sessions that watch at this moment, whatever the range'),
    events_per_second: amount('Rate of the last six full panes of 10 s, whatever the range'),
    late_total: count("Events that came too late to be counted, since the regions' logs began"),
    duplicates_total: count("Repeated events that were recognised, since the regions' logs began"),
  }),
);

/** One object of figures over the range. */
export const realtimeRoute: Route = {
  method: 'GET',
  path: '/api/stats/realtime',
  role: 'viewer',
  handler: realtime,
  doc: {
    summary: 'Key figures of a range',
    description:
      'One object: totals, rates, unique users and sessions of the range, and what goes on right now.',
    tag: 'Statistics',
    query: parameters.documented,
    answer,
  },
};

async function realtime(context: ApiContext): Promise<Response> {
  const nowMs = Date.now();
  const asked = await statsQuery(context, parameters, nowMs);
  if ('response' in asked) return asked.response;
  const { state, data } = await realtimeFigures(sourcesOf(context.env), asked.query, nowMs);
  return rangeAnswer(state, data);
}

export async function realtimeFigures(sources: Sources, query: StatsQuery<unknown>, nowMs: number) {
  const liveFromMinute = Math.floor((nowMs - rateMs - paneMs) / windowMs);
  const state = await readRange(sources, query.regions, query.range, {
    stored: sources.totals,
    liveFromMinute,
  });
  const counters = emptyCounters();
  for (const window of state.windows) addCounters(counters, window.counters);
  const of = reader(counters);
  const data = {
    total_events: of('events'),
    events_by_type: eventsByType(counters),
    views: of('views'),
    ...downloadFigures(counters),
    ...viewingFigures(counters),
    ...(await sketchFigures(sources, state)),
    active_regions: new Set(state.windows.map(({ regionNumber }) => regionNumber)).size,
    ...liveFigures(state.answers, nowMs),
  };
  return { state, data };
}

async function sketchFigures(sources: Sources, state: RangeState<WindowTotals>) {
  const users = new DistinctSketch();
  const sessions = new DistinctSketch();
  const speed = new QuantileSketch();
  await visitDetails(sources, state, (part) => {
    users.merge(DistinctSketch.fromBytes(part.users));
    sessions.merge(DistinctSketch.fromBytes(part.sessions));
    speed.merge(QuantileSketch.fromBytes(part.speed));
  });
  return {
    p50_speed_mbps: mbpsOf(speed.quantile(0.5)),
    p95_speed_mbps: mbpsOf(speed.quantile(0.95)),
    unique_users: Math.round(users.estimate()),
    unique_sessions: Math.round(sessions.estimate()),
  };
}

/** What is no matter of a range: values of this moment, or since the shards' logs began. */
function liveFigures(answers: readonly RegionAnswer[], nowMs: number) {
  const sum = (of: (answer: RegionAnswer) => number): number =>
    answers.reduce((total, answer) => total + of(answer), 0);
  return {
    concurrent_viewers: sum(({ viewers }) => viewers),
    events_per_second: sum((answer) => eventsInLastPanes(answer, nowMs)) / (rateMs / 1000),
    late_total: sum(({ lateTotal }) => lateTotal),
    duplicates_total: sum(({ duplicatesTotal }) => duplicatesTotal),
  };
}

function eventsInLastPanes({ windows }: RegionAnswer, nowMs: number): number {
  const endMs = Math.floor(nowMs / paneMs) * paneMs;
  let events = 0;
  for (const { minute, panes } of windows) {
    for (const [index, pane] of panes.entries()) {
      const startMs = minute * windowMs + index * paneMs;
      if (startMs >= endMs - rateMs && startMs < endMs) events += pane?.[0] ?? 0;
    }
  }
  return events;
}
