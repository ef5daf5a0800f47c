/**
 * Tables that the product reads and writes by SQL of its own alone: for drizzle-kit, and in a file that the Worker does not
 * import. An INTEGER PRIMARY KEY is SQLite's row id: one window is one row written, with no index. `content_days` stands in
 * a custom migration, since it has none.
 */
import { blob, index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { type CounterName, counterNames } from '../core/aggregate/counters.ts';
import { partKinds } from '../core/lake/lake-rows.ts';

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

/** Days of the batch layer (BAT-3): its hours merged, all shards of a region in one row. */
export const regionDays = sqliteTable('region_days', {
  ...totalColumns(),
  /** How many minutes its hours hold. */
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

/** Parts of the lake (LAK-1), written when R2 has confirmed them. */
export const lakeParts = sqliteTable(
  'lake_parts',
  {
    /** partName(): each part is listed once. */
    name: text('name').primaryKey(),
    region_number: integerColumn('region_number'),
    shard: integerColumn('shard'),
    incarnation: integerColumn('incarnation'),
    first_row: integerColumn('first_row'),
    last_row: integerColumn('last_row'),
    /** Epoch hour of the events. */
    hour: integerColumn('hour'),
    kind: text('kind', { enum: partKinds }).notNull(),
    events: integerColumn('events'),
    bytes: integerColumn('bytes'),
    /** Of the content, not of the bytes: SHA-256 in hex. */
    digest: text('digest').notNull(),
    format_version: integerColumn('format_version'),
    /** Least and greatest event time, ms. */
    from_ms: integerColumn('from_ms'),
    to_ms: integerColumn('to_ms'),
    /** ISO 8601 in UTC. */
    sealed_at: text('sealed_at').notNull(),
  },
  (table) => [index('lake_parts_by_hour').on(table.hour, table.region_number)],
);

/** What the batch layer last computed of a region and day of UTC (BAT-3), beside its row of region_days. */
export const batchDays = sqliteTable('batch_days', {
  /** packedKey(region, 0, epoch day). */
  key: integer('key').primaryKey(),
  /**
   * How many hours it was made of, and the sum of their generations: both only rise, so that a day of which either is
   * another now is stale.
   */
  hours: integerColumn('hours'),
  generations: integerColumn('generations'),
  /** Events of known users, and how many users they were. */
  user_events: integerColumn('user_events'),
  users: integerColumn('users'),
  computed_at: text('computed_at').notNull(),
  /** JSON: [[user, events, films, duration_ms_sum, duration_count], ...] of those with the most events. */
  top_users: text('top_users').notNull(),
});

function listColumn(name: string) {
  return text(name).notNull();
}

/**
 * Contents of a computed hour over all regions and shards, column by column: lists in JSON, the n-th of each of the n-th
 * content (BAT-6). Whoever writes what it was merged from deletes it.
 */
export const mergedHours = sqliteTable('merged_hours', {
  /** Epoch hour. */
  hour: integer('hour').primaryKey(),
  /** mergedVersion. */
  v: integerColumn('v'),
  /** JSON: the shards that it holds, each as packedKey(region, shard, 0). */
  shards: text('shards').notNull(),
  contents: text('contents').notNull(),
  /** JSON: [[content_id, title, content_type], ...]; of what regions tell differently the greater text. */
  titles: text('titles').notNull(),
  ...(Object.fromEntries(counterNames.map((name) => [name, listColumn(name)])) as Record<
    CounterName,
    ReturnType<typeof listColumn>
  >),
});

/** Days over all regions of which nothing waits to be computed (BAT-6). Their contents are rows of content_days. */
export const mergedDays = sqliteTable('merged_days', {
  /** Epoch day. */
  day: integer('day').primaryKey(),
  v: integerColumn('v'),
  /** Of whoever merged it: by which its contents are known to be of it. */
  mark: text('mark').notNull(),
  /** How many hours of regions it holds, and when the last of them was computed. */
  hours: integerColumn('hours'),
  computed_at: text('computed_at').notNull(),
  /** JSON: the numbers of its regions. */
  regions: text('regions').notNull(),
  /** JSON: [[hour of the day, counters], ...]. */
  hourly: text('hourly').notNull(),
});
