/** The one snapshot row of a shard (LOG-2): what must outlive the log rows it covers. */
import { FormatError } from '../protocol/bytes.ts';
import { snapshotVersion } from '../protocol/version.ts';
import type { StoredDoor } from './door-ledger.ts';
import type { RegionTotals } from './log-row.ts';
import type { WatermarkState } from './watermark.ts';

export interface Snapshot {
  readonly v: number;
  /** The last log row that the snapshot covers; -1 for none. */
  readonly throughRow: number;
  readonly watermark: WatermarkState;
  readonly oldestMinute: number;
  readonly totals: RegionTotals;
  readonly hours: readonly number[];
  readonly doors: readonly StoredDoor[];
}

export function encodeSnapshot(snapshot: Omit<Snapshot, 'v'>): string {
  return JSON.stringify({ v: snapshotVersion, ...snapshot });
}

/** Throws FormatError. */
export function decodeSnapshot(text: string): Snapshot {
  const snapshot = JSON.parse(text) as Snapshot;
  if (snapshot.v !== snapshotVersion) throw new FormatError(`snapshot version ${snapshot.v} is not known`);
  if (!Number.isInteger(snapshot.throughRow) || !Array.isArray(snapshot.doors)) {
    throw new FormatError('the snapshot has another form');
  }
  return snapshot;
}
