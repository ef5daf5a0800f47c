/** Where a test puts something else in the place of what is simulated: something broken, or another version. */
import { sealLog } from '../../core/lake/seal-steps.ts';
import type { RegionEffect } from '../../core/window/effect.ts';
import { Region } from '../../core/window/region.ts';
import type { SimChunk } from './history.ts';
import { Database, type ShardStore } from './shard-store.ts';

export interface Seams {
  readonly database: Database;
  /** An object wakes from what is stored. */
  readonly wake: (store: ShardStore, nowMs: number, caps: { readonly identitiesMax: number }) => Region;
  readonly seal: typeof sealLog;
  /** What becomes of the effects of a call on their way into the store. */
  readonly intoStore: (effects: readonly RegionEffect[]) => readonly RegionEffect[];
  /** The bytes of a chunk that is delivered for the n-th time. */
  readonly onDelivery: (chunk: SimChunk, times: number) => Uint8Array;
  /** The object is told that D1 took what it did not. */
  readonly believesFailures: boolean;
  /** On an alarm the object judges its windows anew, late data included. */
  readonly judgesLateData: boolean;
  /** The queue forgets a message once it is delivered, whatever becomes of the call. */
  readonly acksFirst: boolean;
  /** In the end viewers are compared behind a renewal, which reads D1. */
  readonly renewsAtEnd: boolean;
}

export const soundSeams = (): Seams => ({
  database: new Database(),
  wake: (store, nowMs, caps) => new Region(store.source(), nowMs, caps),
  seal: sealLog,
  intoStore: (effects) => effects,
  onDelivery: (chunk) => chunk.bytes,
  believesFailures: true,
  judgesLateData: true,
  acksFirst: false,
  renewsAtEnd: false,
});
