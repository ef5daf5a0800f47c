/** Stream against batch, for an hour of event time of a region (ING-6c). */

import { grouped } from './statement.ts';

/** What D1 says of it. */
export interface HourSides {
  /** Parts that are listed, and the events in those that the stream counted and in those that came too late for it. */
  readonly parts: number;
  readonly streamed: number;
  readonly late: number;
  /** What the last run said; null before the first. */
  readonly batch: {
    readonly parts: number;
    readonly events: number;
    readonly lateAdded: number;
    readonly lateTwins: number;
  } | null;
  /** Events of its row, which is what the API serves; null where there is none. */
  readonly served: number | null;
}

/**
 * `equal`: batch and stream say the same. `explained`: what came late, less what was a twin, is the difference.
 * `open`: not computed yet. `stale`: parts are listed that the last run has not read. `fault`: none of these.
 */
export const hourStates = ['equal', 'explained', 'open', 'stale', 'fault'] as const;
export type HourState = (typeof hourStates)[number];

export interface HourVerdict {
  readonly state: HourState;
  /** Events of batch less those of the stream; null before the first run. */
  readonly difference: number | null;
  readonly why: string;
}

export function judgeHour({ parts, streamed, late, batch, served }: HourSides): HourVerdict {
  if (!batch)
    return { state: 'open', difference: null, why: 'the batch layer has not computed the hour yet' };
  const difference = batch.events - streamed;
  if (batch.parts < parts) {
    const more = parts - batch.parts;
    return {
      state: 'stale',
      difference,
      why: `${more} of its parts came after the last run: it will run again`,
    };
  }
  const faults = faultsOf({ parts, streamed, late, served }, batch);
  if (faults.length > 0) return { state: 'fault', difference, why: faults.join('; ') };
  if (batch.lateAdded === 0 && batch.lateTwins === 0) return { state: 'equal', difference, why: '' };
  return { state: 'explained', difference, why: explanation(batch) };
}

function faultsOf(
  { parts, streamed, late, served }: Omit<HourSides, 'batch'>,
  batch: NonNullable<HourSides['batch']>,
): string[] {
  const expected = streamed + late - batch.lateTwins;
  const faults: string[] = [];
  if (batch.parts > parts)
    faults.push(`${batch.parts - parts} parts that batch has read are no longer listed`);
  else if (batch.events !== expected)
    faults.push(`batch counts ${grouped(batch.events)} where its parts hold ${grouped(expected)} that count`);
  if (served !== null && served !== batch.events)
    faults.push(`the row of the hour says ${grouped(served)}, batch says ${grouped(batch.events)}`);
  return faults;
}

function explanation({ lateAdded, lateTwins }: NonNullable<HourSides['batch']>): string {
  const parts = [
    ...(lateAdded > 0 ? [`${grouped(lateAdded)} came late and count now`] : []),
    ...(lateTwins > 0 ? [`${grouped(lateTwins)} came late and were twins`] : []),
  ];
  return parts.join('; ');
}
