/** A partition of an hour's sessions: put together, and written to the lake and to D1. */
import { sessionsKeptMs } from '../../core/protocol/warehouse-limits.ts';
import { SessionEvents } from '../../core/warehouse/session-events.ts';
import { overlapping, partitionOf, partitionStart } from '../../core/warehouse/session-partition.ts';
import { type Sitting, stitch } from '../../core/warehouse/stitch.ts';
import { digestOf, sessionRow, stitchedIdFrom } from '../../core/warehouse/stitched-row.ts';
import { isInSample } from '../../core/warehouse/user-sample.ts';
import type { BatchWork } from '../../storage/batch-work.ts';
import { StoredDataError } from '../../storage/stored-data-error.ts';
import { clearHour } from '../../storage/warehouse/session-clear.ts';
import {
  dayOf,
  encodeSessions,
  openName,
  sessionsFileName,
  sessionsFolder,
} from '../../storage/warehouse/session-files.ts';
import {
  type Carry,
  holdsHour,
  readDoneHour,
  type SessionParams,
} from '../../storage/warehouse/session-hours.ts';
import { replaceSessions } from '../../storage/warehouse/session-rows.ts';
import type { SessionPlan, SessionPorts } from './session-run.ts';

/** Where a partition's records lie among those of a group. */
export interface Piece {
  readonly offset: number;
  readonly length: number;
  readonly events: number;
}

/** What became of a partition. */
export interface Stitching {
  readonly events: number;
  readonly sessions: number;
  /** Of those that it leaves open. */
  readonly digest: string;
  /** Names in the lake. */
  readonly files: readonly string[];
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

export async function stitchPartition(
  ports: SessionPorts,
  work: BatchWork,
  params: SessionParams,
  at: number,
  pieces: readonly (readonly Piece[])[],
): Promise<Stitching> {
  const { partitions, carry } = await work.load<SessionPlan>('plan.json');
  const own = pieces.map((of) => of[at] ?? { offset: 0, length: 0, events: 0 });
  const events = new SessionEvents(own.reduce((sum, piece) => sum + piece.events, 0));
  for (const [group, { offset, length, events: count }] of own.entries())
    if (count > 0) events.addBytes(await work.loadRange(`records-${group}`, { offset, length }));
  const carried = carry ? await loadCarried(ports.bucket, carry, at, partitions) : [];
  const { closed, open } = stitch(events, carried, (params.hour + 1) * hourMs);
  await ports.bucket.put(openName(params, params, at), JSON.stringify(open));
  const files = await writeFiles(ports.bucket, params, at, closed);
  // Overtaken meanwhile, whoever has the hour now may have looked before these were there.
  if (!(await holdsHour(ports.db, params))) {
    const standing = await readDoneHour(ports.db, params);
    await clearHour(ports.bucket, params, standing, [...files, openName(params, params, at)]);
  }
  const kept = closed.filter((sitting) => isInSample(sitting, ports.usersOneIn));
  await writeRows(ports, params, { at, partitions }, kept);
  await work.save(`films-${at}.json`, [...new Set(kept.map(({ contentId }) => contentId))]);
  return { events: events.count, sessions: closed.length, digest: digestOf(open), files };
}

/** Of what the hour before left open, the sessions of the partition. */
async function loadCarried(
  bucket: R2Bucket,
  carry: Carry,
  at: number,
  partitions: number,
): Promise<Sitting[]> {
  const found: Sitting[] = [];
  for (const file of overlapping(at, partitions, carry.files)) {
    const name = openName(carry, carry, file);
    const held = await bucket.get(name);
    if (!held) throw new StoredDataError('lake/open_sittings', name, 'is gone');
    const sittings = await held.json<Sitting[]>();
    found.push(...sittings.filter(({ sessionHi }) => partitionOf(sessionHi, partitions) === at));
  }
  return found;
}

/** A file for each day on which some of them began; returns the names. */
async function writeFiles(
  bucket: R2Bucket,
  params: SessionParams,
  at: number,
  closed: readonly Sitting[],
): Promise<string[]> {
  const names: string[] = [];
  for (const [day, sittings] of Map.groupBy(closed, dayOf)) {
    const name = sessionsFolder(params.region, day) + sessionsFileName(params, params, at);
    const byStart = sittings.toSorted((a, b) => a.startMs - b.startMs);
    await bucket.put(name, encodeSessions(params.regionNumber, byStart));
    names.push(name);
  }
  return names;
}

async function writeRows(
  { db, now }: SessionPorts,
  params: SessionParams,
  { at, partitions }: { readonly at: number; readonly partitions: number },
  kept: readonly Sitting[],
): Promise<void> {
  const keptFromMs = Math.floor((now() - sessionsKeptMs) / dayMs) * dayMs;
  const rows = kept
    .filter(({ startMs }) => startMs >= keptFromMs)
    .map((sitting) => sessionRow(params.regionNumber, sitting))
    .sort((a, b) => (a.source_id < b.source_id ? -1 : 1));
  const [from = '', to = ''] = [at, at + 1].map((partition) =>
    stitchedIdFrom(params.regionNumber, partitionStart(partition, partitions)),
  );
  await replaceSessions(db, params, params, { from, to, rows });
}

export function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
