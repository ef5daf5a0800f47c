/** ETL runs as the API gives and takes them (ETL-5). */
import * as z from 'zod';
import { rowsPerSecond, secondsLeft, shareDone } from '../../core/etl/etl-pace.ts';
import { etlStates, etlStepKinds, rejectedOf, rowsOf } from '../../core/etl/etl-progress.ts';
import { once } from '../../core/protocol/once.ts';
import {
  errorShareMaxDefault,
  etlFilesMax,
  freshnessMsMax,
  rejectSamplesMax,
} from '../../core/protocol/warehouse-limits.ts';
import { warehouseTables } from '../../core/warehouse/rows.ts';
import type { EtlRun } from '../../storage/etl/etl-store.ts';
import { amount, count, time } from './answer-schema.ts';
import { isoTime } from './figures.ts';
import { newestPage } from './newest-page.ts';

const id = '2c1f3a80-5a0e-4f0e-8a55-0d7f4b0f9b11';

export const etlBody = once(() =>
  z.strictObject({
    files: z
      .array(z.string('must be text'), 'must be a list of names')
      .min(1, 'must not be empty')
      .max(etlFilesMax, `must have at most ${etlFilesMax} names`)
      .nullable()
      .default(null)
      .describe(DESCRIBED && 'Names of files, as /api/admin/imports has them; null for all'),
    error_share_max: z
      .number('must be a number')
      .min(0, 'must be at least 0')
      .max(1, 'must be at most 1')
      .default(errorShareMaxDefault)
      .describe(DESCRIBED && 'Share of rejected rows, 0 to 1, above which nothing is loaded'),
  }),
);
export const etlBodyExample = { files: ['users.csv', 'viewing_sessions.csv'], error_share_max: 0.02 };

export const etlPath =
  DESCRIBED && z.object({ id: z.string().describe('`id` of the run').meta({ example: id }) });
export const etlQuery = once(() => z.object(newestPage(id)));

const file =
  DESCRIBED &&
  z.strictObject({
    name: z.string().describe('Name of the file'),
    table: z.enum(warehouseTables).describe('Table that it is loaded into'),
    size_bytes: count('Its size'),
    share_read: amount('How much of it is read, 0 to 1'),
    rows: count('Rows that were read of it'),
    rows_rejected: count('Of them rejected'),
  });

const loaded =
  DESCRIBED &&
  z.strictObject({
    table: z.enum(warehouseTables).describe('Table of the warehouse'),
    inserted: count('Rows that are new'),
    updated: count('Rows that were changed; those that were the same already are in neither'),
    inferred_users: count('Users that were not known: rows with `is_inferred`'),
    inferred_movies: count('Films that were not known'),
  });

const sample =
  DESCRIBED &&
  z.strictObject({
    file: z.string().describe('Name of the file'),
    line: count('Line of the file, or row of a Parquet file, from 1'),
    field: z.string().nullable().describe('Column; null where the record as a whole is at fault'),
    code: z.string().describe('Kind of the fault; docs/imports.md and docs/etl.md list them'),
    message: z.string().describe('What is wrong with it'),
  });

export const rejectSchema = once(() =>
  z.strictObject({
    ...sample.shape,
    record: z
      .string()
      .nullable()
      .describe(DESCRIBED && 'The record as JSON, cut off; null where none could be read'),
  }),
);

const rejects =
  DESCRIBED &&
  z.strictObject({
    by_code: z
      .record(z.string(), count('Rows'))
      .describe('Rows by the code of a fault; a row may have several'),
    first: z.array(sample).describe(`The first ${rejectSamplesMax}`),
    kept: count('Faults that can be downloaded'),
  });

