// Two versions side by side, as while a deployment goes on and is taken back: the release before (or the commit that
// other-version.ts names) reads and writes the state and messages of this one, and the other way round. The naive recount
// says what both must hold. It needs the repository's history; without it nothing is shown, and the tests say so.
import { describe, expect, test } from 'vitest';
import { applyFrame } from '../../core/live/live-state.ts';
import { parseServerFrame } from '../../core/live/server-frame.ts';
import { HubSimulation } from '../core/live/hub-world.ts';
import { makeHistory } from './history.ts';
import { previousCore } from './previous-version.ts';
import type { Seams } from './seams.ts';
import { baseSeed, describeFound, tryHistory } from './search.ts';
import { simulate } from './simulate.ts';
import { bothVersions, emptyVersionTally, ofNextVersion, type Present } from './two-versions.ts';

const histories = Number(process.env.SIM_HISTORIES ?? 30);
const steps = Number(process.env.SIM_STEPS ?? 200);
const hubHistories = 12;
const ours = { parseServerFrame, applyFrame };
const old = await previousCore();
if (!old) console.info('versions: the repository has no history that reaches back to the version before');

describe.skipIf(!old)(`this version and ${old?.name} side by side`, () => {
  if (!old) return;

  test('[LOG-2, LOG-4, LOG-5, LAK-1, WIN-3, WIN-5, DUP-1, DUP-2, ALR-1] a shard is what a naive recount says, whichever version wakes it', () => {
    const tally = emptyVersionTally();
    for (let i = 0; i < histories; i++) {
      const seed = (baseSeed() + i) >>> 0;
      const found = tryHistory(seed, steps, undefined, () => bothVersions(old, seed, tally));
      if (found)
        expect.fail(`beside ${old.name}: ${describeFound(found).replace('sim/region', 'sim/versions')}`);
    }
    console.info(`versions: ${JSON.stringify(tally)}`);
    if (histories >= 30) expect(Object.values(tally).every((count) => count > histories)).toBe(true);
  }, 300_000);

  test('[LIV-1, LIV-5] viewers of either version hold what a hub of this one knows', () => {
    let frames = 0;
    for (let i = 0; i < hubHistories; i++) {
      const world = new HubSimulation(i + 1, { clients: [ours, old] });
      for (let step = 0; step < 250; step++) world.step();
      world.settle();
      frames += (world.seen.snapshots ?? 0) + (world.seen.deltas ?? 0);
    }
    expect(frames).toBeGreaterThan(hubHistories * 10);
  });

  test('[LIV-1] viewers of this version hold what a hub of the one before knows', () => {
    let frames = 0;
    for (let i = 0; i < hubHistories; i++) {
      const world = new HubSimulation(i + 1, { hub: old });
      for (let step = 0; step < 250; step++) world.step();
      frames += (world.seen.snapshots ?? 0) + (world.seen.deltas ?? 0);
    }
    expect(frames).toBeGreaterThan(hubHistories * 10);
  });

  describe('a change without care', () => {
    /** The message of the first difference, with something planted where the object is of the version before. */
    const firstDifference = (plant: (present: Present) => Partial<Seams>): string | null => {
      for (let seed = 1; seed <= 100; seed++) {
        const present: Present = { isOld: false };
        const seams = { ...bothVersions(old, seed, emptyVersionTally(), present), ...plant(present) };
        try {
          simulate(makeHistory(seed, 200), seams);
        } catch (error) {
          return String(error);
        }
      }
      return null;
    };

    /** What the version before stores of this kind, it stores without these members. */
    const dropping =
      (kind: 'alerts' | 'snapshot', edit: (stored: Record<string, unknown>) => unknown) =>
      (present: Present): Partial<Seams> => ({
        intoStore: (effects) =>
          effects.map((effect) =>
            present.isOld && effect.kind === kind
              ? { ...effect, body: JSON.stringify(edit(JSON.parse(effect.body) as Record<string, unknown>)) }
              : effect,
          ),
      });

    test('[ALR-1] a field of the book of alerts that the version before does not know, and drops', () => {
      const plant = dropping('alerts', (book) => ({ ...book, closings: [] }));
      expect(firstDifference(plant)).toMatch(/alerts|answer/);
    });

    test('[LOG-2, LOG-4] a field of the snapshot that the version before does not know, and drops', () => {
      const plant = dropping('snapshot', (snapshot) => ({ ...snapshot, doors: [] }));
      expect(firstDifference(plant)).toMatch(/verdicts|totals/);
    });

    test('[LOG-1] a chunk of a new version that reaches a shard of the version before', () => {
      const found = firstDifference((present) => ({
        onDelivery: ({ header, events, bytes, damaged }) =>
          present.isOld && !damaged ? ofNextVersion(header, events) : bytes,
      }));
      expect(found).toMatch(/verdicts/);
    });
  });
});
