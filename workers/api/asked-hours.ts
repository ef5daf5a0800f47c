/** Hours of regions that the body of a request asks for: of runs (BAT-1) and of replays (RPL-1). */
import * as z from 'zod';
import { batchHoursBackMax } from '../../core/protocol/batch-limits.ts';
import { keyRegionsMax } from '../../core/protocol/limits.ts';
import { once } from '../../core/protocol/once.ts';
import type { RegionEntry } from '../../core/protocol/region.ts';
import { isoTime } from './figures.ts';
import type { BodyFault } from './problem-response.ts';

export const hourMs = 3_600_000;

/** A time of a body. */
export const bodyTime = once(() => z.iso.datetime({ error: 'must be an ISO 8601 time in UTC', abort: true }));

export const regionNames = once(() =>
  z
    .array(z.string('must be text'), 'must be a list of names')
    .min(1, 'must not be empty')
    .max(keyRegionsMax, `must have at most ${keyRegionsMax} names`)
    .nullable()
    .default(null)
    .describe(DESCRIBED && 'Names of regions; null for all'),
);

/** Epoch hours, half-open. */
export interface HourRange {
  readonly from: number;
  readonly to: number;
}

export const hourStart = (hour: number): string => isoTime(hour * hourMs);

/** The hours of a body's times, rounded outward. */
export function hoursOf({ from, to }: { readonly from: string; readonly to: string }): HourRange {
  return { from: Math.floor(Date.parse(from) / hourMs), to: Math.ceil(Date.parse(to) / hourMs) };
}

/** Null where there is nothing to object to. `end`: the first hour that still takes events. */
export function faultOfHours({ from, to }: HourRange, end: number): BodyFault | null {
  if (from >= to) return { pointer: '/from', message: 'must be before to' };
  if (to > end)
    return { pointer: '/to', message: `must be at most ${hourStart(end)}: later hours still take events` };
  if (from >= end - batchHoursBackMax) return null;
  const days = batchHoursBackMax / 24;
  return { pointer: '/from', message: `must be at most ${days} days ago: older parts are gone` };
}

export interface NamedRegions {
  readonly wanted: readonly RegionEntry[];
  /** Places in the list of the names that are none. */
  readonly unknown: readonly number[];
}

/** Those of a body's names; all that are seen where it names none. */
export function regionsNamed(names: readonly string[] | null, seen: readonly RegionEntry[]): NamedRegions {
  if (names === null) return { wanted: seen, unknown: [] };
  const known = new Set(seen.map(({ name }) => name));
  return {
    wanted: seen.filter(({ name }) => names.includes(name)),
    unknown: [...names.keys()].filter((at) => !known.has(names[at] as string)),
  };
}
