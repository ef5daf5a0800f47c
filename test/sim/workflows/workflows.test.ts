// The batch layer's runs and replays, its days and sessions, and imports, over seeded histories of crashes, refusals, lost
// answers and steps that go on after they were given up. SIM_SEED, SIM_HISTORIES and SIM_STEPS choose others than those of
// the commit.
import { describe, expect, test } from 'vitest';
import { baseSeed } from '../search.ts';
import type { WorkflowTally } from './ground.ts';
import keptSeeds from './kept-seeds.json' with { type: 'json' };
import { describeWorkflows, type Scenario, tryWorkflows } from './search.ts';

interface KeptSeed {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly steps: number;
  readonly why: string;
}

const seed = baseSeed();
const steps = Number(process.env.SIM_STEPS ?? 200);

/** Histories in which one of these never happens show nothing about it. */
const troubles = ['refused', 'mute', 'dies_before', 'dies_behind', 'whole_crashes'];
const strays = [...troubles, 'left_behind', 'timed_out'];

describe.each([
  {
    scenario: 'runs',
    histories: 25,
    what: '[BAT-1, DUP-1b, DUP-2, RPL-1, RPL-2, RPL-3, RPL-5] runs over hours, and replays',
    happenings: [...troubles, 'ended_done', 'ended_open', 'ended_over', 'replays', 'replays_cancelled'],
  },
  {
    scenario: 'derived',
    histories: 40,
    what: '[BAT-3, BAT-4, SES-1, SES-2, SES-3, SES-4, SES-5, WHS-3] days and sessions (derived)',
    happenings: [...strays, 'days_done', 'days_passed', 'sessions_done', 'sessions_passed'],
  },
  {
    scenario: 'etl',
    histories: 60,
    what: '[ETL-1, ETL-2, ETL-3, ETL-4, ETL-6, WHS-2, RET-1] imports (etl)',
    happenings: [...strays, 'imports_done', 'imports_refused', 'imports_cancelled'],
  },
] as const)('$what', ({ scenario, histories: usual, happenings }) => {
  const kept = (keptSeeds as readonly KeptSeed[]).filter((one) => one.scenario === scenario);
  for (const one of kept)
    test(`do not do again: ${one.why}`, async () => {
      const found = await tryWorkflows(scenario, one.seed, one.steps);
      expect(found && describeWorkflows(found)).toBeNull();
    });

  const histories = Number(process.env.SIM_HISTORIES ?? usual);
  test(`keep the rules at every moment, and end as nothing would have disturbed them: ${histories} histories of ${steps} steps of ${scenario}`, async () => {
    const totals: WorkflowTally = {};
    for (let i = 0; i < histories; i++) {
      const found = await tryWorkflows(scenario, (seed + i) >>> 0, steps, totals);
      if (found) expect.fail(describeWorkflows(found));
    }
    console.info(`simulation of ${scenario} from seed ${seed}: ${JSON.stringify(totals)}`);
    if (histories >= usual) expect(happenings.filter((what) => (totals[what] ?? 0) === 0)).toEqual([]);
  }, 300_000);
});
