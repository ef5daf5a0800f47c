import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { partitionStarts, sumUsers, TopUsers, type UserDay } from '../../../core/batch/user-day.ts';
import { type UserRecord, UserRecords, userRecordBytes } from '../../../core/batch/user-records.ts';
import { filmsPerUserMax } from '../../../core/protocol/batch-limits.ts';
import { FormatError } from '../../../core/protocol/bytes.ts';

const word = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 2 ** 32 - 3, max: 2 ** 32 - 1 }));
const record: fc.Arbitrary<UserRecord> = fc.record({
  userHi: word,
  userLo: fc.integer({ min: 1, max: 2 }),
  version: fc.integer({ min: 1, max: 2 }),
  contentHi: fc.integer({ min: 0, max: 2 }),
  contentLo: fc.integer({ min: 0, max: 2 }),
  events: fc.integer({ min: 1, max: 9 }),
  durations: fc.integer({ min: 0, max: 9 }),
  durationMs: fc.integer({ min: 0, max: 1e9 }),
});

function recordsOf(list: readonly UserRecord[]): UserRecords {
  const records = new UserRecords(list.length);
  for (const one of list) records.add(one);
  return records;
}

/** Users by counting alone. */
function naive(list: readonly UserRecord[]): Map<string, Omit<UserDay, 'user'>> {
  const users = new Map<string, Omit<UserDay, 'user'>>();
  const films = new Set<string>();
  for (const one of list) {
    const hex = [one.userHi, one.userLo].map((half) => half.toString(16).padStart(8, '0')).join('');
    const user = `${one.version}-${hex}`;
    const held = users.get(user) ?? { events: 0, films: 0, durationMs: 0, durations: 0 };
    const film = `${user} ${one.contentHi} ${one.contentLo}`;
    const isNew = (one.contentHi !== 0 || one.contentLo !== 0) && !films.has(film);
    films.add(film);
    users.set(user, {
      events: held.events + one.events,
      films: held.films + (isNew ? 1 : 0),
      durationMs: held.durationMs + one.durationMs,
      durations: held.durations + one.durations,
    });
  }
  return users;
}

const summed = (records: UserRecords) =>
  new Map([...sumUsers(records)].map(({ user, ...figures }) => [user, figures]));

describe('[BAT-4] records of users', () => {
  test('sum to the naive recount, however they are grouped, cut into partitions and stored', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(record, { maxLength: 40 }), { maxLength: 4 }),
        fc.integer({ min: 1, max: 7 }),
        (groups, of) => {
          const found = new Map<string, Omit<UserDay, 'user'>>();
          const stored = groups.map((group) => recordsOf(group).reduced());
          for (let partition = 0; partition < of; partition++) {
            const pieces = stored.map((records) => {
              const starts = partitionStarts(records, of);
              expect([starts.length, starts[0], starts.at(-1)]).toEqual([of + 1, 0, records.count]);
              return records.toBytes(starts[partition], starts[partition + 1]);
            });
            const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
            const merged = new UserRecords(bytes / userRecordBytes);
            for (const piece of pieces) merged.addBytes(piece);
            for (const [user, figures] of summed(merged.reduced())) {
              expect(found.has(user)).toBe(false);
              found.set(user, figures);
            }
          }
          expect(found).toEqual(naive(groups.flat()));
        },
      ),
    );
  });

  test('tell at most filmsPerUserMax films of a user apart; all else stays exact', () => {
    const blank = { userHi: 1, userLo: 1, version: 1, durations: 1, durationMs: 10, events: 1 };
    const films = (count: number, userLo: number) =>
      Array.from({ length: count }, (_, i) => ({
        ...blank,
        userLo,
        contentHi: 1 + (i % 7),
        contentLo: 1 + i,
      }));
    for (const [count, told] of [
      [filmsPerUserMax, filmsPerUserMax],
      [filmsPerUserMax + 1, filmsPerUserMax],
    ] as const) {
      const reduced = recordsOf([...films(count, 1), ...films(3, 2)]).reduced();
      const [user, next] = sumUsers(reduced);
      expect(user).toMatchObject({ films: told, events: count, durations: count, durationMs: count * 10 });
      expect(next).toMatchObject({ films: 3, events: 3 });
      expect(reduced.count).toBe(told + 3);
    }
  });

  test('refuse bytes that are none, and more than was reserved', () => {
    const records = new UserRecords(1);
    expect(() => records.addBytes(new Uint8Array(userRecordBytes - 1))).toThrow(FormatError);
    expect(() => records.addBytes(new Uint8Array(userRecordBytes * 2))).toThrow(/more records/);
    records.addBytes(new Uint8Array(userRecordBytes));
    expect(() => records.addBytes(new Uint8Array(userRecordBytes))).toThrow(/more records/);
  });

  test('the top holds the busiest, of equals the lesser text, in whatever order they come', () => {
    const users = fc.uniqueArray(fc.record({ user: fc.string(), events: fc.integer({ min: 1, max: 5 }) }), {
      selector: ({ user }) => user,
      maxLength: 80,
    });
    fc.assert(
      fc.property(users, fc.integer({ min: 1, max: 6 }), (list, limit) => {
        const days = list.map((one) => ({ ...one, films: 0, durationMs: 0, durations: 0 }));
        const top = new TopUsers(limit);
        for (const one of days) top.add(one);
        const ranked = days.toSorted((a, b) => b.events - a.events || (a.user < b.user ? -1 : 1));
        expect(top.list()).toEqual(ranked.slice(0, limit));
      }),
    );
  });
});
