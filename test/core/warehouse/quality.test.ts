import { describe, expect, it } from 'vitest';
import { judgeRecord, type QualityContext } from '../../../core/warehouse/quality.ts';
import type { WarehouseTable } from '../../../core/warehouse/rows.ts';

const nowMs = Date.UTC(2026, 5, 1);
const context: QualityContext = {
  nowMs,
  pseudonymOf: (id) => `p(${id})`,
  regionNumberOf: (name) => (name === 'EU-London' ? 7 : null),
};

const good = {
  users: {
    id: '12',
    username: 'ada',
    email: 'ada@example.org',
    age: '36',
    gender: 'female',
    country: 'GB',
    subscription_type: 'premium',
    signup_date: '2024-02-29',
    is_active: 'true',
    preferred_genre: 'Drama',
  },
  movies: {
    id: '456',
    title: '1917',
    genre: 'War',
    content_type: 'movie',
    duration_minutes: '119',
    release_date: '2019-12-25',
    director: 'Sam Mendes',
    cast: 'George MacKay, Dean-Charles Chapman',
    country: 'GB',
    language: 'English',
  },
  ratings: {
    id: '1',
    user_id: '12',
    movie_id: '456',
    rating: '8.5',
    review_text: '=SUM(A1)',
    helpful_count: '3',
    rating_date: '2026-05-31',
  },
  viewing_sessions: {
    id: '9',
    user_id: '12',
    movie_id: '456',
    start_time: '2026-05-01T20:00:00Z',
    end_time: '2026-05-01T21:00:00Z',
    watch_duration_minutes: '59.5',
    completion_rate: '0.5',
    device_type: 'tv',
    quality: '4K',
    buffering_count: '2',
    user_country: 'GB',
    subscription_type: 'premium',
    region: 'EU-London',
  },
} as const;

const judged = <T extends WarehouseTable>(table: T, changed: Record<string, unknown> = {}) =>
  judgeRecord(table, { ...good[table], ...changed }, context);

function codes(table: WarehouseTable, changed: Record<string, unknown>): string[] {
  const result = judged(table, changed);
  return result.ok ? [] : result.faults.map(({ field, code }) => `${field} ${code}`);
}

describe('rows', () => {
  it('[IMP-4] a user: the id is hashed and stands nowhere', () => {
    expect(judged('users')).toEqual({
      ok: true,
      row: {
        pseudonym: 'p(12)',
        username: 'ada',
        email: 'ada@example.org',
        age: 36,
        gender: 'female',
        country: 'GB',
        subscription_type: 'premium',
        signup_date: '2024-02-29',
        is_active: true,
        preferred_genre: 'Drama',
      },
    });
  });

  it('[IMP-4] a film: names may be a list, minutes are rounded', () => {
    const cast = ['George MacKay', ' Dean-Charles Chapman'];
    expect(judged('movies', { title: 1917, cast, duration_minutes: 118.6 })).toEqual({
      ok: true,
      row: {
        content_id: '456',
        title: '1917',
        genre: 'War',
        content_type: 'movie',
        duration_minutes: 119,
        release_date: '2019-12-25',
        director: 'Sam Mendes',
        cast: 'George MacKay, Dean-Charles Chapman',
        country: 'GB',
        language: 'English',
      },
    });
  });

  it('[IMP-4] a rating in thousandths; what looks like a formula is text', () => {
    expect(judged('ratings')).toEqual({
      ok: true,
      row: {
        source_id: 'i-1',
        pseudonym: 'p(12)',
        content_id: '456',
        rating_milli: 8500,
        review_text: '=SUM(A1)',
        helpful_count: 3,
        rating_date: '2026-05-31',
      },
    });
  });

  it('[IMP-4] a session in ms and thousandths', () => {
    expect(judged('viewing_sessions')).toEqual({
      ok: true,
      row: {
        source_id: 'i-9',
        pseudonym: 'p(12)',
        content_id: '456',
        start_time_ms: Date.UTC(2026, 4, 1, 20),
        end_time_ms: Date.UTC(2026, 4, 1, 21),
        watch_duration_ms: 59.5 * 60_000,
        completion_milli: 500,
        device_type: 'tv',
        quality: '4K',
        buffering_count: 2,
        user_country: 'GB',
        subscription_type: 'premium',
        region_number: 7,
      },
    });
  });

  it('[IMP-4] of text and of JSON the same row is made', () => {
    const typed = { id: 12, age: 36, is_active: true, signup_date: '2024-02-29T00:00:00.000Z' };
    expect(judged('users', typed)).toEqual(judged('users'));
    const numbers = { id: 9, user_id: 12, movie_id: 456, watch_duration_minutes: 59.5, buffering_count: 2 };
    const times = { start_time: Date.UTC(2026, 4, 1, 20), end_time: Date.UTC(2026, 4, 1, 21) / 1000 };
    expect(judged('viewing_sessions', { ...numbers, ...times })).toEqual(judged('viewing_sessions'));
  });

  it('[IMP-4] what is optional may be null, empty or not there', () => {
    for (const none of [null, undefined, '', '  ']) {
      const bare = judged('users', { username: none, age: none, signup_date: none, is_active: none });
      expect(bare).toMatchObject({
        ok: true,
        row: { username: null, age: null, signup_date: null, is_active: true },
      });
    }
    expect(judgeRecord('movies', { id: 'a', title: 'A' }, context)).toMatchObject({ ok: true });
    const { id, user_id, movie_id, start_time, end_time, watch_duration_minutes } = good.viewing_sessions;
    const session = { id, user_id, movie_id, start_time, end_time, watch_duration_minutes };
    expect(judgeRecord('viewing_sessions', session, context)).toMatchObject({
      ok: true,
      row: { completion_milli: null, buffering_count: 0, region_number: null, device_type: null },
    });
  });
});

