import * as z from 'zod';
import { addCounters, type Counters, emptyCounters } from '../../core/aggregate/counters.ts';
import { holdBackMs, paneMs, windowMs } from '../../core/protocol/limits.ts';
import { once } from '../../core/protocol/once.ts';
import type { RangePart } from '../../storage/range-store.ts';
import { count, downloadShape, rowsAnswer, time, viewingShape } from './answer-schema.ts';
import { countersOf, wantedBy } from './dimension-filter.ts';
import { downloadFigures, isoTime, reader } from './figures.ts';
import { wholeNumber } from './parameters.ts';
import { invalidParameters } from './problem-response.ts';
import { rowsResponse, watermarkOf } from './range-answer.ts';
import { type RangeState, readRange, type Sources, totalsOnly } from './range-reader.ts';
import type { Route } from './route.ts';
import { readSettledMinutes } from './settled-minutes.ts';
import { sourcesOf } from './sources.ts';
import { type ApiContext, rangeQuery, type StatsQuery, statsQuery } from './stats-query.ts';

/** Panes are for the recent past: an hour of them is 360 rows. */
const paneMinutesMax = 60;
const seconds = once(() =>
  wholeNumber(10, 60)
    .refine((value) => value === 10 || value === 60, { message: 'must be 60 or 10 (seconds)' })
    .optional()
    .describe(
      DESCRIBED &&
        `Seconds of a row: 60, or 10 for at most ${paneMinutesMax} minutes. 60 where it is not given`,
    )
    .meta(DESCRIBED && { example: '60' }),
);

const parameters = once(() => rangeQuery({ minutes: 60, own: { resolution: seconds() } }));

const rowSchema = once(() =>
  z.strictObject({
    window_start: time(DESCRIBED && 'Start of the minute, or of the pane of 10 s'),
    window_end: time(DESCRIBED && 'Its end, which is not part of it'),
    total_events: count(DESCRIBED && 'Events of all types'),
    views: count(DESCRIBED && 'Events of type `view`'),
    total_downloads: downloadShape().total_downloads,
    successful_downloads: downloadShape().successful_downloads,
    failed_downloads: downloadShape().failed_downloads,
    slow_downloads: downloadShape().slow_downloads,
    success_rate: downloadShape().success_rate,
    error_rate: downloadShape().error_rate,
    avg_speed_mbps: downloadShape().avg_speed_mbps,
    watched_seconds: viewingShape().watched_seconds,
    open: z.boolean().describe(DESCRIBED && 'Whether events that are not late may still change it'),
  }),
);

/** One row a minute, or a pane of 10 s. */
export const timeseriesRoute: Route = {
  method: 'GET',
  path: '/api/stats/timeseries',
  role: 'viewer',
  handler: timeseries,
  tag: 'Statistics',
  doc: DESCRIBED && {
    summary: 'Figures over time',
    description:
      'A complete series: one row for every minute (or 10 s) of the range up to now, zeros where nothing was.',
    query: parameters().documented,
    answer: rowsAnswer(rowSchema()),
    csv: true,
    problems: ['storage_unavailable'],
  },
};

async function timeseries(context: ApiContext): Promise<Response> {
  const nowMs = Date.now();
  const asked = await statsQuery(context, parameters(), nowMs);
  if ('response' in asked) return asked.response;
  const { range, filter, values } = asked.query;
  const stepMs = values.resolution === 10 ? paneMs : windowMs;
  if (stepMs === paneMs && range.toMinute - range.fromMinute > paneMinutesMax) {
    const message = `of 10 goes with at most ${paneMinutesMax} minutes`;
    return invalidParameters([{ parameter: 'resolution', message }]);
  }
  if (stepMs === paneMs && filter) {
    const message = `of 10 cannot go with ${filter.name}: panes count whole regions only`;
    return invalidParameters([{ parameter: 'resolution', message }]);
  }
  const { state, data } = await series(sourcesOf(context.env), asked.query, stepMs, nowMs);
  return rowsResponse(context, state, rowSchema(), data);
}

interface Step {
  readonly startMs: number;
  readonly counters: Counters;
  /** Whether a window that holds the step is open in some shard. */
  open: boolean;
}

/** A complete series: every step of the range up to now has its row; later ones only where events are ahead. */
export async function series(sources: Sources, query: StatsQuery, stepMs: number, nowMs: number) {
  const { regions, range, filter } = query;
  const startMs = range.fromMinute * windowMs;
  const steps = Array.from({ length: (range.toMinute * windowMs - startMs) / stepMs }, (_, index): Step => {
    return { startMs: startMs + index * stepMs, counters: emptyCounters(), open: false };
  });
  const add = (minute: number, closed: boolean, parts: readonly (readonly number[] | null)[]): void => {
    const first = (minute * windowMs - startMs) / stepMs;
    for (const [index, counters] of parts.entries()) {
      const step = steps[first + index] as Step;
      if (counters) addCounters(step.counters, counters);
      step.open ||= !closed;
    }
  };
  const want = { ...totalsOnly, panes: stepMs === paneMs, ...wantedBy(filter) };
  const rest = { regions, range, want, byMinute: true };
  const visit = (part: RangePart) => add(part.minute, part.closed, part.panes ?? [countersOf(part, filter)]);
  if (stepMs === paneMs || filter) return finish(await readRange(sources, rest, visit), steps, stepMs, nowMs);
  const { told, settled, untilMinute } = await readSettledMinutes(sources, query, nowMs);
  for (const { minute, closed, counters } of settled?.sums ?? []) add(minute, closed, [counters]);
  const left = settled ? { ...range, fromMinute: untilMinute } : range;
  const read = await readRange(sources, { ...rest, range: left, endOf: range, told }, visit);
  const active = new Set([...read.active, ...(settled?.regions ?? [])]);
  return finish({ ...read, range, active }, steps, stepMs, nowMs);
}

function finish(state: RangeState, steps: readonly Step[], stepMs: number, nowMs: number) {
  const lastWithEvents = steps.findLastIndex(({ counters }) => counters[0] !== 0);
  const passedMs = watermarkOf(state) ?? nowMs - holdBackMs;
  const data = steps
    .filter((step, index) => step.startMs <= nowMs || index <= lastWithEvents)
    .map((step) => row(step, stepMs, passedMs));
  return { state, data };
}

function row({ startMs, counters, open }: Step, stepMs: number, passedMs: number) {
  const of = reader(counters);
  const {
    total_downloads,
    successful_downloads,
    failed_downloads,
    slow_downloads,
    success_rate,
    error_rate,
    avg_speed_mbps,
  } = downloadFigures(counters);
  return {
    window_start: isoTime(startMs),
    window_end: isoTime(startMs + stepMs),
    total_events: of('events'),
    views: of('views'),
    total_downloads,
    successful_downloads,
    failed_downloads,
    slow_downloads,
    success_rate,
    error_rate,
    avg_speed_mbps,
    watched_seconds: of('watched_ms_sum') / 1000,
    open: open || startMs + stepMs > passedMs,
  };
}
