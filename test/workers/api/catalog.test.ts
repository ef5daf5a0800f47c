// Films and regions as people put and find them.
import { env } from 'cloudflare:workers';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type * as z from 'zod';
import { catalogMoviesMax, catalogRegionsMax } from '../../../core/protocol/catalog-limits.ts';
import { searchStatement } from '../../../storage/catalog/movie-store.ts';
import { loadRegions } from '../../../storage/region-registry.ts';
import { loadMovies, loadSessions } from '../../../storage/warehouse/load.ts';
import { refreshAggregates } from '../../../storage/warehouse/refresh.ts';
import { putMoviesRoute } from '../../../workers/api/catalog/movie-actions.ts';
import type { movieSchema } from '../../../workers/api/catalog/movie-schema.ts';
import { movieRoute, moviesRoute } from '../../../workers/api/catalog/movies.ts';
import { catalogRegionsRoute } from '../../../workers/api/catalog/regions.ts';
import { problemOf } from './ask.ts';
import { askAs, cookieFor, newPerson } from './people.ts';

type Movie = z.output<ReturnType<typeof movieSchema>>;
type Who = 'viewer' | 'analyst' | 'admin' | 'london analyst' | 'london admin';

const movies = '/api/catalog/movies';
const regions = '/api/catalog/regions';
const film = { title: 'The Long Way', genre: 'Drama', content_type: 'film', duration_minutes: 101 };
const place = { continent: 'Europe', latitude: 47.37, longitude: 8.54 };
const cookies = new Map<Who, string>();

beforeAll(async () => {
  for (const role of ['viewer', 'analyst', 'admin'] as const)
    cookies.set(role, await cookieFor(await newPerson(role)));
  for (const role of ['analyst', 'admin'] as const)
    cookies.set(`london ${role}`, await cookieFor(await newPerson(role, ['EU-London'])));
});
beforeEach(async () => {
  for (const table of ['viewing_sessions', 'genre_analytics', 'movies', 'users'])
    await env.DB.prepare(`DELETE FROM ${table}`).run();
});

const send = async (as: Who, method: string, address: string, body?: unknown) =>
  await askAs(cookies.get(as) ?? '', address, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
const put = async (id: string, body: unknown = film, as: Who = 'analyst') =>
  await send(as, 'PUT', `${movies}/${encodeURIComponent(id)}`, body);

async function movieOf(response: Response): Promise<Movie> {
  expect([response.status, response.ok ? '' : await response.clone().text()]).toEqual([200, '']);
  const answer = await response.json<{ data: Movie }>();
  movieRoute.doc.answer?.parse(answer);
  return answer.data;
}

async function found(query: string) {
  const response = await send('viewer', 'GET', `${movies}?${query}`);
  expect(response.status).toBe(200);
  const answer = await response.json<{ data: Movie[]; meta: { next_cursor: string | null } }>();
  moviesRoute.doc.answer?.parse(answer);
  return { ids: answer.data.map(({ movie_id }) => movie_id), next: answer.meta.next_cursor };
}

describe('[CAT-1] films', () => {
  test('are put, told, and changed; what is left out stays', async () => {
    const made = await movieOf(await put('film-1', { ...film, cast: 'A, B' }));
    expect(made).toMatchObject({
      movie_id: 'film-1',
      ...film,
      cast: 'A, B',
      total_views: 0,
      is_inferred: false,
    });
    expect(await movieOf(await send('viewer', 'GET', `${movies}/film-1`))).toEqual(made);
    const changed = await movieOf(await put('film-1', { title: 'The Longer Way', genre: null }));
    expect(changed).toEqual({ ...made, title: 'The Longer Way' });
    expect((await problemOf(await send('viewer', 'GET', `${movies}/film-2`))).code).toBe('not_found');
  });

  test('ids are those of events, whatever they hold', async () => {
    for (const id of ['a/b', 'Ärger & Söhne', '42', 'x'.repeat(128)])
      expect((await movieOf(await put(id))).movie_id).toBe(id);
    for (const id of ['x'.repeat(129), '__other__', 'a\0b', ' '])
      expect((await problemOf(await put(id))).errors?.[0]?.parameter).toBe('id');
  });

  test('one that was only seen is one from then on that is known', async () => {
    await env.DB.prepare("INSERT INTO movies (content_id, is_inferred) VALUES ('film-9', 1)").run();
    expect(await movieOf(await send('viewer', 'GET', `${movies}/film-9`))).toMatchObject({
      title: null,
      is_inferred: true,
    });
    expect(await movieOf(await put('film-9'))).toMatchObject({ ...film, is_inferred: false });
  });

  test.each([
    [{ genre: 'Drama' }, '/title'],
    [{ title: '' }, '/title'],
    [{ ...film, title: 'x'.repeat(257) }, '/title'],
    [{ ...film, genre: 'x'.repeat(33) }, '/genre'],
    [{ ...film, duration_minutes: 0 }, '/duration_minutes'],
    [{ ...film, duration_minutes: 90.5 }, '/duration_minutes'],
    [{ ...film, release_date: '2026-02-30' }, '/release_date'],
    [{ ...film, release_date: '1801-01-01' }, '/release_date'],
    [{ ...film, total_views: 5 }, ''],
    [[film], ''],
  ])('%j is refused', async (body, pointer) => {
    const problem = await problemOf(await put('film-1', body));
    expect([problem.code, problem.errors?.[0]?.pointer]).toEqual(['invalid_parameter', pointer]);
    expect((await found('')).ids).toEqual([]);
  });

  test('are found by a part of the title, by genre and by id, in pages', async () => {
    const bulk = Array.from({ length: 7 }, (_, n) => ({
      id: `film-${n}`,
      title: n % 2 === 0 ? `The Long Way ${n}` : `50% of_Nothing ${n}`,
      genre: n < 3 ? 'Drama' : 'Horror',
    }));
    expect((await send('analyst', 'PUT', movies, { movies: bulk })).status).toBe(200);
    expect((await found('q=lOnG')).ids).toEqual(['film-0', 'film-2', 'film-4', 'film-6']);
    expect((await found('q=0%25%20of_')).ids).toEqual(['film-1', 'film-3', 'film-5']);
    expect((await found('q=long&genre=Drama')).ids).toEqual(['film-0', 'film-2']);
    expect((await found('ids=film-5,film-1,nothing')).ids).toEqual(['film-1', 'film-5']);
    const paged: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page = await found(`q=way&limit=3${cursor === '' ? '' : `&cursor=${cursor}`}`);
      paged.push(...page.ids);
      cursor = page.next;
    }
    expect(paged).toEqual(['film-0', 'film-2', 'film-4', 'film-6']);
    const { next } = await found('q=way&limit=3');
    for (const query of [
      `q=long&limit=3&cursor=${next}`,
      'cursor=x',
      'limit=201',
      'limit=0',
      'ids=!a',
      'ids=',
    ])
      expect((await problemOf(await send('viewer', 'GET', `${movies}?${query}`))).code).toBe(
        'invalid_parameter',
      );
  });

  test('every search goes along an index', async () => {
    for (const search of [
      { text: null, genre: null, ids: null, after: null },
      { text: 'a', genre: 'Drama', ids: null, after: 'film-1' },
      { text: null, genre: null, ids: ['film-1'], after: null },
    ]) {
      const { sql, parameters } = searchStatement({ ...search, limit: 10 });
      const plan = await env.DB.prepare(`EXPLAIN QUERY PLAN ${sql}`)
        .bind(...parameters)
        .all<{ detail: string }>();
      const [step] = plan.results.map(({ detail }) => detail);
      expect(step).toMatch(/movies USING (COVERING )?INDEX/);
    }
  });
});

