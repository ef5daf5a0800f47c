import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, test } from 'vitest';
import type { AcceptedEvent } from '../../../core/protocol/accepted-event.ts';
import { sessionHourWaitsMsMax } from '../../../core/protocol/warehouse-limits.ts';
import type { SessionParams } from '../../../storage/warehouse/session-hours.ts';
import type { Steps } from '../../../workers/batch/day-run.ts';
import { runSessions } from '../../../workers/batch/session-run.ts';
import { seededWatching, stitched, watched } from '../../support/watching.ts';
import {
  clearSessions,
  firstHour,
  hourMs,
  hours,
  once,
  rowsInD1,
  rowsInLake,
  SessionWorld,
  t0,
} from './session-world.ts';

beforeEach(clearSessions);

const minute = 60_000;
const watching = (seed: number, count = 300) => seededWatching(seed, count, t0, hours * hourMs);

async function expectStitched(events: readonly AcceptedEvent[]): Promise<void> {
  const expected = stitched(events);
  expect(await rowsInD1()).toEqual(expected);
  expect(await rowsInLake()).toEqual(expected);
}

/** Sums of D1, from the sessions alone. */
async function expectSums(): Promise<void> {
  const rows = await rowsInD1();
  const { results } = await env.DB.prepare('SELECT day, total_views FROM daily_analytics ORDER BY day').all();
  const byDay = Map.groupBy(rows, ({ start_time_ms }) => Math.floor(start_time_ms / (24 * hourMs)));
  expect(results).toEqual(
    [...byDay].sort(([a], [b]) => a - b).map(([day, own]) => ({ day, total_views: own.length })),
  );
  const movies = await env.DB.prepare(
    'SELECT content_id, total_views FROM movies WHERE total_views > 0',
  ).all();
  const byFilm = Map.groupBy(rows, ({ content_id }) => content_id);
  expect(new Map(movies.results.map((row) => [row.content_id, row.total_views]))).toEqual(
    new Map([...byFilm].map(([film, own]) => [film, own.length])),
  );
}

