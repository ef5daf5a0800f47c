/** Rows of /api/batch, as far as the page shows them. */
export interface MovieRow {
  readonly movie_id: string;
  readonly title: string | null;
  readonly view_count: number;
  readonly complete_count: number;
  readonly watched_seconds: number;
}

export interface RatingRow {
  readonly movie_id: string;
  readonly title: string | null;
  readonly rating_count: number;
  /** 1 to 10. */
  readonly avg_rating: number;
}

export interface HourRow {
  /** Of the day, UTC. */
  readonly hour: number;
  /** On which there was an event in it. */
  readonly days: number;
  readonly total_events: number;
  readonly avg_events: number;
  readonly view_count: number;
  readonly download_count: number;
  readonly error_count: number;
}

export interface ContentRow {
  readonly window_start: string;
  readonly content_id: string;
  readonly title: string | null;
  readonly total_events: number;
  readonly view_count: number;
  readonly complete_count: number;
  readonly total_downloads: number;
  readonly success_rate: number | null;
}

export interface UserRow {
  readonly date: string;
  readonly region: string;
  readonly user: string;
  readonly total_events: number;
  readonly movies_watched: number;
  readonly avg_duration_seconds: number | null;
}

export interface BatchMeta {
  readonly computed_at: string | null;
  /** Hours of regions: computed, of those with an event. */
  readonly hours: { readonly computed: number; readonly of: number };
  readonly next_cursor: string | null;
}

export interface BatchAnswer<T> {
  readonly data: readonly T[];
  readonly meta: BatchMeta;
}
