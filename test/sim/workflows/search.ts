/** Plays histories of the batch layer, and makes the first that breaks a rule short. */
import { Random } from '../random.ts';
import { DerivedSim } from './derived.ts';
import { EtlSim } from './etl.ts';
import type { WorkflowSeams, WorkflowTally } from './ground.ts';
import { WorkflowSim } from './simulate.ts';

/** What a history is of: runs over hours and replays; days and sessions; imports. */
export const scenarios = { runs: WorkflowSim, derived: DerivedSim, etl: EtlSim } as const;
export type Scenario = keyof typeof scenarios;

export interface Found {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly steps: number;
  readonly message: string;
}

/** The history breaks a rule: it, made short; or null. What happened goes into `totals`. */
export async function tryWorkflows(
  scenario: Scenario,
  seed: number,
  steps: number,
  totals: WorkflowTally = {},
  { shrinks = true, ...seams }: WorkflowSeams & { readonly shrinks?: boolean } = {},
): Promise<Found | null> {
  const first = await play(scenario, seed, steps, totals, seams);
  if (first === null) return null;
  if (!shrinks) return { scenario, seed, steps, message: first };
  // The first steps of a history are the same whatever its length.
  for (let fewer = 1; fewer < steps; fewer = Math.ceil(fewer * 1.1)) {
    const message = await play(scenario, seed, fewer, {}, seams);
    if (message !== null) return { scenario, seed, steps: fewer, message };
  }
  return { scenario, seed, steps, message: first };
}

async function play(
  scenario: Scenario,
  seed: number,
  steps: number,
  totals: WorkflowTally,
  seams: WorkflowSeams,
): Promise<string | null> {
  const { warn, error, log } = console;
  // Runs that die say so, a thousand times.
  const silent = (): void => undefined;
  Object.assign(console, { warn: silent, error: silent, log: silent });
  const restore = seedIds(seed);
  try {
    const tally = await new scenarios[scenario](seed, seams).run(steps);
    for (const [name, count] of Object.entries(tally)) totals[name] = (totals[name] ?? 0) + count;
    totals.histories = (totals.histories ?? 0) + 1;
    return null;
  } catch (fault) {
    return fault instanceof Error ? fault.message : String(fault);
  } finally {
    restore();
    Object.assign(console, { warn, error, log });
  }
}

/** Ids that a replay gives its runs: of the seed too. */
function seedIds(seed: number): () => void {
  const random = new Random(seed ^ 0x1f83d9ab);
  Object.defineProperty(crypto, 'randomUUID', {
    configurable: true,
    value: () => `of-replay-${random.word()}-${random.word()}`,
  });
  return () => Reflect.deleteProperty(crypto, 'randomUUID');
}

export function describeWorkflows({ scenario, seed, steps, message }: Found): string {
  const command = `SIM_SEED=${seed} SIM_HISTORIES=1 SIM_STEPS=${steps} npx vitest run --project core test/sim/workflows -t 'of ${scenario}'`;
  return `${message}\n\nAgain: ${command}\nWhen it is mended, keep it: test/sim/workflows/kept-seeds.json`;
}
