import { blob, integer, real, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { type CounterName, counterNames } from '../core/aggregate/counters.ts';

/**
 * The tables of D1, from which drizzle-kit generates migrations/ (the regions themselves and the SQL views stand in
 * custom migrations). An INTEGER PRIMARY KEY is SQLite's row id: one window is one row written, with no index.
 */
export const regions = sqliteTable('regions', {
  number: integer('number').primaryKey(),
  name: text('name').notNull().unique(),
  continent: text('continent').notNull(),
  latitude: real('latitude').notNull(),
  longitude: real('longitude').notNull(),
});

function integerColumn(name: string) {
  return integer(name).notNull();
}

type IntegerColumn = ReturnType<typeof integerColumn>;

/** One INTEGER column a core counter, by the counter's name. */
function counterColumns(): Record<CounterName, IntegerColumn> {
  const columns = counterNames.map((name) => [name, integerColumn(name)] as const);
  return Object.fromEntries(columns) as Record<CounterName, IntegerColumn>;
}

/** What windows and hours share. Small columns come first: a read of the totals then skips the overflow pages. */
function totalColumns() {
  return {
    /** packedKey(region, shard, minute or hour). */
    key: integer('key').primaryKey(),
    /** packedWindowVersion of the row. */
    v: integerColumn('v'),
    generation: integerColumn('generation'),
    incarnation: integerColumn('incarnation'),
    log_row: integerColumn('log_row'),
    closed: integerColumn('closed'),
    ...counterColumns(),
  };
}

function detailColumns() {
  return {
    /** JSON: {dimension: [[key, counters], ...]}; counters lack their trailing zeros. */
    dimensions: text('dimensions').notNull(),
    /** JSON: [[content_id, title, content_type], ...]. */
    titles: text('titles').notNull(),
    users: blob('users', { mode: 'buffer' }).notNull(),
    sessions: blob('sessions', { mode: 'buffer' }).notNull(),
    speed: blob('speed', { mode: 'buffer' }).notNull(),
  };
}

export const regionWindows = sqliteTable('region_windows', {
  ...totalColumns(),
  /** JSON: six arrays of counters without their trailing zeros, null for a pane without events. */
  panes: text('panes').notNull(),
  ...detailColumns(),
});

export const regionHours = sqliteTable('region_hours', {
  ...totalColumns(),
  /** How many minutes were merged into the hour. */
  windows: integerColumn('windows'),
  ...detailColumns(),
});

/** Running totals of rejects by door, producer and minute of receipt (core/protocol/reject-report.ts). */
export const rejectReports = sqliteTable('reject_reports', {
  /** "MINUTE:DOOR:PRODUCER", the minute in eight digits, so that a range of minutes is a range of keys. */
  key: text('key').primaryKey(),
  door: text('door').notNull(),
  producer: text('producer').notNull(),
  minute: integerColumn('minute'),
  seq: integerColumn('seq'),
  /** JSON: {code: count}. */
  rejected: text('rejected').notNull(),
  twins: integerColumn('twins'),
  /** JSON: RejectSample[]. */
  samples: text('samples').notNull(),
});

export const settings = sqliteTable('settings', {
  name: text('name').primaryKey(),
  value: text('value').notNull(),
});