describe('[CAT-2] many films at once', () => {
  test('each is judged alone, and again changes nothing', async () => {
    const items = [
      { id: 'film-1', ...film },
      { id: 'film-2', ...film, duration_minutes: -1, genre: 7 },
      'film-3',
      { id: 'film-4', title: 'Four' },
      { ...film },
    ];
    await put('film-4', { title: 'Vier' });
    const answer = async () => {
      const response = await send('analyst', 'PUT', movies, { movies: items });
      const body = await response.json<{
        data: object;
        errors: { index: number; errors: { pointer: string }[] }[];
      }>();
      putMoviesRoute.doc.answer?.parse(body);
      return {
        ...body.data,
        errors: body.errors.map((one) => [one.index, ...one.errors.map((e) => e.pointer)]),
      };
    };
    const errors = [
      [1, '/genre', '/duration_minutes'],
      [2, ''],
      [4, '/id'],
    ];
    expect(await answer()).toEqual({ inserted: 1, updated: 1, unchanged: 0, rejected: 3, errors });
    expect(await answer()).toEqual({ inserted: 0, updated: 0, unchanged: 2, rejected: 3, errors });
  });

  test('as many as there may be, and one more', async () => {
    const items = (count: number) =>
      Array.from({ length: count }, (_, n) => ({ id: `film-${n}`, title: `${n}` }));
    const answer = await send('analyst', 'PUT', movies, { movies: items(catalogMoviesMax) });
    expect(await answer.json()).toMatchObject({ data: { inserted: catalogMoviesMax } });
    const problem = await problemOf(
      await send('analyst', 'PUT', movies, { movies: items(catalogMoviesMax + 1) }),
    );
    expect(problem.errors?.[0]?.pointer).toBe('/movies');
    for (const body of [{}, { movies: [] }, { movies: 'x' }])
      expect((await problemOf(await send('analyst', 'PUT', movies, body))).code).toBe('invalid_parameter');
    const large = await send('analyst', 'PUT', movies, { movies: [{ id: 'x', title: 'y'.repeat(2 ** 21) }] });
    expect((await problemOf(large)).code).toBe('payload_too_large');
  });

  test('sums by genre follow a film to its other genre', async () => {
    const empty = { director: null, cast: null, country: null, language: null, release_date: null };
    await loadMovies(env.DB, [{ ...film, ...empty, content_id: 'film-1' }]);
    const session = {
      source_id: 'i-1',
      pseudonym: '1-00000000000000aa',
      content_id: 'film-1',
      start_time_ms: 1_790_000_000_000,
      end_time_ms: 1_790_000_600_000,
      watch_duration_ms: 600_000,
      completion_milli: 500,
      device_type: null,
      quality: null,
      buffering_count: 0,
      user_country: null,
      subscription_type: null,
      region_number: null,
    };
    await loadSessions(env.DB, [session]);
    await refreshAggregates(env.DB, 'all');
    const genres = async () =>
      (await env.DB.prepare('SELECT genre, total_views FROM genre_analytics').all()).results;
    expect(await genres()).toEqual([{ genre: 'Drama', total_views: 1 }]);
    await put('film-1', { title: 'The Long Way', genre: 'Horror' });
    expect(await genres()).toEqual([{ genre: 'Horror', total_views: 1 }]);
  });
});

