import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AcceptedEvent } from '../../../core/protocol/accepted-event.ts';
import { FormatError } from '../../../core/protocol/bytes.ts';
import { sessionGapMs } from '../../../core/protocol/warehouse-limits.ts';
import { SessionEvents } from '../../../core/warehouse/session-events.ts';
import { type Sitting, stitch } from '../../../core/warehouse/stitch.ts';
import { digestOf, joinDigests, stitchedIdFrom } from '../../../core/warehouse/stitched-row.ts';
import { rowsOf, sessionEvents, stitched, watched } from '../../support/watching.ts';

const t = Date.UTC(2026, 10, 20, 23, 0);
const minute = 60_000;
const hourMs = 60 * minute;

describe('[SES-1] a sitting', () => {
  //  23:00 view   23:05 progress   23:10 pause    23:20 resume   23:30 complete
  test('is from its first event to the one that completes it, with what its events tell', () => {
    const rows = stitched([
      watched('view', t, { deviceType: 'tv', country: 'DE', quality: '720p', subscriptionType: 'premium' }),
      watched('progress', t + 5 * minute, { durationMs: 300_000, completionMilli: 300, bufferingCount: 2 }),
      watched('pause', t + 10 * minute, { durationMs: 300_000, completionMilli: 600 }),
      watched('resume', t + 20 * minute, { quality: '1080p' }),
      watched('complete', t + 30 * minute, { durationMs: 600_000, completionMilli: 950, bufferingCount: 1 }),
    ]);
    expect(rows[0]?.source_id).toMatch(/^s-3-9e3779b100000001-1-\d{13}-[0-9a-f]{8}$/);
    expect(rows.map((row) => ({ ...row, source_id: 'ID' }))).toEqual([
      {
        source_id: 'ID',
        pseudonym: '1-0000004d00000001',
        content_id: 'film-1',
        start_time_ms: t,
        end_time_ms: t + 30 * minute,
        watch_duration_ms: 1_200_000,
        completion_milli: 950,
        device_type: 'tv',
        quality: '1080p',
        buffering_count: 3,
        user_country: 'DE',
        subscription_type: 'premium',
        region_number: 3,
      },
    ]);
  });

  test('is over after 30 minutes of silence, and not a millisecond before', () => {
    const sittings = (ms: number) => stitched([watched('view', t), watched('progress', t + ms)]).length;
    expect([sittings(sessionGapMs - 1), sittings(sessionGapMs)]).toEqual([1, 2]);
  });

  test('ends where it is completed, or where another content begins, and may begin again', () => {
    const rows = stitched([
      watched('view', t),
      watched('complete', t + minute),
      watched('view', t + 2 * minute),
      watched('progress', t + 3 * minute, { contentId: 'film-2' }),
      watched('progress', t + 4 * minute),
    ]);
    expect(rows.map(({ content_id, start_time_ms }) => [content_id, (start_time_ms - t) / minute])).toEqual([
      ['film-1', 0],
      ['film-1', 2],
      ['film-2', 3],
      ['film-1', 4],
    ]);
  });

  test('is not cut where the next content begins in the millisecond in which the last ends', () => {
    for (const [before, after] of [
      ['film-1', 'film-2'],
      ['film-2', 'film-1'],
    ] as const) {
      const rows = stitched([
        watched('view', t, { contentId: before }),
        watched('view', t + minute, { contentId: after }),
        watched('complete', t + minute, { contentId: before }),
        watched('progress', t + 2 * minute, { contentId: after }),
      ]);
      expect(rows.map((row) => [row.content_id, row.end_time_ms - row.start_time_ms])).toEqual([
        [before, minute],
        [after, minute],
      ]);
    }
  });

  test('is of a user, a session and a content: events without one of them make none, nor do ratings and the like', () => {
    const rows = stitched([
      watched('view', t, { session: 0 }),
      watched('view', t, { user: 0 }),
      watched('view', t, { contentId: null }),
      watched('rating', t, { session: 2 }),
      watched('download', t, { session: 2 }),
      watched('error', t, { session: 2 }),
      watched('view', t),
      watched('download', t + 1, { contentId: 'film-9' }),
      watched('progress', t + 2),
      watched('view', t, { user: 2 }),
    ]);
    expect(rows.map((row) => [row.pseudonym.slice(-1), row.end_time_ms - row.start_time_ms])).toEqual(
      expect.arrayContaining([
        ['1', 2],
        ['2', 0],
      ]),
    );
    expect(rows).toHaveLength(2);
  });
});

