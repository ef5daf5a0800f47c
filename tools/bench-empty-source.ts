import type { RegionSource } from '../core/window/replay.ts';

/** Of a shard that has never taken anything. */
export function emptySource(number: number): RegionSource {
  return {
    origin: { regionNumber: number, shard: 0, generation: 0, incarnation: 1 },
    snapshot: null,
    lastRow: null,
    rowsFrom: () => [],
    parked: [],
    confirmed: [],
    alerts: null,
    alertSetup: null,
    sealing: null,
  };
}
