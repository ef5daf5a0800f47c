/** How fast a run goes, and how long it will still take (ETL-5). */
import { type EtlPhase, type EtlProgress, rejectedOf, rowsOf } from './etl-progress.ts';

/** Shares of the time that the phases took for the standard data set, up to the start of each. */
const startOf: Readonly<Record<EtlPhase, number>> = {
  extract: 0,
  check: 0.45,
  load: 0.45,
  aggregates: 0.93,
  movies: 0.98,
  clear: 0.99,
  over: 1,
};

/** How much of it is done, 0 to 1. */
export function shareDone(progress: EtlProgress<unknown>): number {
  const { phase, files, rowsLoaded } = progress;
  const inPhase = (end: EtlPhase, share: number): number =>
    startOf[phase] + (startOf[end] - startOf[phase]) * share;
  if (phase === 'extract') {
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    const read = files.reduce((sum, file) => sum + file.bytes * file.share, 0);
    return inPhase('check', bytes === 0 ? 0 : read / bytes);
  }
  if (phase !== 'load') return startOf[phase];
  const rows = rowsOf(progress) - rejectedOf(progress);
  return inPhase('aggregates', rows === 0 ? 0 : rowsLoaded / rows);
}

/** At the pace so far; null while that says nothing. */
export function secondsLeft(
  progress: EtlProgress<unknown>,
  startedAtMs: number,
  nowMs: number,
): number | null {
  const share = shareDone(progress);
  if (share < 0.01 || nowMs < startedAtMs) return null;
  return Math.round(((nowMs - startedAtMs) * (1 - share)) / share / 100) / 10;
}

/** Rows that are read, or loaded, each second of the phase; null in others. */
export function rowsPerSecond(progress: EtlProgress<unknown>, nowMs: number): number | null {
  const { phase, phaseStartedAtMs, rowsLoaded } = progress;
  const seconds = (nowMs - phaseStartedAtMs) / 1000;
  if (seconds <= 0 || (phase !== 'extract' && phase !== 'load')) return null;
  return Math.round((phase === 'extract' ? rowsOf(progress) : rowsLoaded) / seconds);
}
