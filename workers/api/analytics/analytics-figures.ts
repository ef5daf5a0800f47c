/** Figures of the analytics API, from sums. */
import type { SessionSums } from '../../../storage/analytics/figures.ts';

const hourMs = 3_600_000;

export const ratio = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

export const hoursOf = (ms: number): number => ms / hourMs;

export const completionOf = ({
  completionMilli,
  completions,
}: Pick<SessionSums, 'completionMilli' | 'completions'>): number | null =>
  ratio(completionMilli / 1000, completions);
