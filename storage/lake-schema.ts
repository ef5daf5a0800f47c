/** Tables of the lake and the batch layer; a part of the schema (schema.ts). Times are ISO 8601 in UTC unless they say ms. */
import { isNotNull } from 'drizzle-orm';
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { batchReasons, batchStates } from '../core/batch/batch-run.ts';
import { replayStates } from '../core/batch/replay.ts';

function integerColumn(name: string) {
  return integer(name).notNull();
}

/** Runs of the batch layer over one region and hour (BAT-1). */
export const batchRuns = sqliteTable(
  'batch_runs',
  {
    /** Also the id of the Workflow instance. */
    id: text('id').primaryKey(),
    region_number: integerColumn('region_number'),
    hour: integerColumn('hour'),
    reason: text('reason', { enum: batchReasons }).notNull(),
    state: text('state', { enum: batchStates }).notNull(),
    /** Of the replay that asked for it; null for the others. */
    replay_id: text('replay_id'),
    parts: integerColumn('parts'),
    parts_done: integerColumn('parts_done'),
    events: integerColumn('events'),
    /** Late events that count now, and late twins that do not. */
    late_added: integerColumn('late_added'),
    late_twins: integerColumn('late_twins'),
    /** Windows (minutes) whose row is another now. */
    windows_changed: integerColumn('windows_changed'),
    /** JSON: BatchDifference[], what the run changed in the tables. */
    differences: text('differences').notNull(),
    error: text('error'),
    created_at: text('created_at').notNull(),
    /** When it last got on: one that stands still is resumed. */
    progressed_at: text('progressed_at').notNull(),
    finished_at: text('finished_at'),
  },
  (table) => [
    index('batch_runs_by_hour').on(table.hour, table.region_number),
    index('batch_runs_by_state').on(table.state, table.progressed_at),
    index('batch_runs_by_replay').on(table.replay_id).where(isNotNull(table.replay_id)),
  ],
);

/** What the batch layer last said of a region and hour; where there is no row, the stream's word stands. */
export const batchHours = sqliteTable('batch_hours', {
  /** packedKey(region, 0, hour). */
  key: integer('key').primaryKey(),
  run_id: text('run_id').notNull(),
  /** Of the rows that it wrote (DUP-2): one more with each run. */
  generation: integerColumn('generation'),
  /** Parts that it read, and SHA-256 over their sorted names: another list makes the hour stale. */
  parts: integerColumn('parts'),
  parts_digest: text('parts_digest').notNull(),
  events: integerColumn('events'),
  late_added: integerColumn('late_added'),
  late_twins: integerColumn('late_twins'),
  /** True once one of its parts has expired: it is never computed again. */
  frozen: integer('frozen', { mode: 'boolean' }).notNull().default(false),
  computed_at: text('computed_at').notNull(),
});

/** Replays of ranges of hours (RPL-1). Its places are numbered hour by hour, and in an hour by `regions`. */
export const replays = sqliteTable(
  'replays',
  {
    id: text('id').primaryKey(),
    state: text('state', { enum: replayStates }).notNull(),
    /** Epoch hours, half-open. */
    from_hour: integerColumn('from_hour'),
    to_hour: integerColumn('to_hour'),
    /** JSON: numbers of regions, ascending. */
    regions: text('regions').notNull(),
    /** Hours of regions, and up to which place of them runs were begun. */
    hours: integerColumn('hours'),
    next_place: integerColumn('next_place'),
    /** Of the places before it: hours in which nothing was, and frozen ones, with JSON: [[region, from, to], ...]. */
    hours_empty: integerColumn('hours_empty'),
    hours_skipped: integerColumn('hours_skipped'),
    skipped: text('skipped').notNull(),
    /** In the range when it was sealed, for the estimate; null before. */
    parts: integer('parts'),
    events: integer('events'),
    /** Number of the Workflow instance that carries it on. */
    instance: integerColumn('instance'),
    started_by: text('started_by').notNull(),
    started_at: text('started_at').notNull(),
    progressed_at: text('progressed_at').notNull(),
    finished_at: text('finished_at'),
  },
  (table) => [index('replays_by_start').on(table.started_at)],
);
