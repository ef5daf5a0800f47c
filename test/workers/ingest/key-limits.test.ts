import { env } from 'cloudflare:workers';
import { describe, expect, test, vi } from 'vitest';
import type { KeyLimits } from '../../../core/access/rate-limit.ts';
import { meterWaitMsMax, rateRenewMs } from '../../../core/protocol/limits.ts';
import { type MadeKey, makeKey, metersOf, sendWith } from './keyed-door.ts';
import { eventsRequest, TestDoor } from './recording-env.ts';

const limits: KeyLimits = { eventsPerSecond: 10, bytesPerSecond: 100_000, eventsPerDay: null };

async function problemOf(response: Response): Promise<{ code: string; detail: string }> {
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  return await response.json();
}

/** Sends until the key is refused; how many events were taken. */
async function flood(
  door: TestDoor,
  key: MadeKey,
  count: number,
): Promise<{ taken: number; refused: Response }> {
  for (let taken = 0; taken < 100_000; taken += count) {
    const response = await sendWith(door, key, count);
    if (response.status !== 202) return { taken, refused: response };
  }
  throw new Error('never refused');
}

describe('[KEY-5] a key at its limit', () => {
  test('events beyond the burst: 429 with what is left and when to come again, nothing is taken', async () => {
    const key = await makeKey({ limits });
    const door = new TestDoor();
    const { taken, refused } = await flood(door, key, 10);
    // The meter's clock is real: it refills a little meanwhile.
    expect(taken).toBeGreaterThanOrEqual(100);
    expect(taken).toBeLessThanOrEqual(150);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(refused.headers.get('ratelimit-policy')).toBe(
      '"events";q=100;w=10;qu="events", "bytes";q=1000000;w=10;qu="content-bytes"',
    );
    expect(refused.headers.get('ratelimit')).toMatch(/^"events";r=\d;t=(9|10), "bytes";r=\d+;t=\d+$/);
    expect(await problemOf(refused)).toMatchObject({ code: 'too_many_requests' });
    expect(door.queue.chunks.reduce((sum, { header }) => sum + header.count, 0)).toBe(taken);
  });

  test('all isolates together have one limit', async () => {
    const key = await makeKey({ limits });
    const [one, other] = [new TestDoor(), new TestDoor({}, 'fedcba9876543210')];
    const first = await flood(one, key, 10);
    const second = await flood(other, key, 10);
    expect(first.taken + second.taken).toBeLessThanOrEqual(150);
  });

  test('every 202 says what is left', async () => {
    const key = await makeKey({ limits: { ...limits, eventsPerDay: 5_000 } });
    const response = await sendWith(new TestDoor(), key, 10);
    expect(response.status).toBe(202);
    expect(response.headers.get('ratelimit-policy')).toContain('"day";q=5000;w=86400;qu="events"');
    expect(response.headers.get('ratelimit')).toMatch(
      /^"events";r=90;t=1, "bytes";r=\d+;t=1, "day";r=4990;t=\d+$/,
    );
  });

  test('bytes on the wire are limited, those of bodies that cannot be read too', async () => {
    const key = await makeKey({ limits: { ...limits, bytesPerSecond: 100 } });
    const door = new TestDoor();
    expect((await door.send(eventsRequest('['.repeat(990), key.bearer))).status).toBe(400);
    const refused = await sendWith(door, key);
    expect([refused.status, (await problemOf(refused)).detail]).toEqual([
      429,
      'the key may send 100 bytes a second; nothing of this was taken',
    ]);
  });

  test('the quota of a day: 429 until it ends', async () => {
    const key = await makeKey({ limits: { ...limits, eventsPerSecond: 1_000, eventsPerDay: 25 } });
    const door = new TestDoor();
    door.nowMs = Date.now();
    const { taken, refused } = await flood(door, key, 10);
    expect(taken).toBe(20);
    const seconds = 86_400 - (Math.floor(Date.now() / 1000) % 86_400);
    expect(Math.abs(Number(refused.headers.get('retry-after')) - seconds)).toBeLessThan(5);
    expect((await problemOf(refused)).detail).toContain('25 events a day');
  });

  test('a request at the burst passes, one that never can is 413: it is to be split, not repeated', async () => {
    const key = await makeKey({ limits: { ...limits, bytesPerSecond: 1_000_000 } });
    const door = new TestDoor();
    const refused = await sendWith(door, key, 101);
    expect(refused.status).toBe(413);
    expect(await problemOf(refused)).toMatchObject({ code: 'payload_too_large' });
    expect((await sendWith(door, key, 100)).status).toBe(202);
  });
});

