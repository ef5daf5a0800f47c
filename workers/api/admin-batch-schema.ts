/** Runs of the batch layer as the API gives and takes them (BAT-1). */
import * as z from 'zod';
import { batchReasons, batchStates } from '../../core/batch/batch-run.ts';
import { batchRunsMax } from '../../core/protocol/batch-limits.ts';
import { once } from '../../core/protocol/once.ts';
import type { BatchRun } from '../../storage/batch-store.ts';
import { count, time } from './answer-schema.ts';
import { bodyTime, hourStart, regionNames } from './asked-hours.ts';
import { isoTime } from './figures.ts';
import { newestPage } from './newest-page.ts';
import { instant } from './parameters.ts';

export const runsBody = once(() =>
  z.strictObject({
    from: bodyTime().describe(DESCRIBED && 'First hour, rounded down to an hour'),
    to: bodyTime().describe(
      DESCRIBED &&
        `End of the hours, which is not part of them, rounded up to an hour. Hours times regions are at most ${batchRunsMax}`,
    ),
    regions: regionNames(),
  }),
);
export const bodyExample = {
  from: '2026-11-21T03:00:00Z',
  to: '2026-11-21T05:00:00Z',
  regions: ['EU-London'],
};

export const runsQuery = once(() =>
  z.object({
    region: z
      .string()
      .optional()
      .describe(DESCRIBED && 'Only over this region')
      .meta(DESCRIBED && { example: 'EU-London' }),
    state: z
      .enum(batchStates, 'must be waiting, running, done, failed or cancelled')
      .optional()
      .describe(DESCRIBED && 'Only in this state')
      .meta(DESCRIBED && { example: 'running' }),
    reason: z
      .enum(batchReasons, 'must be cron, demand, stale or replay')
      .optional()
      .describe(DESCRIBED && 'Only begun for this reason')
      .meta(DESCRIBED && { example: 'demand' }),
    from: instant()
      .optional()
      .describe(DESCRIBED && 'Only over this hour or later ones, ISO 8601 or epoch ms')
      .meta(DESCRIBED && { example: '2026-11-21T03:00:00Z' }),
    to: instant()
      .optional()
      .describe(DESCRIBED && 'Only over hours before this time, ISO 8601 or epoch ms')
      .meta(DESCRIBED && { example: '2026-11-21T05:00:00Z' }),
    ...newestPage('0b9f2c1e-8a44-4d0e-9a1e-0d4f1f8a7b11'),
  }),
);

export const runPath =
  DESCRIBED &&
  z.object({
    id: z.string().describe('`id` of the run').meta({ example: '0b9f2c1e-8a44-4d0e-9a1e-0d4f1f8a7b11' }),
  });

const difference =
  DESCRIBED &&
  z.strictObject({
    table: z.string().describe('Table of D1'),
    metric: z.string().describe('Total over the hour, by the name of its column'),
    before: z.number().describe('What it was'),
    after: z.number().describe('What it is'),
  });

export const runSchema =
  DESCRIBED &&
  z.strictObject({
    id: z.string().describe('Also the id of its Workflow instance'),
    region: z.string().describe('Name of the region'),
    hour_start: time('Start of the hour'),
    hour_end: time('Its end, which is not part of it'),
    reason: z.enum(batchReasons).describe('`cron`, `stale`: by itself; `demand`: by this API; `replay`'),
    state: z
      .enum(batchStates)
      .describe('`waiting`: for its turn, or for the hour to be sealed (`error` says so)'),
    parts: count('Parts of the lake that the hour has'),
    parts_done: count('Of them read so far'),
    events: count('Events that count'),
    late_added: count('Of them what came too late for the stream'),
    late_twins: count('Late twins, which do not count'),
    windows_changed: count('Minutes whose row is another now'),
    differences: z.array(difference).describe('Totals that the run has changed'),
    error: z.string().nullable().describe('Why it failed or waits; null where it does neither'),
    created_at: time('When it was asked for'),
    progressed_at: time('When it last got on'),
    finished_at: time('When it was over; null before').nullable(),
  });

export const heldOffSchema =
  DESCRIBED &&
  z.strictObject({
    region: z.string().describe('Name of the region'),
    hour_start: time('Start of the hour'),
  });

export function runRow(run: BatchRun, region: string): z.output<typeof runSchema> {
  return {
    id: run.id,
    region,
    hour_start: hourStart(run.hour),
    hour_end: hourStart(run.hour + 1),
    reason: run.reason,
    state: run.state,
    parts: run.parts,
    parts_done: run.partsDone,
    events: run.events,
    late_added: run.lateAdded,
    late_twins: run.lateTwins,
    windows_changed: run.windowsChanged,
    differences: [...run.differences],
    error: run.error,
    created_at: isoTime(run.createdAtMs),
    progressed_at: isoTime(run.progressedAtMs),
    finished_at: run.finishedAtMs === null ? null : isoTime(run.finishedAtMs),
  };
}
