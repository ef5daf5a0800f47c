/** Answers of the analytics API: their words are its documentation, and tests hold real answers against them. */
import * as z from 'zod';
import { amount, count, share, time } from '../answer-schema.ts';

const views = count('Viewing sessions');
const uniqueUsers = count('Distinct users of these sessions');
const watchHours = amount('Hours watched');
const completion = share('Mean share of the content that was watched; null where no session tells one');
const rank = count('Place, from 1; of equal rows the same').min(1);
const shareOfViews = share('Share of the views of all rows, those of other pages too; null without any');
const previousViews = count('Views of as many days just before; null without `compare`').nullable();
const date = (what: string) => z.iso.date().describe(what);
const text = (what: string) => z.string().describe(what);
const known = (what: string) => z.string().nullable().describe(`${what}; null where not known`);

const span = (what: string) =>
  z.strictObject({ from: time('Its start'), to: time('Its end, which is not part of it') }).describe(what);

const metaShape = {
  from: time('Start of the range'),
  to: time('End of the range, which is not part of it'),
  tz: text('Time zone of its days, hours and weeks'),
  compare: span('The days before that the range is compared with; null without `compare`').nullable(),
  updated_at: time('When the newest session that the warehouse has began; null without any').nullable(),
  source: z.literal('warehouse').describe('What counted this'),
  users_one_in: count('Sessions of the stream are of one user in so many, 1: of all. Not scaled').min(1),
  warnings: z.array(z.string()).optional().describe('What is missing in the answer, and why'),
};
const meta = DESCRIBED && z.strictObject(metaShape).describe('Of what range and how fresh the answer is');
const pageMeta =
  DESCRIBED &&
  z
    .strictObject({
      ...metaShape,
      next_cursor: z.string().nullable().describe('`cursor` of the next page; null at the end'),
    })
    .describe('Of what range and how fresh the answer is, and how it goes on');

export const objectAnswer = <T extends z.ZodType>(data: T) => z.strictObject({ data, meta });
export const rowsAnswer = <T extends z.ZodType>(row: T) =>
  z.strictObject({ data: z.array(row), count: count('Rows in data'), meta });
export const pageAnswer = <T extends z.ZodType>(row: T) =>
  z.strictObject({ data: z.array(row), count: count('Rows in data'), meta: pageMeta });

const metricsShape = {
  total_users: count(
    'Users known at the end of the range; where regions are asked for, those with a session in them',
  ),
  active_users: count('Distinct users of the sessions of the range'),
  total_views: views,
  total_watch_time_hours: watchHours,
  avg_completion_rate: completion,
};
export const metricNames = Object.keys(metricsShape) as (keyof typeof metricsShape)[];

const change = (name: keyof typeof metricsShape) =>
  z
    .number()
    .nullable()
    .describe(`Relative change of ${name}, 0.1 for a tenth more; null where before it was 0`);

export const metricsData =
  DESCRIBED &&
  z.strictObject({
    ...metricsShape,
    previous: z
      .strictObject(metricsShape)
      .nullable()
      .describe('The same of as many days just before; null without `compare`'),
    change: z
      .strictObject({
        total_users: change('total_users'),
        active_users: change('active_users'),
        total_views: change('total_views'),
        total_watch_time_hours: change('total_watch_time_hours'),
        avg_completion_rate: change('avg_completion_rate'),
      })
      .nullable()
      .describe('From the days before to the range; null without `compare`'),
  });

/** As CSV, where an object has no place. */
export const metricRow = z.strictObject({
  metric: text('Name of the metric'),
  value: z.number().nullable(),
  previous: z.number().nullable(),
  change: z.number().nullable(),
});

export const dailyRow = z.strictObject({
  date: date('The day, in `tz`'),
  views,
  unique_users: uniqueUsers,
  watch_hours: watchHours,
  avg_completion_rate: completion,
  previous_views: count('Views of previous_date; null without `compare`').nullable(),
  previous_date: date('The day as long before; null without `compare`').nullable(),
});

const movieId = text('As events and imports name the film');
const userId = text('Pseudonym: version of the key that made it, and 16 hex digits');

export const movieRow = z.strictObject({
  rank,
  movie_id: movieId,
  title: known('Title'),
  genre: text('`Unknown` where none is known'),
  content_type: known('Such as film or series'),
  views,
  unique_users: uniqueUsers,
  watch_hours: watchHours,
  avg_completion_rate: completion,
  avg_rating: amount('Mean of all ratings of the film, 1 to 10; null without').nullable(),
  previous_views: previousViews,
});

export const genreRow = z.strictObject({
  rank,
  genre: text('Of the films; `Unknown` where none is known'),
  views,
  share: shareOfViews,
  unique_users: uniqueUsers,
  watch_hours: watchHours,
  avg_completion_rate: completion,
  previous_views: previousViews,
});

const bufferingPerHour = amount(
  'Stalls of the player an hour watched; null where nothing was watched',
).nullable();

export const deviceRow = z.strictObject({
  rank,
  device_type: text('As sent; `Unknown` where none was told'),
  views,
  share: shareOfViews,
  unique_users: uniqueUsers,
  watch_hours: watchHours,
  avg_completion_rate: completion,
  buffering_per_hour: bufferingPerHour,
  previous_views: previousViews,
});

