/** Hours whose sessions are put together (SES-3): which are due, who does it, and what came of it. */
import { packedKey } from '../../core/protocol/region.ts';
import { sessionHourTriedAgainMs, sessionHourWaitsMsMax } from '../../core/protocol/warehouse-limits.ts';
import type { SessionHour, SessionMark } from '../../core/warehouse/session-hour.ts';
import { needsMigration } from '../migrated.ts';
import { addressOf } from '../window-store.ts';

/** What is told to a run; the mark is of when it was asked for. */
export interface SessionParams extends SessionHour, SessionMark {
  /** Name of the region. */
  readonly region: string;
}

const keyOf = ({ regionNumber, hour }: SessionHour): number => packedKey(regionNumber, 0, hour);
const iso = (ms: number): string => new Date(ms).toISOString();

/** The hour before (`b`, `p`) may leave sittings open that are not known yet. */
const isUnsettled = `(b.parts > 0 AND NOT b.frozen
      AND (p.key IS NULL OR p.generation <> b.generation OR p.carry_in <> coalesce(q.carry_out, '')))
    OR (b.key IS NULL AND EXISTS (SELECT 1 FROM lake_parts l
      WHERE l.hour = (c.key & 67108863) - 1 AND l.region_number = c.key >> 34))`;

/** An hour (`c`) whose events are not computed yet, though it has some: it comes when they are. */
const isUncomputed = `h.key IS NULL AND (
      EXISTS (SELECT 1 FROM lake_parts l WHERE l.hour = (c.key & 67108863) AND l.region_number = c.key >> 34)
      OR EXISTS (SELECT 1 FROM region_windows w WHERE w.key >= c.key - (c.key & 67108863) + (c.key & 67108863) * 60
        AND w.key < c.key - (c.key & 67108863) + (c.key & 67108863) * 60 + 60))`;

/**
 * Hours with events that are computed, those behind one that leaves something open, and those that were put together
 * once. What was tried longest ago comes first, so that hours that fail hold up no others, and what never was by time.
 */
const dueSql = `WITH candidates AS (
    SELECT h.key AS key FROM json_each(?1) r CROSS JOIN batch_hours h
    WHERE h.key >= r.value ->> '$[0]' AND h.key < r.value ->> '$[1]' AND h.parts > 0
    UNION
    SELECT s.key + n.value AS key FROM json_each(?1) r CROSS JOIN json_each('[0,1]') n CROSS JOIN session_hours s
    WHERE s.key >= (r.value ->> '$[0]') - n.value AND s.key < (r.value ->> '$[1]') - n.value
      AND (n.value = 0 OR s.carry_out <> ''))
  SELECT c.key AS key, coalesce(h.generation, 0) AS generation, coalesce(p.carry_out, '') AS carryIn
  FROM candidates c
  LEFT JOIN batch_hours h ON h.key = c.key
  LEFT JOIN session_hours s ON s.key = c.key
  LEFT JOIN batch_hours b ON b.key = c.key - 1
  LEFT JOIN session_hours p ON p.key = c.key - 1
  LEFT JOIN session_hours q ON q.key = c.key - 2
  WHERE NOT coalesce(h.frozen, 0) AND NOT (${isUncomputed})
    AND (s.key IS NULL OR s.generation <> coalesce(h.generation, 0) OR s.carry_in <> coalesce(p.carry_out, ''))
    AND (s.key IS NULL OR s.claimed_at < ?2)
    AND (h.computed_at < ?3 OR NOT coalesce(${isUnsettled}, 0))
  ORDER BY coalesce(s.claimed_at, ''), c.key LIMIT ?4`;

/** Epoch hours, half-open. */
export type HourRange = readonly [from: number, to: number];

/** Hours of the regions that are to be put together, or again; at most `limit`. */
export async function readDueSessionHours(
  db: D1Database,
  regionNumbers: readonly number[],
  ranges: readonly HourRange[],
  nowMs: number,
  limit: number,
): Promise<(SessionHour & SessionMark)[]> {
  const keys = regionNumbers.flatMap((number) =>
    ranges.map((range) => range.map((hour) => packedKey(number, 0, hour))),
  );
  const query = db
    .prepare(dueSql)
    .bind(
      JSON.stringify(keys),
      iso(nowMs - sessionHourTriedAgainMs),
      iso(nowMs - sessionHourWaitsMsMax),
      limit,
    );
  const { results } = await needsMigration(() => query.all<{ key: number } & SessionMark>());
  return results.map(({ key, ...mark }) => {
    const { regionNumber, minute: hour } = addressOf(key);
    return { regionNumber, hour, ...mark };
  });
}

/** Tells runs of one hour apart. */
export const claimOf = ({ generation, carryIn }: SessionMark): string => `${generation}-${carryIn}`;

