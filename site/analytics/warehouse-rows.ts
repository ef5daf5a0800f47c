/** Rows of the analytics API, as far as the page shows them. Rates are 0 to 1. */
export interface Metrics {
  readonly total_users: number;
  readonly active_users: number;
  readonly total_views: number;
  readonly total_watch_time_hours: number;
  readonly avg_completion_rate: number | null;
}
export type MetricName = keyof Metrics;

export interface MetricsRow extends Metrics {
  readonly previous: Metrics | null;
  /** Relative; null without a change to tell. */
  readonly change: Readonly<Record<MetricName, number | null>> | null;
}

export interface Figures {
  readonly views: number;
  readonly watch_hours: number;
  readonly avg_completion_rate: number | null;
}

export interface DailyRow extends Figures {
  /** Of the zone that was asked for. */
  readonly date: string;
  readonly unique_users: number;
  readonly previous_views: number | null;
  readonly previous_date: string | null;
}

/** With a share of all views, and what it was in the days before. */
interface RankedRow extends Figures {
  readonly rank: number;
  readonly share: number | null;
  readonly previous_views?: number | null;
}

export interface FilmRow extends Figures {
  readonly rank: number;
  readonly movie_id: string;
  readonly title: string | null;
  readonly genre: string;
  readonly unique_users: number;
  /** 1 to 10. */
  readonly avg_rating: number | null;
  readonly previous_views: number | null;
}

export interface GenreRow extends RankedRow {
  readonly genre: string;
}

export interface DeviceRow extends RankedRow {
  readonly device_type: string;
  /** Not of one film alone. */
  readonly buffering_per_hour?: number | null;
}

export interface CountryRow extends RankedRow {
  readonly country: string;
  readonly user_count: number;
}

export interface HourRow {
  readonly rank: number;
  /** 1 for Monday. */
  readonly weekday: number;
  readonly hour: number;
  readonly views: number;
  readonly share: number | null;
}

export interface QualityRow {
  readonly quality: string;
  readonly device_type: string;
  readonly views: number;
  readonly sessions_with_buffering_share: number | null;
  readonly buffering_per_hour: number | null;
}

export interface PersonRow extends Figures {
  readonly user_id: string;
  readonly username: string | null;
  readonly email: string | null;
  readonly country: string | null;
  readonly subscription_type: string | null;
  readonly last_seen: string;
}

export interface CohortRow {
  /** Monday. */
  readonly cohort: string;
  readonly users: number;
  /** By weeks since the first. */
  readonly retained: readonly number[];
}

export interface SessionRow {
  readonly session_id: string;
  readonly user_id: string;
  readonly movie_id: string;
  readonly title: string | null;
  readonly start_time: string;
  readonly end_time: string;
  readonly watch_duration_minutes: number;
  readonly completion_rate: number | null;
  readonly device_type: string | null;
  readonly quality: string | null;
  readonly buffering_count: number;
  readonly country: string | null;
  readonly subscription_type: string | null;
}

export interface TimelineRow {
  readonly at: string;
  readonly event_type: string;
  readonly duration_seconds: number | null;
  readonly completion_percentage: number | null;
  readonly rating: number | null;
  readonly buffering_count: number | null;
  readonly quality: string | null;
  readonly error_code: string | null;
}

export interface SessionData extends SessionRow {
  readonly region: string | null;
  readonly timeline: readonly TimelineRow[];
}

interface RangeFigures extends Figures {
  readonly unique_users?: number;
  readonly previous_views: number | null;
}

export interface FilmData {
  readonly movie_id: string;
  readonly title: string | null;
  readonly genre: string;
  readonly content_type: string | null;
  readonly duration_minutes: number | null;
  readonly release_date: string | null;
  readonly director: string | null;
  readonly cast: string | null;
  readonly country: string | null;
  readonly language: string | null;
  readonly avg_rating: number | null;
  readonly rating_count: number;
  /** Null for who is limited to regions. */
  readonly total_views: number | null;
  readonly figures: RangeFigures;
  readonly daily: readonly DailyRow[];
  readonly devices: readonly DeviceRow[];
  readonly countries: readonly CountryRow[];
  readonly recent_sessions: readonly SessionRow[];
}

export interface PersonData extends Omit<PersonRow, keyof Figures | 'last_seen'> {
  readonly age: number | null;
  readonly gender: string | null;
  readonly signup_date: string | null;
  readonly is_active: boolean;
  readonly preferred_genre: string | null;
  readonly is_inferred: boolean;
  readonly figures: RangeFigures;
  readonly genres: readonly GenreRow[];
  readonly recent_sessions: readonly SessionRow[];
}

export interface WarehouseMeta {
  readonly from: string;
  readonly to: string;
  /** When the newest session that is known began; null without any. */
  readonly updated_at: string | null;
  /** Sessions of the stream are those of one user in so many. */
  readonly users_one_in: number;
  readonly next_cursor?: string | null;
}

export interface Answer<T> {
  readonly data: T;
  readonly meta: WarehouseMeta;
}
export type RowsAnswer<T> = Answer<readonly T[]>;
