/** Sessions as SPEC.md tells of them (SES-1, SES-2), over a whole history at once; no two events are of one millisecond. */
import type { AcceptedEvent } from '../../../core/protocol/accepted-event.ts';
import { eventTypes } from '../../../core/protocol/event-type.ts';

export interface NaiveSitting {
  readonly startMs: number;
  readonly endMs: number;
  readonly contentId: string;
  /** All that is told of it, as one text. */
  readonly text: string;
}

const gapMs = 30 * 60_000;
const watching = ['view', 'pause', 'resume', 'progress', 'complete'];
const hex = (word: number): string => word.toString(16).padStart(8, '0');

const typeOf = ({ type }: AcceptedEvent): string => eventTypes[type] as string;

export function naiveSittings(regionNumber: number, events: readonly AcceptedEvent[]): NaiveSitting[] {
  const watched = events.filter(
    (event) => watching.includes(typeOf(event)) && event.contentId !== null && event.userLo !== 0,
  );
  const sessions = Map.groupBy(watched, ({ sessionHi, sessionLo, userLo }) =>
    [sessionHi, sessionLo, userLo].join(),
  );
  return [...sessions.values()].flatMap((own) =>
    cut(own.toSorted((a, b) => a.timeMs - b.timeMs)).map((sitting) => told(regionNumber, sitting)),
  );
}

function cut(events: readonly AcceptedEvent[]): AcceptedEvent[][] {
  const sittings: AcceptedEvent[][] = [];
  for (const event of events) {
    const last = sittings.at(-1)?.at(-1);
    const goesOn =
      last !== undefined &&
      typeOf(last) !== 'complete' &&
      last.contentId === event.contentId &&
      event.timeMs - last.timeMs < gapMs;
    if (goesOn) sittings.at(-1)?.push(event);
    else sittings.push([event]);
  }
  return sittings;
}

function told(regionNumber: number, events: readonly AcceptedEvent[]): NaiveSitting {
  const [first, last] = [events[0], events.at(-1)] as [AcceptedEvent, AcceptedEvent];
  const known = (values: readonly (number | null)[]): number[] => values.filter((value) => value !== null);
  const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);
  const lastOf = (of: (event: AcceptedEvent) => string | null): string | null =>
    events.map(of).findLast((value) => value !== null) ?? null;
  const durations = known(events.map(({ durationMs }) => durationMs));
  const spanMs = last.timeMs - first.timeMs + Math.min(first.durationMs ?? 0, gapMs);
  const played = events.slice(1).map((event, at) => {
    const before = events[at] as AcceptedEvent;
    return typeOf(before) === 'pause' ? 0 : event.timeMs - before.timeMs;
  });
  const completions = known(events.map(({ completionMilli }) => completionMilli));
  const row = [
    `1-${hex(first.userHi)}${hex(first.userLo)}`,
    first.contentId,
    first.timeMs,
    last.timeMs,
    durations.length === 0 ? sum(played) : Math.min(sum(durations), spanMs),
    completions.length === 0 ? null : Math.max(...completions),
    sum(known(events.map(({ bufferingCount }) => bufferingCount))),
    lastOf(({ deviceType }) => deviceType),
    lastOf(({ quality }) => quality),
    lastOf(({ country }) => country),
    lastOf(({ subscriptionType }) => subscriptionType),
    regionNumber,
  ];
  return {
    startMs: first.timeMs,
    endMs: last.timeMs,
    contentId: first.contentId as string,
    text: JSON.stringify(row),
  };
}
