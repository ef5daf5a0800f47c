// What is merged over all regions answers as the regions do: asked before and after, and once what it was merged from
// has changed.
import { env } from 'cloudflare:workers';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { dayHours } from '../../../core/protocol/batch-limits.ts';
import { packedKey } from '../../../core/protocol/region.ts';
import { writeHour } from '../../../storage/batch-hour-store.ts';
import { addRuns, startRuns } from '../../../storage/batch-store.ts';
import { readDayHours, readDayMark, writeDay } from '../../../storage/day-store.ts';
import { readHours, rollUpHour } from '../../../storage/hour-store.ts';
import { mergeDue } from '../../../storage/merge-contents.ts';
import { loadRegions } from '../../../storage/region-registry.ts';
import { saveWindows } from '../../../storage/window-store.ts';
import { hourWrite, listPart } from '../../storage/batch-rows.ts';
import { groupBy, midnight, modelEvents, windowsOf } from '../../storage/packed-windows.ts';
import { ask, type Rows, rowsOf } from './ask.ts';
import { askAs, cookieFor, newPerson } from './people.ts';

const firstHour = midnight / 60;
const firstDay = firstHour / dayHours;
const hours = 60;
const nowHour = firstHour + hours;
const isoHour = (hour: number): string => new Date(hour * 3_600_000).toISOString();
const between = (from: number, to: number): string =>
  `from=${isoHour(firstHour + from)}&to=${isoHour(firstHour + to)}`;
/** Two and a half days of three regions, which call films by names of their own, now and then by none. */
const events = modelEvents(72, 4000, hours * 60)
  .filter(({ shard }) => shard === 0)
  .map((event) => ({ ...event, title: titleOf(event.regionNumber, event.minute, event.content) }));

function titleOf(region: number, minute: number, content: string): string | null {
  const hour = Math.floor(minute / 60);
  return content === '42' || (hour + region) % 3 === 0 ? null : `"${content}" ${(hour * 7 + region) % 5}`;
}

const ranges = [between(0, 60), between(7, 55), between(0, 48), between(24, 31), between(25, 26)];
const tables = ['content', 'content?by=day', 'popular-movies', 'ratings-stats', 'hourly-stats'];
const filters = ['', '&content_id=mov_1', '&region=US-Virginia', '&limit=2'];
const questions = [
  ...tables.flatMap((table) => ranges.flatMap((range) => filters.map((filter) => [table, range, filter]))),
  ...filters.map((filter) => ['content?by=hour', between(7, 55), filter]),
  ['user-stats', between(0, 48), ''],
].map(([table, range, filter]) => `/api/batch/${table}${table?.includes('?') ? '&' : '?'}${range}${filter}`);

/** Page by page where pages are short. */
async function answerOf(question: string): Promise<unknown[]> {
  const pages: unknown[] = [];
  let cursor: string | null = '';
  for (let page = 0; cursor !== null && page < 3; page++) {
    const rows: Rows = await rowsOf(`${question}${cursor === '' ? '' : `&cursor=${cursor}`}`);
    pages.push(rows.data, rows.meta);
    cursor = rows.meta.next_cursor;
  }
  return pages;
}

async function writeDays(): Promise<void> {
  for (const regionNumber of [1, 2, 3]) {
    for (const day of [firstDay, firstDay + 1]) {
      const place = { regionNumber, day };
      const [mark, rows] = [await readDayMark(env.DB, place), await readDayHours(env.DB, place)];
      await writeDay(env.DB, {
        ...place,
        ...mark,
        rows,
        userEvents: 0,
        users: 0,
        topUsers: [],
        computedAtMs: 0,
      });
    }
  }
}

/** Until nothing is left to merge. Returns how many hours and days were. */
async function mergeAll(): Promise<{ hours: number; days: number }> {
  const regions = await loadRegions(env.DB, Date.now());
  const all = { hours: 0, days: 0 };
  for (;;) {
    const { hours: more, days } = await mergeDue(env.DB, regions, nowHour, 99 * 24);
    if (more + days === 0) return all;
    all.hours += more;
    all.days += days;
  }
}

/** Figures that no answer can give but from what is merged. */
const spoil = [
  `UPDATE merged_hours SET views = replace(views, '[', '[9'), rating_count = views, titles = '[]'`,
  'UPDATE content_days SET views = views + 1000000, rating_count = rating_count + 1000000',
  `UPDATE merged_days SET hours = hours + 1000, hourly = replace(hourly, ',[', ',[9')`,
];

beforeAll(async () => {
  await saveWindows(env.DB, windowsOf(events));
  for (const regionNumber of [1, 2, 3]) {
    for (let hour = firstHour; hour < nowHour; hour++) {
      await rollUpHour(env.DB, regionNumber, 0, hour);
      await env.DB.prepare(
        `INSERT INTO batch_hours (key, run_id, generation, parts, parts_digest, events, late_added, late_twins,
           computed_at) VALUES (?1, 'run', 1, 1, '', 0, 0, 0, ?2)`,
      )
        .bind(packedKey(regionNumber, 0, hour), isoHour(hour + 2))
        .run();
    }
  }
  await writeDays();
});

beforeEach(async () => {
  await env.DB.exec('DELETE FROM merged_hours; DELETE FROM merged_days; DELETE FROM content_days');
});

