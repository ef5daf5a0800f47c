/** Judges records of imported files against schema and quality rules (IMP-4); each alone, pure. */
import {
  ageMax,
  castLengthMax,
  emailLengthMax,
  helpfulCountMax,
  reviewLengthMax,
  watchBeyondSessionMsMax,
} from '../protocol/import-limits.ts';
import {
  bufferingCountMax,
  clockSkewAheadMsMax,
  contentIdLengthMax,
  durationMsMax,
  eventTimeMsMin,
  labelLengthMax,
  sessionIdLengthMax,
  titleLengthMax,
  userIdLengthMax,
} from '../protocol/limits.ts';
import { importColumns } from './import-columns.ts';
import { RecordFields } from './quality-fields.ts';
import type { RowFault } from './row-fault.ts';
import type { MovieRow, RatingRow, SessionRow, UserRow, WarehouseTable } from './rows.ts';

export interface QualityContext {
  readonly nowMs: number;
  /** pseudonymText() of a user's id as the file has it. */
  readonly pseudonymOf: (userId: string) => string;
  /** Null for a name that is not in the registry. */
  readonly regionNumberOf: (name: string) => number | null;
}

export interface RowOf {
  readonly users: UserRow;
  readonly movies: MovieRow;
  readonly ratings: RatingRow;
  readonly viewing_sessions: SessionRow;
}

export type Judged<T extends WarehouseTable> =
  | { readonly ok: true; readonly row: RowOf[T] }
  | { readonly ok: false; readonly faults: readonly RowFault[] };

type RowJudges = {
  readonly [T in WarehouseTable]: (fields: RecordFields, context: QualityContext) => RowOf[T] | null;
};

/** 1870-01-01: before the first film. */
const releaseMsMin = -3_155_673_600_000;
/** 2200-01-01: films are announced ahead, but not so far. */
const releaseMsMax = 7_258_118_400_000;
const minuteMs = 60_000;

const judges: RowJudges = {
  users: judgeUser,
  movies: judgeMovie,
  ratings: judgeRating,
  viewing_sessions: judgeSession,
};

/** The row that a record makes, or everything that is wrong with it. Fields that the table does not have are ignored. */
export function judgeRecord<T extends WarehouseTable>(
  table: T,
  record: Readonly<Record<string, unknown>>,
  context: QualityContext,
): Judged<T> {
  const fields = new RecordFields(record);
  fields.require(importColumns[table].required);
  const row = judges[table](fields, context);
  return row && fields.faults.length === 0 ? { ok: true, row } : { ok: false, faults: fields.faults };
}

const label = (fields: RecordFields, field: string) => fields.text(field, labelLengthMax);

function judgeUser(fields: RecordFields, { nowMs, pseudonymOf }: QualityContext): UserRow | null {
  const id = fields.id('id', userIdLengthMax);
  const email = fields.text('email', emailLengthMax);
  if (email !== null && !/^[^@\s]+@[^@\s]+$/.test(email)) {
    fields.fault('email', 'invalid_email', 'is not of the form NAME@DOMAIN');
  }
  const row = {
    username: fields.text('username', titleLengthMax),
    email,
    age: fields.whole('age', { min: 0, max: ageMax }),
    gender: label(fields, 'gender'),
    country: label(fields, 'country'),
    subscription_type: label(fields, 'subscription_type'),
    signup_date: fields.date('signup_date', eventTimeMsMin, nowMs + clockSkewAheadMsMax),
    is_active: fields.flag('is_active') ?? true,
    preferred_genre: label(fields, 'preferred_genre'),
  };
  return id === null ? null : { pseudonym: pseudonymOf(id), ...row };
}

