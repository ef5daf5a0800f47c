import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, test } from 'vitest';
import { parseKey } from '../../../core/access/key-format.ts';
import { keyNameLengthMax, keyRateMax, keyRegionsMax } from '../../../core/protocol/limits.ts';
import { makeKey, sendWith } from '../ingest/keyed-door.ts';
import { TestDoor } from '../ingest/recording-env.ts';
import { ask, problemOf } from './ask.ts';
import { askAs, cookieFor, newPerson } from './people.ts';

interface KeyRow extends Readonly<Record<string, unknown>> {
  readonly id: string;
}

interface Made {
  readonly data: KeyRow;
  readonly key: string;
}

const wanted = { account: 'player-web', name: 'The web player' };

const post = (path: string, body?: unknown) =>
  ask(path, { method: 'POST', ...(body === undefined ? {} : { body: JSON.stringify(body) }) });

async function make(changes: Readonly<Record<string, unknown>> = {}): Promise<Made> {
  const response = await post('/api/admin/keys', { ...wanted, ...changes });
  expect(response.status).toBe(200);
  expect(response.headers.get('cache-control')).toBe('no-store');
  return await response.json();
}

async function listed(): Promise<KeyRow[]> {
  const { data, count } = await (await ask('/api/admin/keys')).json<{ data: KeyRow[]; count: number }>();
  expect(count).toBe(data.length);
  return data;
}

beforeEach(async () => {
  await env.DB.exec('DELETE FROM ingest_keys');
});

describe('[KEY-2] keys are made, listed and revoked', () => {
  test('one is made: it is shown once, opens the door, and its secret is in no list', async () => {
    const { data, key } = await make();
    expect(parseKey(key)).toMatchObject({ environment: 'local', id: data.id });
    expect(data).toMatchObject({
      ...wanted,
      state: 'active',
      regions: null,
      events_per_second: 1_000,
      bytes_per_second: 1_048_576,
      events_per_day: null,
      created_by: 'test-admin',
      expires_at: null,
    });
    const door = new TestDoor();
    await door.post([], { authorization: `Bearer ${key}` });
    const secret = parseKey(key)?.secret ?? '';
    const text = await (await ask('/api/admin/keys')).text();
    expect(text).toContain(data.id);
    expect(text).not.toContain(secret);
    expect(text).not.toMatch(/digest|[0-9a-f]{64}/);
  });

  test('[KEY-2, KEY-3] rotation: two at once, the older one revoked; the newer one goes on', async () => {
    const [old, fresh] = [await make(), await make()];
    const revoked = await post(`/api/admin/keys/${old.data.id}/revoke`);
    expect(await revoked.json()).toMatchObject({ data: { id: old.data.id, state: 'revoked' } });
    const door = new TestDoor();
    expect((await sendWith(door, bearerOf(old))).status).toBe(401);
    expect((await sendWith(door, bearerOf(fresh))).status).toBe(202);
    const rows = await listed();
    expect(Object.fromEntries(rows.map(({ id, state }) => [id, state]))).toEqual({
      [old.data.id]: 'revoked',
      [fresh.data.id]: 'active',
    });
    const first = rows.find(({ id }) => id === old.data.id)?.revoked_at;
    await post(`/api/admin/keys/${old.data.id}/revoke`);
    expect((await listed()).find(({ id }) => id === old.data.id)?.revoked_at).toBe(first);
  });

  test('what is granted is what was asked for, and expiry shows', async () => {
    const { data } = await make({
      regions: ['EU-London', 'EU-London', 'ASIA-Tokyo'],
      events_per_second: 5,
      bytes_per_second: 7,
      events_per_day: 9,
      expires_at: '2100-01-01T00:00:00Z',
    });
    expect(data).toMatchObject({
      regions: ['EU-London', 'ASIA-Tokyo'],
      events_per_second: 5,
      bytes_per_second: 7,
      events_per_day: 9,
      expires_at: '2100-01-01T00:00:00.000Z',
      state: 'active',
    });
    const { key } = await makeKey({ expiresAtMs: 1 });
    expect((await listed()).find(({ id }) => id === key.id)?.state).toBe('expired');
  });

  test('each change stands in the audit log, without a secret', async () => {
    const { data, key } = await make();
    await post(`/api/admin/keys/${data.id}/revoke`);
    const { results } = await env.DB.prepare('SELECT * FROM audit_log WHERE target = ?1 ORDER BY seq')
      .bind(data.id)
      .all();
    expect(results).toMatchObject([
      { action: 'key.create', actor: 'test-admin', role: 'admin', result: 'ok' },
      { action: 'key.revoke', actor: 'test-admin', role: 'admin', result: 'ok' },
    ]);
    expect(JSON.stringify(results)).not.toContain(parseKey(key)?.secret);
  });

  test('a key that does not exist cannot be revoked', async () => {
    const response = await post('/api/admin/keys/000000000000/revoke');
    expect((await problemOf(response)).code).toBe('not_found');
  });
});

