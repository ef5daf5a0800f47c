/** Files of the four tables, some slices long, with what is wrong in some rows; and what the warehouse then holds. */
import { withDatabase } from '../../tools/database.ts';
import { pick, seededRandom } from './traffic.ts';

const users = 400;
const movies = 30;
const ratings = 6_000;
const sessions = 12_000;
/** Every 50th row is at fault: 2 %. */
const badEvery = 50;

const iso = (ms: number): string => new Date(ms).toISOString();
const csvOf = (header: string, rows: readonly string[]): string => `${header}\n${rows.join('\n')}\n`;
const list = (count: number, row: (n: number) => string): string[] =>
  Array.from({ length: count }, (_, n) => row(n));

export function importFiles(seed: number, nowMs: number): Readonly<Record<string, string>> {
  const random = seededRandom(seed);
  const upTo = (n: number): number => Math.floor(random() * n);
  const startMs = Math.floor(nowMs / 1000) * 1000 - 60 * 86_400_000;
  const session = (n: number): string => {
    const start = startMs + upTo(59 * 86_400_000);
    const minutes = 1 + upTo(120);
    const end = start + minutes * 60_000;
    // One that ends before it starts, and one whose id another has had, some slices before.
    const [from, to] = n % badEvery === 7 ? [end, start] : [start, end];
    const id = n % badEvery === 11 ? upTo(7) : n;
    // Some users and films that no file tells of.
    const of = `u${upTo(users + 20)},m${upTo(movies + 3)}`;
    return `${id},${of},${iso(from)},${iso(to)},${minutes},${upTo(1001) / 1000},${pick(random, ['tv', 'mobile', 'web'])}`;
  };
  const rating = (n: number): string =>
    `${n},u${upTo(users)},m${upTo(movies)},${n % badEvery === 3 ? 11 : 1 + upTo(10)},${iso(startMs).slice(0, 10)},"so, so ""${n}"""`;
  return {
    'users.csv': csvOf(
      'id,username,email,age,country,subscription_type,signup_date,is_active',
      list(
        users,
        (n) => `u${n},user ${n},u${n}@example.com,${18 + upTo(60)},UK,Premium,2025-01-01,${n % 9 > 0}`,
      ),
    ),
    'movies.ndjson': `${list(movies, (n) =>
      JSON.stringify({ id: `m${n}`, title: `Movie ${n}`, genre: pick(random, ['Drama', 'Crime', 'Comedy']) }),
    ).join('\n')}\n`,
    'ratings.csv': csvOf('id,user_id,movie_id,rating,rating_date,review_text', list(ratings, rating)),
    'viewing_sessions.csv': csvOf(
      'id,user_id,movie_id,start_time,end_time,watch_duration_minutes,completion_rate,device_type',
      list(sessions, session),
    ),
  };
}

/** By key, with every column: facts behind what they refer to. */
const tables = {
  users: 'id',
  movies: 'id',
  ratings: 'id',
  viewing_sessions: 'id',
  daily_analytics: 'day',
  hourly_analytics: 'hour',
  genre_analytics: 'genre',
} as const;

export type WarehouseDump = Readonly<Record<keyof typeof tables, readonly string[]>>;

/** Every row of every table of the warehouse, while nothing runs on the folder. */
export async function dumpWarehouse(folder: string): Promise<WarehouseDump> {
  return await withDatabase(folder, async (database) => {
    const dumped = Object.entries(tables).map(async ([table, key]) => {
      const { results } = await database.prepare(`SELECT * FROM ${table} ORDER BY ${key}`).all();
      return [table, results.map((row) => JSON.stringify(row))] as const;
    });
    return Object.fromEntries(await Promise.all(dumped)) as unknown as WarehouseDump;
  });
}

/** The first rows in which two dumps differ, by table: none where they are the same. */
export function differences(a: WarehouseDump, b: WarehouseDump): string[] {
  return (Object.keys(tables) as (keyof typeof tables)[]).flatMap((table) => {
    const at = Array.from({ length: Math.max(a[table].length, b[table].length) }).findIndex(
      (_, n) => a[table][n] !== b[table][n],
    );
    return at < 0 ? [] : [`${table} ${at}: ${a[table][at]} and ${b[table][at]}`];
  });
}

export async function emptyWarehouse(folder: string): Promise<void> {
  await withDatabase(folder, async (database) => {
    const facts = Object.keys(tables).reverse();
    await database.batch(facts.map((table) => database.prepare(`DELETE FROM ${table}`)));
  });
}
