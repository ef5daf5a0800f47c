import { env } from 'cloudflare:workers';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { savedViewsMax, savedViewsPerAuthorMax } from '../../../core/protocol/note-limits.ts';
import { saveViewRoute, viewsRoute } from '../../../workers/api/saved-views.ts';
import { problemOf } from './ask.ts';
import { askAs, cookieFor, newPerson } from './people.ts';

interface Row {
  readonly id: string;
  readonly version: number;
  readonly name: string;
  readonly address: string;
  readonly author: string;
  readonly mine: boolean;
}
const path = '/api/views';
const written = { name: 'London', address: '/analytics?range=30d&region=EU-London', visibility: 'shared' };
const who = ['ada', 'bob', 'admin', 'viewer'] as const;
type Who = (typeof who)[number];
const cookies = new Map<Who, string>();
let adaId = '';

beforeAll(async () => {
  const people = [
    await newPerson('analyst', '*', 'Ada'),
    await newPerson('analyst', '*', 'Bob'),
    await newPerson('admin', '*', 'Eve'),
    await newPerson('viewer', '*', 'Vic'),
  ];
  adaId = people[0]?.id ?? '';
  for (const [index, one] of people.entries()) cookies.set(who[index] as Who, await cookieFor(one));
});
beforeEach(async () => {
  await env.DB.prepare('DELETE FROM saved_views').run();
});

const send = async (as: Who, method: string, address: string, body?: unknown) => {
  const init = { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  return await askAs(cookies.get(as) ?? '', address, init);
};
const save = async (as: Who, body: object = {}) => await send(as, 'POST', path, { ...written, ...body });
const change = async (as: Who, { id, version }: Row, body: object = {}) =>
  await send(as, 'PUT', `${path}/${id}`, { version, ...written, ...body });
const remove = async (as: Who, { id, version }: Row) =>
  await send(as, 'DELETE', `${path}/${id}?version=${version}`);

async function rowOf(response: Response): Promise<Row> {
  expect([response.status, response.status === 200 ? '' : await response.clone().text()]).toEqual([200, '']);
  const answer = await response.json<{ data: Row }>();
  saveViewRoute.doc.answer?.parse(answer);
  return answer.data;
}

async function listed(as: Who): Promise<Row[]> {
  const response = await send(as, 'GET', path);
  const answer = await response.json<{ data: Row[] }>();
  viewsRoute.doc.answer?.parse(answer);
  return answer.data;
}
const namesOf = async (as: Who) => (await listed(as)).map(({ name }) => name);

describe('[VWS-1] saved views', () => {
  test('are saved, listed by name, changed and deleted', async () => {
    const made = await rowOf(await save('ada'));
    expect(made).toMatchObject({ version: 1, name: 'London', author: 'Ada', mine: true });
    await save('ada', { name: 'Asia' });
    expect(await namesOf('ada')).toEqual(['Asia', 'London']);
    const changed = await rowOf(await change('ada', made, { name: 'Zürich', address: '/?range=1h' }));
    expect(changed).toMatchObject({ version: 2, name: 'Zürich', address: '/?range=1h' });
    expect((await remove('ada', changed)).status).toBe(200);
    expect(await namesOf('ada')).toEqual(['Asia']);
  });

  test('all see shared ones, and nobody another one’s own', async () => {
    const own = await rowOf(await save('ada', { name: 'mine', visibility: 'personal' }));
    await save('ada', { name: 'ours' });
    expect(await namesOf('ada')).toEqual(['mine', 'ours']);
    for (const other of ['bob', 'admin', 'viewer'] as const) expect(await namesOf(other)).toEqual(['ours']);
    for (const other of ['bob', 'admin'] as const) {
      expect((await change(other, own)).status).toBe(404);
      expect((await remove(other, own)).status).toBe(404);
    }
    expect((await listed('viewer'))[0]?.author).toBe('A***');
  });

  test('a shared one is changed by its author or an admin, who leaves it shared', async () => {
    const made = await rowOf(await save('ada'));
    expect((await change('bob', made)).status).toBe(403);
    expect((await remove('bob', made)).status).toBe(403);
    expect((await change('admin', made, { visibility: 'personal' })).status).toBe(403);
    const changed = await rowOf(await change('admin', made, { name: 'by Eve' }));
    expect(changed).toMatchObject({ name: 'by Eve', author: 'Ada', mine: false });
    expect((await save('viewer', { visibility: 'personal' })).status).toBe(403);
  });

  test('of two who change one at once, one is told', async () => {
    const made = await rowOf(await save('ada'));
    const statuses = await Promise.all([change('ada', made), change('admin', made)]);
    expect(statuses.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 409]);
    expect((await problemOf(await remove('ada', made))).title).toBeDefined();
    expect(await listed('ada')).toHaveLength(1);
  });

  test.each([
    ['another host', '//evil.example/x'],
    ['a whole address', 'https://evil.example'],
    ['a script', 'javascript:alert(1)'],
    ['no page of ours', '/admin/keys'],
    ['a fragment', '/#mqp_secret'],
    ['a backslash', '/\\evil.example'],
    ['a space', '/analytics?a=b c'],
    ['a line', '/analytics?a\nb'],
    ['too long', `/analytics?q=${'x'.repeat(2_000)}`],
  ])('an address that is %s is refused by its field', async (_, address) => {
    const problem = await problemOf(await save('ada', { address }));
    expect([problem.status, JSON.stringify(problem)]).toEqual([400, expect.stringContaining('/address')]);
  });

  test.each([{ name: '' }, { name: ' ' }, { name: 'x'.repeat(81) }, { visibility: 'secret' }, { more: 1 }])(
    'a body with %j is refused',
    async (body) => {
      expect((await save('ada', body)).status).toBe(400);
    },
  );

  test('there are as many of an author, and in all, as may be', async () => {
    const fill = async (author: string, count: number) => {
      const sql = `INSERT INTO saved_views SELECT ?1 || value, 'n', '/', 'shared', ?1, 'x', 1, '2026-11-21T00:00:00.000Z'
        FROM (WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < ?2) SELECT value FROM n)`;
      await env.DB.prepare(sql).bind(author, count).run();
    };
    await fill(adaId, savedViewsPerAuthorMax - 1);
    expect((await save('ada')).status).toBe(200);
    expect((await problemOf(await save('ada'))).status).toBe(409);
    await fill('others', savedViewsMax - savedViewsPerAuthorMax - 1);
    expect((await save('bob')).status).toBe(200);
    expect((await problemOf(await save('bob'))).status).toBe(409);
  });
});