describe('[SES-2] the time watched', () => {
  const watchedOf = (...events: AcceptedEvent[]) => stitched(events).map((row) => row.watch_duration_ms);

  test('is no more than the time that passed, and what the first event tells of the time before', () => {
    // Positions in place of durations.
    expect(
      watchedOf(
        watched('view', t, { durationMs: 5000 }),
        watched('progress', t + minute, { durationMs: 65_000 }),
        watched('progress', t + 2 * minute, { durationMs: 125_000 }),
      ),
    ).toEqual([125_000]);
    expect(watchedOf(watched('progress', t, { durationMs: 2 * hourMs }))).toEqual([sessionGapMs]);
  });

  test('is the time between the events, pauses aside, where none of them tells any', () => {
    expect(
      watchedOf(
        watched('view', t),
        watched('pause', t + 10 * minute),
        watched('resume', t + 15 * minute),
        watched('complete', t + 20 * minute),
      ),
    ).toEqual([15 * minute]);
    expect(watchedOf(watched('view', t), watched('progress', t + minute, { durationMs: 0 }))).toEqual([0]);
  });

  test('and completion, is null where nothing tells of it, and else the greatest told', () => {
    expect(stitched([watched('complete', t)]).map((row) => row.completion_milli)).toEqual([null]);
    const events = [900, 20].map((milli, n) => watched('progress', t + n, { completionMilli: milli }));
    expect(stitched(events).map((row) => row.completion_milli)).toEqual([900]);
  });
});

const label = (...texts: string[]) => fc.constantFrom(null, ...texts);
const anEvent = fc.record({
  type: fc.constantFrom('view', 'pause', 'resume', 'progress', 'complete', 'rating', 'download' as const),
  // Some in one millisecond, some half an hour apart.
  atMs: fc.oneof(
    fc.integer({ min: 0, max: 20 }).map((n) => n * 15 * minute),
    fc.integer({ min: 0, max: 5 * hourMs }),
  ),
  session: fc.integer({ min: 0, max: 2 }),
  user: fc.integer({ min: 0, max: 2 }),
  contentId: label('film-1', 'film-2', 'film-3'),
  durationMs: fc.option(fc.integer({ min: 0, max: hourMs })),
  completionMilli: fc.option(fc.integer({ min: 0, max: 1000 })),
  bufferingCount: fc.option(fc.integer({ min: 0, max: 3 })),
  deviceType: label('tv', 'phone'),
  quality: label('720p', '1080p'),
  country: label('DE', 'JP'),
});
const history = fc
  .array(anEvent, { maxLength: 60 })
  .map((list) => list.map(({ type, atMs, ...fields }, id) => watched(type, t + atMs, { ...fields, id })));

/** Hour by hour, each going on from what the one before left open, as JSON, which is how it rests. */
function byHours(events: readonly AcceptedEvent[], unitMs: number): readonly Sitting[] {
  const closed: Sitting[] = [];
  let carried: readonly Sitting[] = [];
  for (let fromMs = t; fromMs < t + 8 * hourMs; fromMs += unitMs) {
    const own = events.filter(({ timeMs }) => timeMs >= fromMs && timeMs < fromMs + unitMs);
    const found = stitch(sessionEvents([own]), carried, fromMs + unitMs);
    closed.push(...found.closed);
    carried = JSON.parse(JSON.stringify(found.open)) as Sitting[];
  }
  expect(carried).toEqual([]);
  return closed;
}

