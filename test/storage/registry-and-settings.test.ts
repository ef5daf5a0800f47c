import { env } from 'cloudflare:workers';
import { describe, expect, test } from 'vitest';
import { isMigrated, latestMigration, NotMigratedError, needsMigration } from '../../storage/migrated.ts';
import { loadRegions, readShardsOf, registryCacheMs, renewRegions } from '../../storage/region-registry.ts';
import { localSecret } from '../../storage/settings.ts';
import { StoredDataError } from '../../storage/stored-data-error.ts';

const now = 1_795_000_000_000;

describe('the registry of regions', () => {
  test('[ING-4] ships a dozen regions, each with a number of its own and a place', async () => {
    const regions = await loadRegions(env.DB, now);
    expect(regions).toHaveLength(12);
    expect(regions.map(({ number }) => number)).toEqual(Array.from({ length: 12 }, (_, index) => index + 1));
    expect(regions[0]).toEqual({
      number: 1,
      name: 'US-California',
      continent: 'North America',
      latitude: 37.34,
      longitude: -121.89,
    });
    for (const { latitude, longitude } of regions) {
      expect(Math.abs(latitude)).toBeLessThanOrEqual(90);
      expect(Math.abs(longitude)).toBeLessThanOrEqual(180);
    }
  });

  test('[IDN-2b] says how many shards a region has, and what is no plan is told', async () => {
    const planOf = async (text: string) => {
      await env.DB.prepare('UPDATE regions SET shard_plan = ?1 WHERE number = 2').bind(text).run();
      return (await renewRegions(env.DB, now))[1]?.shardPlan;
    };
    expect(await planOf('[[10,4],[12,1]]')).toEqual([
      { fromHour: 10, shards: 4 },
      { fromHour: 12, shards: 1 },
    ]);
    expect((await readShardsOf(env.DB, 2)).map(({ shard }) => shard)).toEqual([0, 1, 2, 3]);
    expect(await readShardsOf(env.DB, 3)).toEqual([{ regionNumber: 3, shard: 0 }]);
    await expect(planOf('[[10,0]]')).rejects.toThrow(StoredDataError);
    expect(await planOf('[]')).toBeUndefined();
  });

  test('is read again only when its minute is over', async () => {
    await loadRegions(env.DB, now);
    await env.DB.exec(
      "INSERT INTO regions (number, name, continent, latitude, longitude) VALUES (13, 'EU-Madrid', 'Europe', 40.42, -3.7)",
    );
    expect(await loadRegions(env.DB, now + registryCacheMs - 1)).toHaveLength(12);
    expect(await loadRegions(env.DB, now + registryCacheMs)).toHaveLength(13);
    await env.DB.exec('DELETE FROM regions WHERE number = 13');
    expect(await loadRegions(env.DB, now - registryCacheMs)).toHaveLength(12);
  });
});

describe('[LOG-5] while D1 does not answer', () => {
  function fallible() {
    const state = { isAway: false, asked: 0 };
    const db = new Proxy(env.DB, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name, target);
        if (name !== 'prepare') return value;
        return (sql: string) => {
          state.asked++;
          if (state.isAway) throw new Error('D1_ERROR: the network is away');
          return target.prepare(sql);
        };
      },
    });
    return { db, state };
  }

  test('the regions are what it said last, however long it is away, and it is asked once a minute', async () => {
    const { db, state } = fallible();
    const known = await loadRegions(db, now);
    state.isAway = true;
    const later = now + 3_600_000;
    expect(await loadRegions(db, later)).toEqual(known);
    expect(await loadRegions(db, later + registryCacheMs - 1)).toEqual(known);
    expect(state.asked).toBe(2);
    await expect(renewRegions(db, later)).rejects.toThrow('the network is away');
    expect(await loadRegions(db, later + 1)).toEqual(known);
  });

  test('an isolate that it has never answered knows none', async () => {
    const { db, state } = fallible();
    state.isAway = true;
    await expect(loadRegions(db, now)).rejects.toThrow('the network is away');
    state.isAway = false;
    expect(await loadRegions(db, now)).not.toEqual([]);
  });
});

describe('a database without its tables', () => {
  test('is told apart from other failures', async () => {
    await expect(needsMigration(() => env.DB.prepare('SELECT * FROM absent_table').all())).rejects.toThrow(
      NotMigratedError,
    );
    await expect(needsMigration(() => env.DB.prepare('SELECT nonsense').all())).rejects.not.toThrow(
      NotMigratedError,
    );
  });

  test('the newest migration is the one that is asked for', async () => {
    expect(env.TEST_MIGRATIONS.at(-1)?.name).toBe(latestMigration);
    expect(await isMigrated(env.DB)).toBe(true);
    await env.DB.prepare('DELETE FROM d1_migrations WHERE name = ?1').bind(latestMigration).run();
    expect(await isMigrated(env.DB)).toBe(false);
    await env.DB.exec('DROP TABLE d1_migrations; DROP TABLE regions');
    expect(await isMigrated(env.DB)).toBe(false);
    await expect(loadRegions(env.DB, now + 10 * registryCacheMs)).rejects.toThrow(NotMigratedError);
  });
});

describe('[IDN-1] keys of a local run', () => {
  const random = (): string =>
    Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join(
      '',
    );

  test('are the same for all who ask at once, and ever after', async () => {
    const keys = await Promise.all(Array.from({ length: 20 }, () => localSecret(env.DB, 'identity', random)));
    expect(new Set(keys).size).toBe(1);
    expect(await localSecret(env.DB, 'identity', () => 'never asked')).toBe(keys[0]);
    expect(await localSecret(env.DB, 'pseudonym', random)).not.toBe(keys[0]);
  });

  test('are checked when they are made and when they are read', async () => {
    await expect(localSecret(env.DB, 'short', () => 'abc')).rejects.toThrow(StoredDataError);
    await env.DB.exec("UPDATE settings SET value = 'damaged' WHERE name = 'identity'");
    await expect(localSecret(env.DB, 'identity', random)).rejects.toThrow(StoredDataError);
  });
});
