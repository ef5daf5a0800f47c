import * as z from 'zod';
import { addCounters, emptyCounters } from '../../core/aggregate/counters.ts';
import { DistinctSketch } from '../../core/aggregate/distinct-sketch.ts';
import { QuantileSketch } from '../../core/aggregate/quantile-sketch.ts';
import { contentsPerAnswerMax, OTHER_KEY, paneMs, windowMs } from '../../core/protocol/limits.ts';
import { once } from '../../core/protocol/once.ts';
import type { RegionAnswer } from '../../core/window/region-answer.ts';
import type { RangePart, RangeWant } from '../../storage/range-store.ts';
import { amount, count, downloadShape, eventCounts, objectAnswer, viewingShape } from './answer-schema.ts';
import { countersOf, type DimensionFilter, wantedBy } from './dimension-filter.ts';
import { downloadFigures, eventsByType, mbpsOf, reader, viewingFigures } from './figures.ts';
import { objectResponse } from './range-answer.ts';
import { readRange, type Sources, totalsOnly } from './range-reader.ts';
import type { Route } from './route.ts';
import { sourcesOf } from './sources.ts';
import { type ApiContext, rangeQuery, type StatsQuery, statsQuery } from './stats-query.ts';
import { TitleBook } from './title-book.ts';

/** The rate is that of the last six full panes. */
const rateMs = 60_000;

const parameters = once(() => rangeQuery({ minutes: 5, own: {} }));

const notOfKeys = 'null with content_id, device_type or content_type, by which it is not kept';

const answer =
  DESCRIBED &&
  objectAnswer(
    z.strictObject({
      total_events: count(DESCRIBED && 'Events of all types'),
      events_by_type: eventCounts,
      views: count(DESCRIBED && 'Events of type `view`'),
      ...downloadShape(),
      ...viewingShape(),
      p50_speed_mbps: amount(
        DESCRIBED && `Median speed of downloads, within 1 %; null without, and ${notOfKeys}`,
      ).nullable(),
      p95_speed_mbps: amount(
        DESCRIBED && `95th percentile of it, within 1 %; null without, and ${notOfKeys}`,
      ).nullable(),
      unique_users: count(
        DESCRIBED && `Different users, with a standard error of 1.6 %; ${notOfKeys}`,
      ).nullable(),
      unique_sessions: count(
        DESCRIBED && `Different sessions, with a standard error of 1.6 %; ${notOfKeys}`,
      ).nullable(),
      active_regions: count(DESCRIBED && 'Regions with an event in the range'),
      active_content: count(
        DESCRIBED && 'Contents with an event in the range; null with device_type',
      ).nullable(),
      concurrent_viewers: count(DESCRIBED && `Sessions that watch at this moment; ${notOfKeys}`).nullable(),
      events_per_second: amount(
        DESCRIBED && `Rate of the last six full panes of 10 s; ${notOfKeys}`,
      ).nullable(),
      late_total: count(
        DESCRIBED && `Events that came too late to be counted, since the regions' logs began; ${notOfKeys}`,
      ).nullable(),
      duplicates_total: count(
        DESCRIBED && `Repeated events that were recognised, since the regions' logs began; ${notOfKeys}`,
      ).nullable(),
    }),
  );

/** One object of figures over the range. */
export const realtimeRoute: Route = {
  method: 'GET',
  path: '/api/stats/realtime',
  role: 'viewer',
  handler: realtime,
  tag: 'Statistics',
  doc: DESCRIBED && {
    summary: 'Key figures of a range',
    description:
      'One object: totals, rates, unique users and sessions of the range, and what goes on right now.',
    query: parameters().documented,
    answer: answer,
    problems: ['storage_unavailable'],
  },
};

async function realtime(context: ApiContext): Promise<Response> {
  const nowMs = Date.now();
  const asked = await statsQuery(context, parameters(), nowMs);
  if ('response' in asked) return asked.response;
  const { state, data } = await realtimeFigures(sourcesOf(context.env), asked.query, nowMs);
  return objectResponse(state, data);
}