function judgeMovie(fields: RecordFields): MovieRow | null {
  const id = fields.id('id', contentIdLengthMax);
  const minutes = fields.number('duration_minutes', { min: 1, max: durationMsMax / minuteMs });
  const row = {
    title: fields.text('title', titleLengthMax),
    genre: label(fields, 'genre'),
    content_type: label(fields, 'content_type'),
    duration_minutes: minutes === null ? null : Math.round(minutes),
    release_date: fields.date('release_date', releaseMsMin, releaseMsMax),
    director: fields.names('director', titleLengthMax),
    cast: fields.names('cast', castLengthMax),
    country: fields.text('country', titleLengthMax),
    language: fields.text('language', titleLengthMax),
  };
  return id === null ? null : { content_id: id, ...row };
}

function judgeRating(fields: RecordFields, { nowMs, pseudonymOf }: QualityContext): RatingRow | null {
  const id = fields.id('id', sessionIdLengthMax);
  const user = fields.id('user_id', userIdLengthMax);
  const movie = fields.id('movie_id', contentIdLengthMax);
  const rating = fields.number('rating', { min: 1, max: 10 });
  const review = fields.text('review_text', reviewLengthMax);
  const helpful = fields.whole('helpful_count', { min: 0, max: helpfulCountMax });
  const date = fields.date('rating_date', eventTimeMsMin, nowMs + clockSkewAheadMsMax);
  if (id === null || user === null || movie === null || rating === null || date === null) return null;
  return {
    source_id: sourceId(id),
    pseudonym: pseudonymOf(user),
    content_id: movie,
    rating_milli: Math.round(rating * 1000),
    review_text: review,
    helpful_count: helpful ?? 0,
    rating_date: date,
  };
}

function judgeSession(fields: RecordFields, context: QualityContext): SessionRow | null {
  const id = fields.id('id', sessionIdLengthMax);
  const user = fields.id('user_id', userIdLengthMax);
  const movie = fields.id('movie_id', contentIdLengthMax);
  const span = judgeSpan(fields, context.nowMs);
  const completion = fields.number('completion_rate', { min: 0, max: 1 });
  const row = {
    completion_milli: completion === null ? null : Math.round(completion * 1000),
    device_type: label(fields, 'device_type'),
    quality: label(fields, 'quality'),
    buffering_count: fields.whole('buffering_count', { min: 0, max: bufferingCountMax }) ?? 0,
    user_country: label(fields, 'user_country'),
    subscription_type: label(fields, 'subscription_type'),
    region_number: judgeRegion(fields, context),
  };
  if (id === null || user === null || movie === null || span === null) return null;
  return {
    source_id: sourceId(id),
    pseudonym: context.pseudonymOf(user),
    content_id: movie,
    ...span,
    ...row,
  };
}

type Span = Pick<SessionRow, 'start_time_ms' | 'end_time_ms' | 'watch_duration_ms'>;

function judgeSpan(fields: RecordFields, nowMs: number): Span | null {
  const latestMs = nowMs + clockSkewAheadMsMax;
  const start = fields.time('start_time', eventTimeMsMin, latestMs);
  const end = fields.time('end_time', eventTimeMsMin, latestMs);
  const minutes = fields.number('watch_duration_minutes', { min: 0, max: durationMsMax / minuteMs });
  if (start === null || end === null) return null;
  if (end < start) return fields.fault('end_time', 'ends_before_start', 'is before start_time');
  if (minutes === null) return null;
  const watched = Math.round(minutes * minuteMs);
  if (watched > end - start + watchBeyondSessionMsMax) {
    const message = 'is more than the session lasted, and a minute';
    return fields.fault('watch_duration_minutes', 'watch_beyond_session', message);
  }
  return { start_time_ms: start, end_time_ms: end, watch_duration_ms: watched };
}

function judgeRegion(fields: RecordFields, { regionNumberOf }: QualityContext): number | null {
  const name = label(fields, 'region');
  if (name === null) return null;
  const number = regionNumberOf(name);
  return number ?? fields.fault('region', 'unknown_region', 'is not in the registry of regions');
}

/** Apart from the ids of stitched sessions. */
const sourceId = (id: string): string => `i-${id}`;
