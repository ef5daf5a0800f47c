/** Replays as the API gives and takes them (RPL-1). */
import * as z from 'zod';
import { replayStates, timeLeftMs } from '../../core/batch/replay.ts';
import { batchHoursBackMax, replayFailuresMax } from '../../core/protocol/batch-limits.ts';
import { once } from '../../core/protocol/once.ts';
import type { ReplayCounts } from '../../storage/replay-account.ts';
import type { Replay } from '../../storage/replay-store.ts';
import { count, time } from './answer-schema.ts';
import { bodyTime, hourStart, regionNames } from './asked-hours.ts';
import { isoTime } from './figures.ts';
import { newestPage } from './newest-page.ts';

export const replayBody = once(() =>
  z.strictObject({
    from: bodyTime().describe(
      DESCRIBED &&
        `First hour, rounded down to an hour, at most ${batchHoursBackMax / 24} days ago: older parts are gone`,
    ),
    to: bodyTime().describe(
      DESCRIBED && 'End of the hours, which is not part of them, rounded up to an hour',
    ),
    regions: regionNames(),
  }),
);
export const replayBodyExample = {
  from: '2026-11-20T00:00:00Z',
  to: '2026-11-21T00:00:00Z',
  regions: ['EU-London'],
};

const id = '5d0f6c0a-7f0b-4c39-9d57-3a54a40c1f7e';
export const replayPath =
  DESCRIBED && z.object({ id: z.string().describe('`id` of the replay').meta({ example: id }) });

export const replaysQuery = once(() => z.object(newestPage(id)));

const replayShape = DESCRIBED && {
  id: z.string().describe(DESCRIBED && 'Also `replay_id` of its runs in D1'),
  state: z
    .enum(replayStates)
    .describe(
      DESCRIBED && '`done_with_failures`: some hours could not be computed, and have the numbers of before',
    ),
  from: time(DESCRIBED && 'Start of its hours'),
  to: time(DESCRIBED && 'Their end, which is not part of them'),
  regions: z.array(z.string()).describe(DESCRIBED && 'Names of its regions'),
  hours: count(DESCRIBED && 'Hours of regions that it is over'),
  hours_done: count(DESCRIBED && 'Of them computed anew'),
  hours_failed: count(DESCRIBED && 'Of them failed, or cancelled by themselves'),
  hours_empty: count(
    DESCRIBED && 'Of them found without a part, a window or an hour: there is nothing to compute',
  ),
  hours_skipped: count(DESCRIBED && 'Of them frozen: parts of them have expired'),
  parts: count(DESCRIBED && 'Parts of the lake that these hours have, as far as is known by now'),
  parts_done: count(DESCRIBED && 'Of them read so far'),
  rows: count(DESCRIBED && 'Events that count in the hours that are done'),
  rows_listed: count(
    DESCRIBED && 'Events of all parts when the range had been sealed; null before',
  ).nullable(),
  windows_changed: count(DESCRIBED && 'Minutes whose row is another now'),
  seconds_left: count(DESCRIBED && 'At the pace so far; null while there is none').nullable(),
  started_by: z.string().describe(DESCRIBED && 'Id of the person who began it'),
  started_at: time(DESCRIBED && 'When it was begun'),
  progressed_at: time(DESCRIBED && 'When it last got on'),
  finished_at: time(DESCRIBED && 'When it was over; null before').nullable(),
};

export const replaySchema = DESCRIBED && z.strictObject(replayShape);

const span =
  DESCRIBED &&
  z.strictObject({
    region: z.string().describe('Name of the region'),
    from: time('Start of the hours'),
    to: time('Their end, which is not part of them'),
  });

const failure =
  DESCRIBED &&
  z.strictObject({
    region: z.string().describe('Name of the region'),
    hour_start: time('Start of the hour'),
    part: z.string().nullable().describe('Name of the part at fault; null where it was none'),
    error: z.string().describe('Why the hour could not be computed'),
  });

const difference =
  DESCRIBED &&
  z.strictObject({
    table: z.string().describe('Table of D1'),
    metric: z.string().describe('Total, by the name of its column'),
    before: z.number().describe('What it was, over the hours in which it is another now'),
    after: z.number().describe('What it is, over the same hours'),
  });

export const replayReportSchema =
  DESCRIBED &&
  z.strictObject({
    ...replayShape,
    failures: z.array(failure).describe(`Hours that could not be computed, the first ${replayFailuresMax}`),
    skipped: z.array(span).describe('Frozen hours'),
    differences: z.array(difference).describe('What it has changed so far'),
  });

/** `nameOf`: of a region's number. */
export function replayRow(
  replay: Replay,
  counts: ReplayCounts,
  nameOf: (regionNumber: number) => string,
  nowMs: number,
): z.output<typeof replaySchema> {
  const { startedAtMs, finishedAtMs } = replay;
  // Before all its runs have begun, what was listed is the better account.
  const parts = finishedAtMs === null ? Math.max(replay.parts ?? 0, counts.parts) : counts.parts;
  const leftMs = timeLeftMs(nowMs - startedAtMs, counts.partsOver, parts);
  return {
    id: replay.id,
    state: replay.state,
    from: hourStart(replay.fromHour),
    to: hourStart(replay.toHour),
    regions: replay.regions.map(nameOf),
    hours: replay.hours,
    hours_done: counts.hoursDone,
    hours_failed: counts.hoursFailed,
    hours_empty: replay.hoursEmpty,
    hours_skipped: replay.hoursSkipped,
    parts,
    parts_done: counts.partsDone,
    rows: counts.events,
    rows_listed: replay.events,
    windows_changed: counts.windowsChanged,
    seconds_left: finishedAtMs !== null ? 0 : leftMs === null ? null : Math.ceil(leftMs / 1000),
    started_by: replay.startedBy,
    started_at: isoTime(startedAtMs),
    progressed_at: isoTime(replay.progressedAtMs),
    finished_at: finishedAtMs === null ? null : isoTime(finishedAtMs),
  };
}
