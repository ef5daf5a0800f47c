import * as z from 'zod';
import type { Dimension } from '../../core/aggregate/counters.ts';
import {
  breakdownMinutes,
  pictureBreakdownMinutesMax,
  pictureMinutesMax,
  pictureStepsMax,
  windowMs,
} from '../../core/protocol/limits.ts';
import { liveCounterNames } from '../../core/protocol/live.ts';
import { once } from '../../core/protocol/once.ts';
import type { RegionEntry } from '../../core/protocol/region.ts';
import type { ValueFilter } from '../../storage/analytics/session-filters.ts';
import { valueList } from './analytics/value-list.ts';
import { count, objectAnswer, share } from './answer-schema.ts';
import {
  fault,
  type Parsed,
  parseParameters,
  rangeParameters,
  resolveRange,
  wholeNumber,
} from './parameters.ts';
import { type KeyFilter, type PictureQuery, readPicture } from './picture-reader.ts';
import { invalidParameters } from './problem-response.ts';
import { objectResponse } from './range-answer.ts';
import type { Route } from './route.ts';
import { sourcesOf } from './sources.ts';
import { type ApiContext, namedRegions } from './stats-query.ts';

const minutesDefault = 60;

const schema = once(() =>
  z.object({
    ...rangeParameters(minutesDefault, pictureMinutesMax),
    region: valueList(DESCRIBED && 'Of these regions, by name', 'EU-London,ASIA-Tokyo'),
    breakdown_region: valueList(DESCRIBED && 'What is broken down, of these of the regions', 'EU-London'),
    step: wholeNumber(1, 1440)
      .optional()
      .describe(
        DESCRIBED &&
          `Minutes of a cell, at most ${pictureStepsMax} cells in the range. 1 where it is not given`,
      )
      .meta(DESCRIBED && { example: '1' }),
    breakdown: wholeNumber(1, pictureBreakdownMinutesMax)
      .optional()
      .describe(
        DESCRIBED &&
          `Minutes at the end of the range that are broken down, or all of a shorter one. ${breakdownMinutes} where it is not given`,
      )
      .meta(DESCRIBED && { example: String(breakdownMinutes) }),
    content_id: valueList(DESCRIBED && 'Only events of these contents. At most one of the three', 'film-001'),
    device_type: valueList(
      DESCRIBED && 'Only events of these device types. At most one of the three',
      'tv,mobile',
    ),
    content_type: valueList(
      DESCRIBED && 'Only events of these content types. At most one of the three',
      '!film',
    ),
  }),
);
type Given = z.output<ReturnType<typeof schema>>;

const dimensions = {
  content_id: 'content',
  device_type: 'device',
  content_type: 'content_type',
} as const satisfies Record<string, Dimension>;

const cells =
  DESCRIBED &&
  z
    .array(z.array(z.number()))
    .optional()
    .describe(
      `[start, ${liveCounterNames.join(', ')}]; start: epoch ms of a pane of 10 s, epoch minutes of a step`,
    );
const optionalMs = DESCRIBED && z.int().nullable().optional();
const shareRow =
  DESCRIBED &&
  z.strictObject({
    key: z.string(),
    events: count('Events of all types'),
    views: count('Events of type `view`'),
    downloads: count('Events of type `download`'),
    success_rate: share('Of the downloads; null without'),
  });
const untold = 'null where a filter of another dimension is set, as windows count each by itself';

const answer =
  DESCRIBED &&
  objectAnswer(
    z.strictObject({
      at: z.int().describe('Time that the picture stands for, epoch ms'),
      step_minutes: z.int().describe('Minutes of a cell'),
      facts: z.array(
        z.strictObject({
          name: z.string(),
          continent: z.string(),
          latitude: z.number(),
          longitude: z.number(),
        }),
      ),
      regions: z.record(
        z.string(),
        z.strictObject({
          viewers: z.int().optional().describe('Only of now, and of whole regions'),
          watermark: optionalMs,
          last_event_at: optionalMs,
          last_received_at: optionalMs,
          minutes: cells,
          panes: cells,
        }),
      ),
      breakdown: z.strictObject({
        from_minute: z.int().describe('First epoch minute of it'),
        active_contents: z.int().nullable().describe(`Contents with an event; ${untold}`),
        contents: z
          .array(
            shareRow.omit({ key: true }).extend({
              content_id: z.string(),
              title: z.string().nullable(),
              content_type: z.string().nullable(),
              rank: z.int(),
              rank_before: z.int().nullable(),
            }),
          )
          .nullable()
          .describe(`By downloads; ${untold}`),
        has_ranks_before: z.boolean().describe('Whether ranks of before were looked for'),
        devices: z.array(shareRow).nullable().describe(`By events, whatever the filter; ${untold}`),
        content_types: z.array(shareRow).nullable().describe(`By events, whatever the filter; ${untold}`),
      }),
    }),
  );

