/** Data of the analytics API's answers: their words are its documentation, and tests hold real answers against them. */
import * as z from 'zod';
import { once } from '../../../core/protocol/once.ts';
import { amount, count, share, time } from '../answer-schema.ts';

export const views = once(() => count(DESCRIBED && 'Viewing sessions'));
const uniqueUsers = once(() => count(DESCRIBED && 'Distinct users of these sessions'));
export const watchHours = once(() => amount(DESCRIBED && 'Hours watched'));
export const completion = once(() =>
  share(DESCRIBED && 'Mean share of the content that was watched; null where no session tells one'),
);
const rank = once(() => count(DESCRIBED && 'Place, from 1; of equal rows the same').min(1));
const shareOfViews = once(() =>
  share(DESCRIBED && 'Share of the views of all rows, those of other pages too; null without any'),
);
const previousViews = once(() =>
  count(DESCRIBED && 'Views of as many days just before; null without `compare`').nullable(),
);
const date = (what: string) => z.iso.date().describe(what);
const text = (what: string) => z.string().describe(what);
const known = (what: string) =>
  z
    .string()
    .nullable()
    .describe(DESCRIBED && `${what}; null where not known`);

export const dailyRow = once(() =>
  z.strictObject({
    date: date(DESCRIBED && 'The day, in `tz`'),
    views: views(),
    unique_users: uniqueUsers(),
    watch_hours: watchHours(),
    avg_completion_rate: completion(),
    previous_views: count(DESCRIBED && 'Views of previous_date; null without `compare`').nullable(),
    previous_date: date(DESCRIBED && 'The day as long before; null without `compare`').nullable(),
  }),
);

const movieId = once(() => text(DESCRIBED && 'As events and imports name the film'));
const userId = once(() => text(DESCRIBED && 'Pseudonym: version of the key that made it, and 16 hex digits'));

export const movieRow = once(() =>
  z.strictObject({
    rank: rank(),
    movie_id: movieId(),
    title: known(DESCRIBED && 'Title'),
    genre: text(DESCRIBED && '`Unknown` where none is known'),
    content_type: known(DESCRIBED && 'Such as film or series'),
    views: views(),
    unique_users: uniqueUsers(),
    watch_hours: watchHours(),
    avg_completion_rate: completion(),
    avg_rating: amount(DESCRIBED && 'Mean of all ratings of the film, 1 to 10; null without').nullable(),
    previous_views: previousViews(),
  }),
);

export const genreRow = once(() =>
  z.strictObject({
    rank: rank(),
    genre: text(DESCRIBED && 'Of the films; `Unknown` where none is known'),
    views: views(),
    share: shareOfViews(),
    unique_users: uniqueUsers(),
    watch_hours: watchHours(),
    avg_completion_rate: completion(),
    previous_views: previousViews(),
  }),
);

const bufferingPerHour = once(() =>
  amount(DESCRIBED && 'Stalls of the player an hour watched; null where nothing was watched').nullable(),
);

export const deviceRow = once(() =>
  z.strictObject({
    rank: rank(),
    device_type: text(DESCRIBED && 'As sent; `Unknown` where none was told'),
    views: views(),
    share: shareOfViews(),
    unique_users: uniqueUsers(),
    watch_hours: watchHours(),
    avg_completion_rate: completion(),
    buffering_per_hour: bufferingPerHour(),
    previous_views: previousViews(),
  }),
);

export const countryRow = once(() =>
  z.strictObject({
    rank: rank(),
    country: text(DESCRIBED && 'Of the sessions; `Unknown` where none was told'),
    user_count: uniqueUsers(),
    views: views(),
    share: shareOfViews(),
    watch_hours: watchHours(),
    avg_completion_rate: completion(),
    previous_views: previousViews(),
  }),
);

export const hourRow = once(() =>
  z.strictObject({
    rank: rank(),
    hour: z
      .int()
      .min(0)
      .max(23)
      .describe(DESCRIBED && 'Hour of the day in `tz` in which sessions began'),
    views: views(),
    share: shareOfViews(),
    avg_completion_rate: completion(),
  }),
);

export const weekdayHourRow = once(() =>
  z.strictObject({
    rank: rank(),
    weekday: z
      .int()
      .min(1)
      .max(7)
      .describe(DESCRIBED && '1 for Monday to 7 for Sunday, in `tz`'),
    hour: z
      .int()
      .min(0)
      .max(23)
      .describe(DESCRIBED && 'Hour of the day in `tz` in which sessions began'),
    views: views(),
    share: shareOfViews(),
    avg_completion_rate: completion(),
  }),
);

export const qualityRow = once(() =>
  z.strictObject({
    quality: text(DESCRIBED && 'Of the picture, as sent; `Unknown` where none was told'),
    device_type: text(DESCRIBED && 'As sent; `Unknown` where none was told'),
    views: views(),
    sessions_with_buffering_share: share(
      DESCRIBED && 'Share of the sessions in which the player stalled; null without any',
    ),
    buffering_per_hour: bufferingPerHour(),
    avg_completion_rate: completion(),
  }),
);

const userShape = once(() => ({
  user_id: userId(),
  username: known(DESCRIBED && 'As imported; for viewers its first character'),
  email: known(DESCRIBED && 'As imported; for viewers its first character'),
  country: known(DESCRIBED && 'As imported'),
  subscription_type: known(DESCRIBED && 'As imported'),
}));

