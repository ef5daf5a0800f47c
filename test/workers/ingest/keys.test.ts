import { env } from 'cloudflare:workers';
import { describe, expect, test, vi } from 'vitest';
import { base32Digits } from '../../../core/access/base32.ts';
import { formatKey, parseKey } from '../../../core/access/key-format.ts';
import { credentialOutageMs, keyCacheMs, strangeKeysCachedMax } from '../../../core/protocol/limits.ts';
import { readKey, revokeKey } from '../../../storage/key-store.ts';
import { KeyRing } from '../../../workers/ingest/key-ring.ts';
import { countingDatabase, type MadeKey, makeKey, sendWith } from './keyed-door.ts';
import { eventsRequest, TestDoor, view, views } from './recording-env.ts';

const secret = '00112233445566778899aabbccddeeff';
const production = { ENVIRONMENT: 'production', IDENTITY_KEY: secret, PSEUDONYM_KEY: `1:${secret}` };

/** What a refused sender reads. */
async function refusalOf(door: TestDoor, authorization: string): Promise<string> {
  const response = await door.send(eventsRequest(view(), { authorization }));
  const { detail, code } = await response.json<{ detail: string; code: string }>();
  expect([response.status, code]).toEqual([401, 'unauthorized']);
  expect(response.headers.get('www-authenticate')).toMatch(/^Bearer/);
  return detail;
}

/** The same id with another secret, checksum and all. */
function forged({ text }: MadeKey): string {
  const parts = parseKey(text);
  if (!parts) throw new Error('no key');
  const first = parts.secret.startsWith('0') ? '1' : '0';
  return formatKey({ ...parts, secret: first + parts.secret.slice(1) });
}

/** The header is empty: the address counts. */
const none = { authorization: '' };

describe('[KEY-1] a key that is not whole', () => {
  test('one changed character, at each position: 401, without a lookup', async () => {
    const { text } = await makeKey();
    const counting = countingDatabase('ingest_keys');
    const door = new TestDoor({ DB: counting.db });
    for (let at = 0; at < text.length; at++) {
      const other = text[at] === '0' ? '1' : '0';
      const detail = await refusalOf(door, `Bearer ${text.slice(0, at)}${other}${text.slice(at + 1)}`);
      expect(detail).toContain('not whole');
    }
    expect([counting.count, door.queue.batches]).toEqual([0, []]);
  });

  test.each(['x', 'mq_', 'null', "' OR 1=1 --", '<script>', 'a'.repeat(10_000), `mq_live_${base32Digits}`])(
    'no key at all is refused, in the header and in the address: %#',
    async (text) => {
      const door = new TestDoor();
      const detail = await refusalOf(door, `Bearer ${text}`);
      expect(detail).not.toContain(text.slice(0, 12));
      const url = `https://marquee.example/v1/events?key=${encodeURIComponent(text)}`;
      expect((await door.send(new Request(url, eventsRequest(view(), none)))).status).toBe(401);
      expect(door.queue.batches).toEqual([]);
    },
  );
});

