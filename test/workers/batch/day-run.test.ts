import { env } from 'cloudflare:workers';
import { parquetReadObjects } from 'hyparquet';
import { afterEach, describe, expect, test } from 'vitest';
import type { LakeRows } from '../../../core/lake/lake-rows.ts';
import { packedKey } from '../../../core/protocol/region.ts';
import { type DayParams, readDayMark, readDueDays } from '../../../storage/day-store.ts';
import { rollUpHour } from '../../../storage/hour-store.ts';
import { userStatsFolder } from '../../../storage/user-stats.ts';
import { saveWindows } from '../../../storage/window-store.ts';
import { type DayPorts, runDay, type Steps } from '../../../workers/batch/day-run.ts';
import { modelEvents, windowsOf } from '../../storage/packed-windows.ts';
import { counting, day, loggedDay, naiveUsers } from '../../support/day-events.ts';
import { sealed } from './sealed-day.ts';

const region = 'US-California';
const place = { regionNumber: 1, day };
const folder = userStatsFolder(region, day);

afterEach(async () => {
  const tables = ['lake_parts', 'batch_hours', 'batch_days', 'region_hours', 'region_days', 'region_windows'];
  await env.DB.exec(tables.map((table) => `DELETE FROM ${table}`).join('; '));
  const { objects } = await env.LAKE.list();
  await env.LAKE.delete(objects.map(({ key }) => key));
});

const once: Steps = { do: async (_, work) => await work() };

function portsOf(parts: ReadonlyMap<string, readonly LakeRows[]>, stepEvents = 100): DayPorts {
  return {
    db: env.DB,
    bucket: env.LAKE,
    stepEvents,
    now: () => 1_000,
    async *read(name) {
      yield* parts.get(name) ?? [];
    },
  };
}

/** Says of every hour with parts that the batch layer has computed it from them. */
async function computeHours(generation = 1): Promise<void> {
  await env.DB.prepare(
    `INSERT INTO batch_hours (key, run_id, generation, parts, parts_digest, events, late_added, late_twins, computed_at)
     SELECT ?1 + hour, 'run', ?2, count(*), '', 0, 0, 0, '2026-11-21T00:00:00.000Z' FROM lake_parts GROUP BY hour
     ON CONFLICT (key) DO UPDATE SET generation = excluded.generation, parts = excluded.parts`,
  )
    .bind(packedKey(1, 0, 0), generation)
    .run();
}

async function paramsNow(): Promise<DayParams> {
  return { ...place, region, ...(await readDayMark(env.DB, place)) };
}

async function usersInLake(): Promise<Record<string, unknown>[]> {
  const { objects } = await env.LAKE.list({ prefix: folder });
  const rows: Record<string, unknown>[] = [];
  for (const { key } of objects) {
    const file = (await (await env.LAKE.get(key))?.arrayBuffer()) as ArrayBuffer;
    rows.push(...(await parquetReadObjects({ file })));
  }
  return rows.sort((a, b) => (String(a.user) < String(b.user) ? -1 : 1));
}

const withMean = (rows: ReturnType<typeof naiveUsers>) =>
  rows.map((row) => ({
    ...row,
    avg_duration_seconds:
      row.duration_count === 0 ? null : Number(row.duration_ms_sum) / 1000 / row.duration_count,
  }));

