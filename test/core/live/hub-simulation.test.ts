/**
 * Many histories of a hub with regions that commit, push out of order, restart and replay, sources that are slow or
 * fail, and viewers that lag, stall, lose frames, resync, resubscribe and leave. Held against a model that knows no
 * seq, no journal and no revision: of every word it knows which state of the region it is of, and the latest counts.
 */
import { describe, expect, test } from 'vitest';
import { HubSimulation } from './hub-world.ts';

/** One more history than the last: LIVE_SEED=n runs that one alone. */
const firstSeed = Number(process.env.LIVE_SEED ?? 1);
const seeds = process.env.LIVE_SEED ? 1 : 150;
const steps = 250;

const happenings = [
  'snapshots',
  'deltas',
  'joined deltas',
  'deltas lost',
  'deltas refused',
  'errors',
  'pauses',
  'closed for being slow',
  'restarts',
  'regions that died before a push',
  'sleeps',
  'sources failed',
  'windows compared at rest',
  'alerts pushed',
  'alerts compared at rest',
  'breakdowns compared at rest',
  'events written',
  'heartbeats',
  'streams ended',
  'readers compared at rest',
];

describe('a hub and its viewers', () => {
  test(`[LIV-1, LIV-2, LIV-3, LIV-4, LIV-5, DUP-2] ${seeds} histories of ${steps} steps from seed ${firstSeed}`, () => {
    const seen: Record<string, number> = {};
    for (let seed = firstSeed; seed < firstSeed + seeds; seed++) {
      const world = new HubSimulation(seed);
      try {
        for (let i = 0; i < steps; i++) world.step();
        world.settle();
      } catch (error) {
        throw new Error(`seed ${seed} (LIVE_SEED=${seed})`, { cause: error });
      }
      for (const [what, count] of Object.entries(world.seen)) seen[what] = (seen[what] ?? 0) + count;
    }
    // A history in which a thing never happens shows nothing about it.
    const rare = happenings.filter((what) => (seen[what] ?? 0) < seeds / 10);
    expect(seeds > 1 ? rare : []).toEqual([]);
  }, 120_000);
});