describe('[KEY-3] whose key it is', () => {
  test('[IDN-1, KEY-3] the events are of the account of the key, by header or by address', async () => {
    const key = await makeKey({ account: 'tv-app' });
    const door = new TestDoor();
    await door.post(view(), key.bearer);
    const url = `https://marquee.example/v1/events?key=${key.text}`;
    expect((await door.send(new Request(url, eventsRequest(view(), none)))).status).toBe(202);
    await door.post(view());
    expect(door.queue.chunks.map(({ header }) => header.producer)).toEqual(['tv-app', 'tv-app', 'local']);
    const ids = door.queue.chunks.map(({ columns }) => [columns.identity.hi[0], columns.identity.lo[0]]);
    expect(ids[0]).toEqual(ids[1]);
    expect(ids[0]).not.toEqual(ids[2]);
  });

  test('two keys of an account send the same events', async () => {
    const [one, other] = [await makeKey({ account: 'two' }), await makeKey({ account: 'two' })];
    const door = new TestDoor();
    await door.post(view(), one.bearer);
    await door.post(view(), other.bearer);
    const [first, second] = door.queue.chunks.map(({ columns }) => columns.identity.lo[0]);
    expect(first).toBe(second);
  });

  test('a key of a local run is none of a deployment, nor the other way round', async () => {
    const [local, live] = [await makeKey(), await makeKey({}, 'live')];
    expect(await refusalOf(new TestDoor(), live.bearer.authorization)).toContain('another environment');
    expect(await refusalOf(new TestDoor(production), local.bearer.authorization)).toContain('environment');
    expect((await sendWith(new TestDoor(production), live)).status).toBe(202);
  });

  test('a deployment takes nothing without a key', async () => {
    const door = new TestDoor(production);
    for (const authorization of ['', 'Bearer ', 'Basic abc']) {
      expect(await refusalOf(door, authorization)).toContain("producer's key");
    }
  });

  test('an unknown id and a wrong secret look the same; no answer shows a part of a key', async () => {
    const key = await makeKey();
    const door = new TestDoor();
    const unknown = formatKey({ environment: 'local', id: '000000000000', secret: '0'.repeat(26) });
    const [one, other] = [
      await refusalOf(door, `Bearer ${unknown}`),
      await refusalOf(door, `Bearer ${forged(key)}`),
    ];
    expect(one).toBe(other);
    expect(one).not.toMatch(new RegExp(`${key.key.id}|0000`));
  });

  test('a secret that was right is not hashed again; another one is, and opens nothing', async () => {
    const key = await makeKey();
    const door = new TestDoor();
    const digest = vi.spyOn(crypto.subtle, 'digest');
    const hashed = async (work: () => Promise<unknown>) => {
      digest.mockClear();
      await work();
      return digest.mock.calls.length;
    };
    try {
      await refusalOf(door, `Bearer ${forged(key)}`);
      expect(await hashed(async () => await sendWith(door, key))).toBe(1);
      expect(await hashed(async () => await sendWith(door, key))).toBe(0);
      expect(await hashed(async () => await refusalOf(door, `Bearer ${forged(key)}`))).toBe(1);
      expect(await hashed(async () => await sendWith(door, key))).toBe(0);
    } finally {
      digest.mockRestore();
    }
  });

  test('revoked and expired, only the holder is told', async () => {
    const [revoked, expiring] = [await makeKey(), await makeKey({ expiresAtMs: new TestDoor().nowMs + 1 })];
    await revokeKey(env.DB, revoked.key.id, 0);
    const door = new TestDoor();
    expect(await refusalOf(door, revoked.bearer.authorization)).toContain('revoked');
    expect(await refusalOf(door, `Bearer ${forged(revoked)}`)).toContain('no such key');
    expect((await sendWith(door, expiring)).status).toBe(202);
    door.nowMs += 1;
    expect(await refusalOf(door, expiring.bearer.authorization)).toContain('expired');
  });

  test('a revocation is everywhere within 10 seconds', async () => {
    const key = await makeKey();
    const doors = [new TestDoor(), new TestDoor({}, 'fedcba9876543210')];
    for (const door of doors) expect((await sendWith(door, key)).status).toBe(202);
    await revokeKey(env.DB, key.key.id, doors[0]?.nowMs ?? 0);
    for (const door of doors) {
      door.nowMs += keyCacheMs - 1;
      expect((await sendWith(door, key)).status).toBe(202);
      door.nowMs += 1;
      expect(await refusalOf(door, key.bearer.authorization)).toContain('revoked');
    }
    expect(keyCacheMs).toBeLessThanOrEqual(10_000);
  });

  test('a clock that is set back does not keep a key alive', async () => {
    const key = await makeKey();
    const door = new TestDoor();
    await sendWith(door, key);
    await revokeKey(env.DB, key.key.id, 0);
    door.nowMs -= keyCacheMs;
    expect(await refusalOf(door, key.bearer.authorization)).toContain('revoked');
  });

  test('a key costs a read in ten seconds, and one that does not exist too', async () => {
    const key = await makeKey();
    const unknown = {
      ...key,
      bearer: {
        authorization: `Bearer ${formatKey({ environment: 'local', id: 'zzzzzzzzzzzz', secret: 'z'.repeat(26) })}`,
      },
    };
    const counting = countingDatabase('from "ingest_keys"');
    const door = new TestDoor({ DB: counting.db });
    for (let i = 0; i < 5; i++) {
      await sendWith(door, key);
      await sendWith(door, unknown);
    }
    expect(counting.count).toBe(2);
    door.nowMs += keyCacheMs;
    await sendWith(door, key);
    expect(counting.count).toBe(3);
  });

  test('made-up ids do not fill the isolate, nor displace keys that exist', async () => {
    const { key } = await makeKey();
    const ring = new KeyRing();
    const counting = countingDatabase('from "ingest_keys"');
    await ring.find(counting.db, key.id, 0);
    for (let i = 0; i <= strangeKeysCachedMax; i++) await ring.find(env.DB, `x${i}`, 0);
    expect(ring.size).toBe(strangeKeysCachedMax + 1);
    expect((await ring.find(counting.db, key.id, 1))?.key.id).toBe(key.id);
    expect(counting.count).toBe(1);
  });

  test('its use is noted once a minute', async () => {
    const key = await makeKey();
    const counting = countingDatabase('UPDATE ingest_keys');
    const door = new TestDoor({ DB: counting.db });
    for (let i = 0; i < 4; i++) {
      await sendWith(door, key);
      door.nowMs += 20_000;
    }
    expect(counting.count).toBe(2);
    const read = await readKey(env.DB, key.key.id);
    expect(read?.key.lastUsedAtMs).toBe(door.nowMs - 20_000);
  });

  test('while D1 does not answer, a key is checked later: 503, and nothing is taken', async () => {
    const broken = new Proxy({} as D1Database, {
      get: () => () => {
        throw new Error('D1_ERROR: the network is away');
      },
    });
    const key = await makeKey();
    const door = new TestDoor({ DB: broken });
    const response = await sendWith(door, key);
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '2']);
    expect(await response.json()).toMatchObject({ code: 'storage_unavailable' });
  });

  test('a key that was known goes on while D1 does not answer, for a quarter of an hour', async () => {
    const key = await makeKey();
    let isAway = false;
    let asked = 0;
    const db = new Proxy(env.DB, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name, target);
        if (name !== 'prepare') return value;
        return (sql: string) => {
          if (sql.includes('ingest_keys')) asked++;
          if (isAway && sql.includes('ingest_keys')) throw new Error('D1_ERROR: the network is away');
          return target.prepare(sql);
        };
      },
    });
    const door = new TestDoor({ DB: db });
    const logged = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    expect((await sendWith(door, key)).status).toBe(202);
    const knownAtMs = door.nowMs;
    isAway = true;
    door.nowMs += keyCacheMs;
    expect((await sendWith(door, key)).status).toBe(202);
    const before = asked;
    // It is not asked again by every request.
    expect((await sendWith(door, key)).status).toBe(202);
    expect(asked).toBe(before);
    door.nowMs = knownAtMs + credentialOutageMs - 1;
    expect((await sendWith(door, key)).status).toBe(202);
    door.nowMs = knownAtMs + credentialOutageMs + keyCacheMs;
    expect((await sendWith(door, key)).status).toBe(503);
    isAway = false;
    expect((await sendWith(door, key)).status).toBe(202);
    logged.mockRestore();
  });

  test('[ING-1, LOG-5] events are taken all the same; where D1 has never said what regions there are, 503', async () => {
    const key = await makeKey();
    let away: readonly string[] = [];
    const db = new Proxy(env.DB, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name, target);
        if (name !== 'prepare') return value;
        return (sql: string) => {
          if (away.some((word) => sql.includes(word))) throw new Error('D1_ERROR: the network is away');
          return target.prepare(sql);
        };
      },
    });
    const logged = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    away = ['"regions"'];
    const refused = await sendWith(new TestDoor({ DB: db }), key);
    expect(refused.status).toBe(503);
    expect(await refused.json()).toMatchObject({ code: 'storage_unavailable' });
    away = [];
    const door = new TestDoor({ DB: db });
    expect((await sendWith(door, key)).status).toBe(202);
    away = ['regions', 'ingest_keys', 'settings'];
    door.nowMs += 10 * 60_000;
    expect((await sendWith(door, key)).status).toBe(202);
    logged.mockRestore();
  });
});