export const countryRow = z.strictObject({
  rank,
  country: text('Of the sessions; `Unknown` where none was told'),
  user_count: uniqueUsers,
  views,
  share: shareOfViews,
  watch_hours: watchHours,
  avg_completion_rate: completion,
  previous_views: previousViews,
});

export const hourRow = z.strictObject({
  rank,
  hour: z.int().min(0).max(23).describe('Hour of the day in `tz` in which sessions began'),
  views,
  share: shareOfViews,
  avg_completion_rate: completion,
});

export const weekdayHourRow = z.strictObject({
  rank,
  weekday: z.int().min(1).max(7).describe('1 for Monday to 7 for Sunday, in `tz`'),
  hour: z.int().min(0).max(23).describe('Hour of the day in `tz` in which sessions began'),
  views,
  share: shareOfViews,
  avg_completion_rate: completion,
});

export const qualityRow = z.strictObject({
  quality: text('Of the picture, as sent; `Unknown` where none was told'),
  device_type: text('As sent; `Unknown` where none was told'),
  views,
  sessions_with_buffering_share: share('Share of the sessions in which the player stalled; null without any'),
  buffering_per_hour: bufferingPerHour,
  avg_completion_rate: completion,
});

const userShape = {
  user_id: userId,
  username: known('As imported; for viewers its first character'),
  email: known('As imported; for viewers its first character'),
  country: known('As imported'),
  subscription_type: known('As imported'),
};

export const userRow = z.strictObject({
  ...userShape,
  views,
  watch_hours: watchHours,
  avg_completion_rate: completion,
  last_seen: time('Start of the last session of the range'),
});

export const cohortRow = z.strictObject({
  cohort: date('Monday of the week, in `tz`, of the first session that is kept of these users'),
  users: count('Users of the cohort').min(1),
  retained: z
    .array(count('Users of the cohort with a session in that week'))
    .describe('By weeks since the first, which is week 0; up to this week'),
});

const startTime = time('When it began');
const sessionShape = {
  session_id: text(
    'Of an import `i-` and its id in the file, of a stitched one `s-` and what it was made of',
  ),
  user_id: userId,
  movie_id: movieId,
  title: known('Title'),
  start_time: startTime,
  end_time: time('When it ended'),
  watch_duration_minutes: amount('Minutes watched'),
  completion_rate: share('Share of the content that was watched; null where nothing told it'),
  device_type: known('As sent'),
  quality: known('Of the picture, as sent'),
  buffering_count: count('Stalls of the player'),
  country: known('Of the session'),
  subscription_type: known('At that time'),
};
export const sessionRow = z.strictObject(sessionShape);

export const timelineRow = z.strictObject({
  at: time('When it happened'),
  event_type: text('As events have it'),
  duration_seconds: amount('Watch time that it told; null where none').nullable(),
  completion_percentage: amount('0 to 100; null where none').nullable(),
  rating: amount('1 to 10; null where none').nullable(),
  buffering_count: count('Stalls that it told; null where none').nullable(),
  quality: known('Of the picture'),
  error_code: known('Of an error or a failed download'),
});

export const sessionData =
  DESCRIBED &&
  z.strictObject({
    ...sessionShape,
    region: known('Name of the region in which it was stitched'),
    timeline: z
      .array(timelineRow)
      .describe('Its events, as the lake has them; empty for an imported one, and where they are gone'),
  });

const figuresShape = {
  views,
  unique_users: uniqueUsers,
  watch_hours: watchHours,
  avg_completion_rate: completion,
};

export const movieData =
  DESCRIBED &&
  z.strictObject({
    movie_id: movieId,
    title: known('Title'),
    genre: text('`Unknown` where none is known'),
    content_type: known('Such as film or series'),
    duration_minutes: count('Length; null where not known').nullable(),
    release_date: known('YYYY-MM-DD'),
    director: known('Director'),
    cast: known('Names, joined by ", "'),
    country: known('Of production'),
    language: known('Original language'),
    avg_rating: amount('Mean of all ratings, 1 to 10; null without').nullable(),
    rating_count: count('All ratings'),
    total_views: count(
      'Of all sessions that are kept, whatever is asked; null for who is limited to regions',
    ).nullable(),
    figures: z.strictObject({ ...figuresShape, previous_views: previousViews }).describe('Of the range'),
    daily: z.array(dailyRow),
    devices: z.array(deviceRow.omit({ buffering_per_hour: true })),
    countries: z.array(countryRow),
    recent_sessions: z.array(sessionRow).describe('The last sessions of the range, the newest first'),
  });

export const userData =
  DESCRIBED &&
  z.strictObject({
    ...userShape,
    age: count('As imported; null where not known').nullable(),
    gender: known('As imported'),
    signup_date: known('YYYY-MM-DD'),
    is_active: z.boolean().describe('As imported'),
    preferred_genre: known('As imported'),
    is_inferred: z.boolean().describe('True where only sessions have told of this user'),
    figures: z
      .strictObject({
        views,
        watch_hours: watchHours,
        avg_completion_rate: completion,
        previous_views: previousViews,
      })
      .describe('Of the range'),
    genres: z.array(
      genreRow.omit({ unique_users: true, previous_views: true }).describe('Of the range, by views'),
    ),
    recent_sessions: z.array(sessionRow).describe('The last sessions of the range, the newest first'),
  });