export async function realtimeFigures(
  sources: Sources,
  { regions, range, filter }: StatsQuery,
  nowMs: number,
) {
  const counters = emptyCounters();
  const active = new Set<number>();
  const contents = new ActiveContents(filter);
  const sketches = new SketchSum();
  const state = await readRange(
    sources,
    {
      regions,
      range,
      want: wantOf(filter),
      byMinute: false,
      panesFromMinute: Math.floor((nowMs - rateMs - paneMs) / windowMs),
    },
    (part) => {
      const own = countersOf(part, filter);
      addCounters(counters, own);
      if ((own[0] ?? 0) > 0) active.add(part.regionNumber);
      contents.add(part);
      sketches.add(part);
    },
  );
  const of = reader(counters);
  const data = {
    total_events: of('events'),
    events_by_type: eventsByType(counters),
    views: of('views'),
    ...downloadFigures(counters),
    ...viewingFigures(counters),
    ...sketches.figures(filter),
    active_regions: active.size,
    active_content: contents.count,
    ...liveFigures(state.answers, filter, nowMs),
  };
  return { state, data };
}

function wantOf(filter: DimensionFilter | null): RangeWant {
  if (!filter) return { ...totalsOnly, dimensions: ['content'], sketches: true };
  // The type of a content stands with its title.
  if (filter.name === 'content_type')
    return { ...totalsOnly, dimensions: ['content_type', 'content'], titles: true };
  return { ...totalsOnly, ...wantedBy(filter) };
}

/** The contents with an event, as far as they pass the filter. */
class ActiveContents {
  readonly #filter: DimensionFilter | null;
  readonly #ids = new Set<string>();
  readonly #titles = new TitleBook();

  constructor(filter: DimensionFilter | null) {
    this.#filter = filter;
  }

  add(part: RangePart): void {
    if (this.#filter?.name === 'device_type') return;
    for (const [id] of part.entries.content ?? []) {
      if (id !== OTHER_KEY && this.#ids.size < contentsPerAnswerMax) this.#ids.add(id);
    }
    this.#titles.add(part);
  }

  /** Null where it cannot be told: no window knows which contents a device played. */
  get count(): number | null {
    const { name, key } = this.#filter ?? {};
    if (name === 'device_type') return null;
    if (name === 'content_id') return this.#ids.has(key as string) ? 1 : 0;
    if (name === 'content_type')
      return [...this.#ids].filter((id) => this.#titles.of(id).type === key).length;
    return this.#ids.size;
  }
}

class SketchSum {
  readonly #users = new DistinctSketch();
  readonly #sessions = new DistinctSketch();
  readonly #speed = new QuantileSketch();

  add({ sketches }: RangePart): void {
    if (!sketches) return;
    this.#users.merge(DistinctSketch.fromBytes(sketches.users));
    this.#sessions.merge(DistinctSketch.fromBytes(sketches.sessions));
    this.#speed.merge(QuantileSketch.fromBytes(sketches.speed));
  }

  /** Windows keep no sketches of their keys. */
  figures(filter: DimensionFilter | null) {
    return {
      p50_speed_mbps: filter ? null : mbpsOf(this.#speed.quantile(0.5)),
      p95_speed_mbps: filter ? null : mbpsOf(this.#speed.quantile(0.95)),
      unique_users: filter ? null : Math.round(this.#users.estimate()),
      unique_sessions: filter ? null : Math.round(this.#sessions.estimate()),
    };
  }
}

/** What is no matter of a range: values of this moment, or since the shards' logs began. */
function liveFigures(answers: readonly RegionAnswer[], filter: DimensionFilter | null, nowMs: number) {
  const sum = (of: (answer: RegionAnswer) => number): number | null =>
    filter ? null : answers.reduce((total, answer) => total + of(answer), 0);
  const lately = sum((answer) => eventsInLastPanes(answer, nowMs));
  return {
    concurrent_viewers: sum(({ viewers }) => viewers),
    events_per_second: lately === null ? null : lately / (rateMs / 1000),
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
