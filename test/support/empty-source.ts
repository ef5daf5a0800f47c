import type { RegionSource } from '../../core/window/replay.ts';

/** What a shard wakes from that has never been: region 1, shard 0. */
export const emptySource: RegionSource = {
  origin: { regionNumber: 1, shard: 0, generation: 0, incarnation: 1 },
  snapshot: null,
  lastRow: null,
  rowsFrom: () => [],
  parked: [],
  confirmed: [],
  alerts: null,
  alertSetup: null,
  sealing: null,
};
