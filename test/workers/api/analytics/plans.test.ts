// The plan of every statement that the analytics API asks, as SQLite makes it on D1.
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadRatings } from '../../../../storage/warehouse/load.ts';
import { movedDays } from '../../../../storage/warehouse/moved-days.ts';
import { refreshMovies } from '../../../../storage/warehouse/refresh.ts';
import type { Env } from '../../../../workers/env.ts';
import { ask } from '../ask.ts';
import { loadWorld, userOf } from './warehouse-world.ts';

const asked = new Map<string, readonly unknown[]>();

/** Notes each statement with its parameters. */
function recording(db: D1Database): D1Database {
  return new Proxy(db, {
    get: (real, name) => {
      const member = Reflect.get(real, name) as unknown;
      if (name !== 'prepare') return typeof member === 'function' ? (member.bind(real) as unknown) : member;
      return (sql: string) => {
        const statement = real.prepare(sql);
        return new Proxy(statement, {
          get: (prepared, key) => {
            const inner = Reflect.get(prepared, key) as unknown;
            if (typeof inner !== 'function') return inner;
            if (key === 'bind')
              return (...values: unknown[]) => {
                asked.set(sql, values);
                return prepared.bind(...values);
              };
            if (!asked.has(sql)) asked.set(sql, []);
            return inner.bind(prepared) as unknown;
          },
        });
      };
    },
  });
}

const bindings: Env = { ...env, DB: recording(env.DB) };
const filters = [
  'region=US-Virginia',
  'country=US',
  'device_type=mobile,tv',
  'genre=!Drama',
  'subscription_type=free',
  'content_id=film-1',
];
const ranges = ['', 'tz=Asia/Kathmandu&compare=previous', 'tz=Europe/Berlin&days=40'];
const names = 'genres devices geographic hourly-trends daily-trends quality retention'.split(' ');
const paths = [
  '/api/dashboard/metrics',
  ...names.map((name) => `/api/analytics/${name}`),
  ...['views', 'watch_hours', 'completion', 'rating', 'title'].map(
    (sort) => `/api/analytics/top-movies?sort=${sort}&q=t`,
  ),
  ...['views', 'watch_hours', 'last_seen'].map((sort) => `/api/analytics/users?sort=${sort}`),
  '/api/analytics/movies/film-1',
  `/api/analytics/users/${userOf(1)}`,
];
const withQuery = (path: string, query: string): string => `${path}${path.includes('?') ? '&' : '?'}${query}`;

/** Those of unique values are used where rows are put in, which a plan does not tell. */
const isConstraint = (name: string): boolean => name.endsWith('_unique');
/** By which the stitched sessions of an hour are replaced: no question of the API. */
const ofStitching = 'viewing_sessions_by_stitch';
const ofWarehouse = /\b(viewing_sessions|users|movies|ratings|\w+_analytics)\b/;

async function explained<Row>(mode: 'EXPLAIN' | 'EXPLAIN QUERY PLAN', sql: string): Promise<Row[]> {
  const statement = env.DB.prepare(`${mode} ${sql}`).bind(...(asked.get(sql) ?? []));
  return (await statement.all<Row>()).results;
}

beforeAll(async () => {
  const sessions = await loadWorld(recording(env.DB));
  const [session] = sessions;
  if (session) {
    const { pseudonym, content_id } = session;
    const rating = {
      source_id: 'i-1',
      pseudonym,
      content_id,
      rating_milli: 8_000,
      rating_date: '2026-11-01',
    };
    await loadRatings(recording(env.DB), [{ ...rating, review_text: null, helpful_count: 0 }]);
    await refreshMovies(recording(env.DB), [content_id]);
    await movedDays(recording(env.DB), [session]);
  }
  for (const path of paths)
    for (const range of ranges)
      for (const filter of ['', ...filters, filters.join('&')]) {
        if (path.includes('movies/') && filter.includes('content_id')) continue;
        const { status } = await ask(withQuery(path, `${range}&${filter}`), {}, bindings);
        expect([path, range, filter, status]).toEqual([path, range, filter, 200]);
      }
  expect((await ask('/api/analytics/sessions/i-1', {}, bindings)).status).toBe(200);
  for (const sql of asked.keys()) if (!ofWarehouse.test(sql)) asked.delete(sql);
}, 120_000);

describe('[ANA-7] the plans of all questions', () => {
  test('are backed by an index: no large table is walked by itself, and every index is used', async () => {
    expect(asked.size).toBeGreaterThan(100);
    const plans = new Map<string, string[]>();
    for (const sql of asked.keys()) {
      const steps = await explained<{ detail: string }>('EXPLAIN QUERY PLAN', sql);
      plans.set(
        sql,
        steps.map(({ detail }) => detail),
      );
    }
    const bare = [...plans].filter(([sql, steps]) => {
      // All genres anew, and views of all films: once at the end of a run, of the whole table.
      if (/INTO genre_analytics|^UPDATE movies(?!.*json_each)/s.test(sql)) return false;
      // Whether ratings hold on to a user or film is looked up only when its row id changes, which none does.
      const own = /^INSERT INTO (users|movies)/.test(sql)
        ? steps.filter((step) => step !== 'SCAN ratings')
        : steps;
      return own.some((step) => /^SCAN (s|u|m|w|viewing_sessions|users|movies|ratings)$/.test(step));
    });
    expect(bare).toEqual([]);
    const { results } = await env.DB.prepare(
      `SELECT name FROM sqlite_schema WHERE type = 'index'
        AND tbl_name IN ('viewing_sessions', 'users', 'movies', 'ratings')`,
    ).all<{ name: string }>();
    const used = [...plans.values()].flat().join('\n');
    const names = results
      .map(({ name }) => name)
      .filter((name) => !isConstraint(name) && name !== ofStitching);
    expect(names.length).toBeGreaterThan(6);
    expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(used))).toEqual([]);
  });

  /** Plans do not say so of an index with a computed column: the steps of SQLite's machine do. */
  test('find all that they sum in the index, and never look into the sessions themselves', async () => {
    const table = await env.DB.prepare(
      `SELECT rootpage FROM sqlite_schema WHERE name = 'viewing_sessions'`,
    ).first<number>('rootpage');
    const looking: string[] = [];
    for (const sql of asked.keys()) {
      if (/^\s*(INSERT|UPDATE|DELETE)/.test(sql)) continue;
      const steps = await explained<{ opcode: string; p1: number; p2: number }>('EXPLAIN', sql);
      const cursors = steps
        .filter(({ opcode, p2 }) => opcode === 'OpenRead' && p2 === table)
        .map(({ p1 }) => p1);
      if (steps.some(({ opcode, p1 }) => opcode === 'Column' && cursors.includes(p1))) looking.push(sql);
    }
    // Single sessions: of a page, by id, the newest, and what an import is about to change.
    const ofOnes = /s\.source_id|max\(s\.start_time_ms\)/;
    expect(looking.filter((sql) => !ofOnes.test(sql))).toEqual([]);
    expect(looking.length).toBeGreaterThan(3);
  });
});
