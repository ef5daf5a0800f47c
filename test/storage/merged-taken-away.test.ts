// Whatever writes a row that was merged over all regions takes the merged row away with it, and no other.
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { counterNames } from '../../core/aggregate/counters.ts';
import { dayHours, hoursKeptMs, partsKeptMs, uncomputedKeptMs } from '../../core/protocol/batch-limits.ts';
import { mergedVersion } from '../../core/protocol/version.ts';
import { writeHour } from '../../storage/batch-hour-store.ts';
import { readDayMark, writeDay } from '../../storage/day-store.ts';
import { rollUpHour } from '../../storage/hour-store.ts';
import { removeParts } from '../../storage/part-retention.ts';
import { removeHours } from '../../storage/retention.ts';
import { saveWindows } from '../../storage/window-store.ts';
import { clearBatch, hour0, hourMs, hourWrite, listPart, runningRun } from './batch-rows.ts';
import { modelEvents, windowsOf } from './packed-windows.ts';

const day0 = hour0 / dayHours;
const allHours = [hour0, hour0 + 1];
const allDays = [day0 - 1, day0, day0 + 1];
const otherDays = [day0 - 1, day0 + 1];
const regions = [{ number: 1, name: 'R1', continent: '', latitude: 0, longitude: 0 }];
const at = (nowMs: number) => ({ db: env.DB, bucket: env.LAKE, regions, nowMs });
/** When nothing of the first day is kept any more, but all of the next. */
const afterKeeping = (keptMs: number): number => (hour0 + dayHours - 1) * hourMs + keptMs;

beforeEach(async () => {
  const columns = ['shards', 'contents', 'titles', ...counterNames];
  const hourSql = `INSERT INTO merged_hours (hour, v, ${columns.join(', ')})
    VALUES (?1, ${mergedVersion}, ${columns.map(() => `'[]'`).join(', ')})`;
  const daySql = `INSERT INTO merged_days (day, v, mark, hours, computed_at, regions, hourly)
    VALUES (?1, ${mergedVersion}, 'mark', 1, '', '[]', '[]')`;
  await env.DB.batch([
    ...allHours.map((hour) => env.DB.prepare(hourSql).bind(hour)),
    ...allDays.map((day) => env.DB.prepare(daySql).bind(day)),
  ]);
});

afterEach(clearBatch);

async function column(name: 'hour' | 'day', table: string): Promise<unknown[]> {
  const { results } = await env.DB.prepare(`SELECT ${name} AS at FROM ${table} ORDER BY 1`).all();
  return results.map((row) => row.at);
}

interface Write {
  readonly what: string;
  readonly write: () => Promise<unknown>;
  readonly hours: readonly number[];
  readonly days: readonly number[];
}

const writes: readonly Write[] = [
  {
    what: 'a run of the hour',
    write: async () =>
      await writeHour(env.DB, hourWrite(await runningRun('run'), 1, { windows: [], hours: [] })),
    hours: [hour0 + 1],
    days: otherDays,
  },
  {
    what: 'minutes that are rolled up',
    write: async () => {
      await saveWindows(env.DB, windowsOf(modelEvents(1, 50, 3, 1)));
      expect(await rollUpHour(env.DB, 1, 0, hour0)).toBeGreaterThan(0);
    },
    hours: [hour0 + 1],
    days: otherDays,
  },
  {
    what: 'the day of a region',
    write: async () => {
      const place = { regionNumber: 1, day: day0 };
      const mark = await readDayMark(env.DB, place);
      const of = { rows: [], userEvents: 0, users: 0, topUsers: [], computedAtMs: 0 };
      await writeDay(env.DB, { ...place, ...mark, ...of });
    },
    hours: allHours,
    days: otherDays,
  },
  // Of an hour that waits because of it, the answers tell when they are read.
  { what: 'a part', write: async () => await listPart(hour0 + 3, 1), hours: allHours, days: otherDays },
  {
    what: 'an hour that is frozen without ever being computed',
    write: async () => {
      await listPart(hour0, 1);
      await env.DB.prepare(
        'INSERT INTO merged_days SELECT ?1, v, mark, hours, computed_at, regions, hourly FROM merged_days LIMIT 1',
      )
        .bind(day0)
        .run();
      const { removed } = await removeParts(at(hour0 * hourMs + partsKeptMs + 2 * uncomputedKeptMs));
      expect(removed).toBe(1);
    },
    hours: allHours,
    days: otherDays,
  },
  {
    what: 'hours that are kept no longer',
    write: async () => await removeHours(at(afterKeeping(hoursKeptMs))),
    hours: allHours,
    days: [day0 + 1],
  },
];

test.each(writes)('[BAT-6] $what takes away what was merged of it', async ({ write, hours, days }) => {
  await write();
  expect([await column('hour', 'merged_hours'), await column('day', 'merged_days')]).toEqual([hours, days]);
});
