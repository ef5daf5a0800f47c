// What a section of a fire run is: a number of trials in lots, each over a folder of its own.
import type { FireConfigs } from '../harness/config.ts';
import type { LotResult } from '../harness/lot.ts';
import type { Disorder } from '../protocol.ts';

export interface LotContext {
  readonly work: string;
  readonly configs: FireConfigs;
  readonly seed: number;
  /** Begins the lot's name. */
  readonly name: string;
  readonly say: (text: string) => void;
  /** Of an outage. */
  readonly minutes: number;
  /** Another than the section's own. */
  readonly disorder?: Partial<Disorder>;
}

export interface LotFigures {
  /** How many trials it was: kills, deliveries, whatever the section counts. */
  readonly trials: number;
  readonly result: LotResult;
  /** What else was measured; lists of ms are joined over the lots. */
  readonly ms?: Readonly<Record<string, readonly number[]>>;
  readonly counts?: Readonly<Record<string, number>>;
  /** Breaches that are the section's own. */
  readonly faults?: readonly string[];
}

export interface Section {
  readonly name: string;
  /** What a trial is, in the plural. */
  readonly unit: string;
  /** Trials of a full run, and of a lot at most. */
  readonly trials: number;
  readonly lotTrials: number;
  run(context: LotContext, trials: number): Promise<LotFigures>;
}
