/** Files to import, made of a seed: few keys, so that files change what others have told; rows at fault, and twice the same key. */
import type { WarehouseTable } from '../../../core/warehouse/rows.ts';
import type { Random } from '../random.ts';
import { dayMs, hourMs } from './ground.ts';

type Record = Readonly<globalThis.Record<string, string>>;

/** A row as it is loaded: its table's columns as the model has them, null for what it does not tell. */
export interface FileRow {
  readonly key: string;
  readonly values: readonly (string | number | null)[];
  /** Of a fact: user and movie. */
  readonly of: readonly [string, string] | null;
}

/** One upload. */
export interface FileVersion {
  readonly name: string;
  readonly table: WarehouseTable;
  readonly text: string;
  /** As R2 names it. */
  readonly etag: string;
  /** By record; null for one that is rejected. */
  readonly rows: readonly (FileRow | null)[];
}

export const fileNames = [
  ['users.csv', 'users'],
  ['users-b.ndjson', 'users'],
  ['movies.ndjson', 'movies'],
  ['ratings.csv', 'ratings'],
  ['viewing_sessions.csv', 'viewing_sessions'],
  ['viewing_sessions-b.ndjson', 'viewing_sessions'],
] as const;

export const pseudonymOf = (id: string): string => `p-${id}`;

export function makeFile(
  name: string,
  table: WarehouseTable,
  random: Random,
  nowMs: number,
): Omit<FileVersion, 'etag'> {
  const count = random.below(8);
  const seen = new Set<string>();
  const badShare = random.pick([0, 0, 0.3]);
  const made = Array.from({ length: count }, (): [Record, FileRow | null] => {
    const [record, row] = makers[table](random, nowMs);
    if (random.chance(badShare)) return [{ ...record, id: '' }, null];
    if (seen.has(row.key)) return [record, null];
    seen.add(row.key);
    return [record, row];
  });
  const records = made.map(([record]) => record);
  return { name, table, text: textOf(name, table, records), rows: made.map(([, row]) => row) };
}

type Maker = (random: Random, nowMs: number) => readonly [Record, FileRow];

const maybe = (random: Random, text: string): string => (random.chance(0.3) ? '' : text);
const orNull = (text: string): string | null => (text === '' ? null : text);

const makers: { readonly [T in WarehouseTable]: Maker } = {
  users: (random) => {
    const id = `u${random.below(4)}`;
    const [username, country] = [
      maybe(random, `name${random.below(100)}`),
      maybe(random, random.pick(['UK', 'DE'])),
    ];
    const values = [orNull(username), orNull(country)];
    return [
      { id, username, country },
      { key: pseudonymOf(id), values, of: null },
    ];
  },
  movies: (random) => {
    const id = `m${random.below(3)}`;
    const [title, genre] = [`Title ${random.below(100)}`, maybe(random, random.pick(['Drama', 'Crime']))];
    return [
      { id, title, genre },
      { key: id, values: [title, orNull(genre)], of: null },
    ];
  },
  ratings: (random, nowMs) => {
    const id = `r${random.below(6)}`;
    const [user, movie, rating] = [`u${random.below(5)}`, `m${random.below(4)}`, 1 + random.below(10)];
    const rating_date = new Date(nowMs).toISOString().slice(0, 10);
    const record = { id, user_id: user, movie_id: movie, rating: String(rating), rating_date };
    return [record, { key: `i-${id}`, values: [rating * 1000], of: [pseudonymOf(user), movie] }];
  },
  viewing_sessions: (random, nowMs) => {
    const id = `s${random.below(8)}`;
    const [user, movie] = [`u${random.below(5)}`, `m${random.below(4)}`];
    const startMs = Math.floor((nowMs - random.below(5 * dayMs)) / hourMs) * hourMs;
    const minutes = random.below(60);
    const record = {
      id,
      user_id: user,
      movie_id: movie,
      start_time: new Date(startMs).toISOString(),
      end_time: new Date(startMs + hourMs).toISOString(),
      watch_duration_minutes: String(minutes),
    };
    const values = [startMs, startMs + hourMs, minutes * 60_000];
    return [record, { key: `i-${id}`, values, of: [pseudonymOf(user), movie] }];
  },
};

const headers: { readonly [T in WarehouseTable]: readonly string[] } = {
  users: ['id', 'username', 'country'],
  movies: ['id', 'title', 'genre'],
  ratings: ['id', 'user_id', 'movie_id', 'rating', 'rating_date'],
  viewing_sessions: ['id', 'user_id', 'movie_id', 'start_time', 'end_time', 'watch_duration_minutes'],
};

function textOf(name: string, table: WarehouseTable, records: readonly Record[]): string {
  if (name.endsWith('.ndjson')) return records.map((record) => `${JSON.stringify(record)}\n`).join('');
  const header = headers[table];
  return [header, ...records.map((record) => header.map((column) => record[column] ?? ''))]
    .map((cells) => `${cells.join()}\n`)
    .join('');
}