describe('[KEY-4] the regions of a key', () => {
  test('[ING-2, KEY-4] a record of another region is rejected alone', async () => {
    const key = await makeKey({ regions: ['ASIA-Tokyo', 'EU-London'] });
    const door = new TestDoor();
    const answer = await door.post(
      [
        ...views(2),
        view({ event_id: 'v', region: 'US-Virginia' }),
        view({ event_id: 'a', region: 'Atlantis' }),
      ],
      key.bearer,
    );
    expect(answer).toMatchObject({
      accepted: 2,
      rejected: 2,
      errors: [
        { index: 2, code: 'region_not_allowed', pointer: '/region' },
        { index: 3, code: 'unknown_region', pointer: '/region' },
      ],
    });
  });

  test('the region that the request’s place decides is held against it too', async () => {
    const [tokyo, london] = [
      await makeKey({ regions: ['ASIA-Tokyo'] }),
      await makeKey({ regions: ['EU-London'] }),
    ];
    const door = new TestDoor();
    const bare = view({ region: undefined });
    expect(await door.post(bare, tokyo.bearer)).toMatchObject({
      accepted: 0,
      errors: [{ code: 'region_not_allowed', pointer: '/region' }],
    });
    expect(await door.post(bare, london.bearer)).toMatchObject({ accepted: 1 });
  });

  test('a key for no region sends nothing', async () => {
    const key = await makeKey({ regions: [] });
    expect(await new TestDoor().post(views(3), key.bearer)).toMatchObject({ accepted: 0, rejected: 3 });
  });
});
