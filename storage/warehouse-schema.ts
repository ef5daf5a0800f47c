/**
 * The warehouse: a star of viewing sessions with users, movies and ratings, and what is summed from it (WHS-1); a part of
 * the schema (schema.ts). Numbers are whole, in the units of their names, so that sums do not depend on order; the
 * columns that the trade expects (watch_duration_minutes, completion_rate ...) are computed when they are read.
 */
import { isNotNull, sql } from 'drizzle-orm';
import { index, integer, real, type SQLiteColumn, sqliteTable, text } from 'drizzle-orm/sqlite-core';

function integerColumn(name: string) {
  return integer(name).notNull();
}

function flag(name: string) {
  return integer(name, { mode: 'boolean' }).notNull();
}

/** Computed when it is read, and stored nowhere: an index may have it. */
const computed = { mode: 'virtual' } as const;

export const users = sqliteTable(
  'users',
  {
    id: integer('id').primaryKey(),
    /** `VERSION-16 HEX DIGITS`, the hash that events of this user bear: what the API calls user_id. */
    pseudonym: text('pseudonym').notNull().unique(),
    username: text('username'),
    email: text('email'),
    age: integer('age'),
    gender: text('gender'),
    country: text('country'),
    subscription_type: text('subscription_type'),
    /** YYYY-MM-DD, as all dates here. */
    signup_date: text('signup_date'),
    is_active: flag('is_active').default(true),
    preferred_genre: text('preferred_genre'),
    /** Known by what they did only: no import has told of them yet. */
    is_inferred: flag('is_inferred').default(false),
  },
  (table) => [index('users_by_signup').on(table.signup_date, table.country, table.subscription_type)],
);

export const movies = sqliteTable(
  'movies',
  {
    id: integer('id').primaryKey(),
    /** As events name it: what the API calls movie_id. */
    content_id: text('content_id').notNull().unique(),
    title: text('title'),
    genre: text('genre'),
    content_type: text('content_type'),
    duration_minutes: integer('duration_minutes'),
    release_date: text('release_date'),
    director: text('director'),
    /** Names, joined by ", ". */
    cast: text('cast'),
    country: text('country'),
    language: text('language'),
    /** Of `ratings`, 1 to 10; null without any. */
    avg_rating: real('avg_rating'),
    rating_count: integerColumn('rating_count').default(0),
    /** Of `viewing_sessions`. */
    total_views: integerColumn('total_views').default(0),
    is_inferred: flag('is_inferred').default(false),
  },
  (table) => [index('movies_by_genre').on(table.genre)],
);

export const ratings = sqliteTable(
  'ratings',
  {
    id: integer('id').primaryKey(),
    source_id: text('source_id').notNull().unique(),
    user_id: integerColumn('user_id').references(() => users.id),
    movie_id: integerColumn('movie_id').references(() => movies.id),
    rating_milli: integerColumn('rating_milli'),
    rating: real('rating').generatedAlwaysAs(sql`rating_milli / 1000.0`, computed),
    review_text: text('review_text'),
    helpful_count: integerColumn('helpful_count').default(0),
    rating_date: text('rating_date').notNull(),
  },
  (table) => [index('ratings_by_movie').on(table.movie_id, table.rating_milli)],
);

/**
 * Each in the order of a grouping, and with all that questions sum or filter by, so that none looks into the table
 * (docs/decisions/0015). Users come before times where distinct ones are counted: in their order that costs half.
 */
function analyticsIndexes(t: Record<SummedColumn, SQLiteColumn>) {
  const sums = [t.watch_duration_ms, t.completion_milli] as const;
  const rest = [t.subscription_type, t.region_number] as const;
  const { start_slot, user_id, movie_id, device_type, user_country } = t;
  return [
    index('viewing_sessions_by_start').on(
      start_slot,
      user_id,
      ...sums,
      movie_id,
      device_type,
      user_country,
      ...rest,
    ),
    index('viewing_sessions_by_user').on(
      user_id,
      t.start_time_ms,
      ...sums,
      movie_id,
      device_type,
      user_country,
      ...rest,
    ),
    index('viewing_sessions_by_movie').on(
      movie_id,
      user_id,
      start_slot,
      ...sums,
      device_type,
      user_country,
      ...rest,
    ),
    index('viewing_sessions_by_country').on(
      user_country,
      user_id,
      start_slot,
      ...sums,
      movie_id,
      device_type,
      ...rest,
    ),
    index('viewing_sessions_by_device').on(
      device_type,
      t.quality,
      user_id,
      start_slot,
      ...sums,
      t.buffering_count,
      movie_id,
      user_country,
      ...rest,
    ),
  ];
}