describe('[KEY-2] what cannot be granted', () => {
  test.each([
    ['/account', { account: '' }],
    ['/account', { account: 'Web Player' }],
    ['/account', { account: 'a:b' }],
    ['/account', { account: 'a'.repeat(65) }],
    ['/account', { account: 5 }],
    ['/name', { name: ' ' }],
    ['/name', { name: 'n'.repeat(keyNameLengthMax + 1) }],
    ['/regions', { regions: ['Atlantis'] }],
    ['/regions', { regions: 'EU-London' }],
    ['/regions', { regions: Array.from({ length: keyRegionsMax + 1 }, () => 'EU-London') }],
    ['/events_per_second', { events_per_second: 0 }],
    ['/events_per_second', { events_per_second: 1.5 }],
    ['/bytes_per_second', { bytes_per_second: keyRateMax + 1 }],
    ['/events_per_day', { events_per_day: -1 }],
    ['/expires_at', { expires_at: 'soon' }],
    ['/expires_at', { expires_at: '2020-01-01T00:00:00Z' }],
    ['', { created_by: 'somebody else' }],
  ])('%s: %j', async (pointer, changes) => {
    const problem = await problemOf(await post('/api/admin/keys', { ...wanted, ...changes }));
    expect(problem).toMatchObject({ code: 'invalid_parameter', errors: [{ pointer }] });
    expect(await listed()).toEqual([]);
  });

  test('the caps themselves can', async () => {
    await make({
      account: 'a'.repeat(64),
      name: 'n'.repeat(keyNameLengthMax),
      regions: Array.from({ length: keyRegionsMax }, () => 'EU-London'),
      events_per_day: keyRateMax,
    });
  });

  test('names come back as data', async () => {
    const name = `'; DROP TABLE ingest_keys; -- <img src=x onerror=alert(1)>\r\nx: y`;
    const { data } = await make({ name });
    expect(data.name).toBe(name);
    expect(await listed()).toMatchObject([{ name }]);
  });
});

describe('[API-2] who has to do with keys', () => {
  const routes: [string, RequestInit][] = [
    ['/api/admin/keys', {}],
    ['/api/admin/keys', { method: 'POST', body: JSON.stringify(wanted) }],
    ['/api/admin/keys/000000000000/revoke', { method: 'POST' }],
  ];

  test.each(routes)('%s is for admins: %j', async (path, init) => {
    const statuses: number[] = [(await askAs(null, path, init)).status];
    for (const role of ['viewer', 'analyst', 'admin'] as const) {
      statuses.push((await askAs(await cookieFor(await newPerson(role)), path, init)).status);
    }
    expect(statuses.slice(0, 3)).toEqual([401, 403, 403]);
    expect([200, 404]).toContain(statuses[3]);
    expect((await listed()).length).toBeLessThanOrEqual(1);
  });

  test('an admin of some regions makes, sees and revokes keys of these alone', async () => {
    const cookie = await cookieFor(await newPerson('admin', ['EU-London']));
    const [wide, tokyo] = [await makeKey(), await makeKey({ regions: ['ASIA-Tokyo', 'EU-London'] })];
    const create = (changes: object) =>
      askAs(cookie, '/api/admin/keys', { method: 'POST', body: JSON.stringify({ ...wanted, ...changes }) });
    for (const regions of [null, ['ASIA-Tokyo'], ['EU-London', 'ASIA-Tokyo']]) {
      expect((await problemOf(await create({ regions }))).code).toBe('forbidden');
    }
    const own = await (await create({ regions: ['EU-London'] })).json<Made>();
    expect(own.key).toMatch(/^mq_live_/);
    const seen = await (await askAs(cookie, '/api/admin/keys')).json<{ data: KeyRow[] }>();
    expect(seen.data.map(({ id }) => id)).toEqual([own.data.id]);
    const revoke = async (id: string) =>
      (await askAs(cookie, `/api/admin/keys/${id}/revoke`, { method: 'POST' })).status;
    expect(await revoke(wide.key.id)).toBe(404);
    expect(await revoke(tokyo.key.id)).toBe(404);
    expect(await revoke(own.data.id)).toBe(200);
    expect((await listed()).filter(({ state }) => state === 'active')).toHaveLength(2);
  });
});

/** A key of an answer, as sendWith takes it. */
function bearerOf({ key }: Made) {
  return { text: key, key: null as never, bearer: { authorization: `Bearer ${key}` } };
}
