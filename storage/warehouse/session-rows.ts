/** The stitched sessions of an hour in D1 (SES-4). */
import { packedKey } from '../../core/protocol/region.ts';
import { loadRowsMax } from '../../core/protocol/warehouse-limits.ts';
import type { SessionRow } from '../../core/warehouse/rows.ts';
import type { SessionHour, SessionMark } from '../../core/warehouse/session-hour.ts';
import { jsonChunks } from '../json-chunks.ts';
import { needsMigration } from '../migrated.ts';
import { factOf, stitchedSessions } from './load.ts';
import { claimOf, isClaimed } from './session-hours.ts';
import { rowText, statementsOf } from './upsert.ts';

/** Of the sessions whose ids are from `from` up to but not including `to`, all that the hour closes. */
export interface SessionRange {
  readonly from: string;
  readonly to: string;
  /** By id. */
  readonly rows: readonly SessionRow[];
}

const goneSql = `DELETE FROM viewing_sessions WHERE stitch_key = ?2 AND source_id >= ?4 AND source_id < ?5
  AND source_id NOT IN (SELECT value FROM json_each(?1)) AND ${isClaimed}`;

/**
 * Puts the rows in the place of those that the hour had in the range, while the run has the hour. A transaction has some
 * thousand rows, and all of a session: none is ever seen half. Of two hours that both say how a sitting ended, the
 * earlier stands: where it errs it is put together again, and the later after it.
 */
export async function replaceSessions(
  db: D1Database,
  place: SessionHour,
  mark: SessionMark,
  range: SessionRange,
): Promise<void> {
  const key = packedKey(place.regionNumber, 0, place.hour);
  const claim = claimOf(mark);
  const spec = stitchedSessions(key);
  const sql = statementsOf({
    ...spec,
    onlyWhere: isClaimed,
    changesWhere: 'excluded.stitch_key <= viewing_sessions.stitch_key',
  });
  for (const { from, to, rows } of lotsOf(range)) {
    const chunks = jsonChunks(rows.map((row) => rowText(spec, row, factOf)));
    const ids = JSON.stringify(rows.map(({ source_id }) => source_id));
    const statements = chunks.flatMap((chunk) =>
      [sql.inferUsers, sql.inferMovies, sql.upsert].map((text) => db.prepare(text).bind(chunk, key, claim)),
    );
    const gone = db.prepare(goneSql).bind(ids, key, claim, from, to);
    await needsMigration(() => db.batch([gone, ...statements]));
  }
}

/** Cut between sessions, where there are more rows than a transaction takes. */
function lotsOf({ from, to, rows }: SessionRange): SessionRange[] {
  const lots: SessionRange[] = [];
  let first = 0;
  let begin = from;
  for (let at = 1; at < rows.length; at++) {
    const session = sessionOf(rows[at]);
    if (at - first < loadRowsMax || session === sessionOf(rows[at - 1])) continue;
    lots.push({ from: begin, to: session, rows: rows.slice(first, at) });
    begin = session;
    first = at;
  }
  lots.push({ from: begin, to, rows: rows.slice(first) });
  return lots;
}

/** `s-REGION-SESSION`, with which the ids of all its sittings begin. */
const sessionOf = (row: SessionRow | undefined): string =>
  row?.source_id.split('-').slice(0, 3).join('-') ?? '';
