// What people note beside the figures: who sees it, who may change it, and how Grafana reads it.
import { env } from 'cloudflare:workers';
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type * as z from 'zod';
import { annotationsMax, annotationsPerAuthorMax } from '../../../core/protocol/note-limits.ts';
import { createAnnotationRoute } from '../../../workers/api/annotation-actions.ts';
import type { annotationSchema } from '../../../workers/api/annotation-schema.ts';
import { annotationsRoute } from '../../../workers/api/annotations.ts';
import { brokenDatabase, problemOf } from './ask.ts';
import { askAs, cookieFor, deployment, newPerson } from './people.ts';

interface Ids {
  readonly author_id: string;
}
type Row = z.output<ReturnType<typeof annotationSchema>>;

const path = '/api/annotations';
const t0 = Date.UTC(2026, 10, 21, 3, 10);
const at = new Date(t0).toISOString();
const until = new Date(t0 + 900_000).toISOString();
const range = 'from=2026-11-21T03:00:00Z&to=2026-11-21T04:00:00Z';
const written = {
  at,
  until,
  text: 'CDN rollout',
  tags: ['deploy', 'cdn'],
  region: 'EU-London',
  visibility: 'shared',
};
const who = ['ada', 'bob', 'admin', 'viewer', 'london', 'paris admin'] as const;
type Who = (typeof who)[number];
const cookies = new Map<Who, string>();

beforeAll(async () => {
  const people = [
    await newPerson('analyst', '*', 'Ada'),
    await newPerson('analyst', '*', 'Bob'),
    await newPerson('admin', '*', 'Eve'),
    await newPerson('viewer', '*', 'Vic'),
    await newPerson('analyst', ['EU-London'], 'Lou'),
    await newPerson('admin', ['EU-Paris'], 'Pia'),
  ];
  for (const [index, one] of people.entries()) cookies.set(who[index] as Who, await cookieFor(one));
});
beforeEach(async () => {
  await env.DB.prepare('DELETE FROM annotations').run();
});

const send = async (as: Who, method: string, address: string, body?: unknown, bindings = deployment) =>
  await askAs(
    cookies.get(as) ?? '',
    address,
    { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) },
    bindings,
  );
const create = async (as: Who, body: object = {}) => await send(as, 'POST', path, { ...written, ...body });
const change = async (as: Who, { id, version }: Row, body: object = {}) =>
  await send(as, 'PUT', `${path}/${id}`, { version, ...written, ...body });
const remove = async (as: Who, { id, version }: Row) =>
  await send(as, 'DELETE', `${path}/${id}?version=${version}`);

async function rowOf(response: Response): Promise<Row> {
  expect([response.status, response.status === 200 ? '' : await response.clone().text()]).toEqual([200, '']);
  const answer = await response.json<{ data: Row }>();
  createAnnotationRoute.doc.answer?.parse(answer);
  return answer.data;
}

async function listed(as: Who, query = range) {
  const response = await send(as, 'GET', `${path}?${query}`);
  expect(response.status).toBe(200);
  const answer = await response.json<{ data: Row[]; count: number; meta: { next_cursor: string | null } }>();
  annotationsRoute.doc.answer?.parse(answer);
  return answer;
}
const textsOf = async (as: Who, query = range) => (await listed(as, query)).data.map(({ text }) => text);