/** What the socket cannot tell: the past, and what only some contents, devices or types do. */
export const livePictureRoute: Route = {
  method: 'GET',
  path: '/api/live/picture',
  role: 'viewer',
  handler: picture,
  tag: 'Live',
  doc: DESCRIBED && {
    summary: 'The picture of the Live view, of any time and of a part',
    description:
      'The cells of each region by step, and of the last 15 minutes by 10 s where the step is a minute and no filter ' +
      'but `region` is set. Older than a week, hours stand for their minutes: ask with a step of 60.',
    query: schema(),
    answer,
    problems: ['storage_unavailable'],
  },
};

async function picture(context: ApiContext): Promise<Response> {
  const nowMs = Date.now();
  const given = parseParameters(schema(), new URL(context.req.url).searchParams);
  if (!given.ok) return invalidParameters(given.faults);
  const seen = await namedRegions(context.env.DB, undefined, nowMs);
  if ('response' in seen) return seen.response;
  const asked = pictureQuery(given.value, seen, nowMs);
  if (!asked.ok) return invalidParameters(asked.faults);
  const query = asked.value;
  const { state, regions, breakdown } = await readPicture(sourcesOf(context.env), query);
  return objectResponse(state, {
    at: query.isNow ? nowMs : query.range.toMinute * windowMs,
    step_minutes: query.stepMinutes,
    facts: seen.map(({ name, continent, latitude, longitude }) => ({ name, continent, latitude, longitude })),
    regions,
    breakdown,
  });
}

function pictureQuery(given: Given, seen: readonly RegionEntry[], nowMs: number): Parsed<PictureQuery> {
  const filter = keyFilter(given);
  if (!filter.ok) return filter;
  const asked = resolveRange(given, minutesDefault, nowMs, pictureMinutesMax);
  if (!asked.ok) return asked;
  const stepMinutes = given.step ?? 1;
  const { toMinute } = asked.value;
  // Whole steps, so that the first is no fragment.
  const fromMinute = Math.floor(asked.value.fromMinute / stepMinutes) * stepMinutes;
  if ((toMinute - fromMinute) / stepMinutes > pictureStepsMax)
    return fault([{ parameter: 'step', message: `must give at most ${pictureStepsMax} cells in the range` }]);
  const names = new Set(seen.map(({ name }) => name));
  for (const parameter of ['region', 'breakdown_region'] as const) {
    if (!given[parameter]?.values.some((name) => !names.has(name))) continue;
    return fault([{ parameter, message: `must be the name of a region, such as ${seen[0]?.name}` }]);
  }
  const regions = seen.filter(passes(given.region));
  return {
    ok: true,
    value: {
      regions,
      brokenDown: regions.filter(passes(given.breakdown_region)),
      range: { fromMinute, toMinute },
      stepMinutes,
      breakdownMinutes: Math.min(given.breakdown ?? breakdownMinutes, toMinute - fromMinute),
      filter: filter.value,
      isNow: toMinute * windowMs > nowMs,
    },
  };
}

const passes =
  (list: ValueFilter | undefined) =>
  ({ name }: RegionEntry): boolean =>
    !list || list.values.includes(name) !== list.isNegated;

function keyFilter(given: Given): Parsed<KeyFilter | null> {
  const set = Object.entries(dimensions).flatMap(([name, dimension]) => {
    const list = given[name as keyof typeof dimensions];
    return list ? [{ name, filter: { ...list, dimension } }] : [];
  });
  const [first, ...more] = set;
  if (!first) return { ok: true, value: null };
  if (more.length === 0) return { ok: true, value: first.filter };
  const message = `cannot go with ${first.name}: windows count each by itself, not together`;
  return fault(more.map(({ name }) => ({ parameter: name, message })));
}
