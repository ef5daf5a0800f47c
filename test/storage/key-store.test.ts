import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, test } from 'vitest';
import { parseKey } from '../../core/access/key-format.ts';
import { keyUseNotedMs } from '../../core/protocol/limits.ts';
import { toHex } from '../../storage/hex.ts';
import {
  createKey,
  type KeyGrant,
  listKeys,
  noteKeyUse,
  readKey,
  revokeKey,
  secretDigest,
} from '../../storage/key-store.ts';
import { StoredDataError } from '../../storage/stored-data-error.ts';

const nowMs = Date.UTC(2026, 10, 21, 12, 0, 0);
const by = { createdBy: 'anna', nowMs };
const grant: KeyGrant = {
  account: 'player-web',
  name: 'The web player',
  regions: null,
  limits: { eventsPerSecond: 1_000, bytesPerSecond: 1_000_000, eventsPerDay: null },
  expiresAtMs: null,
};

beforeEach(async () => {
  await env.DB.exec('DELETE FROM ingest_keys');
});

describe('[KEY-2] a key is shown once and stored as a digest', () => {
  test('nothing of its secret is in the database, nor in what is listed', async () => {
    const { text, key } = await createKey(env.DB, 'live', grant, by);
    const parts = parseKey(text);
    expect(parts).toMatchObject({ environment: 'live', id: key.id });
    const { results } = await env.DB.prepare('SELECT * FROM ingest_keys').all();
    expect(results).toHaveLength(1);
    expect(JSON.stringify(results)).not.toContain(parts?.secret);
    expect(results[0]?.digest).toBe(toHex(await secretDigest(parts?.secret ?? '')));
    const listed = await listKeys(env.DB);
    expect(listed).toEqual([key]);
    expect(JSON.stringify(listed)).not.toContain(results[0]?.digest);
  });

  test('what was granted is read as it was', async () => {
    const limited: KeyGrant = {
      ...grant,
      regions: ['EU-London', 'ASIA-Tokyo'],
      limits: { eventsPerSecond: 5, bytesPerSecond: 6, eventsPerDay: 7 },
      expiresAtMs: nowMs + 1,
    };
    const { key, text } = await createKey(env.DB, 'local', limited, by);
    expect(key).toMatchObject({ ...limited, createdBy: 'anna', createdAtMs: nowMs, revokedAtMs: null });
    const read = await readKey(env.DB, key.id);
    expect(read?.key).toEqual(key);
    expect(read?.digest).toEqual(await secretDigest(parseKey(text)?.secret ?? ''));
    expect(await readKey(env.DB, '000000000000')).toBeNull();
  });

  test('an account may have several, for rotation: one is revoked, the other stays', async () => {
    const [one, other] = [
      await createKey(env.DB, 'live', grant, by),
      await createKey(env.DB, 'live', grant, by),
    ];
    expect(one.text).not.toBe(other.text);
    expect(await revokeKey(env.DB, one.key.id, nowMs + 5)).toMatchObject({ revokedAtMs: nowMs + 5 });
    expect(await revokeKey(env.DB, one.key.id, nowMs + 9)).toMatchObject({ revokedAtMs: nowMs + 5 });
    expect((await readKey(env.DB, other.key.id))?.key.revokedAtMs).toBeNull();
    expect(await revokeKey(env.DB, '000000000000', nowMs)).toBeNull();
  });

  test('its use is noted to the minute', async () => {
    const { key } = await createKey(env.DB, 'live', grant, by);
    const used = async (atMs: number) => {
      await noteKeyUse(env.DB, key.id, atMs);
      return (await readKey(env.DB, key.id))?.key.lastUsedAtMs;
    };
    expect(await used(nowMs)).toBe(nowMs);
    expect(await used(nowMs + keyUseNotedMs - 1)).toBe(nowMs);
    expect(await used(nowMs + keyUseNotedMs)).toBe(nowMs + keyUseNotedMs);
  });

  test.each([
    ['regions', 'null'],
    ['regions', '"EU-London"'],
    ['regions', ''],
    ['expires_at', 'soon'],
    ['revoked_at', ''],
    ['digest', 'abc'],
  ])('a damaged %s is a fault, never a wider key: %j', async (column, value) => {
    const { key } = await createKey(env.DB, 'live', grant, by);
    await env.DB.prepare(`UPDATE ingest_keys SET ${column} = ?1`).bind(value).run();
    await expect(readKey(env.DB, key.id)).rejects.toThrow(StoredDataError);
  });
});