describe('[SES-3, SES-4, SES-5] the sessions of hours', () => {
  test.each([1, 2, 3, 4])('are those of the whole history, in D1 and in the lake: seed %i', async (seed) => {
    const world = new SessionWorld();
    world.stepEvents = seed * 20;
    const events = watching(seed);
    await world.put(events);
    await world.compute();
    // The last one closes what was open when there was nothing more.
    expect(await world.settle()).toEqual([0, 1, 2, 3, 4, 5]);
    await expectStitched(events);
    await expectSums();
    expect(await world.settle()).toEqual([]);
    expect((await env.LAKE.list({ prefix: 'lake/work/' })).objects).toEqual([]);
  });

  test('[SES-6] are those of one user in so many in D1, of all in the lake, and others when another number is set', async () => {
    const world = new SessionWorld();
    const events = watching(5);
    const expected = stitched(events);
    const ofOneIn = (oneIn: bigint) =>
      expected.filter(({ pseudonym }) => BigInt(`0x${pseudonym.split('-')[1] ?? ''}`) % oneIn === 0n);
    const [two, six] = [ofOneIn(2n), ofOneIn(6n)];
    expect(six.length).toBeGreaterThan(0);
    expect(two.length).toBeGreaterThan(six.length);
    expect(expected.length).toBeGreaterThan(two.length);
    await world.put(events);
    await world.compute();
    for (const [oneIn, rows] of [
      [6, six],
      [2, two],
      [6, six],
      [1, expected],
    ] as const) {
      world.usersOneIn = oneIn;
      await env.DB.prepare("UPDATE session_hours SET carry_in = 'another'").run();
      await world.settle();
      expect(await rowsInD1()).toEqual(rows);
      expect(await rowsInLake()).toEqual(expected);
      await expectSums();
    }
  });

  test('come after those of the hour before, of which they take over what is open', async () => {
    const world = new SessionWorld();
    await world.put([watched('view', t0 + 50 * minute), watched('complete', t0 + 65 * minute)]);
    await world.compute(firstHour + 1);
    // The first hour has parts and is not computed: the second waits for it, but not for ever.
    expect(await world.due()).toEqual([]);
    world.nowMs += sessionHourWaitsMsMax + 1;
    expect((await world.due()).map(({ hour }) => hour - firstHour)).toEqual([1]);
    expect(await world.settle()).toEqual([1]);
    expect((await rowsInD1()).map((row) => row.start_time_ms - t0)).toEqual([65 * minute]);
    await world.compute();
    expect(await world.settle()).toEqual([0, 1]);
    expect((await rowsInD1()).map((row) => row.start_time_ms - t0)).toEqual([50 * minute]);
    await expectSums();
  });

  test('are put together again when an hour has late events, and the next ones as far as it matters', async () => {
    const world = new SessionWorld();
    const events = watching(7);
    await world.put(events);
    await world.compute();
    await world.settle();
    const late = [
      // Between two others, of a session that was over; and a twin.
      watched('progress', t0 + 10 * minute, { session: 40, contentId: 'film-9' }),
      ...seededWatching(99, 25, t0, hourMs),
      events[0] as AcceptedEvent,
    ];
    await world.put(late, 'late');
    await world.compute();
    expect((await world.settle())[0]).toBe(0);
    await expectStitched([...events, ...late.slice(0, -1)]);
    await expectSums();
    // One that nothing of the next hour goes on from.
    const alone = watched('view', t0 + 5 * minute, { session: 50, user: 9 });
    await world.put([alone], 'late');
    await world.compute();
    expect(await world.settle()).toEqual([0]);
    await expectStitched([...events, ...late.slice(0, -1), alone]);
  });

  test('are right when a late event closes in one hour what another hour had closed, and opens it again', async () => {
    const world = new SessionWorld();
    const events = [0, 25, 50, 75, 100, 125].map((at) => watched('progress', t0 + at * minute));
    await world.put(events.filter((_, n) => n !== 2));
    await world.compute();
    await world.settle();
    expect(await rowsInD1()).toHaveLength(2);
    await world.put([events[2] as AcceptedEvent], 'late');
    await world.compute();
    await world.settle();
    await expectStitched(events);
    const end = watched('complete', t0 + 51 * minute, { id: 7 });
    await world.put([end], 'late');
    await world.compute();
    await world.settle();
    await expectStitched([...events, end]);
    expect(await rowsInD1()).toHaveLength(2);
  });
});

