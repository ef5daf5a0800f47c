import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  accountsKeptMs,
  alertsKeptMs,
  hoursKeptMs,
  partsKeptMs,
  runsKeptMs,
  uncomputedKeptMs,
  windowsKeptMs,
} from '../../../core/protocol/batch-limits.ts';
import { packedKey } from '../../../core/protocol/region.ts';
import { removeAccounts } from '../../../storage/account-retention.ts';
import { readHours, rollUpHour } from '../../../storage/hour-store.ts';
import { removeParts } from '../../../storage/part-retention.ts';
import { cancelReplay, startReplay } from '../../../storage/replay-store.ts';
import {
  type RetentionPorts,
  removeAlerts,
  removeDays,
  removeHours,
  removeReplays,
  removeRuns,
  removeUncomputedWindows,
  removeWindows,
  removeWork,
} from '../../../storage/retention.ts';
import { readRetention } from '../../../storage/retention-report.ts';
import { saveWindows } from '../../../storage/window-store.ts';
import { runRetention } from '../../../workers/batch/retention.ts';
import { dailyCron, handleScheduled, hourlyCron } from '../../../workers/batch/scheduled.ts';
import { modelEvents, windowsOf } from '../../storage/packed-windows.ts';

const hourMs = 3_600_000;
const nowMs = Date.UTC(2027, 11, 1, 3, 17);
const nowHour = Math.floor(nowMs / hourMs);
const regions = [1, 2].map((number) => ({
  number,
  name: `R${number}`,
  continent: '',
  latitude: 0,
  longitude: 0,
}));
const ports: RetentionPorts = { db: env.DB, bucket: env.LAKE, regions, nowMs };
const iso = (ms: number): string => new Date(ms).toISOString();

beforeEach(() => {
  vi.spyOn(console, 'log').mockImplementation(() => undefined);
});

afterEach(async () => {
  vi.restoreAllMocks();
  const tables = [
    'region_windows',
    'region_hours',
    'region_days',
    'batch_hours',
    'batch_days',
    'batch_runs',
    'lake_parts',
    'alerts',
    'settings',
  ];
  await env.DB.exec(tables.map((table) => `DELETE FROM ${table}`).join('; '));
  const { objects } = await env.LAKE.list();
  await env.LAKE.delete(objects.map(({ key }) => key));
});

const countOf = async (table: string): Promise<unknown> =>
  await env.DB.prepare(`SELECT count(*) AS n FROM ${table}`).first('n');

/** Windows of two regions over two hours from that one on. */
async function windowsAt(hour: number): Promise<number> {
  const events = modelEvents(7, 200, 120, 2).filter(({ shard }) => shard === 0);
  const moved = windowsOf(events).map((window) => ({ ...window, minute: hour * 60 + (window.minute % 120) }));
  await saveWindows(env.DB, moved);
  for (const regionNumber of [1, 2])
    for (const at of [hour, hour + 1]) await rollUpHour(env.DB, regionNumber, 0, at);
  return moved.length;
}

async function computed(regionNumber: number, hour: number, atMs = nowMs): Promise<void> {
  await env.DB.prepare(
    `INSERT OR REPLACE INTO batch_hours (key, run_id, generation, parts, parts_digest, events, late_added, late_twins,
       computed_at) VALUES (?1, 'run', 1, 1, '', 0, 0, 0, ?2)`,
  )
    .bind(packedKey(regionNumber, 0, hour), iso(atMs))
    .run();
}

async function partAt(hour: number, sealedMs: number, regionNumber = 1): Promise<string> {
  const name = `lake/events/${regionNumber}-${hour}-${sealedMs}`;
  await env.LAKE.put(name, 'part');
  await env.DB.prepare(
    `INSERT INTO lake_parts VALUES (?1, ?2, 0, 1, 1, 1, ?3, 'counted', 1, 1, '', 1, 0, 0, ?4)`,
  )
    .bind(name, regionNumber, hour, iso(sealedMs))
    .run();
  return name;
}