describe('[BAT-4] the users of a day', () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])('are the naive recount, seed %i', async (seed) => {
    const logged = loggedDay(seed);
    expect(counting(logged).length).toBeLessThan(logged.length - 30);
    const parts = await sealed(env.DB, logged, 1, region, 1 + (seed % 4));
    await computeHours();
    expect(await runDay(portsOf(parts, 20 * seed), once, await paramsNow())).toBe('done');
    const expected = naiveUsers(logged);
    expect(await usersInLake()).toEqual(withMean(expected));
    const { results } = await env.DB.prepare('SELECT * FROM batch_user_stats').all<Record<string, unknown>>();
    const byEvents = expected.toSorted(
      (a, b) => b.total_events - a.total_events || (a.user < b.user ? -1 : 1),
    );
    expect(
      results.map((row) => [row.date, row.region, row.user, row.total_events, row.movies_watched]),
    ).toEqual(byEvents.map((row) => ['2026-11-20', region, row.user, row.total_events, row.movies_watched]));
    const account = await env.DB.prepare('SELECT users, user_events FROM batch_days').first();
    expect(account).toEqual({
      users: expected.length,
      user_events: expected.reduce((sum, { total_events }) => sum + total_events, 0),
    });
  });

  test('die with the run between any two steps, and converge', async () => {
    const logged = loggedDay(9);
    const parts = await sealed(env.DB, logged, 1, region, 2);
    await computeHours();
    const params = await paramsNow();
    const done = new Map<string, unknown>();
    let deaths = 0;
    for (;;) {
      // Dies after a step's work was done, and before that was noted: the step is done twice.
      let dies: string | null = null;
      const mortal: Steps = {
        do: async <T>(name: string, work: () => Promise<T>): Promise<T> => {
          if (done.has(name)) return done.get(name) as T;
          const result = await work();
          if (dies === null && !done.has(`died ${name}`)) {
            done.set(`died ${name}`, true);
            dies = name;
            throw new Error(`dies in ${name}`);
          }
          done.set(name, result);
          return result;
        },
      };
      try {
        await runDay(portsOf(parts), mortal, params);
        break;
      } catch (error) {
        expect(String(error)).toMatch(/dies in/);
        deaths++;
      }
    }
    expect(deaths).toBeGreaterThan(8);
    expect(await usersInLake()).toEqual(withMean(naiveUsers(logged)));
    expect((await env.LAKE.list({ prefix: 'lake/work/' })).objects).toEqual([]);
  });

  test('are computed again when an hour was, and replace those of before; older runs change nothing', async () => {
    const logged = loggedDay(10);
    const early = logged.slice(0, 200);
    const parts = await sealed(env.DB, early, 1, region, 1);
    await computeHours(1);
    const before = await paramsNow();
    await runDay(portsOf(parts), once, before);
    expect(await usersInLake()).toEqual(withMean(naiveUsers(early)));
    const more = await sealed(env.DB, logged.slice(200), 1, region, 1);
    await computeHours(2);
    expect(await runDay(portsOf(parts), once, before)).toBe('passed');
    await runDay(portsOf(new Map([...parts, ...more])), once, await paramsNow());
    expect(await usersInLake()).toEqual(withMean(naiveUsers(logged)));
  });

  test('take back the file that a step which was given up puts behind the cleaning of a newer run', async () => {
    const parts = await sealed(env.DB, loggedDay(14), 1, region, 1);
    await computeHours(1);
    const older = await paramsNow();
    const steps: Steps = {
      do: async (name, work) => {
        if (name === 'users 0') {
          await computeHours(2);
          await runDay(portsOf(parts, 1000), once, await paramsNow());
        }
        if (name === 'write') throw new Error('it was given up');
        return await work();
      },
    };
    await expect(runDay(portsOf(parts, 1000), steps, older)).rejects.toThrow('it was given up');
    expect(await usersInLake()).toEqual(withMean(naiveUsers(loggedDay(14))));
  });

  test('cost D1 two rows written: the account with the top, and the day of the hours', async () => {
    const parts = await sealed(env.DB, loggedDay(11), 1, region, 1);
    await saveWindows(
      env.DB,
      windowsOf(modelEvents(3, 50, 1, 1), { shard: 0, minute: day * 1440 }).slice(0, 1),
    );
    await rollUpHour(env.DB, 1, 0, day * 24);
    await computeHours();
    const written: unknown[] = [];
    const steps: Steps = {
      do: async (name, work) => {
        const result = await work();
        if (name === 'write') written.push(result);
        return result;
      },
    };
    await runDay(portsOf(parts), steps, await paramsNow());
    expect(written).toEqual([2]);
    expect(await env.DB.prepare('SELECT count(*) AS n FROM region_days').first('n')).toBe(1);
  });
});

describe('[BAT-3] a day is due', () => {
  const due = async () => await readDueDays(env.DB, [1, 2], [[day, day + 1]], 10);

  test('when its hours are computed and it is not, or one of them again', async () => {
    const parts = await sealed(env.DB, loggedDay(12), 1, region, 1);
    expect(await due()).toEqual([]);
    await computeHours(1);
    expect(await due()).toEqual([{ ...place, hours: 3, generations: 3 }]);
    await runDay(portsOf(parts), once, await paramsNow());
    expect(await due()).toEqual([]);
    await env.DB.exec(`UPDATE batch_hours SET generation = 2 WHERE key % 24 = ${(day * 24 + 5) % 24}`);
    await env.DB.exec('UPDATE batch_hours SET generation = generation + 1');
    expect(await due()).toHaveLength(1);
  });

  test('not while an hour has parts that its run did not read, or is not computed, or is frozen', async () => {
    await sealed(env.DB, loggedDay(13), 1, region, 1);
    await computeHours();
    await env.DB.exec('UPDATE batch_hours SET parts = parts - 1');
    expect(await due()).toEqual([]);
    await computeHours();
    await env.DB.exec('DELETE FROM batch_hours WHERE key IN (SELECT max(key) FROM batch_hours)');
    expect(await due()).toEqual([]);
    await computeHours();
    await env.DB.exec('UPDATE batch_hours SET frozen = 1 WHERE key IN (SELECT max(key) FROM batch_hours)');
    expect(await due()).toEqual([]);
  });
});
