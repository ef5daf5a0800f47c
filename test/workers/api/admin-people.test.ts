// Adding people, giving them tokens, and disabling them.
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, test } from 'vitest';
import { readPerson } from '../../../storage/people-store.ts';
import { problemOf } from './ask.ts';
import { askAs, cookieFor, newPerson } from './people.ts';

interface Answer {
  readonly data: Readonly<Record<string, unknown>> & { readonly id: string };
  readonly token: string;
}

let admin: string;
beforeAll(async () => {
  admin = await cookieFor(await newPerson('admin'));
});

const post = async (path: string, body?: unknown, cookie = admin): Promise<Response> =>
  askAs(cookie, `/api/admin/people${path}`, {
    method: 'POST',
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
const added = async (body: object = {}): Promise<Answer> =>
  (await post('', { name: 'Mei', role: 'analyst', ...body })).json<Answer>();

async function signIn(token: string): Promise<string | null> {
  const response = await askAs(null, '/api/session', { method: 'POST', body: JSON.stringify({ token }) });
  return response.headers.get('set-cookie')?.split(';')[0] ?? null;
}

describe('[ACC-7] people', () => {
  test('are added with a token that is shown once and signs in', async () => {
    const { data, token } = await added({ regions: ['ASIA-Tokyo', 'ASIA-Tokyo'], email: 'mei@example.com' });
    expect(data).toMatchObject({
      name: 'Mei',
      email: 'mei@example.com',
      role: 'analyst',
      regions: ['ASIA-Tokyo'],
      has_token: true,
      disabled_at: null,
      last_seen_at: null,
    });
    const cookie = await signIn(token);
    const identity = await (await askAs(cookie, '/api/session')).json();
    expect(identity).toMatchObject({ data: { id: data.id, regions: ['ASIA-Tokyo'], role: 'analyst' } });
    const listed = await (await askAs(admin, '/api/admin/people')).text();
    expect(listed).toContain(data.id);
    expect(listed).not.toContain(token.slice(-30));
    expect(listed).not.toContain((await readPerson(env.DB, data.id))?.tokenDigest ?? '-');
  });

  test('get a new token, and what was signed in by the old one ends', async () => {
    const { data, token } = await added();
    const before = await signIn(token);
    const renewed = await (await post(`/${data.id}/token`)).json<Answer>();
    expect((await askAs(before, '/api/session')).status).toBe(401);
    expect(await signIn(token)).toBeNull();
    expect(await signIn(renewed.token)).not.toBeNull();
  });

  test('are disabled for good', async () => {
    const { data, token } = await added();
    const cookie = await signIn(token);
    for (let i = 0; i < 2; i++) {
      const disabled = await (await post(`/${data.id}/disable`)).json<Answer>();
      expect(disabled.data).toMatchObject({ has_token: false, disabled_at: expect.any(String) as unknown });
    }
    expect((await askAs(cookie, '/api/session')).status).toBe(401);
    expect(await signIn(token)).toBeNull();
    expect((await post(`/${data.id}/token`)).status).toBe(404);
  });

  test('do not disable themselves', async () => {
    const { data } = await (await askAs(admin, '/api/session')).json<Answer>();
    expect((await post(`/${data.id}/disable`)).status).toBe(403);
    expect((await post('/nobody/disable')).status).toBe(404);
    expect((await post("/'%20OR%201=1/token")).status).toBe(404);
  });

  test.each([
    [{ name: '' }, '/name'],
    [{ name: ' ' }, '/name'],
    [{ name: 'x'.repeat(129) }, '/name'],
    [{ name: 'a\nb' }, '/name'],
    [{ name: 'a\u202Eb' }, '/name'],
    [{ role: 'root' }, '/role'],
    [{ role: undefined }, '/role'],
    [{ email: 'mei' }, '/email'],
    [{ regions: ['EU-Atlantis'] }, '/regions'],
    [{ regions: '*' }, '/regions'],
    [{ regions: [7] }, '/regions/0'],
    [{ id: 'local' }, ''],
  ])('are not added with %j', async (fields, pointer) => {
    const problem = await problemOf(await post('', { name: 'Mei', role: 'viewer', ...fields }));
    expect(problem).toMatchObject({ status: 400, code: 'invalid_parameter' });
    expect(problem.errors?.[0]?.pointer).toBe(pointer);
  });

  test.each(['<script>alert(1)</script>', "Robert'); DROP TABLE people;--", '=cmd|calc', '{"$ne":1}', '😀'])(
    'are named %j as data',
    async (name) => {
      const { data } = await added({ name });
      expect((await readPerson(env.DB, data.id))?.name).toBe(name);
      const { data: rows } = await (await askAs(admin, '/api/admin/people')).json<{
        data: Answer['data'][];
      }>();
      expect(rows.find(({ id }) => id === data.id)?.name).toBe(name);
    },
  );

  test('of other regions are none of the business of an admin who is limited to some', async () => {
    const limited = await cookieFor(await newPerson('admin', ['ASIA-Tokyo']));
    const [own, whole] = [await added({ regions: ['ASIA-Tokyo'] }), await added()];
    const { data } = await (await askAs(limited, '/api/admin/people')).json<{ data: Answer['data'][] }>();
    const ids = data.map(({ id }) => id);
    expect([ids.includes(own.data.id), ids.includes(whole.data.id)]).toEqual([true, false]);
    expect((await post(`/${whole.data.id}/token`, undefined, limited)).status).toBe(404);
    expect((await post(`/${whole.data.id}/disable`, undefined, limited)).status).toBe(404);
    expect((await post('', { name: 'X', role: 'admin' }, limited)).status).toBe(403);
    expect((await post('', { name: 'X', role: 'admin', regions: ['EU-Paris'] }, limited)).status).toBe(403);
    expect((await post('', { name: 'X', role: 'viewer', regions: ['ASIA-Tokyo'] }, limited)).status).toBe(
      200,
    );
  });
});
