// What each benchmark found last, a file each, so that a run of all of them goes on where it was stopped.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Report } from './bench-report.ts';

/** What the figures depend on, besides the code. */
export interface Circumstances {
  readonly machine: string;
  readonly system: string;
  readonly node: string;
  /** Short; `commitWithChanges` where files differed from it. */
  readonly commit: string;
  readonly date: string;
  /** Of all processors, the share that other programs had just before, %. */
  readonly othersPercent: number;
}

export interface Held extends Circumstances, Report {
  readonly name: string;
  readonly describe: string;
  readonly notes: readonly string[];
  readonly tookSeconds: number;
}

/** Behind a commit, where the working tree was another. */
export const withChanges = ', with changes';

export function hold(folder: string, held: Held): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${held.name}.json`), `${JSON.stringify(held, null, 2)}\n`);
}

/** Of these benchmarks, what is held. Files of an earlier form are passed over. */
export function readHeld(folder: string, names: readonly string[]): Held[] {
  mkdirSync(folder, { recursive: true });
  const files = new Set(readdirSync(folder));
  return names
    .filter((name) => files.has(`${name}.json`))
    .map((name) => JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Held)
    .filter(({ describe, notes, othersPercent }) => describe && notes && othersPercent !== undefined);
}

/** Those that were not run at this very commit yet. */
export function stillToRun(names: readonly string[], held: readonly Held[], commit: string): string[] {
  const done = new Set(held.filter((each) => each.commit === commit).map(({ name }) => name));
  return names.filter((name) => commit.endsWith(withChanges) || !done.has(name));
}
