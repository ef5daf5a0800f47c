// reliability.json: what a run has shown so far, written after each lot, so that the next run goes on from there.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LotFigures } from './sections/section.ts';

export interface LotRecord extends LotFigures {
  /** As that of Reliability; missing where it is the same. */
  readonly commit?: string;
  readonly seed: number;
  readonly seconds: number;
  readonly finishedAt: string;
}

export interface SectionRecord {
  readonly name: string;
  readonly unit: string;
  /** Trials of a full run, and what this run was asked for. */
  readonly fullTrials: number;
  readonly wantedTrials: number;
  /** Of an outage; null for what is none. */
  readonly minutes: number | null;
  readonly lots: readonly LotRecord[];
}

export interface Reliability {
  /** With "+" where files had been changed since. */
  readonly commit: string;
  readonly seed: number;
  readonly machine: string;
  readonly startedAt: string;
  /** What a reader of the figures should know of the run. */
  readonly note?: string;
  readonly sections: readonly SectionRecord[];
}

const pathOf = (work: string): string => join(work, 'reliability.json');

export function readReliability(work: string): Reliability | null {
  const path = pathOf(work);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Reliability) : null;
}

/** Whole or not at all. */
export function writeReliability(work: string, results: Reliability): void {
  const path = pathOf(work);
  writeFileSync(`${path}.partial`, `${JSON.stringify(results, null, 2)}\n`);
  renameSync(`${path}.partial`, path);
}

/** The results with another lot of the section. */
export function withLot(
  results: Reliability,
  section: Omit<SectionRecord, 'lots'>,
  lot: LotRecord,
): Reliability {
  const before = results.sections.find(({ name }) => name === section.name);
  const after = { ...section, lots: [...(before?.lots ?? []), lot] };
  const others = results.sections.filter(({ name }) => name !== section.name);
  return { ...results, sections: [...others, after] };
}

export const trialsOf = (lots: readonly LotFigures[]): number =>
  lots.reduce((sum, { trials }) => sum + trials, 0);

/** All that was not as it must be. */
export const faultsOf = ({ result, faults = [] }: LotFigures): readonly string[] => [
  ...result.faults,
  ...faults,
];

/** Of sorted or unsorted values; 0 without any. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
