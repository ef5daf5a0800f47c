// From parts to tables by the very code that runs: late events and twins, a log that began anew, hours, days, users.
import { env } from 'cloudflare:workers';
import { beforeEach, expect, test } from 'vitest';
import type { LakeRows } from '../../../core/lake/lake-rows.ts';
import { eventTypes } from '../../../core/protocol/event-type.ts';
import { addRuns, startRuns } from '../../../storage/batch-store.ts';
import { BatchWork } from '../../../storage/batch-work.ts';
import { readDayMark } from '../../../storage/day-store.ts';
import { type DayPorts, runDay } from '../../../workers/batch/day-run.ts';
import { clearBatch } from '../../storage/batch-rows.ts';
import { counting, day, loggedDay, naiveUsers } from '../../support/day-events.ts';
import { hourOf, type LoggedEvent } from '../../support/logged-events.ts';
import { carryOut, hourMs } from './batch-world.ts';
import { sealed } from './sealed-day.ts';

const region = 'US-California';
const place = { regionNumber: 1, day };
const nowMs = (day + 2) * 24 * hourMs;

beforeEach(async () => {
  await clearBatch();
  await env.DB.exec('DELETE FROM region_days; DELETE FROM batch_days');
});

async function computeDay(logged: readonly LoggedEvent[], seed: number): Promise<void> {
  const parts = await sealed(env.DB, logged, 1, region, 1 + (seed % 3));
  const read = async function* (name: string): AsyncGenerator<LakeRows> {
    yield* await Promise.resolve(parts.get(name) ?? []);
  };
  for (const hour of new Set(logged.map(hourOf))) {
    const id = `${seed}-${hour}`;
    await addRuns(env.DB, [{ id, regionNumber: 1, hour, reason: 'demand', replayId: null }], nowMs);
    await startRuns(env.DB, 1000, nowMs);
    const ports = {
      db: env.DB,
      work: new BatchWork(env.LAKE, id),
      sealHour: () => Promise.resolve('sealed' as const),
      readPart: read,
      now: () => nowMs,
    };
    expect(await carryOut(ports, id, seed % 2 === 0, hour)).toEqual({ is: 'done', value: null });
  }
  const ports: DayPorts = { db: env.DB, bucket: env.LAKE, read, now: () => nowMs, stepEvents: 90 };
  const params = { ...place, region, ...(await readDayMark(env.DB, place)) };
  expect(await runDay(ports, { do: async (_, work) => await work() }, params)).toBe('done');
}

/** The rows of a view as texts, in one order. */
async function view(sql: string): Promise<string[]> {
  const { results } = await env.DB.prepare(sql).all();
  return results.map((row) => JSON.stringify(Object.values(row))).sort();
}

function groups(events: readonly LoggedEvent[], keyOf: (one: LoggedEvent) => unknown[]) {
  const by = new Map<string, LoggedEvent[]>();
  for (const one of events) {
    const key = JSON.stringify(keyOf(one));
    by.set(key, [...(by.get(key) ?? []), one]);
  }
  return [...by].map(([key, own]) => ({ key: JSON.parse(key) as unknown[], own }));
}

const views = (own: readonly LoggedEvent[]): number =>
  own.filter(({ event }) => eventTypes[event.type] === 'view').length;
const texts = (rows: readonly unknown[][]): string[] => rows.map((row) => JSON.stringify(row)).sort();

test.each([101, 102, 103, 104, 105, 106])(
  '[BAT-2, BAT-4, DUP-1b] the tables of a day are the naive recount of its events, seed %i',
  async (seed) => {
    const logged = loggedDay(seed, 300);
    await computeDay(logged, seed);
    const events = counting(logged);
    const withContent = events.filter(({ event }) => event.contentId !== null);
    const byHour = groups(events, (one) => [hourOf(one) % 24]);
    expect(await view('SELECT hour, total_events, view_count FROM batch_hourly_stats')).toEqual(
      texts(byHour.map(({ key, own }) => [...key, own.length, views(own)])),
    );
    const hourly = groups(withContent, (one) => [hourOf(one) % 24, one.event.contentId]);
    expect(
      await view(
        'SELECT CAST(substr(window_start, 12, 2) AS INTEGER), content_id, total_events, view_count FROM content_hourly',
      ),
    ).toEqual(texts(hourly.map(({ key, own }) => [...key, own.length, views(own)])));
    const daily = groups(withContent, (one) => [one.event.contentId]);
    expect(await view('SELECT content_id, total_events, view_count FROM content_daily')).toEqual(
      texts(daily.map(({ key, own }) => [...key, own.length, views(own)])),
    );
    expect(await view('SELECT movie_id, view_count FROM batch_popular_movies')).toEqual(
      texts(daily.flatMap(({ key, own }) => (views(own) === 0 ? [] : [[...key, views(own)]]))),
    );
    expect(await view('SELECT user, total_events, movies_watched FROM batch_user_stats')).toEqual(
      texts(naiveUsers(logged).map((row) => [row.user, row.total_events, row.movies_watched])),
    );
  },
);
