import { addCounters, emptyCounters } from '../../core/aggregate/counters.ts';
import { DistinctSketch } from '../../core/aggregate/distinct-sketch.ts';
import { QuantileSketch } from '../../core/aggregate/quantile-sketch.ts';
import { paneMs, windowMs } from '../../core/protocol/limits.ts';
import type { RegionAnswer } from '../../core/window/region-answer.ts';
import type { WindowTotals } from '../../storage/window-store.ts';
import { visitDetails } from './detail-reader.ts';
import { downloadFigures, eventsByType, mbpsOf, reader, viewingFigures } from './figures.ts';
import { type RangeState, readRange, type Sources } from './range-reader.ts';
import { sourcesOf } from './sources.ts';
import { type ApiContext, rangeAnswer, type StatsQuery, statsQuery } from './stats-query.ts';

/** The rate is that of the last six full panes. */
const rateMs = 60_000;

/** GET /api/stats/realtime: one object of figures over the range. */
export async function realtime(context: ApiContext): Promise<Response> {
  const nowMs = Date.now();
  const asked = await statsQuery(context, {}, { minutes: 5 }, nowMs);
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