describe('[SES-3] the sessions of a history are the same', () => {
  test('in whatever order and lots its events come, and through bytes', () => {
    fc.assert(
      fc.property(
        history.chain((events) => fc.tuple(fc.constant(events), shuffled(events))),
        fc.integer({ min: 1, max: 5 }),
        ([events, others], lots) => {
          const whole = stitched(events);
          const size = Math.ceil(others.length / lots) || 1;
          const cut = Array.from({ length: lots }, (_, n) => others.slice(n * size, n * size + size));
          expect(stitched(...cut)).toEqual(whole);
          const rested = new SessionEvents(events.length);
          for (const lot of cut) {
            const own = sessionEvents([lot]);
            rested.addBytes(own.toBytes(own.order()));
          }
          expect(rowsOf(stitch(rested, [], Number.POSITIVE_INFINITY).closed)).toEqual(whole);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('whole, or cut into hours or days that hand on what they leave open; no two bear one id', () => {
    fc.assert(
      fc.property(history, fc.constantFrom(hourMs, 2 * hourMs, 8 * hourMs), (events, unitMs) => {
        const whole = stitched(events);
        expect(rowsOf(byHours(events, unitMs))).toEqual(whole);
        expect(new Set(whole.map(({ source_id }) => source_id)).size).toBe(whole.length);
      }),
      { numRuns: 300 },
    );
  });

  test('also where a sitting goes on 29 minutes behind the end of an hour, and not at 30', () => {
    for (const [silentMs, sittings] of [
      [sessionGapMs - 1, 1],
      [sessionGapMs, 2],
    ] as const) {
      const events = [watched('view', t + 40 * minute), watched('progress', t + 40 * minute + silentMs)];
      expect(byHours(events, hourMs)).toHaveLength(sittings);
    }
  });

  test('also of events of one millisecond, of which what completes tells last, and else the greater identity', () => {
    const told = (...types: readonly ('progress' | 'complete')[]) => {
      const events = types.map((type, id) => watched(type, t, { id, quality: `q${id}` }));
      return [events, events.toReversed()].map((list) => stitched(list).map(({ quality }) => quality));
    };
    expect(told('progress', 'progress')).toEqual([['q1'], ['q1']]);
    expect(told('complete', 'progress')).toEqual([['q0'], ['q0']]);
  });

  test('and all of its watching is in one of them, and watched no longer than it lasted and half an hour', () => {
    fc.assert(
      fc.property(history, (events) => {
        const rows = stitched(events);
        const counted = events.filter(
          ({ type, sessionLo, userLo, contentId }) =>
            type <= 4 && sessionLo !== 0 && userLo !== 0 && contentId !== null,
        );
        const sum = (numbers: readonly (number | null)[]) =>
          numbers.reduce<number>((all, number) => all + (number ?? 0), 0);
        expect(sum(rows.map((row) => row.buffering_count))).toBe(
          sum(counted.map((event) => event.bufferingCount)),
        );
        for (const row of rows) {
          const lastedMs = row.end_time_ms - row.start_time_ms;
          expect(row.watch_duration_ms).toBeLessThanOrEqual(lastedMs + sessionGapMs);
          expect(lastedMs).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });
});

function shuffled<T>(list: readonly T[]): fc.Arbitrary<T[]> {
  return fc.shuffledSubarray([...list], { minLength: list.length });
}

describe('[SES-3] what is carried over', () => {
  test('is told by a digest of the sittings, whatever their order and however they are cut', () => {
    const { open } = stitch(
      sessionEvents([[1, 2, 3].map((session) => watched('view', t, { session }))]),
      [],
      t + minute,
    );
    const [a, b, c] = open as [Sitting, Sitting, Sitting];
    expect(digestOf([a, b, c])).toBe(digestOf([c, a, b]));
    expect(joinDigests([digestOf([c]), digestOf([]), digestOf([b, a])])).toBe(digestOf([a, b, c]));
    expect(digestOf([a, b, { ...c, toldMs: 1 }])).not.toBe(digestOf([a, b, c]));
    expect(joinDigests(['', ''])).toBe('');
  });

  test('ids of a range of sessions lie between two texts', () => {
    const rows = stitched([1, 2, 3, 4].map((session) => watched('view', t, { session })));
    const half = rows.filter(({ source_id }) => source_id < stitchedIdFrom(3, 2 ** 31));
    expect(half.map(({ source_id }) => source_id.slice(4, 5)).every((digit) => digit < '8')).toBe(true);
    expect(rows.every(({ source_id }) => source_id < stitchedIdFrom(3, 2 ** 32))).toBe(true);
  });

  test('bytes of another length are refused', () => {
    const own = sessionEvents([[watched('view', t)]]);
    const bytes = own.toBytes(own.order());
    expect(() => new SessionEvents(1).addBytes(bytes.subarray(1))).toThrow(FormatError);
    expect(() => new SessionEvents(1).addBytes(bytes.subarray(0, 3))).toThrow(FormatError);
  });
});
