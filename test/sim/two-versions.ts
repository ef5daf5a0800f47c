/** Histories of a shard during a deployment: who wakes, seals and sends is now of this version, now of the one before. */
import { encodeChunk } from '../../core/protocol/chunk.ts';
import type { CoreVersion } from './previous-version.ts';
import { Random } from './random.ts';
import { type Seams, soundSeams } from './seams.ts';

export interface VersionTally {
  /** How often an object woke in another version than it died in. */
  changes: number;
  oldWakes: number;
  oldChunks: number;
  oldSeals: number;
}

export const emptyVersionTally = (): VersionTally => ({ changes: 0, oldWakes: 0, oldChunks: 0, oldSeals: 0 });

/** Which version the object is of now. */
export interface Present {
  isOld: boolean;
}

/** Seams of one history; `share`: of the old version, 0 to 1, which falls or rises as the deployment goes on or back. */
export function bothVersions(
  old: CoreVersion,
  seed: number,
  tally: VersionTally,
  present: Present = { isOld: false },
): Partial<Seams> {
  const random = new Random(seed ^ 0x3c6ef372);
  const share = random.pick([0.2, 0.5, 0.8]);
  const { wake, seal } = soundSeams();
  let woken: boolean | null = null;
  return {
    // What the version before does not tell viewers at once, the renewal of this one brings.
    renewsAtEnd: true,
    wake: (store, nowMs, caps) => {
      present.isOld = random.chance(share);
      if (woken !== null && woken !== present.isOld) tally.changes++;
      woken = present.isOld;
      if (!present.isOld) return wake(store, nowMs, caps);
      tally.oldWakes++;
      return new old.Region(store.source(old.decodeSnapshot), nowMs, caps);
    },
    seal: (hour) => {
      if (!random.chance(share)) return seal(hour);
      tally.oldSeals++;
      return old.sealLog(hour);
    },
    onDelivery: ({ header, events, bytes, damaged }) => {
      if (damaged || !random.chance(share)) return bytes;
      tally.oldChunks++;
      return old.encodeChunk(header, events);
    },
  };
}

/** A chunk of a version that the one before does not know: what a change of the format without care would send. */
export const ofNextVersion = (
  header: Parameters<typeof encodeChunk>[0],
  events: Parameters<typeof encodeChunk>[1],
) => {
  const bytes = encodeChunk(header, events);
  bytes[0] = (bytes[0] ?? 0) + 1;
  return bytes;
};