describe('[RET-1] minutes', () => {
  const cut = Math.floor((nowMs - windowsKeptMs) / hourMs);

  test('go after a week, those of computed hours alone, in bounded steps; their hours stay', async () => {
    const count = await windowsAt(cut - 2);
    await windowsAt(cut);
    for (const number of [1, 2]) await computed(number, cut);
    for (const number of [1, 2]) await computed(number, cut + 1);
    expect(await removeWindows(ports)).toEqual({ removed: 0, more: false });
    for (const number of [1, 2]) for (const hour of [cut - 2, cut - 1]) await computed(number, hour);
    const before = await readHours(env.DB, [{ regionNumber: 1, shard: 0 }], cut - 2, cut + 2);
    expect(await removeWindows(ports, 10)).toEqual({ removed: 10, more: true });
    expect(await removeWindows(ports)).toEqual({ removed: count - 10, more: false });
    expect(await removeWindows(ports)).toEqual({ removed: 0, more: false });
    expect(await countOf('region_windows')).toBe(count);
    expect(await readHours(env.DB, [{ regionNumber: 1, shard: 0 }], cut - 2, cut + 2)).toEqual(before);
  });

  test('stay while their hour has no row', async () => {
    await windowsAt(cut - 2);
    for (const number of [1, 2]) for (const hour of [cut - 2, cut - 1]) await computed(number, hour);
    await env.DB.exec('DELETE FROM region_hours');
    expect(await removeWindows(ports)).toEqual({ removed: 0, more: false });
  });

  test('of hours that are not computed go a month later, merged into their hours before', async () => {
    const last = Math.floor((nowMs - windowsKeptMs - uncomputedKeptMs) / hourMs);
    const count = await windowsAt(last - 2);
    await windowsAt(last);
    const before = await readHours(env.DB, [{ regionNumber: 2, shard: 0 }], last - 2, last);
    await env.DB.exec('DELETE FROM region_hours');
    expect(await removeUncomputedWindows(ports)).toEqual({ removed: count, more: false });
    expect(await removeUncomputedWindows(ports)).toEqual({ removed: 0, more: false });
    expect(await countOf('region_windows')).toBe(count);
    expect(await readHours(env.DB, [{ regionNumber: 2, shard: 0 }], last - 2, last)).toEqual(before);
  });
});

describe('[RET-1] hours and days', () => {
  const cut = Math.floor((nowMs - hoursKeptMs) / hourMs);

  test('go after 400 days, but those that were computed within them, and accounts with parts', async () => {
    await windowsAt(cut - 2);
    await windowsAt(cut);
    const [, first, second] = [0, cut - 2, cut - 1];
    await computed(1, first, nowMs - hoursKeptMs - 1);
    await computed(1, second, nowMs - hoursKeptMs + 1);
    expect(await removeHours(ports)).toEqual({ removed: 4, more: false });
    const left = await readHours(
      env.DB,
      [1, 2].map((regionNumber) => ({ regionNumber, shard: 0 })),
      cut - 2,
      cut + 2,
    );
    expect(left.map(({ regionNumber, hour }) => [regionNumber, hour])).toEqual([
      [1, cut - 1],
      [1, cut],
      [1, cut + 1],
      [2, cut],
      [2, cut + 1],
    ]);
    await computed(1, cut - 9, 0);
    await partAt(cut - 9, nowMs);
    expect(await removeHours(ports)).toEqual({ removed: 0, more: false });
    await env.DB.exec('DELETE FROM lake_parts');
    expect(await removeHours(ports)).toEqual({ removed: 1, more: false });
  });

  test('and the users of the days go from the lake; other days stay', async () => {
    const day = Math.floor(cut / 24) - 1;
    const dateOf = (of: number) => iso(of * 24 * hourMs).slice(0, 10);
    const objects = [day, day + 1].flatMap((of) =>
      [0, 1].map((n) => `lake/user_stats/date=${dateOf(of)}/region=R1/part-1-1-${n}.parquet`),
    );
    for (const name of objects) await env.LAKE.put(name, 'users');
    for (const of of [day, day + 1])
      await env.DB.prepare(`INSERT INTO batch_days VALUES (?1, 1, 1, 0, 0, ?2, '[]')`)
        .bind(packedKey(1, 0, of), iso(0))
        .run();
    expect(await removeDays(ports)).toEqual({ removed: 1, more: false });
    expect(await countOf('batch_days')).toBe(1);
    expect((await env.LAKE.list({ prefix: 'lake/user_stats/' })).objects.map(({ key }) => key)).toEqual(
      objects.slice(2),
    );
  });
});

