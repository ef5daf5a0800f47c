/** A replay: a range of hours of regions, each computed anew from the lake by a run of its own (RPL-1 to RPL-5). */

/** Hours that could not be computed make it `done_with_failures`. */
export const replayStates = ['running', 'done', 'done_with_failures', 'cancelled'] as const;
export type ReplayState = (typeof replayStates)[number];

/** Consecutive hours of a region; epoch hours, half-open. */
export interface HourSpan {
  readonly regionNumber: number;
  readonly fromHour: number;
  readonly toHour: number;
}

/** Hours come in ascending order in each region. */
export function addHours(
  spans: readonly HourSpan[],
  hours: readonly { readonly regionNumber: number; readonly hour: number }[],
): HourSpan[] {
  const added = [...spans];
  for (const { regionNumber, hour } of hours) {
    const at = added.findIndex((span) => span.regionNumber === regionNumber && span.toHour === hour);
    const span = { regionNumber, fromHour: added[at]?.fromHour ?? hour, toHour: hour + 1 };
    if (at < 0) added.push(span);
    else added[at] = span;
  }
  return added;
}

/** At the pace so far, of parts; null while there is none. */
export function timeLeftMs(elapsedMs: number, partsDone: number, parts: number): number | null {
  if (partsDone <= 0 || elapsedMs < 0) return null;
  return Math.round((elapsedMs * Math.max(0, parts - partsDone)) / partsDone);
}