describe('[CAT-4] regions', () => {
  const name = 'EU-Zurich';
  const putRegion = async (as: Who = 'admin', body: unknown = place, of = name) =>
    await send(as, 'PUT', `${regions}/${of}`, body);
  const listed = async (as: Who, query = '') => {
    const answer = await (await send(as, 'GET', `${regions}?${query}`)).json<{
      data: { region: string }[];
    }>();
    catalogRegionsRoute.doc.answer?.parse(answer);
    return answer.data.map(({ region }) => region);
  };

  test('a new one gets the next number, and keeps it when it is moved', async () => {
    const last = (await loadRegions(env.DB, Date.now())).at(-1)?.number ?? 0;
    const made = await (await putRegion()).json();
    expect(made).toEqual({ data: { region: name, number: last + 1, ...place } });
    const moved = await (await putRegion('admin', { ...place, latitude: 46.2 })).json();
    expect(moved).toEqual({ data: { region: name, number: last + 1, ...place, latitude: 46.2 } });
    expect(await (await send('viewer', 'GET', `${regions}/${name}`)).json()).toEqual(moved);
    const next = await (await putRegion('admin', place, 'EU-Geneva')).json();
    expect(next).toMatchObject({ data: { number: last + 2 } });
    expect(await listed('viewer', 'q=eu-G')).toEqual(['EU-Geneva']);
    // This isolate knows it at once, others when their cache is over.
    expect((await loadRegions(env.DB, Date.now())).map((region) => region.name)).toContain('EU-Geneva');
  });

  test('are seen by those who may see them', async () => {
    expect(await listed('london analyst')).toEqual(['EU-London']);
    expect((await problemOf(await send('london analyst', 'GET', `${regions}/EU-Paris`))).code).toBe(
      'not_found',
    );
  });

  test.each([
    [{ ...place, latitude: 91 }, '/latitude'],
    [{ ...place, longitude: -181 }, '/longitude'],
    [{ ...place, continent: '' }, '/continent'],
    [{ ...place, number: 3 }, ''],
  ])('%j is refused', async (body, pointer) => {
    expect((await problemOf(await putRegion('admin', body))).errors?.[0]?.pointer).toBe(pointer);
  });

  test.each(['a,b', 'a%20b', '-a', 'x'.repeat(33), '%C3%A9'])('the name %s is refused', async (of) => {
    expect((await problemOf(await putRegion('admin', place, of))).errors?.[0]?.parameter).toBe('name');
  });

  test('at most as many as there may be; those that are there can still be moved', async () => {
    const { count } = (await env.DB.prepare('SELECT count(*) AS count FROM regions').first<{
      count: number;
    }>())!;
    const rows = Array.from(
      { length: catalogRegionsMax - count },
      (_, n) => `(${1_000 + n}, 'x${n}', 'c', 0, 0)`,
    );
    await env.DB.prepare(
      `INSERT INTO regions (number, name, continent, latitude, longitude) VALUES ${rows.slice(1).join(', ')}`,
    ).run();
    expect((await putRegion('admin', place, 'last-one')).status).toBe(200);
    expect((await problemOf(await putRegion('admin', place, 'one-more'))).code).toBe('limit_reached');
    expect((await putRegion('admin', place, 'EU-London')).status).toBe(200);
  });
});

describe('[CAT-2, CAT-4, AUD-3] who may', () => {
  test('analysts change films, admins regions, and nobody who is limited to regions', async () => {
    const bulk = { movies: [{ id: 'film-1', ...film }] };
    const status = async (as: Who) => [
      (await put('film-1', film, as)).status,
      (await send(as, 'PUT', movies, bulk)).status,
      (await send(as, 'PUT', `${regions}/EU-London`, place)).status,
    ];
    expect(await status('viewer')).toEqual([403, 403, 403]);
    expect(await status('analyst')).toEqual([200, 200, 403]);
    expect(await status('admin')).toEqual([200, 200, 200]);
    expect(await status('london analyst')).toEqual([403, 403, 403]);
    expect(await status('london admin')).toEqual([403, 403, 403]);
  });
});