export const etlSchema =
  DESCRIBED &&
  z.strictObject({
    id: z.string().describe('Id of the run'),
    state: z
      .enum(etlStates)
      .describe(
        '`cancelling`: it ends at its next step. `refused`: nothing was loaded, for what `error` says. `failed`: what is loaded stays, another run completes it',
      ),
    phase: z
      .enum([...etlStepKinds, 'over'])
      .describe(
        '`extract`: files are read and judged; `check`; `load`; `aggregates`, `movies`: sums are made; `clear`; `over`',
      ),
    files: z.array(file).describe('In the order of loading'),
    error_share_max: amount('Share of rejected rows above which nothing is loaded'),
    rows: count('Rows that were read'),
    rows_rejected: count('Of them rejected'),
    rows_loaded: count('Of the others those that are in the tables'),
    rejects: rejects.describe('What was wrong'),
    loaded: z.array(loaded).describe('What has become of the tables'),
    movies_refreshed: count(
      'Films of which views or ratings have changed; null before they were counted',
    ).nullable(),
    warnings: z
      .array(z.string())
      .describe(
        `About files as a whole, and where the newest session is older than ${freshnessMsMax / 86_400_000} days`,
      ),
    error: z.string().nullable().describe('Why it was refused or failed; null where neither'),
    share_done: amount('How much of it is done, 0 to 1'),
    rows_per_second: count('Read, or loaded, in this phase; null in others').nullable(),
    seconds_left: amount('At the pace so far; null while there is none, and at the end').nullable(),
    started_by: z.string().describe('Id of the person who began it'),
    started_at: time('When it was begun'),
    progressed_at: time('When it last got on'),
    finished_at: time('When it was over; null before').nullable(),
  });

export function etlRow(run: EtlRun, nowMs: number): z.output<typeof etlSchema> {
  const { progress, startedAtMs, finishedAtMs } = run;
  const goesOn = finishedAtMs === null;
  return {
    id: run.id,
    state: run.state,
    phase: progress.phase,
    files: progress.files.map(({ name, table, bytes, share, rows, rejected }) => ({
      name,
      table,
      size_bytes: bytes,
      share_read: share,
      rows,
      rows_rejected: rejected,
    })),
    error_share_max: progress.errorShareMax,
    rows: rowsOf(progress),
    rows_rejected: rejectedOf(progress),
    rows_loaded: progress.rowsLoaded,
    rejects: {
      by_code: { ...progress.rejectCodes },
      first: [...progress.samples],
      kept: progress.rejectsKept,
    },
    loaded: warehouseTables.flatMap((table) => {
      const counts = progress.loaded[table];
      if (!counts) return [];
      const { inserted, updated, inferredUsers, inferredMovies } = counts;
      return [{ table, inserted, updated, inferred_users: inferredUsers, inferred_movies: inferredMovies }];
    }),
    movies_refreshed: progress.moviesRefreshed,
    warnings: [...progress.warnings],
    error: run.error,
    share_done: shareDone(progress),
    rows_per_second: goesOn ? rowsPerSecond(progress, nowMs) : null,
    seconds_left: goesOn ? secondsLeft(progress, startedAtMs, nowMs) : null,
    started_by: run.startedBy,
    started_at: isoTime(startedAtMs),
    progressed_at: isoTime(run.progressedAtMs),
    finished_at: finishedAtMs === null ? null : isoTime(finishedAtMs),
  };
}

const at = (second: number): string => `2026-11-21T09:30:${String(second).padStart(2, '0')}.000Z`;

export const etlExample: z.output<typeof etlSchema> = DESCRIBED && {
  id,
  state: 'running',
  phase: 'load',
  files: [
    { name: 'users.csv', table: 'users', size_bytes: 482_113, share_read: 1, rows: 5000, rows_rejected: 0 },
    {
      name: 'viewing_sessions.csv',
      table: 'viewing_sessions',
      size_bytes: 7_340_032,
      share_read: 1,
      rows: 50_000,
      rows_rejected: 12,
    },
  ],
  error_share_max: 0.05,
  rows: 55_000,
  rows_rejected: 12,
  rows_loaded: 25_000,
  rejects: {
    by_code: { ends_before_start: 12 },
    first: [
      {
        file: 'viewing_sessions.csv',
        line: 4711,
        field: 'end_time',
        code: 'ends_before_start',
        message: 'end_time is before start_time',
      },
    ],
    kept: 12,
  },
  loaded: [
    { table: 'users', inserted: 5000, updated: 0, inferred_users: 0, inferred_movies: 0 },
    { table: 'viewing_sessions', inserted: 20_000, updated: 0, inferred_users: 0, inferred_movies: 3 },
  ],
  movies_refreshed: null,
  warnings: [],
  error: null,
  share_done: 0.668,
  rows_per_second: 21_000,
  seconds_left: 1.9,
  started_by: '4q0h2k7mzx1c',
  started_at: at(1),
  progressed_at: at(4),
  finished_at: null,
};