describe('[SES-3] a run', () => {
  test('that dies in any step converges', async () => {
    const world = new SessionWorld();
    const events = watching(5);
    await world.put(events);
    await world.compute();
    const died = new Set<string>();
    let hour = 0;
    const mortal: Steps = {
      do: async <T>(name: string, work: () => Promise<T>): Promise<T> => {
        const result = await work();
        if (died.has(`${hour} ${name}`)) return result;
        died.add(`${hour} ${name}`);
        throw new Error(`dies in ${name}`);
      },
    };
    for (let deaths = 0; deaths < 300; ) {
      world.nowMs += 7 * minute;
      const [next] = await world.due();
      if (!next) break;
      hour = next.hour;
      await runSessions(world.ports(), mortal, next).catch(() => deaths++);
    }
    expect(died.size).toBeGreaterThan(30);
    await world.settle();
    await expectStitched(events);
    await expectSums();
  });

  test('that is of older events, or of an hour that another has taken, writes nothing', async () => {
    const world = new SessionWorld();
    const events = watching(6, 100);
    await world.put(events);
    await world.compute();
    const [first] = (await world.due()) as [SessionParams];
    let stopped: (() => void) | null = null;
    const waits = new Promise<void>((resolve) => {
      stopped = resolve;
    });
    const late = watched('view', t0 + minute, { session: 60 });
    const slow: Steps = {
      do: async (name, work) => {
        if (name.startsWith('stitch')) await waits;
        return await work();
      },
    };
    const older = runSessions(world.ports(), slow, first);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await world.put([late], 'late');
    await world.compute();
    world.nowMs += 7 * minute;
    await world.settle();
    (stopped as unknown as () => void)();
    expect(await older).toBe('passed');
    expect(await rowsInD1()).toEqual(stitched([...events, late]));
    expect(await runSessions(world.ports(), once, first)).toBe('passed');
    expect(await world.settle()).toEqual([]);
  });

  /** The run over the first hour, with what happens before one of its steps. */
  async function runFirst(
    world: SessionWorld,
    params: SessionParams,
    before: string,
    act: () => Promise<unknown>,
  ) {
    const steps: Steps = {
      do: async (name, work) => {
        if (name === before) await act();
        return await work();
      },
    };
    return await runSessions(world.ports(), steps, params);
  }

  test('clears nothing of a newer one that has begun meanwhile', async () => {
    const world = new SessionWorld();
    const events = watching(21);
    await world.put(events);
    await world.compute();
    world.nowMs += 7 * minute;
    const [older] = (await world.due()) as [SessionParams];
    const more = watching(22);
    let newest: Promise<string> = Promise.resolve('');
    // The newer run has put its files down when the older one clears, and says only then that they stand.
    await runFirst(world, older, 'clear', async () => {
      await world.put(more, 'late');
      await world.compute();
      world.nowMs += 7 * minute;
      const [newer] = (await world.due()) as [SessionParams];
      const waits = Promise.withResolvers<void>();
      const reached = Promise.withResolvers<void>();
      const whole = runFirst(world, newer, 'write', async () => {
        reached.resolve();
        await waits.promise;
      });
      await reached.promise;
      setTimeout(() => waits.resolve(), 300);
      newest = whole;
    });
    expect(await newest).toBe('done');
    await world.settle();
    await expectStitched([...events, ...more]);
    await expectSums();
  });

  test('whose step was given up takes back the file that it puts behind the cleaning of a newer one', async () => {
    const world = new SessionWorld();
    world.stepEvents = 1000;
    const events = watching(23);
    await world.put(events);
    await world.compute();
    world.nowMs += 7 * minute;
    const [older] = (await world.due()) as [SessionParams];
    const more = watching(24);
    const givenUp: Steps = {
      do: async (name, work) => {
        if (name === 'refresh') throw new Error('it was given up');
        if (name === 'stitch 0') {
          await world.put(more, 'late');
          await world.compute();
          await world.settle();
        }
        return await work();
      },
    };
    await expect(runSessions(world.ports(), givenUp, older)).rejects.toThrow('it was given up');
    await expectStitched([...events, ...more]);
  });

  test('that comes to no end leaves no sums behind: the next makes those of its days too', async () => {
    const world = new SessionWorld();
    const end = watched('complete', t0 + 2 * hourMs + 10 * minute);
    await world.put([end]);
    await world.compute();
    world.nowMs += 7 * minute;
    const [older] = (await world.due()) as [SessionParams];
    const dies = runFirst(world, older, 'write', () => Promise.reject(new Error('it dies')));
    await expect(dies).rejects.toThrow('it dies');
    // It began on the day before, as is known now.
    const start = watched('view', t0 + 2 * hourMs - 5 * minute);
    await world.put([start], 'late');
    await world.compute();
    await world.settle();
    await expectStitched([start, end]);
    await expectSums();
  });

  test('that was begun is left alone for some minutes', async () => {
    const world = new SessionWorld();
    await world.put(watching(8, 20));
    await world.compute();
    const [first] = (await world.due()) as [SessionParams];
    const dies: Steps = {
      do: async (name, work) => {
        if (name === 'write') throw new Error('dies');
        return await work();
      },
    };
    await expect(runSessions(world.ports(), dies, first)).rejects.toThrow('dies');
    expect((await world.due()).map(({ hour }) => hour)).not.toContain(first.hour);
    world.nowMs += 7 * minute;
    expect((await world.due()).map(({ hour }) => hour)).toContain(first.hour);
  });
});