export const userRow = once(() =>
  z.strictObject({
    ...userShape(),
    views: views(),
    watch_hours: watchHours(),
    avg_completion_rate: completion(),
    last_seen: time(DESCRIBED && 'Start of the last session of the range'),
  }),
);

export const cohortRow = once(() =>
  z.strictObject({
    cohort: date(
      DESCRIBED && 'Monday of the week, in `tz`, of the first session that is kept of these users',
    ),
    users: count(DESCRIBED && 'Users of the cohort').min(1),
    retained: z
      .array(count(DESCRIBED && 'Users of the cohort with a session in that week'))
      .describe(DESCRIBED && 'By weeks since the first, which is week 0; up to this week'),
  }),
);

const startTime = once(() => time(DESCRIBED && 'When it began'));
const sessionShape = once(() => ({
  session_id: text(
    DESCRIBED && 'Of an import `i-` and its id in the file, of a stitched one `s-` and what it was made of',
  ),
  user_id: userId(),
  movie_id: movieId(),
  title: known(DESCRIBED && 'Title'),
  start_time: startTime(),
  end_time: time(DESCRIBED && 'When it ended'),
  watch_duration_minutes: amount(DESCRIBED && 'Minutes watched'),
  completion_rate: share(DESCRIBED && 'Share of the content that was watched; null where nothing told it'),
  device_type: known(DESCRIBED && 'As sent'),
  quality: known(DESCRIBED && 'Of the picture, as sent'),
  buffering_count: count(DESCRIBED && 'Stalls of the player'),
  country: known(DESCRIBED && 'Of the session'),
  subscription_type: known(DESCRIBED && 'At that time'),
}));
export const sessionRow = once(() => z.strictObject(sessionShape()));

export const timelineRow = once(() =>
  z.strictObject({
    at: time(DESCRIBED && 'When it happened'),
    event_type: text(DESCRIBED && 'As events have it'),
    duration_seconds: amount(DESCRIBED && 'Watch time that it told; null where none').nullable(),
    completion_percentage: amount(DESCRIBED && '0 to 100; null where none').nullable(),
    rating: amount(DESCRIBED && '1 to 10; null where none').nullable(),
    buffering_count: count(DESCRIBED && 'Stalls that it told; null where none').nullable(),
    quality: known(DESCRIBED && 'Of the picture'),
    error_code: known(DESCRIBED && 'Of an error or a failed download'),
  }),
);

export const sessionData =
  DESCRIBED &&
  z.strictObject({
    ...sessionShape(),
    region: known(DESCRIBED && 'Name of the region in which it was stitched'),
    timeline: z
      .array(timelineRow())
      .describe('Its events, as the lake has them; empty for an imported one, and where they are gone'),
  });

const figuresShape = DESCRIBED && {
  views: views(),
  unique_users: uniqueUsers(),
  watch_hours: watchHours(),
  avg_completion_rate: completion(),
};

export const movieData =
  DESCRIBED &&
  z.strictObject({
    movie_id: movieId(),
    title: known(DESCRIBED && 'Title'),
    genre: text(DESCRIBED && '`Unknown` where none is known'),
    content_type: known(DESCRIBED && 'Such as film or series'),
    duration_minutes: count(DESCRIBED && 'Length; null where not known').nullable(),
    release_date: known(DESCRIBED && 'YYYY-MM-DD'),
    director: known(DESCRIBED && 'Director'),
    cast: known(DESCRIBED && 'Names, joined by ", "'),
    country: known(DESCRIBED && 'Of production'),
    language: known(DESCRIBED && 'Original language'),
    avg_rating: amount(DESCRIBED && 'Mean of all ratings, 1 to 10; null without').nullable(),
    rating_count: count(DESCRIBED && 'All ratings'),
    total_views: count(
      DESCRIBED && 'Of all sessions that are kept, whatever is asked; null for who is limited to regions',
    ).nullable(),
    figures: z.strictObject({ ...figuresShape, previous_views: previousViews() }).describe('Of the range'),
    daily: z.array(dailyRow()),
    devices: z.array(deviceRow().omit({ buffering_per_hour: true })),
    countries: z.array(countryRow()),
    recent_sessions: z.array(sessionRow()).describe('The last sessions of the range, the newest first'),
  });

export const userData =
  DESCRIBED &&
  z.strictObject({
    ...userShape(),
    age: count(DESCRIBED && 'As imported; null where not known').nullable(),
    gender: known(DESCRIBED && 'As imported'),
    signup_date: known(DESCRIBED && 'YYYY-MM-DD'),
    is_active: z.boolean().describe('As imported'),
    preferred_genre: known(DESCRIBED && 'As imported'),
    is_inferred: z.boolean().describe('True where only sessions have told of this user'),
    figures: z
      .strictObject({
        views: views(),
        watch_hours: watchHours(),
        avg_completion_rate: completion(),
        previous_views: previousViews(),
      })
      .describe('Of the range'),
    genres: z.array(
      genreRow().omit({ unique_users: true, previous_views: true }).describe('Of the range, by views'),
    ),
    recent_sessions: z.array(sessionRow()).describe('The last sessions of the range, the newest first'),
  });
