// What live answers call contents that the catalogue knows.
import { env } from 'cloudflare:workers';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { catalogTitleCacheMs, catalogTitlesCachedMax } from '../../../core/protocol/catalog-limits.ts';
import { catalogTitles } from '../../../storage/catalog/title-cache.ts';
import { saveWindows } from '../../../storage/window-store.ts';
import { modelEvents, windowsOf } from '../../storage/packed-windows.ts';
import { ask, brokenDatabase, rowsOf } from './ask.ts';

const range = 'from=2026-11-21T00:00:00Z&to=2026-11-21T00:10:00Z';
/** With a content each that no other asks for by another time of the cache. */
const asked = [
  ['/api/stats/trending', 'mov_1'],
  ['/api/stream/movie-views', 'mov_2'],
  ['/api/stream/ratings', '42'],
] as const;

beforeAll(async () => {
  await saveWindows(env.DB, windowsOf(modelEvents(3, 400)));
});
afterEach(() => vi.useRealTimers());

const put = async (id: string, body: object) => {
  const answer = await ask(`/api/catalog/movies/${id}`, { method: 'PUT', body: JSON.stringify(body) });
  expect(answer.status).toBe(200);
};
const rowOf = async (path: string, id: string) =>
  (await rowsOf(`${path}?${range}&limit=20`)).data.find((row) => (row.content_id ?? row.movie_id) === id);

describe('[CAT-3] live answers', () => {
  test.each(asked)('%s has title and genre of the catalogue within a minute', async (path, id) => {
    const before = await rowOf(path, id);
    expect(before).toMatchObject({ genre: null });
    const title = `As it is known by ${path}`;
    await put(id, { title, genre: 'Drama' });
    // This isolate may show for a while what it has read.
    vi.useFakeTimers({ now: Date.now() + 50_000, toFake: ['Date'] });
    expect(await rowOf(path, id)).toEqual({ ...before, title, genre: 'Drama' });
  });

  test('the catalogue is read once in a while, and remembers what it does not know; no more than it may', async () => {
    let reads = 0;
    const db = {
      prepare: () => ({
        bind: () => ({
          all: async () => {
            reads++;
            return Promise.resolve({ results: [{ content_id: 'a', title: 'A', genre: 'Drama' }] });
          },
        }),
      }),
    } as unknown as D1Database;
    const at = async (nowMs: number, ...ids: string[]) => [...(await catalogTitles(db, ids, nowMs))].length;
    expect(await at(0, 'a', 'b')).toBe(2);
    await at(catalogTitleCacheMs - 1, 'a', 'b');
    expect(reads).toBe(1);
    await at(catalogTitleCacheMs, 'a');
    expect(reads).toBe(2);
    const many = Array.from({ length: catalogTitlesCachedMax }, (_, n) => `x${n}`);
    await at(catalogTitleCacheMs, ...many);
    reads = 0;
    await at(catalogTitleCacheMs, ...many);
    expect(reads).toBe(0);
    await at(catalogTitleCacheMs, 'a');
    expect(reads).toBe(1);
  });

  test('a database that does not answer throws, which the answers survive', async () => {
    await expect(catalogTitles(brokenDatabase, ['a'], 0)).rejects.toThrow('the network is away');
  });
});
