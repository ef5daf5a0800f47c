// The batch layer's runs and replays over seeded histories of crashes, refusals, lost answers and steps that go on after
// they were given up. SIM_SEED, SIM_HISTORIES and SIM_STEPS choose others than those of the commit.
import { describe, expect, test } from 'vitest';
import { baseSeed } from '../search.ts';
import keptSeeds from './kept-seeds.json' with { type: 'json' };
import { describeWorkflows, tryWorkflows } from './search.ts';
import type { WorkflowTally } from './simulate.ts';

interface KeptSeed {
  readonly seed: number;
  readonly steps: number;
  readonly why: string;
}

const seed = baseSeed();
const histories = Number(process.env.SIM_HISTORIES ?? 40);
const steps = Number(process.env.SIM_STEPS ?? 200);

/** Histories in which one of these never happens show nothing about it. */
const happenings = [
  'ended_done',
  'ended_open',
  'ended_over',
  'replays',
  'replays_cancelled',
  'refused',
  'mute',
  'dies_before',
  'dies_behind',
  'whole_crashes',
];

describe('[BAT-1, DUP-1b, DUP-2, RPL-1, RPL-2, RPL-3, RPL-5] runs over hours, and replays', () => {
  test.each(keptSeeds as readonly KeptSeed[])('do not do again: $why', async (kept) => {
    const found = await tryWorkflows(kept.seed, kept.steps);
    expect(found && describeWorkflows(found)).toBeNull();
  });

  test(`keep the rules at every moment, and every hour ends as its events are: ${histories} histories of ${steps} steps`, async () => {
    const totals: WorkflowTally = {};
    for (let i = 0; i < histories; i++) {
      const found = await tryWorkflows((seed + i) >>> 0, steps, totals);
      if (found) expect.fail(describeWorkflows(found));
    }
    console.info(`simulation of the batch layer from seed ${seed}: ${JSON.stringify(totals)}`);
    if (histories >= 40) expect(happenings.filter((what) => (totals[what] ?? 0) === 0)).toEqual([]);
  }, 300_000);
});
