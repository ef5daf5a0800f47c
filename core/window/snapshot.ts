/** The one snapshot row of a shard (LOG-2): what must outlive the log rows it covers. */
import { FormatError } from '../protocol/bytes.ts';
import { snapshotVersion } from '../protocol/version.ts';
import type { StoredDoor } from './door-ledger.ts';
import { isKnowledge, parseJson, type RegionKnowledge } from './region-knowledge.ts';

export interface Snapshot {
  readonly v: number;
  /** Server time at which it was taken, ms. */
  readonly atMs: number;
  /** The last log row that the snapshot covers; -1 for none. */
  readonly throughRow: number;
  readonly known: RegionKnowledge;
  readonly doors: readonly StoredDoor[];
}

export function encodeSnapshot(snapshot: Omit<Snapshot, 'v'>): string {
  return JSON.stringify({ v: snapshotVersion, ...snapshot });
}

/** Throws FormatError. */
export function decodeSnapshot(text: string): Snapshot {
  const snapshot = parseJson<Snapshot>(text, 'the snapshot');
  if (snapshot?.v !== snapshotVersion) throw new FormatError(`snapshot version ${snapshot?.v} is not known`);
  const { atMs, throughRow, known, doors } = snapshot;
  if (![atMs, throughRow].every(Number.isInteger) || !isKnowledge(known) || !Array.isArray(doors)) {
    throw new FormatError('the snapshot has another form');
  }
  return snapshot;
}
