/** Which hours or days of the range are not whole yet, and having them computed. */
import { signal } from '@preact/signals';
import { allowedLatenessMs } from '../../core/protocol/limits.ts';
import { askService } from '../access/service.ts';
import { askAdmin } from '../admin/resource.ts';
import * as say from '../text/analytics-batch.ts';
import type { BatchAnswer, HourRow } from './batch-rows.ts';
import { dayMs, questionOf, type TimeRange } from './view.ts';

const hourMs = dayMs / 24;
/** Up to here hours are told apart, beyond it days. */
const byHourMsMax = 2 * dayMs;
/** What the service adds to the lateness that it allows: clocks, and what holds events back. */
const marginMs = 2 * 60_000;
const askedAtOnce = 6;

export interface MissingStep extends TimeRange {
  readonly computed: number;
  readonly of: number;
}

/** Null before they are known. */
export const missing = signal<readonly MissingStep[] | null>(null);
export const missingFailure = signal<string | null>(null);
/** What was asked last: the answer to an older question is dropped. */
let asked: object | null = null;

/** Hours of a short range, days of a longer one; the newest first. */
export function stepsOf({ from, to }: TimeRange): TimeRange[] {
  const stepMs = to - from <= byHourMsMax ? hourMs : dayMs;
  const count = Math.ceil((to - from) / stepMs);
  return Array.from({ length: count }, (_, i) => {
    const start = from + i * stepMs;
    return { from: start, to: Math.min(start + stepMs, to) };
  }).toReversed();
}

/** End of the hours that can be computed by now, of a step. */
export function computableEnd({ to }: TimeRange, nowMs: number): number {
  const end = Math.floor((nowMs - allowedLatenessMs - marginMs) / hourMs) * hourMs;
  return Math.min(to, end);
}

export async function findMissing(range: TimeRange, region: string | null): Promise<void> {
  const question = {};
  asked = question;
  missingFailure.value = null;
  const found: MissingStep[] = [];
  const steps = stepsOf(range);
  for (let i = 0; i < steps.length; i += askedAtOnce) {
    const answers = await Promise.all(
      steps.slice(i, i + askedAtOnce).map(async (step) => ({
        step,
        answer: await askAdmin<BatchAnswer<HourRow>>(
          `/api/batch/hourly-stats?${questionOf(step, { region, limit: '1' })}`,
        ),
      })),
    );
    if (asked !== question) return;
    for (const { step, answer } of answers) {
      if (!answer.ok) {
        missingFailure.value = answer.text;
        return;
      }
      const { computed, of } = answer.value.meta.hours;
      if (computed < of) found.push({ ...step, computed, of });
    }
  }
  missing.value = found;
}

/** What came of the last wish to have hours computed, for people. */
export const begun = signal<string | null>(null);

export async function beginRuns(step: TimeRange, region: string | null): Promise<void> {
  begun.value = say.asking;
  const times = [step.from, computableEnd(step, Date.now())].map((ms) => new Date(ms).toISOString());
  const answer = await askService<{ readonly count: number; readonly held_off: readonly unknown[] }>(
    '/api/admin/batch/runs',
    { method: 'POST', body: { from: times[0], to: times[1], regions: region === null ? null : [region] } },
  );
  if (!answer.ok) {
    begun.value = say.nothingWasBegun(answer.text);
    return;
  }
  const { count, held_off: held } = answer.value;
  const rest = held.length > 0 ? say.heldOff(held.length) : '';
  begun.value = say.runsBegun(count, rest);
}
