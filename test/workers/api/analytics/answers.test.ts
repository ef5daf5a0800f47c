import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { readAuditPage } from '../../../../storage/audit-store.ts';
import { ask, problemOf, routes } from '../ask.ts';
import { askAs, cookieFor, newPerson } from '../people.ts';
import { loadWorld, userOf, worldDays, worldEndMs } from './warehouse-world.ts';

interface Answer {
  readonly data: Readonly<Record<string, unknown>>[];
  readonly meta: Readonly<Record<string, unknown>>;
}

const rangePaths = routes
  .filter(({ path }) => path === '/api/dashboard/metrics' || path.startsWith('/api/analytics/'))
  .map(({ path }) => path)
  .filter((path) => !path.includes('sessions/'));
const addressOf = (path: string): string =>
  path
    .replace('movies/:id', 'movies/film-1')
    .replace('users/:id', `users/${userOf(1)}`)
    .replace(':id', 'i-1');
const rows = async (path: string) => await (await ask(path)).json<Answer>();

function schemaOf(path: string): z.ZodType {
  return routes.find((route) => route.path === path)?.doc.answer as z.ZodType;
}

describe('before there is anything', () => {
  test.each(rangePaths)(
    '[ANA-1] %s answers zeros and nulls, or that there is no such thing',
    async (path) => {
      for (const query of ['', 'compare=previous', 'tz=Asia/Kathmandu&region=EU-London']) {
        const response = await ask(`${addressOf(path)}?${query}`);
        if (path.endsWith(':id')) {
          expect(await problemOf(response)).toMatchObject({ status: 404, code: 'not_found' });
          continue;
        }
        const body = await response.json<Answer>();
        expect(z.safeParse(schemaOf(path), body).error).toBeUndefined();
        expect(JSON.stringify(body)).not.toMatch(/NaN|Infinity/);
        expect(body.meta.updated_at).toBeNull();
      }
    },
  );
});