describe('[ANN-1] annotations', () => {
  test('are written, listed, changed and deleted', async () => {
    const made = await rowOf(await create('ada'));
    expect(made).toMatchObject({ ...written, version: 1, author: 'Ada', mine: true });
    expect((await listed('ada')).data).toEqual([made]);
    const changed = await rowOf(await change('ada', made, { text: '  Rolled back  ', tags: ['a', ' a '] }));
    expect(changed).toMatchObject({
      version: 2,
      text: 'Rolled back',
      tags: ['a'],
      created_at: made.created_at,
    });
    expect(await rowOf(await remove('ada', changed))).toEqual(changed);
    expect(await textsOf('ada')).toEqual([]);
    for (const response of [await change('ada', changed), await remove('ada', changed)])
      expect(await problemOf(response)).toMatchObject({ status: 404, code: 'not_found' });
  });

  test('are of now, shared, of no region and without tags where nothing is said', async () => {
    const before = Date.now();
    const made = await rowOf(await send('ada', 'POST', path, { text: 'x' }));
    expect(made).toMatchObject({ until: null, tags: [], region: null, visibility: 'shared' });
    expect(Date.parse(made.at)).toBeGreaterThanOrEqual(before);
    expect(await textsOf('ada', '')).toEqual(['x']);
  });

  /** As many of one author, `who-N` by id. */
  const fill = (author: string, count: number) =>
    env.DB.prepare(
      `INSERT INTO annotations (id, at, text, tags, visibility, author_id, author_name, version, created_at, changed_at)
       SELECT ?1 || '-' || value, ?2, 'x', '[]', 'personal', ?1, 'X', 1, ?2, ?2
       FROM json_each(?3)`,
    )
      .bind(author, at, JSON.stringify([...Array(count).keys()]))
      .run();
  const total = () => env.DB.prepare('SELECT count(*) AS n FROM annotations').first<number>('n');

  test('[ANN-4] are as many of an author as may be and no more, at once too, until one is deleted', async () => {
    const first = await rowOf(await create('ada'));
    const { author_id: ada } = (await env.DB.prepare('SELECT author_id FROM annotations').first()) as Ids;
    await fill(ada, annotationsPerAuthorMax - 3);
    const asked = await Promise.all(Array.from({ length: 6 }, () => create('ada')));
    expect(asked.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      200, 200, 409, 409, 409, 409,
    ]);
    const refused = await problemOf(await create('ada'));
    expect(refused).toMatchObject({ status: 409, code: 'limit_reached' });
    expect(refused.detail).toMatch(/^You have 5000 /);
    expect(await total()).toBe(annotationsPerAuthorMax);
    await rowOf(await create('bob'));
    await rowOf(await change('ada', first, { text: 'changed' }));
    await rowOf(await remove('ada', { ...first, version: 2 }));
    await rowOf(await create('ada'));
  });

  test('[ANN-4] are as many in all as may be and no more', async () => {
    for (let n = 0; n < annotationsMax; n += annotationsPerAuthorMax)
      await fill(`author ${n}`, annotationsPerAuthorMax - (n === 0 ? 1 : 0));
    await rowOf(await create('ada'));
    const refused = await problemOf(await create('bob'));
    expect(refused).toMatchObject({ status: 409, code: 'limit_reached' });
    expect(refused.detail).toMatch(/^There are 20000 /);
    expect(await total()).toBe(annotationsMax);
  });

  test('are found by region, tags and range, in pages', async () => {
    await create('ada', { text: 'london' });
    await create('ada', { text: 'none', region: null, tags: ['cdn'] });
    await create('ada', { text: 'paris', region: 'EU-Paris', at: until, until: null });
    expect((await textsOf('ada')).toSorted()).toEqual(['london', 'none', 'paris']);
    expect((await textsOf('ada', `${range}&region=EU-London`)).toSorted()).toEqual(['london', 'none']);
    expect((await textsOf('ada', `${range}&tags=cdn,%20deploy`)).toSorted()).toEqual(['london', 'paris']);
    expect(await textsOf('ada', 'from=2026-11-21T03:25:00Z&to=2026-11-21T03:26:00Z')).toEqual(['paris']);
    expect(await textsOf('ada', 'from=2026-01-01T00:00:00Z&to=2026-12-31T00:00:00Z')).toHaveLength(3);
    const texts: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page = await listed('ada', `${range}&limit=1${cursor === '' ? '' : `&cursor=${cursor}`}`);
      texts.push(...page.data.map(({ text }) => text));
      cursor = page.meta.next_cursor;
    }
    expect(texts).toEqual(await textsOf('ada'));
    for (const query of ['limit=0', 'cursor=x', 'region=Nowhere', 'format=xml', 'minutes=527041'])
      expect((await problemOf(await send('ada', 'GET', `${path}?${query}`))).errors?.[0]?.parameter).toBe(
        query.split('=')[0],
      );
  });

  test.each<[object, string]>([
    [{ text: '' }, '/text'],
    [{ text: '   ' }, '/text'],
    [{ text: 'x'.repeat(501) }, '/text'],
    [{ tags: Array.from({ length: 9 }, (_, n) => `t${n}`) }, '/tags'],
    [{ tags: ['x'.repeat(33)] }, '/tags/0'],
    [{ tags: ['a,b'] }, '/tags/0'],
    [{ tags: ['a\nb'] }, '/tags/0'],
    [{ tags: 'a' }, '/tags'],
    [{ at: 'yesterday' }, '/at'],
    [{ until: 'tomorrow' }, '/until'],
    [{ at: '1999-12-31T23:59:59Z' }, '/at'],
    [{ at: '2099-01-01T00:00:00Z' }, '/at'],
    [{ until: at }, '/until'],
    [{ until: new Date(t0 + 7 * 86_400_000 + 1).toISOString() }, '/until'],
    [{ region: 'EU-Nowhere' }, '/region'],
    [{ visibility: 'secret' }, '/visibility'],
    [{ author: 'Bob' }, ''],
  ])('%j is refused', async (wrong, pointer) => {
    const made = await rowOf(await create('ada'));
    for (const response of [await create('ada', wrong), await change('ada', made, wrong)]) {
      const { code, errors } = await problemOf(response);
      expect([code, errors?.map((error) => error.pointer)]).toEqual(['invalid_parameter', [pointer]]);
    }
  });

  test('at the bounds are taken', async () => {
    const tags = Array.from({ length: 8 }, (_, n) => `${n}`.repeat(32));
    const edge = { text: 'ü'.repeat(500), tags, until: new Date(t0 + 7 * 86_400_000).toISOString() };
    expect(await rowOf(await create('ada', edge))).toMatchObject(edge);
  });

  test('of two who change one at once, one is told', async () => {
    const made = await rowOf(await create('ada'));
    const answers = await Promise.all(['x', 'y', 'z'].map((text) => change('ada', made, { text })));
    expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 409, 409]);
    const late = await problemOf(await change('admin', made));
    expect(late).toMatchObject({ code: 'version_conflict' });
    expect(late.detail).toContain('has version 2, since 20');
    expect(await problemOf(await remove('ada', made))).toMatchObject({ code: 'version_conflict' });
  });

  test('while D1 does not answer: 503', async () => {
    const said = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const DB = new Proxy(env.DB, {
      get: (real, name) => {
        if (name === 'prepare')
          return (sql: string) => (sql.includes('annotations') ? brokenDatabase : real).prepare(sql);
        const member = Reflect.get(real, name) as unknown;
        return typeof member === 'function' ? (member.bind(real) as unknown) : member;
      },
    });
    const bindings = { ...deployment, DB };
    for (const response of [
      await send('ada', 'GET', path, undefined, bindings),
      await send('ada', 'POST', path, written, bindings),
      await send('ada', 'PUT', `${path}/x`, { version: 1, ...written }, bindings),
      await send('ada', 'DELETE', `${path}/x?version=1`, undefined, bindings),
    ])
      expect(await problemOf(response)).toMatchObject({ status: 503, code: 'storage_unavailable' });
    said.mockRestore();
  });
});

