// How long the analytics API takes over 90 days of sessions: whole requests to the local runtime, past the edge's cache, and
// beside them the same statements in plain SQLite and the same questions in DuckDB, over the same rows.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Bench, Report } from '../bench-report.ts';
import { copyToDuck, databaseFile, fillWarehouse } from '../bench-warehouse.ts';
import { prepareFolder } from '../prepare.ts';
import { quantile } from '../producer/progress.ts';
import { type Runtime, startRuntime } from '../runtime.ts';

const dayMs = 86_400_000;
const days = 90;
const endMs = Math.ceil(Date.now() / dayMs) * dayMs;
const sizes = [
  { sessions: 50_000, users: 5_000, movies: 200, days, endMs, turns: 100, p99: 50 },
  { sessions: 500_000, users: 50_000, movies: 200, days, endMs, turns: 30, p99: 100 },
];
const warmUps = 3;

const from = Math.floor((endMs - days * dayMs) / 900_000);
const five = `count(*), count(DISTINCT s.user_id), sum(s.watch_duration_ms), sum(s.completion_milli), count(s.completion_milli)`;
const by = (group: string, movies = '', more = '') =>
  `SELECT ${group}, ${five} ${more} FROM viewing_sessions s ${movies} WHERE s.start_slot >= ${from} GROUP BY ALL`;
const ofMovies = 'JOIN movies m ON m.id = s.movie_id';
/** Each question, and what DuckDB is asked for the same figures. */
const questions: Readonly<Record<string, readonly [path: string, duck: string]>> = {
  metrics: ['/api/dashboard/metrics', `SELECT ${five} FROM viewing_sessions s WHERE s.start_slot >= ${from}`],
  'metrics, Kathmandu': [
    '/api/dashboard/metrics?tz=Asia/Kathmandu',
    `SELECT ${five} FROM viewing_sessions s WHERE s.start_slot >= ${from}`,
  ],
  'top-movies': ['/api/analytics/top-movies?limit=10', `${by('m.title', ofMovies)} ORDER BY 2 DESC LIMIT 10`],
  genres: ['/api/analytics/genres', by('m.genre', ofMovies)],
  devices: ['/api/analytics/devices', by('s.device_type', '', ', sum(s.buffering_count)')],
  geographic: ['/api/analytics/geographic', by('s.user_country')],
  'hourly-trends': ['/api/analytics/hourly-trends?by=weekday', by('s.start_slot // 4 % 168')],
  'hourly-trends, Kathmandu': [
    '/api/analytics/hourly-trends?by=weekday&tz=Asia/Kathmandu',
    by('(s.start_slot + 23) // 4 % 168'),
  ],
  'daily-trends': ['/api/analytics/daily-trends', by('s.start_slot // 96')],
  'daily-trends, Berlin': ['/api/analytics/daily-trends?tz=Europe/Berlin', by('(s.start_slot + 4) // 96')],
  quality: ['/api/analytics/quality', by('s.device_type, s.quality', '', ', sum(s.buffering_count)')],
  users: ['/api/analytics/users', `${by('s.user_id')} ORDER BY 2 DESC LIMIT 10`],
  'retention, 13 weeks': [
    '/api/analytics/retention?weeks=13',
    `SELECT first, week, count(DISTINCT user_id) FROM (SELECT user_id, (start_slot // 96 + 3) // 7 AS week,
      min((start_slot // 96 + 3) // 7) OVER (PARTITION BY user_id) AS first FROM viewing_sessions) GROUP BY ALL`,
  ],
  'movies/:id': ['/api/analytics/movies/film-1', `${by('s.start_slot // 96')} HAVING count(*) > 0`],
  'metrics, of one device': [
    '/api/dashboard/metrics?device_type=mobile',
    `SELECT ${five} FROM viewing_sessions s WHERE s.start_slot >= ${from} AND device_type = 'mobile'`,
  ],
  'genres, of two countries': [
    '/api/analytics/genres?country=US,GB',
    `SELECT m.genre, ${five} FROM viewing_sessions s ${ofMovies} WHERE s.user_country IN ('US', 'GB') GROUP BY ALL`,
  ],
};