describe('[BAT-6] what is merged over all regions', () => {
  test('answers as the regions do, and is what answers', { timeout: 120_000 }, async () => {
    const before = new Map<string, unknown[]>();
    for (const question of questions) before.set(question, await answerOf(question));
    expect(await mergeAll()).toEqual({ hours, days: 2 });
    for (const question of questions)
      expect([question, await answerOf(question)]).toEqual([question, before.get(question)]);
    await env.DB.batch(spoil.map((sql) => env.DB.prepare(sql)));
    const changed = (question: string): boolean =>
      !question.includes('region=') && !question.includes('user-stats');
    for (const question of questions.filter((one) => one.includes(between(0, 60)))) {
      const same = expect([question, await answerOf(question)]);
      if (changed(question)) same.not.toEqual([question, before.get(question)]);
      else same.toEqual([question, before.get(question)]);
    }
  });

  test('[ACC-2] is not for one who may see some of them', async () => {
    await mergeAll();
    await env.DB.batch(spoil.map((sql) => env.DB.prepare(sql)));
    const two = await cookieFor(await newPerson('viewer', ['US-Virginia', 'US-California']));
    for (const table of tables) {
      const question = `/api/batch/${table}${table.includes('?') ? '&' : '?'}${between(0, 60)}`;
      const read = async () => await (await askAs(two, question)).json<Rows>();
      const spoilt = await read();
      await env.DB.exec('DELETE FROM merged_hours; DELETE FROM merged_days; DELETE FROM content_days');
      expect(spoilt).toEqual(await read());
    }
  });

  test('waits for what is not computed, and is as large as the contents of all regions', async () => {
    const key = packedKey(2, 0, firstHour + 30);
    await env.DB.prepare('UPDATE batch_hours SET key = key + 100000 WHERE key = ?1').bind(key).run();
    expect(await mergeAll()).toEqual({ hours: hours - 1, days: 1 });
    await listPart(firstHour + 31, 1, 4);
    await env.DB.exec('DELETE FROM merged_hours');
    expect((await mergeAll()).hours).toBe(hours - 2);
    await env.DB.prepare('UPDATE batch_hours SET key = key - 100000 WHERE key = ?1')
      .bind(key + 100_000)
      .run();
    await env.DB.exec('DELETE FROM lake_parts');
    expect(await mergeAll()).toEqual({ hours: 2, days: 1 });
    const { results } = await env.DB.prepare('SELECT content FROM content_days WHERE day = ?1')
      .bind(firstDay)
      .all();
    const ofDay = events.filter(({ minute }) => Math.floor(minute / 1440) === firstDay);
    expect(new Set(results.map(({ content }) => JSON.parse(String(content)) as string))).toEqual(
      new Set(groupBy(ofDay, ({ content }) => content).keys()),
    );
  });

  test('gives way to a later run of an hour, and is merged again', async () => {
    await mergeAll();
    const hour = firstHour + 30;
    const question = `/api/batch/popular-movies?${between(0, 60)}`;
    const before = await rowsOf(question);
    const [held] = await readHours(env.DB, [{ regionNumber: 1, shard: 0 }], hour, hour + 1);
    if (!held) throw new Error('no hour');
    const nowMs = nowHour * 3_600_000;
    await addRuns(env.DB, [{ id: 'later', regionNumber: 1, hour, reason: 'demand', replayId: null }], nowMs);
    await startRuns(env.DB, 1000, nowMs);
    const content = held.dimensions.content.map(
      ([id, [all = 0, views = 0, ...rest]]) => [id, [all + 5, views + 5, ...rest]] as const,
    );
    const row = {
      ...held,
      revision: { ...held.revision, generation: 2 },
      dimensions: { ...held.dimensions, content },
    };
    await writeHour(env.DB, hourWrite('later', 2, { hour, hours: [row], computedAtMs: nowMs }));
    const after = await rowsOf(question);
    const views = (rows: Rows): number =>
      rows.data.reduce((sum, { view_count }) => sum + Number(view_count), 0);
    expect(views(after)).toBe(views(before) + 5 * content.length);
    expect(await mergeAll()).toEqual({ hours: 1, days: 0 });
    expect(await rowsOf(question)).toEqual(after);
    await writeDays();
    expect(await mergeAll()).toEqual({ hours: 0, days: 2 });
    expect(await rowsOf(question)).toEqual(after);
  });

  test('a part or a window of an hour that is not computed is told of all the same', async () => {
    await mergeAll();
    const of = async (): Promise<unknown> =>
      (await rowsOf(`/api/batch/popular-movies?${between(0, 60)}`)).meta;
    expect(await of()).toMatchObject({ hours: { computed: 180, of: 180 } });
    await listPart(firstHour + 3, 1, 4);
    expect(await of()).toMatchObject({ hours: { computed: 180, of: 181 } });
    const [event] = events.filter(({ minute }) => minute < midnight + 1440 * 2 && minute > midnight + 1440);
    if (!event) throw new Error('no event');
    await saveWindows(env.DB, windowsOf([{ ...event, regionNumber: 5 }]));
    expect(await of()).toMatchObject({ hours: { computed: 180, of: 182 } });
    await env.DB.exec('DELETE FROM lake_parts');
    await env.DB.prepare('DELETE FROM region_windows WHERE key >= ?1')
      .bind(packedKey(5, 0, 0))
      .run();
    expect((await ask('/api/batch/user-stats?days=7')).status).toBe(200);
  });
});