/** The real meters, slowly, and how often they are asked. */
function countedMeters() {
  const meters = env.KEY_METER;
  const counted = { calls: 0, of: undefined as unknown as typeof env.KEY_METER };
  counted.of = {
    idFromName: (name: string) => meters.idFromName(name),
    get: (id: DurableObjectId) => ({
      lend: async (ask: never) => {
        counted.calls++;
        await scheduler.wait(20);
        return await meters.get(id).lend(ask);
      },
    }),
  } as never;
  return counted;
}

describe('[KEY-5] many that come at once', () => {
  test('wait for what the first has asked, and cost two calls of the meter, not one each', async () => {
    const meters = countedMeters();
    const door = new TestDoor({ KEY_METER: meters.of });
    const key = await makeKey({ limits: { ...limits, eventsPerSecond: 1_000 } });
    const answers = await Promise.all(Array.from({ length: 60 }, async () => await sendWith(door, key)));
    expect(answers.map(({ status }) => status)).toEqual(Array(60).fill(202));
    expect(meters.calls).toBe(2);
  });

  test('are not held up by one that asked, and has ended before its answer', async () => {
    const meters = countedMeters();
    const door = new TestDoor({ KEY_METER: meters.of });
    const key = await makeKey({ limits });
    const { limits: keyLimits } = door.isolate;
    const context = { now: Date.now, waitUntil: () => undefined };
    const cost = { events: 1, bytes: 1 };
    // Its request has ended: its timers never go off either.
    const timers = vi.spyOn(globalThis, 'setTimeout').mockReturnValue(0 as never);
    void keyLimits.admit(key.key, cost, {
      ...context,
      askMeter: async () => await new Promise(() => undefined),
    });
    timers.mockRestore();
    const startedAt = Date.now();
    const askMeter = async () =>
      await Promise.resolve({ ok: false, short: 'events', waitMs: 1, left: cost } as never);
    await keyLimits.admit(key.key, cost, { ...context, askMeter });
    expect(Date.now() - startedAt).toBeLessThan(meterWaitMsMax * 3);
  });
});

describe('[KEY-6] a noisy key and the others', () => {
  test('a flood by one key changes no answer of another, and costs a call a second', async () => {
    const [noisy, quiet] = [
      await makeKey({ limits }),
      await makeKey({ limits: { ...limits, eventsPerSecond: 1_000 } }),
    ];
    const lend = vi.spyOn(env.KEY_METER, 'get');
    const door = new TestDoor();
    await flood(door, noisy, 10);
    const before = lend.mock.calls.length;
    for (let i = 0; i < 50; i++) {
      expect((await sendWith(door, noisy, 10)).status).toBe(429);
      expect((await sendWith(door, quiet, 2)).status).toBe(202);
    }
    // The quiet key's: its traffic doubles a few times.
    expect(lend.mock.calls.length - before).toBeLessThanOrEqual(8);
    lend.mockRestore();
  });

  test('a key that is over its limit is refused before its body is read', async () => {
    const key = await makeKey({ limits });
    const door = new TestDoor();
    await flood(door, key, 50);
    const pulled = vi.fn();
    const body = new ReadableStream({ pull: pulled }, { highWaterMark: 0 });
    expect((await door.send(eventsRequest(body, key.bearer))).status).toBe(429);
    expect(pulled).not.toHaveBeenCalled();
  });

  test.each([
    ['does not answer', () => new Promise<never>(() => undefined)],
    ['fails', () => Promise.reject(new Error('Durable Object reset'))],
  ])('a meter that %s: admitted, and said in the log; asked again after a second', async (_what, lend) => {
    const warned = vi.spyOn(console, 'warn').mockReturnValue();
    const key = await makeKey({ limits });
    const asked = vi.fn(lend);
    const door = new TestDoor({ KEY_METER: metersOf(asked) });
    const startedMs = Date.now();
    for (let i = 0; i < 20; i++) expect((await sendWith(door, key, 100)).status).toBe(202);
    expect(Date.now() - startedMs).toBeLessThan(meterWaitMsMax + 1_000);
    expect(asked).toHaveBeenCalledTimes(1);
    expect(warned.mock.calls.flat().join('\n')).toContain('"event":"ingest.meter_failed"');
    door.nowMs += rateRenewMs;
    await sendWith(door, key);
    expect(asked).toHaveBeenCalledTimes(2);
    warned.mockRestore();
  });
});
