import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { counterIndex, dimensions } from '../../core/aggregate/counters.ts';
import { allowedLatenessMs } from '../../core/protocol/limits.ts';
import { packedKey } from '../../core/protocol/region.ts';
import { minuteOf } from '../../core/window/time.ts';
import type { RegionWindow } from '../../durable-objects/region-window/region-window.ts';
import { buildChunk, buildEvent } from '../support/build-chunk.ts';

const { events } = counterIndex;

/** A region number of its own for each test: objects live on between the tests of a file. */
let lastRegion = 100;
function freshShard() {
  const address = { regionNumber: ++lastRegion, shard: 0 };
  const stub = env.REGION_WINDOW.get(env.REGION_WINDOW.idFromName(`test-${address.regionNumber}`));
  const chunk = (firstNumber: number, times: readonly number[], salt = 0): Uint8Array =>
    buildChunk(
      times.map((timeMs, i) =>
        buildEvent({ timeMs, identityHi: salt + firstNumber + i + 1, contentId: 'movie-1' }),
      ),
      { regionNumber: address.regionNumber, firstNumber, receivedAtMs: Date.now() },
    );
  return { address, stub, chunk };
}

async function rowsOf(stub: DurableObjectStub<RegionWindow>, table: string): Promise<number> {
  return runInDurableObject(stub, (_object, state) => {
    return state.storage.sql.exec<{ n: number }>(`SELECT count(*) AS n FROM ${table}`).one().n;
  });
}

async function storedWindow(regionNumber: number, minute: number) {
  return env.DB.prepare('SELECT events, log_row FROM region_windows WHERE key = ?')
    .bind(packedKey(regionNumber, 0, minute))
    .first<{ events: number; log_row: number }>();
}