type SummedColumn =
  | 'start_time_ms'
  | 'start_slot'
  | 'user_id'
  | 'movie_id'
  | 'watch_duration_ms'
  | 'completion_milli'
  | 'device_type'
  | 'quality'
  | 'buffering_count'
  | 'user_country'
  | 'subscription_type'
  | 'region_number';

export const viewingSessions = sqliteTable(
  'viewing_sessions',
  {
    id: integer('id').primaryKey(),
    source_id: text('source_id').notNull().unique(),
    user_id: integerColumn('user_id').references(() => users.id),
    movie_id: integerColumn('movie_id').references(() => movies.id),
    start_time_ms: integerColumn('start_time_ms'),
    end_time_ms: integerColumn('end_time_ms'),
    /** ISO 8601 in UTC. */
    start_time: text('start_time').generatedAlwaysAs(
      sql`strftime('%Y-%m-%dT%H:%M:%fZ', start_time_ms / 1000.0, 'unixepoch')`,
      computed,
    ),
    end_time: text('end_time').generatedAlwaysAs(
      sql`strftime('%Y-%m-%dT%H:%M:%fZ', end_time_ms / 1000.0, 'unixepoch')`,
      computed,
    ),
    /** Quarters of an hour since the epoch: hours and days of every time zone are made of them. */
    start_slot: integer('start_slot').generatedAlwaysAs(sql`start_time_ms / 900000`, computed),
    watch_duration_ms: integerColumn('watch_duration_ms'),
    watch_duration_minutes: real('watch_duration_minutes').generatedAlwaysAs(
      sql`watch_duration_ms / 60000.0`,
      computed,
    ),
    completion_milli: integer('completion_milli'),
    completion_rate: real('completion_rate').generatedAlwaysAs(sql`completion_milli / 1000.0`, computed),
    device_type: text('device_type'),
    quality: text('quality'),
    buffering_count: integerColumn('buffering_count').default(0),
    user_country: text('user_country'),
    subscription_type: text('subscription_type'),
    region_number: integer('region_number'),
    /** Of a stitched session: packedKey(region, 0, epoch hour) of the hour in which it was closed; null for an imported one. */
    stitch_key: integer('stitch_key'),
  },
  (table) => [
    /** The stitched ones of an hour, by session. */
    index('viewing_sessions_by_stitch')
      .on(table.stitch_key, table.source_id)
      .where(isNotNull(table.stitch_key)),
    ...analyticsIndexes(table),
  ],
);

/** What every sum of sessions holds; means are made of sums when they are read. */
function sums() {
  return {
    total_views: integerColumn('total_views'),
    unique_users: integerColumn('unique_users'),
    watch_duration_ms: integerColumn('watch_duration_ms'),
    completion_milli_sum: integerColumn('completion_milli_sum'),
    /** Sessions that tell a completion. */
    completion_count: integerColumn('completion_count'),
    buffering_count: integerColumn('buffering_count'),
  };
}

/** By day of UTC in which they began. */
export const dailyAnalytics = sqliteTable('daily_analytics', {
  /** Epoch day. */
  day: integer('day').primaryKey(),
  date: text('date').generatedAlwaysAs(sql`date(day * 86400, 'unixepoch')`, computed),
  ...sums(),
});

/** By epoch hour in which they began. */
export const hourlyAnalytics = sqliteTable('hourly_analytics', {
  hour: integer('hour').primaryKey(),
  ...sums(),
});

/** Of all sessions that are kept, by the genre of their movie; '' for those of unknown genre. */
export const genreAnalytics = sqliteTable('genre_analytics', {
  genre: text('genre').primaryKey(),
  ...sums(),
});

/** Hours of a region whose sessions were put together (SES-3), or are being. */
export const sessionHours = sqliteTable('session_hours', {
  /** packedKey(region, 0, epoch hour). */
  key: integer('key').primaryKey(),
  /** Of the run that has it now: what it is made of. Others write nothing. */
  claim: text('claim').notNull(),
  /** ISO 8601 in UTC. */
  claimed_at: text('claimed_at').notNull(),
  /** Of `batch_hours`, when what stands here was made; -1 where nothing was made yet. */
  generation: integerColumn('generation').default(-1),
  /** Digests of the sittings that were open when the hour began, and when it ended; '' for none. */
  carry_in: text('carry_in').notNull().default(''),
  carry_out: text('carry_out').notNull().default(''),
  /** Files of R2 that hold those that were open at its end. */
  carry_files: integerColumn('carry_files').default(0),
  events: integerColumn('events').default(0),
  sessions: integerColumn('sessions').default(0),
  /** JSON: names of its files in the lake. */
  files: text('files').notNull().default('[]'),
  computed_at: text('computed_at'),
});
