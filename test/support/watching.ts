/** Events of people who watch, made from a few numbers, and the sittings that they are put together to. */
import type { AcceptedEvent } from '../../core/protocol/accepted-event.ts';
import { eventTypes } from '../../core/protocol/event-type.ts';
import type { SessionRow } from '../../core/warehouse/rows.ts';
import { SessionEvents, sessionAdder } from '../../core/warehouse/session-events.ts';
import { type Sitting, stitch } from '../../core/warehouse/stitch.ts';
import { sessionRow } from '../../core/warehouse/stitched-row.ts';
import { buildEvent, type EventFields } from './build-chunk.ts';
import { lakeRows } from './logged-events.ts';

/** An event of a type, some ms after `fromMs`, of session 1 and user 1 with film-1 unless said. */
export function watched(
  type: (typeof eventTypes)[number],
  timeMs: number,
  fields: EventFields & { readonly session?: number; readonly user?: number; readonly id?: number } = {},
): AcceptedEvent {
  const { session = 1, user = 1, id = 0, ...rest } = fields;
  return buildEvent({
    type: eventTypes.indexOf(type),
    timeMs,
    identityHi: id + 1,
    identityLo: timeMs % 2 ** 32,
    sessionHi: session === 0 ? 0 : Math.imul(session, 0x9e3779b1) >>> 0,
    sessionLo: session,
    userHi: user === 0 ? 0 : 77,
    userLo: user,
    contentId: 'film-1',
    ...rest,
  });
}

/** As the lake gives them: in lots of rows, each sorted by content. */
export function sessionEvents(lots: readonly (readonly AcceptedEvent[])[]): SessionEvents {
  const events = new SessionEvents(lots.reduce((sum, lot) => sum + lot.length, 0));
  for (const lot of lots.filter(({ length }) => length > 0)) {
    const logged = lot.map((event, index) => ({
      event,
      kind: 'counted' as const,
      incarnation: 1,
      row: 1,
      index,
    }));
    const rows = lakeRows(logged);
    const add = sessionAdder(rows, events);
    for (let i = 0; i < rows.count; i++) add(i);
  }
  return events;
}

/** All sittings of the events, none left open. */
export function stitched(...lots: readonly (readonly AcceptedEvent[])[]): SessionRow[] {
  const { closed, open } = stitch(sessionEvents(lots), [], Number.POSITIVE_INFINITY);
  if (open.length > 0) throw new Error('something is open for ever');
  return rowsOf(closed);
}

export const rowsOf = (sittings: readonly Sitting[]): SessionRow[] =>
  sittings
    .map((sitting) => sessionRow(3, sitting))
    .sort((a, b) => a.start_time_ms - b.start_time_ms || (a.source_id < b.source_id ? -1 : 1));

/** Some people who watch some films in their sessions, within a time from `fromMs`; ids are as many as events. */
export function seededWatching(
  seed: number,
  count: number,
  fromMs: number,
  withinMs: number,
): AcceptedEvent[] {
  let state = seed >>> 0;
  const upTo = (limit: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  const types = [
    'view',
    'pause',
    'resume',
    'progress',
    'progress',
    'progress',
    'complete',
    'rating',
  ] as const;
  const some = (...texts: string[]): string | null => texts[upTo(texts.length + 1)] ?? null;
  return Array.from({ length: count }, (_, id) => {
    const session = upTo(31);
    return watched(types[upTo(types.length)] ?? 'view', fromMs + upTo(withinMs), {
      session,
      user: session % 5,
      id: seed * 10_000 + id,
      contentId: some('film-1', 'film-2', 'film-3'),
      durationMs: upTo(3) === 0 ? null : upTo(200_000),
      completionMilli: upTo(2) === 0 ? null : upTo(1001),
      bufferingCount: upTo(3) === 0 ? upTo(4) : null,
      deviceType: some('tv', 'phone', 'tablet'),
      quality: some('720p', '1080p'),
      country: some('DE', 'JP'),
      subscriptionType: some('free', 'premium'),
    });
  });
}