describe('[ANN-2] who sees and changes an annotation', () => {
  test('personal ones are seen by their author alone, not by admins either', async () => {
    const mine = await rowOf(await create('ada', { text: 'mine', visibility: 'personal' }));
    expect(await textsOf('ada')).toEqual(['mine']);
    for (const as of ['bob', 'admin', 'viewer', 'london'] as const) {
      expect(await textsOf(as)).toEqual([]);
      const grafana = await send(as, 'GET', `${path}?${range}&format=grafana`);
      expect(await grafana.json()).toEqual([]);
    }
    for (const as of ['bob', 'admin'] as const)
      for (const response of [await change(as, mine), await remove(as, mine)])
        expect(await problemOf(response)).toMatchObject({
          status: 404,
          detail: `There is no annotation ${mine.id}.`,
        });
    expect(await rowOf(await change('ada', mine, { visibility: 'shared' }))).toMatchObject({ version: 2 });
    expect(await textsOf('bob')).toEqual(['CDN rollout']);
  });

  test('shared ones are changed by their author or an admin, who leaves them shared', async () => {
    const shared = await rowOf(await create('ada'));
    for (const response of [await change('bob', shared), await remove('bob', shared)])
      expect(await problemOf(response)).toMatchObject({ status: 403, code: 'forbidden' });
    const taken = await change('admin', shared, { visibility: 'personal' });
    expect(await problemOf(taken)).toMatchObject({ status: 403 });
    const changed = await rowOf(await change('admin', shared, { text: 'by Eve' }));
    expect(changed).toMatchObject({ author: 'Ada', mine: false, text: 'by Eve', version: 2 });
    expect((await rowOf(await remove('admin', changed))).text).toBe('by Eve');
  });

  test('viewers read, with names masked, and write nothing', async () => {
    const shared = await rowOf(await create('ada'));
    expect((await listed('viewer')).data).toEqual([{ ...shared, author: 'A***', mine: false }]);
    for (const response of [
      await create('viewer'),
      await change('viewer', shared),
      await remove('viewer', shared),
    ])
      expect(await problemOf(response)).toMatchObject({ status: 403, code: 'forbidden' });
    const csv = await askAs(cookies.get('viewer') ?? '', `${path}?${range}`, {
      headers: { accept: 'text/csv' },
    });
    const text = await csv.text();
    expect(text).toContain('A***');
    expect(text).not.toContain('Ada');
  });

  test('[ACC-2] one limited to regions sees these and what is of none, and writes about these alone', async () => {
    const paris = await rowOf(await create('ada', { text: 'paris', region: 'EU-Paris' }));
    const none = await rowOf(await create('ada', { text: 'none', region: null }));
    await create('ada', { text: 'london' });
    expect((await textsOf('london')).toSorted()).toEqual(['london', 'none']);
    expect(await problemOf(await create('london', { region: null }))).toMatchObject({ status: 403 });
    const hidden = await problemOf(await create('london', { region: 'EU-Paris' }));
    const absent = await problemOf(await create('london', { region: 'EU-Nowhere' }));
    expect({ ...hidden, request_id: '' }).toEqual({ ...absent, request_id: '' });
    expect(hidden).toMatchObject({ status: 400, errors: [{ pointer: '/region' }] });
    const own = await rowOf(await create('london'));
    expect(await problemOf(await change('london', own, { region: 'EU-Paris' }))).toMatchObject({
      status: 400,
    });
    expect(await problemOf(await change('paris admin', own))).toMatchObject({ status: 404 });
    expect(await problemOf(await change('london', paris))).toMatchObject({ status: 404 });
    expect(await problemOf(await remove('paris admin', none))).toMatchObject({ status: 403 });
    expect((await remove('paris admin', paris)).status).toBe(200);
  });
});