async function timed(turns: number, work: () => unknown): Promise<number[]> {
  const taken: number[] = [];
  for (let turn = -warmUps; turn < turns; turn++) {
    const begun = performance.now();
    await work();
    if (turn >= 0) taken.push(performance.now() - begun);
  }
  return taken.sort((a, b) => a - b);
}

async function request({ url, credentials }: Runtime, path: string): Promise<void> {
  const headers = { authorization: `Bearer ${credentials.analyst_token}`, 'cache-control': 'no-cache' };
  const answer = await fetch(`${url}${path}${path.includes('?') ? '&' : '?'}days=${days}`, { headers });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
}

async function measure(size: (typeof sizes)[number]): Promise<Report['rows']> {
  const folder = mkdtempSync(join(tmpdir(), 'marquee-bench-analytics-'));
  try {
    await prepareFolder(folder);
    const db = new DatabaseSync(databaseFile(folder));
    fillWarehouse(db, size);
    const duck = await copyToDuck(db, folder);
    // SQLite as its users know it: the same groupings, without the indexes and statements of this product.
    const runtime = await startRuntime({ persistTo: folder, prepares: false });
    const rows: Report['rows'][number][] = [];
    try {
      for (const [name, [path, sql]] of Object.entries(questions)) {
        const taken = await timed(size.turns, async () => await request(runtime, path));
        const plain = db.prepare(
          sql.replace('GROUP BY ALL', `GROUP BY ${groupOf(sql)}`).replaceAll('//', '/'),
        );
        const sqlite = await timed(5, () => plain.all());
        const duckdb = await timed(5, async () => await duck.runAndReadAll(sql));
        const at = (sorted: readonly number[], share: number) =>
          Math.round(quantile(sorted, share) * 10) / 10;
        rows.push({
          sessions: size.sessions,
          question: name,
          'p50, ms': at(taken, 0.5),
          'p99, ms': at(taken, 0.99),
          'SQLite, p50': at(sqlite, 0.5),
          'DuckDB, p50': at(duckdb, 0.5),
        });
      }
    } finally {
      await runtime.stop();
      duck.closeSync();
      db.close();
    }
    return rows;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** DuckDB's GROUP BY ALL for SQLite: what is selected before the sums. */
const groupOf = (sql: string): string =>
  sql.includes('first, week') ? 'first, week' : (/SELECT (.*?), count\(\*\)/s.exec(sql)?.[1] ?? '1');

const bench: Bench = {
  name: 'analytics',
  describe:
    'Each question of the analytics API over 90 days, of 50,000 and of 500,000 sessions, in the local runtime',
  notes: [
    'What holds the missed ones back: distinct users and days of other zones are counted over all sessions of the range, by SQLite in one thread: 80 to 150 ms of 500,000 rows by themselves ([0015](decisions/0015-analytics-queries.md)). Of 50,000 it is the slowest of a hundred answers that misses; no median does.',
  ],
  run: async () => {
    const rows: Report['rows'][number][] = [];
    for (const size of sizes) rows.push(...(await measure(size)));
    return {
      settings: {
        asked: `${sizes.map(({ turns }) => turns).join(' and ')} times each, one after the other, after ${warmUps} for warmth; whole requests, without the edge cache`,
        'users and films': '5,000 and 50,000; 200',
        SQLite:
          'node:sqlite on the same file: the same groupings as anyone would write them, its planner choosing',
        DuckDB: 'the same rows in memory, one thread',
      },
      rows,
      targets: rows.map((row) => ({
        what: `p99 of ${row.question}, ${row.sessions} sessions`,
        atMost: sizes.find(({ sessions }) => sessions === row.sessions)?.p99 ?? 0,
        measured: Number(row['p99, ms']),
      })),
    };
  },
};

export default bench;
