import type { AlertBase } from '../alert/fold.ts';
import { FormatError } from '../protocol/bytes.ts';
import type { WatermarkState } from './watermark.ts';

/** Running totals of a shard since its log began. */
export interface RegionTotals {
  readonly counted: number;
  readonly late: number;
  readonly duplicates: number;
  /** Windows whose lateness was ended early for the cap on identities (WIN-8). */
  readonly horizonCuts: number;
}

/**
 * What a shard knows besides its windows and doors. Every log row holds it as the commit left it, and so does the
 * snapshot: waking takes it from the newer of the two and works nothing out again (LOG-2).
 */
export interface RegionKnowledge {
  readonly watermark: WatermarkState;
  /** Oldest window that takes events (epoch minute). */
  readonly oldestMinute: number;
  readonly totals: RegionTotals;
  /** Hours with dead windows whose hour row is not written yet. */
  readonly hours: readonly number[];
  /** Newest time of receipt at a door; null before the first event. */
  readonly lastReceivedAtMs: number | null;
  /** What the dead windows have left behind for the rules. Absent in logs from before there were alerts. */
  readonly alerts?: AlertBase;
}

/** Whether a stored value has the form. */
export function isKnowledge(value: Partial<RegionKnowledge> | null | undefined): value is RegionKnowledge {
  return (
    Number.isInteger(value?.watermark?.valueMs) &&
    Number.isInteger(value?.oldestMinute) &&
    Number.isInteger(value?.totals?.counted) &&
    Array.isArray(value?.hours)
  );
}

/** Stored JSON. Throws FormatError where it is none; its form is the caller's to check. */
export function parseJson<T>(text: string, what: string): T | null {
  try {
    return JSON.parse(text) as T | null;
  } catch {
    throw new FormatError(`${what} is not JSON`);
  }
}