describe('[RET-2] parts', () => {
  const old = nowMs - partsKeptMs;
  const hour = Math.floor(old / hourMs) - 5;
  const isFrozen = async (of: number) =>
    await env.DB.prepare('SELECT frozen FROM batch_hours WHERE key = ?1')
      .bind(packedKey(1, 0, of))
      .first('frozen');

  test('go 400 days after they were written, however old their events; the hour is frozen', async () => {
    for (const of of [hour, hour - 900]) await computed(1, of);
    const gone = [await partAt(hour, old - 1), await partAt(hour - 900, old - 1)];
    const kept = [await partAt(hour, old + 1), await partAt(hour - 500, nowMs), await partAt(nowHour, nowMs)];
    await computed(1, hour - 500);
    expect(await removeParts(ports, 1)).toEqual({ removed: 1, more: true });
    expect(await removeParts(ports)).toEqual({ removed: 1, more: false });
    expect(await removeParts(ports)).toEqual({ removed: 0, more: false });
    expect((await env.LAKE.list()).objects.map(({ key }) => key)).toEqual(kept.toSorted());
    expect(await countOf('lake_parts')).toBe(kept.length);
    for (const name of gone) expect(await env.LAKE.head(name)).toBeNull();
    expect([await isFrozen(hour), await isFrozen(hour - 900), await isFrozen(hour - 500)]).toEqual([1, 1, 0]);
  });

  test('wait a month more where their hour is not computed; then that is never computed', async () => {
    await partAt(hour, old - 1);
    expect(await removeParts(ports)).toEqual({ removed: 0, more: false });
    expect(await removeParts({ ...ports, nowMs: nowMs + uncomputedKeptMs })).toEqual({
      removed: 1,
      more: false,
    });
    expect(await isFrozen(hour)).toBe(1);
  });

  test.each(['before', 'behind'])(
    'a death %s any call of D1 or R2 leaves nothing that is not right',
    async (where) => {
      await computed(1, hour);
      const name = await partAt(hour, old - 1);
      let calls = 0;
      for (let dies = 1; calls >= dies - 1; dies++) {
        calls = 0;
        const mortal = <T extends object>(target: T): T =>
          new Proxy(target, {
            get: (of, key) => {
              const value: unknown = Reflect.get(of, key);
              if (typeof value !== 'function') return value;
              return (...given: unknown[]): unknown => {
                if (key !== 'run' && key !== 'delete' && key !== 'all') {
                  const made = Reflect.apply(value, of, given) as object;
                  return key === 'prepare' || key === 'bind' ? mortal(made) : made;
                }
                calls++;
                if (calls === dies && where === 'before') throw new Error('died');
                const done = Reflect.apply(value, of, given) as Promise<unknown>;
                if (calls < dies || where === 'before') return done;
                return done.then(() => {
                  throw new Error('died');
                });
              };
            },
          });
        await removeParts({ ...ports, db: mortal(env.DB), bucket: mortal(env.LAKE) }).catch(
          (error: unknown) => expect(String(error)).toMatch(/died/),
        );
        // A part that R2 lacks is only listed where nothing reads it.
        if ((await env.LAKE.head(name)) === null) expect(await isFrozen(hour)).toBe(1);
      }
      expect(await removeParts(ports)).toEqual({ removed: 0, more: false });
      expect([await countOf('lake_parts'), (await env.LAKE.list()).objects]).toEqual([0, []]);
    },
  );
});

