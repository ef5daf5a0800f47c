// A small warehouse, made from a seed and loaded as imports are.
import type { MovieRow, SessionRow, UserRow } from '../../../../core/warehouse/rows.ts';
import { loadMovies, loadSessions, loadUsers } from '../../../../storage/warehouse/load.ts';
import { refreshAggregates, refreshMovies } from '../../../../storage/warehouse/refresh.ts';
import { Random } from '../../../sim/random.ts';

const dayMs = 86_400_000;
export const worldDays = 40;
/** The first moment of the world; its last day is that of the test's clock, or it would not be in ranges up to today. */
export const worldEndMs = Math.ceil(Date.now() / dayMs) * dayMs;
const worldStartMs = worldEndMs - worldDays * dayMs;

const devices = ['mobile', 'tv', 'tablet', null] as const;
const countries = ['US', 'DE', 'Côte, d’Ivoire', null] as const;
const genres = ['Drama', 'Comedy', null] as const;
const subscriptions = ['free', 'premium', null] as const;
const qualities = ['HD', 'SD', null] as const;
const pick = <T>(random: Random, values: readonly T[]): T => values[random.below(values.length)] as T;

export const userOf = (n: number): string => `1-${n.toString(16).padStart(16, '0')}`;

export function makeSessions(count: number, seed: number): SessionRow[] {
  const random = new Random(seed);
  return Array.from({ length: count }, (_, n) => {
    const start = worldStartMs + random.below(worldDays * dayMs);
    const watched = random.below(7_200_000);
    const region = random.below(4);
    return {
      source_id: `i-${n}`,
      pseudonym: userOf(1 + random.below(60)),
      content_id: `film-${random.below(12)}`,
      start_time_ms: start,
      end_time_ms: start + watched,
      watch_duration_ms: watched,
      completion_milli: random.below(5) === 0 ? null : random.below(1001),
      device_type: pick(random, devices),
      quality: pick(random, qualities),
      buffering_count: random.below(3),
      user_country: pick(random, countries),
      subscription_type: pick(random, subscriptions),
      // 2 is US-Virginia, 6 EU-Paris.
      region_number: region === 0 ? null : region === 1 ? 6 : 2,
    };
  });
}

/** Film 11 and users beyond 50 are known by sessions alone. */
export async function loadWorld(db: D1Database, count = 1_500, seed = 5): Promise<SessionRow[]> {
  const random = new Random(seed + 1);
  const users = Array.from(
    { length: 50 },
    (_, n): UserRow => ({
      pseudonym: userOf(n + 1),
      username: `user${n}`,
      email: n % 7 === 0 ? null : `user${n}@example.com`,
      age: 20 + random.below(50),
      gender: pick(random, ['female', 'male', null]),
      country: pick(random, countries),
      subscription_type: pick(random, subscriptions),
      signup_date: n % 5 === 0 ? null : new Date(worldEndMs - (n + 1) * dayMs).toISOString().slice(0, 10),
      is_active: n % 9 !== 0,
      preferred_genre: null,
    }),
  );
  const movies = Array.from(
    { length: 11 },
    (_, n): MovieRow => ({
      content_id: `film-${n}`,
      title: n === 3 ? '100%_\\Proof' : `Title ${String.fromCharCode(75 - n)}`,
      genre: genres[n % 3] as string | null,
      content_type: 'film',
      duration_minutes: 90 + n,
      release_date: '2024-03-08',
      director: null,
      cast: null,
      country: 'US',
      language: 'en',
    }),
  );
  const sessions = makeSessions(count, seed);
  await loadUsers(db, users);
  await loadMovies(db, movies);
  await loadSessions(db, sessions);
  await refreshAggregates(db, 'all');
  await refreshMovies(db, 'all');
  return sessions;
}