describe('rules', () => {
  const cases: [WarehouseTable, Record<string, unknown>, ...string[]][] = [
    ['users', { id: '' }, 'id missing_field'],
    ['users', { id: 2 ** 53 }, 'id wrong_type'],
    ['users', { id: { a: 1 } }, 'id wrong_type'],
    ['users', { id: 'x'.repeat(129) }, 'id field_too_long'],
    ['users', { age: '-3' }, 'age out_of_range'],
    ['users', { age: 131 }, 'age out_of_range'],
    ['users', { age: '36.5' }, 'age not_whole'],
    ['users', { age: '36,5' }, 'age not_a_number'],
    ['users', { age: 'Infinity' }, 'age not_a_number'],
    ['users', { age: '0x10' }, 'age not_a_number'],
    ['users', { age: true }, 'age not_a_number'],
    ['users', { email: 'ada' }, 'email invalid_email'],
    ['users', { country: 'x'.repeat(33) }, 'country field_too_long'],
    ['users', { signup_date: '2026-02-30' }, 'signup_date invalid_date'],
    ['users', { signup_date: '20240229' }, 'signup_date invalid_date'],
    ['users', { signup_date: '1999-12-31' }, 'signup_date time_too_old'],
    ['users', { signup_date: '2026-06-02' }, 'signup_date time_in_future'],
    ['users', { is_active: 'maybe' }, 'is_active wrong_type'],
    ['users', { username: 'a\0b' }, 'username nul_character'],
    ['users', { username: 'a\ud800' }, 'username malformed_unicode'],
    ['users', { username: ['a'] }, 'username wrong_type'],
    ['movies', { title: ' ' }, 'title missing_field'],
    ['movies', { duration_minutes: 0 }, 'duration_minutes out_of_range'],
    ['movies', { duration_minutes: 1801 }, 'duration_minutes out_of_range'],
    ['movies', { release_date: '1869-12-31' }, 'release_date time_too_old'],
    ['movies', { release_date: '2200-01-02' }, 'release_date time_in_future'],
    ['movies', { cast: ['a', 1] }, 'cast wrong_type'],
    ['ratings', { rating: '11' }, 'rating out_of_range'],
    ['ratings', { rating: 0.99 }, 'rating out_of_range'],
    ['ratings', { rating: '' }, 'rating missing_field'],
    ['ratings', { helpful_count: -1 }, 'helpful_count out_of_range'],
    ['ratings', { review_text: 'x'.repeat(10_001) }, 'review_text field_too_long'],
    ['ratings', { user_id: null, movie_id: '' }, 'user_id missing_field', 'movie_id missing_field'],
    ['viewing_sessions', { start_time: 'yesterday' }, 'start_time invalid_time'],
    ['viewing_sessions', { start_time: '1999-12-31T23:59:59Z' }, 'start_time time_too_old'],
    ['viewing_sessions', { end_time: '2026-05-01T19:59:59Z' }, 'end_time ends_before_start'],
    ['viewing_sessions', { completion_rate: '1.2' }, 'completion_rate out_of_range'],
    ['viewing_sessions', { completion_rate: -0.1 }, 'completion_rate out_of_range'],
    ['viewing_sessions', { watch_duration_minutes: -1 }, 'watch_duration_minutes out_of_range'],
    ['viewing_sessions', { watch_duration_minutes: 61.1 }, 'watch_duration_minutes watch_beyond_session'],
    ['viewing_sessions', { buffering_count: 1.5 }, 'buffering_count not_whole'],
    ['viewing_sessions', { region: 'Atlantis' }, 'region unknown_region'],
  ];
  it.each(cases)('[IMP-4] %s with %o is rejected', (table, changed, ...expected) => {
    expect(codes(table, changed)).toEqual(expected);
  });

  it('[IMP-4] limits are taken at the limit', () => {
    expect(codes('users', { id: 'x'.repeat(128), age: 130, signup_date: '2026-06-01' })).toEqual([]);
    expect(codes('users', { age: 0, country: 'x'.repeat(32) })).toEqual([]);
    expect(codes('movies', { duration_minutes: 1800, release_date: '1870-01-01' })).toEqual([]);
    expect(codes('ratings', { rating: 10, review_text: 'x'.repeat(10_000) })).toEqual([]);
    expect(codes('ratings', { rating: 1 })).toEqual([]);
    expect(codes('viewing_sessions', { watch_duration_minutes: 61, completion_rate: 1 })).toEqual([]);
    const { start_time } = good.viewing_sessions;
    const empty = { end_time: start_time, watch_duration_minutes: 0, completion_rate: 0 };
    expect(codes('viewing_sessions', empty)).toEqual([]);
  });

  it('[IMP-4] a session may begin five minutes ahead of the clock, and no further', () => {
    const at = (ms: number) => {
      const time = new Date(ms).toISOString();
      return codes('viewing_sessions', { start_time: time, end_time: time, watch_duration_minutes: 0 });
    };
    expect(at(nowMs + 5 * 60_000)).toEqual([]);
    expect(at(nowMs + 5 * 60_000 + 1)).toEqual(['start_time time_in_future', 'end_time time_in_future']);
  });

  it('[IMP-4] everything that is wrong is said at once, in words, without repeating what was sent', () => {
    const result = judged('users', { id: null, email: 'secret', age: -3 });
    expect(result).toEqual({
      ok: false,
      faults: [
        { field: 'id', code: 'missing_field', message: 'id is missing' },
        { field: 'email', code: 'invalid_email', message: 'email is not of the form NAME@DOMAIN' },
        { field: 'age', code: 'out_of_range', message: 'age is less than 0' },
      ],
    });
  });
});
