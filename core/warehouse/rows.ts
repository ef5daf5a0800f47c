/**
 * Rows of the warehouse as they are loaded (WHS-1): what an import gives after it was judged, and what the stream gives
 * after it was stitched. The names are those of the columns. Null stands for what is not known.
 */

export const warehouseTables = ['users', 'movies', 'ratings', 'viewing_sessions'] as const;
export type WarehouseTable = (typeof warehouseTables)[number];

export interface UserRow {
  /** pseudonymText(): never the id that was sent. */
  readonly pseudonym: string;
  readonly username: string | null;
  readonly email: string | null;
  readonly age: number | null;
  readonly gender: string | null;
  readonly country: string | null;
  readonly subscription_type: string | null;
  /** YYYY-MM-DD. */
  readonly signup_date: string | null;
  readonly is_active: boolean;
  readonly preferred_genre: string | null;
}

export interface MovieRow {
  /** As events name it. */
  readonly content_id: string;
  readonly title: string | null;
  readonly genre: string | null;
  readonly content_type: string | null;
  readonly duration_minutes: number | null;
  /** YYYY-MM-DD. */
  readonly release_date: string | null;
  readonly director: string | null;
  /** Names, joined by ", ". */
  readonly cast: string | null;
  readonly country: string | null;
  readonly language: string | null;
}

export interface RatingRow {
  /** Its id in the file, which makes it the same rating when it is imported again. */
  readonly source_id: string;
  readonly pseudonym: string;
  readonly content_id: string;
  /** In thousandths, 1,000 to 10,000, as events have it. */
  readonly rating_milli: number;
  readonly review_text: string | null;
  readonly helpful_count: number;
  /** YYYY-MM-DD. */
  readonly rating_date: string;
}

/** One sitting with one content, however it came here. */
export interface SessionRow {
  /** `i-` and the id of the file, or `s-` and stitchedId(): the same session, the same text. */
  readonly source_id: string;
  readonly pseudonym: string;
  readonly content_id: string;
  /** Epoch ms; the end is not before the start. */
  readonly start_time_ms: number;
  readonly end_time_ms: number;
  readonly watch_duration_ms: number;
  /** Share of the content that was watched, in thousandths; null where nothing told it. */
  readonly completion_milli: number | null;
  readonly device_type: string | null;
  readonly quality: string | null;
  readonly buffering_count: number;
  readonly user_country: string | null;
  readonly subscription_type: string | null;
  /** Number of the region that it was stitched in; null where an import tells none. */
  readonly region_number: number | null;
}