test('[ANN-3] Grafana reads them as it knows annotations: a bare list, epoch ms, tags joined by commas', async () => {
  const { id } = await rowOf(await create('ada'));
  await create('ada', { at: new Date(t0 - 1).toISOString(), until: null, region: null, tags: [] });
  const query = `from=${t0 - 60_000}&to=${t0 + 60_000}&format=grafana`;
  const answer = await (await send('viewer', 'GET', `${path}?${query}`)).json<object[]>();
  annotationsRoute.doc.answer?.parse(answer);
  const [london, none] = answer;
  const title = 'EU-London';
  expect(london).toEqual({
    id,
    time: t0,
    timeEnd: t0 + 900_000,
    title,
    text: 'CDN rollout',
    tags: 'deploy,cdn',
  });
  expect(none).toMatchObject({ time: t0 - 1, timeEnd: null, title: 'All regions', tags: null });
  const page = await send('viewer', 'GET', `${path}?${query}&limit=1`);
  expect(await page.json()).toEqual([london]);
  const next = await send('viewer', 'GET', `${path}?${query}&cursor=${page.headers.get('x-next-cursor')}`);
  expect(await next.json()).toEqual([none]);
  expect(next.headers.get('x-next-cursor')).toBeNull();
});

test('[AUD-3] who wrote what is noted; of a personal one only that it was, since admins read the log', async () => {
  const shared = await rowOf(await create('ada'));
  await change('admin', shared, { text: 'Other' });
  const mine = await rowOf(await create('ada', { text: 'my secret', visibility: 'personal' }));
  await change('ada', mine, { text: 'my other secret', visibility: 'personal' });
  const response = await send('admin', 'GET', '/api/admin/audit?limit=20');
  const text = await response.clone().text();
  const { data } = await response.json<{
    data: { action: string; target: string; details: Record<string, string> }[];
  }>();
  const lines = data.filter(({ target }) => [shared.id, mine.id].includes(target));
  const noted = lines.map(({ action, details: { request_id: _r, ...details } }) => [action, details]);
  expect(noted.filter(([action]) => action !== 'annotations.read_unmasked')).toEqual([
    ['annotation.change', { visibility: 'personal', fields: 'text' }],
    ['annotation.create', { visibility: 'personal', fields: 'at until text tags region visibility' }],
    ['annotation.change', { text: 'CDN rollout → Other' }],
    ['annotation.create', { ...written, tags: 'deploy,cdn' }],
  ]);
  expect(text).not.toContain('secret');
});
