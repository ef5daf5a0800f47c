/** Runs many histories, and makes the first that differs short enough to be read. */
import { execFileSync } from 'node:child_process';
import { makeHistory } from './history.ts';
import type { Seams } from './seams.ts';
import { simulate } from './simulate.ts';
import type { Tally } from './tally.ts';

export interface Found {
  readonly seed: number;
  readonly steps: number;
  readonly message: string;
}

export type Totals = Tally & { histories: number };

/** Machinery made anew for each history. */
export type MakeSeams = () => Partial<Seams>;

/** The base seed: SIM_SEED, else the commit, so that each commit tries histories that none before it has tried. */
export function baseSeed(): number {
  const given = process.env.SIM_SEED;
  if (given !== undefined && /^\d+$/.test(given)) return Number(given) >>> 0;
  return hashOf(given ?? commit());
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return 'no commit';
  }
}

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** Plays one history; its tally goes into `totals`. The difference, made short, or null. */
export function tryHistory(
  seed: number,
  steps: number,
  totals?: Totals,
  makeSeams?: MakeSeams,
): Found | null {
  try {
    const tally = simulate(makeHistory(seed, steps), makeSeams?.());
    if (totals) addTally(totals, tally);
    return null;
  } catch (error) {
    return shorten(seed, steps, messageOf(error), makeSeams);
  }
}

/** The first steps of a history are the same whatever its length, so the shortest that fails is found by counting. */
function shorten(seed: number, steps: number, message: string, makeSeams?: MakeSeams): Found {
  for (let fewer = 1; fewer < steps; fewer++) {
    try {
      simulate(makeHistory(seed, fewer), makeSeams?.());
    } catch (error) {
      return { seed, steps: fewer, message: messageOf(error) };
    }
  }
  return { seed, steps, message };
}

export function describeFound({ seed, steps, message }: Found): string {
  const command = `SIM_SEED=${seed} SIM_HISTORIES=1 SIM_STEPS=${steps} npx vitest run --project core test/sim/region`;
  return `${message}\n\nAgain: ${command}\nWhen it is mended, keep it: test/sim/kept-seeds.json`;
}

export function emptyTotals(): Totals {
  return { histories: 0 } as Totals;
}

function addTally(totals: Totals, tally: Tally): void {
  totals.histories++;
  for (const name of Object.keys(tally) as (keyof Tally)[]) totals[name] = (totals[name] ?? 0) + tally[name];
}

function messageOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
