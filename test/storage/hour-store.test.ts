import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, test } from 'vitest';
import { mergeWindows } from '../../core/window/merge-windows.ts';
import type { PackedWindow } from '../../core/window/packed-window.ts';
import { hoursSql, readHours, rollUpHour } from '../../storage/hour-store.ts';
import { StoredDataError } from '../../storage/stored-data-error.ts';
import { saveWindows, windowsSql } from '../../storage/window-store.ts';
import { midnight, modelEvents, windowOf, windowsOf } from './packed-windows.ts';

const hour = midnight / 60;
const one = [{ regionNumber: 1, shard: 0 }];
const events = modelEvents(5, 900, 62, 1).filter((event) => event.shard === 0);
const windows = windowsOf(events);
const inHour = windows.filter((window) => window.minute < midnight + 60);

beforeEach(async () => {
  await env.DB.exec('DELETE FROM region_windows; DELETE FROM region_hours');
});

const revised = (window: PackedWindow | undefined, logRow: number, changes: Partial<PackedWindow> = {}) => ({
  ...(window as PackedWindow),
  revision: { generation: 0, incarnation: 1_700_000_000_000, logRow },
  ...changes,
});

describe('hours in D1', () => {
  test('[WIN-2] are the merge of their minutes and of no other, one row written', async () => {
    await saveWindows(env.DB, [
      ...windows,
      windowOf([], { shard: 1 }),
      windowOf([], { minute: midnight - 1 }),
    ]);
    expect(await rollUpHour(env.DB, 1, 0, hour)).toBe(1);
    expect(await readHours(env.DB, one, hour, hour + 1)).toEqual([
      { regionNumber: 1, shard: 0, hour, ...mergeWindows(inHour) },
    ]);
  });

  test('[LOG-5] rolling up again changes nothing and writes nothing', async () => {
    await saveWindows(env.DB, windows);
    await rollUpHour(env.DB, 1, 0, hour);
    const before = await readHours(env.DB, one, hour, hour + 1);
    expect(await rollUpHour(env.DB, 1, 0, hour)).toBe(0);
    expect(await readHours(env.DB, one, hour, hour + 1)).toEqual(before);
  });

  test('an hour without minutes has no row', async () => {
    expect(await rollUpHour(env.DB, 1, 0, hour)).toBe(0);
    expect(await readHours(env.DB, one, hour, hour + 1)).toEqual([]);
  });

  test('a minute that comes late, of a lower revision than another, is taken in', async () => {
    const [first, second] = windows;
    const more = revised(first, 3, { counters: (first as PackedWindow).counters.map((value) => value + 1) });
    await saveWindows(env.DB, [revised(first, 1), revised(second, 9)]);
    await rollUpHour(env.DB, 1, 0, hour);
    await saveWindows(env.DB, [more]);
    expect(await rollUpHour(env.DB, 1, 0, hour)).toBe(1);
    const [found] = await readHours(env.DB, one, hour, hour + 1);
    expect(found?.counters).toEqual(mergeWindows([more, revised(second, 9)]).counters);
    expect(found?.revision.logRow).toBe(9);
  });

  test('[DUP-2] minutes that were deleted do not make the hour forget them', async () => {
    await saveWindows(env.DB, windows);
    await rollUpHour(env.DB, 1, 0, hour);
    const before = await readHours(env.DB, one, hour, hour + 1);
    await env.DB.exec('DELETE FROM region_windows WHERE key % 2 = 0');
    expect(await rollUpHour(env.DB, 1, 0, hour)).toBe(0);
    expect(await readHours(env.DB, one, hour, hour + 1)).toEqual(before);
  });

  test('[DUP-2] an hour of a newer generation stands against minutes of an older one', async () => {
    const newer = { generation: 1, incarnation: 1, logRow: 1 };
    await saveWindows(env.DB, [{ ...(windows[0] as PackedWindow), revision: newer }]);
    await rollUpHour(env.DB, 1, 0, hour);
    await env.DB.exec('DELETE FROM region_windows');
    await saveWindows(env.DB, windows);
    expect(await rollUpHour(env.DB, 1, 0, hour)).toBe(0);
  });

  test('[DUP-2] of writers at once, the one whose minutes have changed merges anew', async () => {
    await saveWindows(env.DB, windows.slice(0, 5));
    const racing = Array.from({ length: 4 }, () => rollUpHour(env.DB, 1, 0, hour));
    await saveWindows(env.DB, windows);
    await Promise.all(racing);
    await rollUpHour(env.DB, 1, 0, hour);
    const [found] = await readHours(env.DB, one, hour, hour + 1);
    expect(found).toMatchObject({ windows: inHour.length, counters: mergeWindows(inHour).counters });
  });

  /** D1 as it is, but `between` happens right after the first read, and a second one fails where `dies`. */
  const interrupted = (between: () => Promise<unknown>, dies: boolean): D1Database => {
    let reads = 0;
    const readThen = async (statement: D1PreparedStatement): Promise<unknown[]> => {
      if (reads++ > 0) {
        if (dies) throw new Error('died');
        return await statement.raw();
      }
      const rows = await statement.raw();
      await between();
      return rows;
    };
    return new Proxy(env.DB, {
      get(db, name) {
        if (name !== 'prepare') return (Reflect.get(db, name) as typeof db.batch).bind(db);
        return (sql: string) =>
          sql === windowsSql
            ? { bind: (json: string) => ({ raw: () => readThen(db.prepare(sql).bind(json)) }) }
            : db.prepare(sql);
      },
    });
  };

  test('[DUP-2] a writer that read before a change merges anew', async () => {
    await saveWindows(env.DB, windows.slice(0, 5));
    const late = interrupted(() => saveWindows(env.DB, windows), false);
    expect(await rollUpHour(late, 1, 0, hour)).toBe(1);
    const [found] = await readHours(env.DB, one, hour, hour + 1);
    expect(found?.windows).toBe(inHour.length);
  });

  test('[DUP-2] a writer that read before a change and then dies has overwritten nothing', async () => {
    const [first, second] = windows;
    const more = revised(first, 3, { counters: (first as PackedWindow).counters.map((value) => value + 1) });
    await saveWindows(env.DB, [revised(first, 1), revised(second, 9)]);
    // The change is of a lower revision than the hour's: the revision alone does not tell which is newer.
    const late = interrupted(async () => {
      await saveWindows(env.DB, [more]);
      expect(await rollUpHour(env.DB, 1, 0, hour)).toBe(1);
    }, true);
    await expect(rollUpHour(late, 1, 0, hour)).rejects.toThrow('died');
    const [found] = await readHours(env.DB, one, hour, hour + 1);
    expect(found?.counters).toEqual(mergeWindows([more, revised(second, 9)]).counters);
  });

  test('are searched by key, and a damaged one is a StoredDataError', async () => {
    const plan = await env.DB.prepare(`EXPLAIN QUERY PLAN ${hoursSql}`).bind('[]').all<{ detail: string }>();
    expect(plan.results.map(({ detail }) => detail)).toContainEqual(
      expect.stringMatching(/^SEARCH w USING INTEGER PRIMARY KEY/),
    );
    await saveWindows(env.DB, windows);
    await rollUpHour(env.DB, 1, 0, hour);
    await env.DB.exec("UPDATE region_hours SET windows = 'all'");
    await expect(readHours(env.DB, one, hour, hour + 1)).rejects.toThrow(StoredDataError);
  });
});
