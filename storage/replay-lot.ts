/** The next hours of a replay: looked at, and runs over them begun, in one transaction with how far it is (RPL-2). */
import { addHours } from '../core/batch/replay.ts';
import {
  replayHoursLookedAtMax,
  replayRunsAtOnceMax,
  replayRunsStandingMax,
} from '../core/protocol/batch-limits.ts';
import { packedKey } from '../core/protocol/region.ts';
import type { ShardAddress } from '../core/window/verdict.ts';
import { insertRunsSql, type RegionHour, runsText, standing } from './batch-store.ts';
import { readShardsOf } from './region-registry.ts';
import { placeOf, type Replay, readReplay, touchReplay } from './replay-store.ts';

export type LotOutcome =
  /** It is over, or another instance carries it on. */
  | 'over'
  /** There is more that may begin now. */
  | 'more'
  /** As many runs stand as may, or all have begun. */
  | 'wait';

interface LookedAt {
  readonly place: number;
  /** Whether there is a part, a window or an hour. */
  readonly heard: number;
  readonly frozen: number;
}

const roomSql = `SELECT count(*) AS standing, coalesce(sum(error IS NULL), 0) AS fresh
  FROM batch_runs WHERE replay_id = ?1 AND ${standing}`;

/** A place is there once for each shard. */
const lookSql = `SELECT a.value ->> '$[0]' AS place, max(
    EXISTS (SELECT 1 FROM lake_parts p WHERE p.hour = a.value ->> '$[2]' AND p.region_number = a.value ->> '$[1]')
    OR EXISTS (SELECT 1 FROM region_windows w WHERE w.key >= a.value ->> '$[4]' AND w.key < a.value ->> '$[5]')
    OR EXISTS (SELECT 1 FROM region_hours h WHERE h.key = a.value ->> '$[6]')) AS heard,
    max(EXISTS (SELECT 1 FROM batch_hours b WHERE b.key = a.value ->> '$[3]' AND b.frozen)) AS frozen
  FROM json_each(?1) a GROUP BY 1 ORDER BY 1`;

/** Begins runs over the next hours, as many as may stand. */
export async function takeLot(
  db: D1Database,
  id: string,
  instance: number,
  nowMs: number,
  lookedAtMax = replayHoursLookedAtMax,
): Promise<LotOutcome> {
  const replay = await readReplay(db, id);
  if (replay?.state !== 'running' || replay.instance !== instance) return 'over';
  const room = await roomOf(db, id);
  if (room === 0 || replay.nextPlace >= replay.hours) {
    await touchReplay(db, id, nowMs);
    return 'wait';
  }
  const looked = await lookAt(db, replay, lookedAtMax);
  const wanted = looked.filter(({ heard, frozen }) => heard && !frozen).slice(0, room);
  const isFull = wanted.length === room;
  const last = (isFull ? wanted.at(-1) : looked.at(-1))?.place ?? replay.nextPlace;
  await begin(db, replay, { wanted, passed: looked.filter(({ place }) => place <= last) }, nowMs);
  return isFull || last + 1 >= replay.hours ? 'wait' : 'more';
}

async function roomOf(db: D1Database, id: string): Promise<number> {
  const held = await db.prepare(roomSql).bind(id).first<{ standing: number; fresh: number }>();
  const { standing: all, fresh } = held ?? { standing: 0, fresh: 0 };
  return Math.max(0, Math.min(replayRunsAtOnceMax - fresh, replayRunsStandingMax - all));
}

async function lookAt(db: D1Database, replay: Replay, lookedAtMax: number): Promise<LookedAt[]> {
  const { nextPlace, hours } = replay;
  const count = Math.min(lookedAtMax, hours - nextPlace);
  const shards = new Map<number, readonly ShardAddress[]>();
  for (const number of replay.regions) shards.set(number, await readShardsOf(db, number));
  const probes = Array.from({ length: count }, (_, n) => nextPlace + n).flatMap((place) => {
    const { regionNumber, hour } = placeOf(replay, place);
    const key = packedKey(regionNumber, 0, hour);
    return (shards.get(regionNumber) ?? []).map(({ shard }) => {
      const minute = packedKey(regionNumber, shard, hour * 60);
      return [place, regionNumber, hour, key, minute, minute + 60, packedKey(regionNumber, shard, hour)];
    });
  });
  return (await db.prepare(lookSql).bind(JSON.stringify(probes)).all<LookedAt>()).results;
}

interface Lot {
  /** Hours to compute. */
  readonly wanted: readonly LookedAt[];
  /** All hours that are behind it then. */
  readonly passed: readonly LookedAt[];
}

/** Holds while nobody has taken this lot, and the replay runs: `?3` is its id, `?4` its next place. */
const isMine = `EXISTS (SELECT 1 FROM replays g WHERE g.id = ?3 AND g.state = 'running' AND g.next_place = ?4)`;

/** What others have begun may have been begun before the fault was put right. */
const takeOverSql = `UPDATE batch_runs SET state = 'cancelled', error = 'replay ' || ?3 || ' computes this hour',
    finished_at = ?2, progressed_at = ?2
  WHERE ${standing} AND ${isMine}
    AND (hour, region_number) IN (SELECT a.value ->> '$[2]', a.value ->> '$[1]' FROM json_each(?1) a)`;

const moveSql = `UPDATE replays SET next_place = ?1, progressed_at = ?2, hours_empty = hours_empty + ?5,
    hours_skipped = hours_skipped + ?6, skipped = ?7
  WHERE id = ?3 AND ${isMine}`;

/** All or nothing: a lot that is taken twice is taken once. */
async function begin(db: D1Database, replay: Replay, { wanted, passed }: Lot, nowMs: number): Promise<void> {
  const at = new Date(nowMs).toISOString();
  const hourOf = ({ place }: LookedAt): RegionHour => placeOf(replay, place);
  const runs = runsText(
    wanted.map((looked) => ({
      id: crypto.randomUUID(),
      ...hourOf(looked),
      reason: 'replay',
      replayId: replay.id,
    })),
  );
  const frozen = passed.filter((looked) => looked.frozen);
  const empty = passed.filter(({ heard, frozen: isFrozen }) => !heard && !isFrozen).length;
  const skipped = addHours(replay.skipped, frozen.map(hourOf));
  const spans = JSON.stringify(
    skipped.map(({ regionNumber, fromHour, toHour }) => [regionNumber, fromHour, toHour]),
  );
  const guard = [replay.id, replay.nextPlace];
  const nextPlace = (passed.at(-1)?.place ?? replay.nextPlace - 1) + 1;
  await db.batch([
    db.prepare(takeOverSql).bind(runs, at, ...guard),
    db.prepare(`${insertRunsSql} ${isMine}`).bind(runs, at, ...guard),
    db.prepare(moveSql).bind(nextPlace, at, ...guard, empty, frozen.length, spans),
  ]);
}