describe('with sessions', () => {
  beforeAll(async () => {
    await loadWorld(env.DB);
  }, 60_000);

  test.each([...rangePaths, '/api/analytics/sessions/:id'])(
    '[SES-6] %s says of how many users it has one',
    async (path) => {
      const oneInOf = async (set: string) => {
        const response = await ask(addressOf(path), {}, { ...env, SESSION_USERS_ONE_IN: set });
        return (await response.json<Answer>()).meta.users_one_in;
      };
      expect(await oneInOf('64')).toBe(64);
      expect(await oneInOf('1')).toBe(1);
      expect(await oneInOf('a few')).toBe(1);
    },
  );

  test.each([...rangePaths, '/api/analytics/sessions/:id'])(
    '[API-6] %s answers as its schema says, as CSV too',
    async (path) => {
      const response = await ask(`${addressOf(path)}?compare=previous&days=20&tz=America/St_Johns`);
      expect(response.status).toBe(200);
      const body = await response.json<Answer>();
      expect(z.safeParse(schemaOf(path), body).error).toBeUndefined();
      const csv = await ask(`${addressOf(path)}?days=${worldDays}`, { headers: { accept: 'text/csv' } });
      expect(csv.headers.get('content-type')).toMatch('text/csv');
      const lines = (await csv.text()).split('\r\n');
      if (!path.includes('sessions/')) expect(lines.length).toBeGreaterThan(2);
    },
  );

  test('[ANA-1] ranges are whole days of the zone, those of 23 and 25 hours too', async () => {
    const day = async (tz: string, date: string) =>
      (await rows(`/api/analytics/daily-trends?tz=${tz}&from=${date}T12:00:00Z&to=${date}T12:00:01Z`)).meta;
    expect(await day('Europe/Berlin', '2026-10-25')).toMatchObject({
      from: '2026-10-24T22:00:00.000Z',
      to: '2026-10-25T23:00:00.000Z',
    });
    expect(await day('Europe/Berlin', '2027-03-28')).toMatchObject({
      from: '2027-03-27T23:00:00.000Z',
      to: '2027-03-28T22:00:00.000Z',
    });
    expect(await day('Asia/Kathmandu', '2026-10-25')).toMatchObject({ from: '2026-10-24T18:15:00.000Z' });
    const { data, meta } = await rows('/api/analytics/daily-trends?days=7&compare=previous');
    expect(data).toHaveLength(7);
    expect(meta.to).toBe(new Date(worldEndMs).toISOString());
    expect((meta.compare as { to: string }).to).toBe(meta.from);
  });

  const wrong: readonly (readonly [query: string, field: string, reason: RegExp])[] = [
    ['days=0', 'days', /whole number from 1 to 400/],
    ['days=401', 'days', /whole number from 1 to 400/],
    ['days=7&from=2026-11-01T00:00:00Z', 'days', /not with from/],
    ['from=2026-11-02T00:00:00Z&to=2026-11-01T00:00:00Z', 'from', /before to/],
    ['from=2026-11-02T00:00:00Z&to=2026-11-02T00:00:00Z', 'from', /before to/],
    ['from=2024-11-02T00:00:00Z&to=2026-11-02T00:00:00Z', 'from', /at most 400 days/],
    ['from=yesterday', 'from', /must be a time/],
    ['tz=Mars/Olympus', 'tz', /time zone/],
    ['tz=%2B05:30', 'tz', /time zone/],
    ['compare=next', 'compare', /must be previous/],
    ['region=Atlantis', 'region', /name of a region/],
    ['region=EU-London,Atlantis', 'region', /name of a region/],
    ['country=', 'country', /empty value/],
    ['country=US,,DE', 'country', /empty value/],
    ['country=!', 'country', /empty value/],
    ['genre=%22Drama', 'genre', /quote/],
    ['genre=Dr%22ama', 'genre', /quote/],
    [
      `device_type=${Array.from({ length: 21 }, (_, n) => `d${n}`).join(',')}`,
      'device_type',
      /at most 20 values/,
    ],
    [`subscription_type=${'x'.repeat(129)}`, 'subscription_type', /at most 128 characters/],
    ['tz=UTC&tz=UTC', 'tz', /more than once/],
  ];

  test.each(wrong)('[ANA-2] %s is a fault of %s', async (query, field, reason) => {
    for (const path of rangePaths) {
      const problem = await problemOf(await ask(`${addressOf(path)}?${query}`));
      expect([path, problem.status]).toEqual([path, 400]);
      expect(problem.errors?.[0]).toMatchObject({
        parameter: field,
        message: expect.stringMatching(reason) as string,
      });
    }
  });

  test.each([
    ['top-movies', 'limit=201'],
    ['top-movies', 'sort=budget'],
    ['top-movies', 'order=up'],
    ['top-movies', 'q='],
    ['top-movies', 'cursor=abc'],
    ['users', 'cursor=abc'],
    ['users', 'sort=username'],
    ['geographic', 'limit=0'],
    ['hourly-trends', 'by=month'],
    ['retention', 'weeks=54'],
    ['movies/film-1', 'content_id=film-2'],
  ])('[ANA-2] %s?%s is a fault', async (name, query) => {
    expect(await problemOf(await ask(`/api/analytics/${name}?${query}`))).toMatchObject({ status: 400 });
  });

  test('[ANA-2, SEC-3] values are values: quoted ones, SQL and patterns are taken as they are', async () => {
    const of = async (query: string) =>
      Number(
        (
          (await rows(`/api/dashboard/metrics?days=${worldDays}&${query}`)) as unknown as {
            data: { total_views: number };
          }
        ).data.total_views,
      );
    const all = await of('');
    const named = await of(`country=${encodeURIComponent('"Côte, d’Ivoire"')}`);
    expect(named).toBeGreaterThan(100);
    expect(await of(`country=!${encodeURIComponent('"Côte, d’Ivoire"')}`)).toBe(all - named);
    expect(await of(`genre=${encodeURIComponent(`x') OR 1=1 --`)}`)).toBe(0);
    expect(await of(`country=!${encodeURIComponent(`'; DROP TABLE users; --`)}`)).toBe(all);
    const found = async (q: string) =>
      (await rows(`/api/analytics/top-movies?days=${worldDays}&q=${encodeURIComponent(q)}`)).data.map(
        ({ title }) => title,
      );
    expect(await found('100%_\\')).toEqual(['100%_\\Proof']);
    expect(await found('%')).toEqual(['100%_\\Proof']);
    expect(await found('FILM-1')).toHaveLength(3);
  });

  test('[ANA-5] who is limited to regions is answered of their sessions alone', async () => {
    const limited = await cookieFor(await newPerson('analyst', ['US-Virginia']));
    const whole = await cookieFor(await newPerson('analyst'));
    const get = async (cookie: string, path: string) => await (await askAs(cookie, path)).json<Answer>();
    for (const path of rangePaths) {
      const query = `days=${worldDays}&compare=previous`;
      const own = await get(limited, `${addressOf(path)}?${query}`);
      const named = await get(whole, `${addressOf(path)}?${query}&region=US-Virginia`);
      const { data } = named;
      const expected =
        path === '/api/analytics/movies/:id' ? { ...(data as object), total_views: null } : data;
      expect([path, own.data]).toEqual([path, expected]);
    }
    const views = async (query: string) =>
      (
        (await get(limited, `/api/dashboard/metrics?days=${worldDays}&${query}`)) as unknown as {
          data: { total_views: number };
        }
      ).data.total_views;
    expect(await views('region=!US-Virginia')).toBe(0);
    expect((await askAs(limited, '/api/dashboard/metrics?region=EU-Paris')).status).toBe(400);
    const { results } = await env.DB.prepare(
      'SELECT source_id, region_number FROM viewing_sessions LIMIT 40',
    ).all<{
      source_id: string;
      region_number: number | null;
    }>();
    for (const { source_id, region_number } of results) {
      const { status } = await askAs(limited, `/api/analytics/sessions/${source_id}`);
      expect([region_number, status]).toEqual([region_number, region_number === 2 ? 200 : 404]);
    }
  });

  test('[ACC-6, AUD-3, ANA-5] viewers see users masked, and the audit log notes who was shown them', async () => {
    await env.DB.prepare('DELETE FROM audit_log').run();
    const viewer = await cookieFor(await newPerson('viewer'));
    const analyst = await cookieFor(await newPerson('analyst'));
    for (const path of [`/api/analytics/users?days=${worldDays}`, `/api/analytics/users/${userOf(2)}`]) {
      const masked = await (await askAs(viewer, path)).text();
      expect(masked).toContain('u***');
      expect(masked).not.toMatch(/user\d|example\.com/);
      expect(await (await askAs(analyst, path)).text()).toMatch(/user\d+@example\.com/);
    }
    const lines = await readAuditPage(env.DB, {}, { limit: 100 });
    expect(lines.map(({ action }) => action)).toEqual(['users.read_unmasked', 'users.read_unmasked']);
  });
});