describe('[RET-1] what else is over', () => {
  test('alerts that were resolved a month ago, not those that fire', async () => {
    const insert = (id: string, state: string, resolvedMs: number | null) =>
      env.DB.prepare(
        `INSERT INTO alerts (id, rule_id, rule_version, alert_type, severity, state, message, region_number, region,
           dimension, metric, metric_value, threshold_value, pending_since, window_start, created_at, resolved_at,
           corrections, history, generation, incarnation, change)
         VALUES (?1, 'r', 1, 't', 'warning', ?2, '', 1, 'R1', 'region', 'm', 0, 0, '', '', '', ?3, 0, '[]', 0, 0, 0)`,
      ).bind(id, state, resolvedMs === null ? null : iso(resolvedMs));
    await env.DB.batch([
      insert('old', 'resolved', nowMs - alertsKeptMs - 1),
      insert('older', 'resolved', nowMs - alertsKeptMs - 2),
      insert('young', 'resolved', nowMs - alertsKeptMs + 1),
      insert('fires', 'firing', null),
    ]);
    expect(await removeAlerts(ports, 1)).toEqual({ removed: 1, more: true });
    expect(await removeAlerts(ports)).toEqual({ removed: 1, more: false });
    const { results } = await env.DB.prepare('SELECT id FROM alerts ORDER BY id').all();
    expect(results.map(({ id }) => id)).toEqual(['fires', 'young']);
  });

  test('runs that were over a month ago, not those that stand; and work that is a week old', async () => {
    const insert = (id: string, state: string, atMs: number) =>
      env.DB.prepare(
        `INSERT INTO batch_runs (id, region_number, hour, reason, state, parts, parts_done, events, late_added, late_twins,
           windows_changed, differences, created_at, progressed_at) VALUES (?1, 1, 1, 'cron', ?2, 0, 0, 0, 0, 0, 0, '[]', '', ?3)`,
      ).bind(id, state, iso(atMs));
    await env.DB.batch([
      insert('done', 'done', nowMs - runsKeptMs - 1),
      insert('failed', 'failed', nowMs - runsKeptMs - 1),
      insert('young', 'done', nowMs - runsKeptMs + 1),
      insert('stands', 'waiting', 0),
    ]);
    await startReplay(
      env.DB,
      { id: 'r', fromHour: 1, toHour: 2, regions: [1], startedBy: 'p' },
      nowMs - runsKeptMs - 2,
    );
    await env.DB.prepare("UPDATE batch_runs SET replay_id = 'r' WHERE id = 'done'").run();
    expect(await removeReplays(ports)).toEqual({ removed: 0, more: false });
    expect(await removeRuns(ports)).toEqual({ removed: 1, more: false });
    // Its runs go with it, and not before.
    await cancelReplay(env.DB, 'r', nowMs - runsKeptMs - 1);
    expect(await removeReplays(ports)).toEqual({ removed: 1, more: false });
    expect(await removeRuns(ports)).toEqual({ removed: 1, more: false });
    expect(await countOf('batch_runs')).toBe(2);
    await env.LAKE.put('lake/work/run/plan', 'x');
    expect(await removeWork({ ...ports, nowMs: Date.now() })).toEqual({ removed: 0, more: false });
    expect(await removeWork(ports)).toEqual({ removed: 1, more: false });
  });

  test('accounts, rejects, holes and ended sessions go after their time, so many at once', async () => {
    const cutMs = nowMs - accountsKeptMs;
    const minute = Math.floor(cutMs / 60_000);
    const insert = (sql: string, values: readonly (string | number)[]) => env.DB.prepare(sql).bind(...values);
    await env.DB.batch(
      [-2, -1, 0].flatMap((n) => [
        insert("INSERT INTO shard_accounts VALUES (1, 0, 1, ?1, ?1, ?2, ?2, '{}')", [n + 9, minute + n]),
        insert("INSERT INTO reject_reports VALUES (?1, 'd', 'p', ?2, 1, '{}', 0, '[]')", [
          `${String(minute + n).padStart(8, '0')}:d:p`,
          minute + n,
        ]),
        insert("INSERT INTO door_holes VALUES (1, 0, 'd', ?1, 99, 'p', ?2)", [n + 9, iso(cutMs + n)]),
        insert(
          "INSERT INTO sessions (id, person_id, created_at, expires_at, country) VALUES (?1, 'x', '', ?2, '')",
          [`s${n}`, iso(cutMs + n)],
        ),
      ]),
    );
    expect(await removeAccounts(ports, 1)).toEqual({ removed: 4, more: true });
    expect(await removeAccounts(ports, 5)).toEqual({ removed: 4, more: false });
    expect(await removeAccounts(ports, 5)).toEqual({ removed: 0, more: false });
    const tables = ['shard_accounts', 'reject_reports', 'door_holes', 'sessions'];
    expect(await Promise.all(tables.map(countOf))).toEqual([1, 1, 1, 1]);
  });

  test('a firing goes on where the one before stopped, and reports', async () => {
    const cut = Math.floor((nowMs - alertsKeptMs) / hourMs);
    const count = await windowsAt(cut);
    for (const number of [1, 2]) for (const hour of [cut, cut + 1]) await computed(number, hour);
    const failing = {
      ...ports,
      bucket: {
        list: () => Promise.reject(new Error('away')),
        get: () => Promise.reject(new Error('away')),
      } as unknown as R2Bucket,
    };
    const error = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const report = await runRetention(failing);
    expect(report.left).toEqual(['work', 'etl_work', 'audit_log']);
    expect(report.removed).toMatchObject({ windows: count, parts: 0 });
    expect(error).toHaveBeenCalledTimes(3);
    expect(await readRetention(env.DB)).toEqual(report);
    // By the hour only because something is left.
    await handleScheduled(hourlyCron, env, nowMs + 1);
    expect(await readRetention(env.DB)).toMatchObject({ at: iso(nowMs + 1), left: [] });
    await handleScheduled(hourlyCron, env, nowMs + 2);
    expect(await readRetention(env.DB)).toMatchObject({ at: iso(nowMs + 1) });
    await handleScheduled(dailyCron, env, nowMs + 3);
    expect(await readRetention(env.DB)).toMatchObject({ at: iso(nowMs + 3) });
  });
});
