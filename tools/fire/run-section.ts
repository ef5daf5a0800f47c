// One section, lot by lot, from where the last run stopped.
import type { FireConfigs } from './harness/config.ts';
import {
  faultsOf,
  type LotRecord,
  type Reliability,
  trialsOf,
  withLot,
  writeReliability,
} from './results.ts';
import type { Section } from './sections/section.ts';

export interface SectionOptions {
  readonly work: string;
  readonly configs: FireConfigs;
  readonly trials: number;
  readonly minutes: number;
  /** Of this run, which may be later than that of the first. */
  readonly commit: string;
  readonly say: (text: string) => void;
  /** Begins no lot behind this, performance time. */
  readonly endsAt: number;
}

/** The results with what was done now. */
export async function runSection(
  section: Section,
  before: Reliability,
  options: SectionOptions,
): Promise<Reliability> {
  const { work, configs, trials, minutes, say, endsAt, commit } = options;
  let results = before;
  for (;;) {
    const lots = results.sections.find(({ name }) => name === section.name)?.lots ?? [];
    // A lot that shows less than it should would be tried for ever: lots are counted by what was asked of them.
    const left = trials - lots.length * section.lotTrials;
    if (left <= 0 || performance.now() > endsAt) return results;
    const seed = results.seed * 1000 + lots.length;
    const asked = Math.min(left, section.lotTrials);
    say(`${section.name}, lot ${lots.length + 1}: ${asked} ${section.unit}, seed ${seed}`);
    const startedAt = performance.now();
    const context = { work, configs, seed, minutes, say, name: `${section.name}-${lots.length}` };
    const figures = await section.run(context, asked);
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    const lot: LotRecord = { ...figures, commit, seed, seconds, finishedAt: new Date().toISOString() };
    const { name, unit, trials: fullTrials } = section;
    const isOutage = unit === 'outages';
    const about = { name, unit, fullTrials, wantedTrials: trials, minutes: isOutage ? minutes : null };
    results = withLot(results, about, lot);
    writeReliability(work, results);
    const { lost, doubled, acknowledged } = figures.result;
    say(
      `  ${seconds} s: ${acknowledged} acknowledged, ${lost} lost, ${doubled} doubled, ${faultsOf(lot).length} faults`,
    );
  }
}

/** Trials of the section that the results hold. */
export const doneTrials = (results: Reliability, section: Section): number =>
  trialsOf(results.sections.find(({ name }) => name === section.name)?.lots ?? []);
