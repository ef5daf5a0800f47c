/** What a statement comes to, in words and in one bit: does it add up? */

import type { HourSides } from './hour-check.ts';
import { type HourVerdict, judgeHour } from './hour-check.ts';
import { type Figures, grouped, whyNot } from './statement.ts';

export interface JudgedHour extends HourSides, HourVerdict {
  readonly regionNumber: number;
  /** Whole hours since the Unix epoch. */
  readonly hour: number;
}

export function judgeHours(
  hours: readonly (HourSides & { readonly regionNumber: number; readonly hour: number })[],
): JudgedHour[] {
  return hours.map((sides) => ({ ...sides, ...judgeHour(sides) }));
}

export interface Finding {
  readonly addsUp: boolean;
  /** A sentence or two. */
  readonly explanation: string;
}

export function findingOf(
  total: Figures & { readonly numbered_twice: number },
  hours: readonly JudgedHour[],
): Finding {
  const faults = hours.filter(({ state }) => state === 'fault').length;
  const wrong = [
    ...whyNot(total),
    ...(faults > 0
      ? [`${faults} ${faults === 1 ? 'hour' : 'hours'} of which batch and stream disagree`]
      : []),
  ];
  if (wrong.length > 0) return { addsUp: false, explanation: `It does not add up: ${wrong.join('; ')}.` };
  const open = total.in_flight + total.overdue;
  const rest = open === 0 ? '' : ` ${openWords(total)}`;
  return { addsUp: true, explanation: `${settledWords(total.accepted - open)}${rest}` };
}

function settledWords(events: number): string {
  if (events === 0) return 'No events were accepted.';
  return events === 1
    ? 'The one event is accounted for.'
    : `All ${grouped(events)} events are accounted for.`;
}

function openWords({ in_flight: inFlight, overdue }: Figures): string {
  const parts = [
    ...(inFlight > 0 ? [`${grouped(inFlight)} more ${inFlight === 1 ? 'is' : 'are'} on the way`] : []),
    ...(overdue > 0
      ? [`${grouped(overdue)} more ${overdue === 1 ? 'is' : 'are'} overdue, and may still come`]
      : []),
  ];
  return `${parts.join('; ')}.`;
}
