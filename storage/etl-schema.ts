/** Runs that load the warehouse from files (ETL-1); a part of the schema (schema.ts). */
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

export const etlRuns = sqliteTable(
  'etl_runs',
  {
    id: text('id').primaryKey(),
    state: text('state').notNull(),
    /** Where it stands and what it has found: EtlProgress as JSON. */
    progress: text('progress').notNull(),
    /** Counts the changes of `progress`: of two that carry the run on, the slower one changes nothing. */
    revision: integer('revision').notNull(),
    /** Number of the Workflow instance that carries it on. */
    instance: integer('instance').notNull(),
    error: text('error'),
    started_by: text('started_by').notNull(),
    started_at: text('started_at').notNull(),
    progressed_at: text('progressed_at').notNull(),
    finished_at: text('finished_at'),
  },
  (table) => [index('etl_runs_by_start').on(table.started_at)],
);