describe('the object of a region shard', () => {
  it('[LOG-3] one batch is one log row', async () => {
    const { address, stub, chunk } = freshShard();
    const now = Date.now();
    await stub.receive(address, [chunk(0, [now]), chunk(1, [now, now]), chunk(3, [now])]);
    expect(await rowsOf(stub, 'log')).toBe(1);
    await stub.receive(address, [chunk(4, [now])]);
    expect(await rowsOf(stub, 'log')).toBe(2);
    expect((await stub.live(address)).windows[0]?.counters[events]).toBe(5);
  });

  it('[LOG-3] a commit writes its log row and at most one row more, for the alarm', async () => {
    const { address, stub, chunk } = freshShard();
    const now = Date.now();
    await stub.receive(address, [chunk(0, [now])]);
    const rows = await runInDurableObject(stub, async (object, state) => {
      const written: string[] = [];
      const { sql } = state.storage;
      const exec = sql.exec.bind(sql);
      const counting = (query: string, ...bindings: SqlStorageValue[]) => {
        const cursor = exec(query, ...bindings);
        if (cursor.rowsWritten > 0)
          written.push(`${query.split(' ').slice(0, 3).join(' ')}: ${cursor.rowsWritten}`);
        return cursor;
      };
      Object.defineProperty(sql, 'exec', { value: counting, configurable: true });
      let alarms = 0;
      const setAlarm = state.storage.setAlarm.bind(state.storage);
      Object.defineProperty(state.storage, 'setAlarm', {
        value: (at: number) => {
          alarms++;
          return setAlarm(at);
        },
        configurable: true,
      });
      object.receive(address, [chunk(1, [now]), chunk(2, [now + 1])]);
      return { written, alarms };
    });
    expect(rows.written).toEqual(['INSERT INTO log: 1']);
    expect(rows.alarms).toBeLessThanOrEqual(1);
  });

  it('[LOG-4] a message delivered again is recognised and writes nothing', async () => {
    const { address, stub, chunk } = freshShard();
    const body = chunk(0, [Date.now()]);
    expect(await stub.receive(address, [body])).toEqual([{ verdict: 'committed' }]);
    expect(await stub.receive(address, [body])).toEqual([{ verdict: 'seen' }]);
    expect(await rowsOf(stub, 'log')).toBe(1);
  });

  it('[LOG-2] an object thrown out of memory and woken again holds exactly what was committed', async () => {
    const { address, stub, chunk } = freshShard();
    const now = Date.now();
    await stub.receive(address, [chunk(0, [now, now - 60_000]), chunk(2, [now, now - 300_000])]);
    await stub.receive(address, [chunk(4, [now - 30 * 60_000], 10)]);
    const before = await stub.live(address);
    await evictDurableObject(stub);
    const after = await stub.live(address);
    const held = ({ windows, lateTotal, duplicatesTotal }: typeof before) =>
      JSON.stringify({
        windows: windows.map(({ closed: _closed, ...rest }) => rest),
        lateTotal,
        duplicatesTotal,
      });
    expect(held(after)).toBe(held(before));
    expect(after.lateTotal).toBe(1);
    expect(await stub.receive(address, [chunk(0, [now, now - 60_000])])).toEqual([{ verdict: 'seen' }]);
  });

  it('[LOG-1] an undecodable body is refused with its reason, and its neighbours are committed', async () => {
    const { address, stub, chunk } = freshShard();
    const now = Date.now();
    const cut = chunk(1, [now, now - 1, now - 2]).slice(0, -3);
    const verdicts = await stub.receive(address, [chunk(0, [now]), cut, chunk(4, [now])]);
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(['committed', 'refused', 'committed']);
  });

  it('[WIN-4, WIN-5, LOG-5] closed windows reach D1 by the alarm; a late event emits them again, whole', async () => {
    const { address, stub, chunk } = freshShard();
    const now = Date.now();
    const old = now - 3 * 60_000;
    await stub.receive(address, [chunk(0, [now, old, old])]);
    expect(await runDurableObjectAlarm(stub)).toBe(true);
    expect(await storedWindow(address.regionNumber, minuteOf(old))).toMatchObject({ events: 2, log_row: 0 });
    expect(await storedWindow(address.regionNumber, minuteOf(now))).toBeNull();
    await stub.receive(address, [chunk(3, [old])]);
    // A re-emission is joined for 10 s: move the object's own memory of the emission instead of waiting.
    await evictDurableObject(stub);
    await stub.live(address);
    await runDurableObjectAlarm(stub);
    expect(await storedWindow(address.regionNumber, minuteOf(old))).toMatchObject({ events: 3, log_row: 1 });
  });

  it('[WIN-7] a reader sees the open window before it closes', async () => {
    const { address, stub, chunk } = freshShard();
    const now = Date.now();
    await stub.receive(address, [chunk(0, [now])]);
    const { windows, watermark, lastEventAt } = await stub.live(address);
    expect(windows.map(({ minute, closed }) => [minute, closed])).toEqual([[minuteOf(now), false]]);
    expect(lastEventAt).toBe(now);
    expect(watermark).toBeLessThan(now);
  });

  it('tells a reader what it wants of the windows, and no more', async () => {
    const { address, stub, chunk } = freshShard();
    const now = Date.now();
    await stub.receive(address, [chunk(0, [now - 120_000, now])]);
    const whole = await stub.live(address);
    const bare = { dimensions: [], key: null, titles: false, sketches: false, panes: false };
    const { windows, ...rest } = await stub.live(address, 0, { ...bare, toMinute: minuteOf(now) });
    expect(rest).toMatchObject({ regionNumber: address.regionNumber, lastEventAt: now });
    const [first] = whole.windows;
    expect(windows).toEqual([
      {
        ...first,
        panes: [],
        dimensions: { content: [], content_type: [], device: [], country: [], quality: [] },
        titles: [],
        users: new Uint8Array(),
        sessions: new Uint8Array(),
        speed: new Uint8Array(),
      },
    ]);
    const all = { dimensions, key: null, titles: true, sketches: true, panes: true };
    const same = await stub.live(address, 0, { ...all, toMinute: Number.POSITIVE_INFINITY });
    expect(same.windows).toEqual(whole.windows);
    const key = String(first?.dimensions.content[0]?.[0]);
    const one = await stub.live(address, 0, { ...all, key, toMinute: Number.POSITIVE_INFINITY });
    expect(one.windows[0]?.dimensions.content).toEqual(first?.dimensions.content.slice(0, 1));
    expect(one.windows[0]?.dimensions.device).toEqual([]);
  });

  it('[WIN-5] what comes later than H is late: logged, counted in sight, in no window', async () => {
    const { address, stub, chunk } = freshShard();
    const now = Date.now();
    await stub.receive(address, [chunk(0, [now - allowedLatenessMs - 120_000])]);
    const answer = await stub.live(address);
    expect(answer.windows).toEqual([]);
    expect(answer.lateTotal).toBe(1);
    expect(await rowsOf(stub, 'log')).toBe(1);
  });

  it('refuses to be taken for another shard', async () => {
    const { address, stub, chunk } = freshShard();
    await stub.receive(address, [chunk(0, [Date.now()])]);
    const ask = async () => await stub.live({ regionNumber: 9999, shard: 0 });
    await expect(ask()).rejects.toThrow('this object holds region');
  });
});