const claimSql = `INSERT INTO session_hours (key, claim, claimed_at) SELECT ?1, ?2, ?3
  WHERE coalesce((SELECT iif(frozen, -1, generation) FROM batch_hours WHERE key = ?1), 0) = ?4
    AND coalesce((SELECT carry_out FROM session_hours WHERE key = ?1 - 1), '') = ?5
  ON CONFLICT (key) DO UPDATE SET claim = excluded.claim, claimed_at = excluded.claimed_at`;

/** What an hour leaves open, as it rests in R2: named by what the hour was made of. */
export interface Carry extends SessionHour, SessionMark {
  readonly files: number;
}

/** What a run that has the hour goes on from. */
export interface ClaimedHour {
  /** What was open when the hour began. */
  readonly carry: Carry | null;
  /** What stood there: names in the lake, none where it was never put together; and whether it was. */
  readonly files: readonly string[];
  readonly isAgain: boolean;
  /** Epoch days on which those of its sessions began that D1 has: also of runs that did not come to their end. */
  readonly days: readonly number[];
}

interface HourRow {
  readonly generation: number;
  readonly carry_in: string;
  readonly carry_files: number;
  readonly files: string;
}

const daysSql = 'SELECT DISTINCT start_slot / 96 AS day FROM viewing_sessions WHERE stitch_key = ?1';
const hourSql = 'SELECT generation, carry_in, carry_files, files FROM session_hours WHERE key = ?1';

/** Takes the hour from whoever has it; null where it is not what the mark says any more. */
export async function claimHour(
  db: D1Database,
  place: SessionHour,
  mark: SessionMark,
  nowMs: number,
): Promise<ClaimedHour | null> {
  const key = keyOf(place);
  const [claimed, before, own, days] = await db.batch<HourRow & { readonly day: number }>([
    db.prepare(claimSql).bind(key, claimOf(mark), iso(nowMs), mark.generation, mark.carryIn),
    db.prepare(hourSql).bind(key - 1),
    db.prepare(hourSql).bind(key),
    db.prepare(daysSql).bind(key),
  ]);
  const row = own?.results[0];
  if (!row || claimed?.meta.changes === 0) return null;
  const left = mark.carryIn === '' ? undefined : before?.results[0];
  return {
    carry: left
      ? {
          ...place,
          hour: place.hour - 1,
          generation: left.generation,
          carryIn: left.carry_in,
          files: left.carry_files,
        }
      : null,
    files: JSON.parse(row.files) as string[],
    isAgain: row.generation >= 0,
    days: days?.results.map(({ day }) => day) ?? [],
  };
}

/** Holds in a transaction while the run has the hour: ?2 is its key, ?3 its claim. */
export const isClaimed = 'EXISTS (SELECT 1 FROM session_hours WHERE key = ?2 AND claim = ?3)';

export interface DoneHour extends SessionHour, SessionMark {
  readonly carryOut: string;
  readonly carryFiles: number;
  readonly events: number;
  readonly sessions: number;
  readonly files: readonly string[];
}

const doneSql = `UPDATE session_hours SET generation = ?3, carry_in = ?4, carry_out = ?5, carry_files = ?6, events = ?7,
    sessions = ?8, files = ?9, computed_at = ?10
  WHERE key = ?1 AND claim = ?2`;

/** Whether no other run has taken the hour. */
export async function holdsHour(db: D1Database, params: SessionHour & SessionMark): Promise<boolean> {
  const query = db.prepare('SELECT claim FROM session_hours WHERE key = ?1').bind(keyOf(params));
  return (await query.first<string>('claim')) === claimOf(params);
}

/** Says what the hour's sessions are made of; false where another run has the hour. */
export async function writeDoneHour(db: D1Database, done: DoneHour, nowMs: number): Promise<boolean> {
  const { generation, carryIn, carryOut, carryFiles, events, sessions, files } = done;
  const values = [generation, carryIn, carryOut, carryFiles, events, sessions, JSON.stringify(files)];
  const query = db.prepare(doneSql).bind(keyOf(done), claimOf(done), ...values, iso(nowMs));
  return (await query.run()).meta.changes > 0;
}

/** What stands of the hour: names of its files in the lake, and what it is made of. Null where nothing was made. */
export async function readDoneHour(
  db: D1Database,
  place: SessionHour,
): Promise<(SessionMark & { readonly files: readonly string[] }) | null> {
  const row = await db.prepare(hourSql).bind(keyOf(place)).first<HourRow>();
  if (!row || row.generation < 0) return null;
  return {
    generation: row.generation,
    carryIn: row.carry_in,
    files: JSON.parse(row.files) as string[],
  };
}
