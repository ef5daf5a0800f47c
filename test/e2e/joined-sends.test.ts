// POSTs that share a send, in the real runtime: requests of their own, clients that go away, a queue that is held up.
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Miniflare } from 'miniflare';
import { Pool } from 'undici';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { joinUnderWayMsMax } from '../../core/protocol/join-limits.ts';
import { inflatedBytesPerIsolateMax, requestBytesMax } from '../../core/protocol/limits.ts';
import { startMarquee } from '../../tools/bench-product.ts';
import { root } from '../../tools/bootstrap.mjs';
import { bundleCounting } from '../../tools/cost/config.ts';
import type { Counts } from '../../tools/cost/counts.ts';

/**
 * A Worker in front of the door, whose requests end as the platform ends those of clients that go away. (By a socket
 * they cannot: the local runtime notices only once it answers.)
 */
const front = `export default { async fetch(request, env) {
  const ms = Number(request.headers.get('x-leaves-after-ms') ?? 0);
  if (ms === 0) return await env.DOOR.fetch(request);
  const leaving = new AbortController();
  setTimeout(() => leaving.abort(), ms);
  try {
    return await env.DOOR.fetch(request, { signal: leaving.signal });
  } catch {
    return new Response('{}', { status: 499 });
  }
} };`;

let miniflare: Miniflare;
let headers: Record<string, string>;
let viewer: string;
let pool: Pool;
let accepted = 0;
/** Events of clients that went away so soon that nobody knows whether they reached the door. */
let perhaps = 0;
let made = 0;

beforeAll(async () => {
  const started = await startMarquee({
    scriptPath: bundleCounting(join(root, '.cache/joined-sends')),
    front,
  });
  miniflare = started.miniflare;
  const { ingest_key: key, viewer_token: token } = started.credentials;
  headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` };
  viewer = token;
  pool = new Pool(await miniflare.ready, { connections: 100 });
  // An isolate knows its regions and its key from then on.
  await answerOf(post([event()]));
}, 120_000);

afterEach(async () => {
  await control('queue', { gate: 'open' });
});

afterAll(async () => {
  await pool.destroy();
  await miniflare.dispose();
});

const event = () => ({
  event_id: `joined-${made++}`,
  event_type: 'view',
  timestamp: new Date().toISOString(),
  region: ['EU-London', 'ASIA-Tokyo'][made % 2],
  content_id: 'film',
});

type Answering = ReturnType<typeof post>;

function post(events: readonly object[], leavesAfterMs = 0) {
  const body = JSON.stringify(events);
  const fields = { ...headers, 'x-leaves-after-ms': String(leavesAfterMs) };
  return pool.request({ path: '/v1/events', method: 'POST', headers: fields, body });
}

async function answerOf(answering: Answering): Promise<number> {
  const { statusCode, body } = await answering;
  const { accepted: taken = 0 } = (await body.json()) as { readonly accepted?: number };
  accepted += taken;
  return statusCode;
}

const answersOf = async (all: readonly Answering[]): Promise<number[]> =>
  await Promise.all(all.map(answerOf));

async function control<T>(name: string, body?: object): Promise<T> {
  const method = body ? 'POST' : 'GET';
  const answer = await pool.request({
    path: `/cost/${name}`,
    method,
    ...(body && { body: JSON.stringify(body) }),
  });
  return (await answer.body.json()) as T;
}

/** Sends that wait at the queue's gate. */
const waiting = async (): Promise<number> => (await control<{ waiting: number }>('queue')).waiting;

async function counted(): Promise<number> {
  const answer = await pool.request({
    path: '/api/stats/realtime?minutes=30',
    method: 'GET',
    headers: { authorization: `Bearer ${viewer}`, 'cache-control': 'no-cache' },
  });
  const { data } = (await answer.body.json()) as { readonly data: { readonly total_events: number } };
  return data.total_events;
}

/** All that was answered 202, and nothing twice. */
async function allCounted(): Promise<void> {
  await expect.poll(counted).toBeGreaterThanOrEqual(accepted);
  expect(await counted()).toBeLessThanOrEqual(accepted + perhaps);
}

test('[ING-8, KEY-5] many small POSTs make few messages, and none is answered before its send has succeeded', async () => {
  await control('take', {});
  await control('queue', { gate: 'closed' });
  let answered = 0;
  const all = Array.from({ length: 60 }, () => post([event()]));
  for (const one of all) void one.then(() => answered++);
  await expect.poll(waiting).toBeGreaterThan(0);
  await sleep(300);
  expect(answered).toBe(0);
  await control('queue', { gate: 'open' });
  expect(await answersOf(all)).toEqual(Array(60).fill(202));
  const counts = await control<Counts>('take', {});
  expect(counts['queueMessages queue write']).toBeLessThan(12);
  // They wait for each other's answers of the meter too.
  expect(counts['objectRequests KeyMeter.lend'] ?? 0).toBeLessThan(6);
  await allCounted();
});

test('[ING-8, ING-1] a send that fails fails all that share it, and sent again they count once', async () => {
  await control('queue', { gate: 'closed' });
  const bodies = Array.from({ length: 30 }, () => [event(), event()]);
  const first = bodies.map((body) => post(body));
  await expect.poll(waiting).toBeGreaterThan(0);
  await sleep(200);
  await control('queue', { gate: 'failing' });
  const answers = await Promise.all(first);
  for (const { statusCode, headers: fields, body } of answers) {
    expect([statusCode, fields['retry-after']]).toEqual([503, '2']);
    expect(await body.json()).toMatchObject({ code: 'queue_unavailable' });
  }
  await control('queue', { gate: 'open' });
  expect(await answersOf(bodies.map((body) => post(body)))).toEqual(Array(30).fill(202));
  await allCounted();
});

test.each([
  ['the first to come', [0]],
  ['the one that opened the lot', [1]],
  ['all but the last', [0, 1, 2, 3, 4, 5, 6, 7, 8]],
  ['all but the first', [1, 2, 3, 4, 5, 6, 7, 8, 9]],
])(
  '[ING-8] clients that go away, %s, neither lose nor hold up what the others sent',
  async (_who, leaving) => {
    for (const leavesAfterMs of [15, 300]) {
      await control('queue', { gate: 'closed' });
      const all: Answering[] = [];
      for (let i = 0; i < 10; i++) {
        all.push(post([event()], leaving.includes(i) ? leavesAfterMs : 0));
        if (i < 2) await sleep(3);
      }
      const gone = await answersOf(all.filter((_, i) => leaving.includes(i)));
      expect(gone).toEqual(Array(leaving.length).fill(499));
      await control('queue', { gate: 'open' });
      const stayed = await answersOf(all.filter((_, i) => !leaving.includes(i)));
      expect(stayed).toEqual(Array(10 - leaving.length).fill(202));
      // What reached the door of those that went away was sent too; within 15 ms it may not have.
      if (leavesAfterMs > 15) accepted += leaving.length;
      else perhaps += leaving.length;
      await allCounted();
    }
  },
);

test('[ING-8, ING-3] bodies that break off hold up nobody, and what they held is given back', async () => {
  const piece = Buffer.alloc(requestBytesMax / 2, 32);
  // More than an isolate may hold at once, were it not given back.
  const rounds = Math.ceil(inflatedBytesPerIsolateMax / piece.length / 8) + 1;
  for (let round = 0; round < rounds; round++) {
    const slow = Array.from({ length: 8 }, async () => {
      async function* body(): AsyncGenerator<Buffer> {
        yield piece;
        await sleep(600);
      }
      const fields = { ...headers, 'x-leaves-after-ms': '300' };
      const asked = {
        path: '/v1/events',
        method: 'POST',
        headers: fields,
        body: Readable.from(body()),
      } as const;
      return (await pool.request(asked)).statusCode;
    });
    await sleep(150);
    const startedAt = performance.now();
    expect(await answersOf([post([event()]), post([event()])])).toEqual([202, 202]);
    expect(performance.now() - startedAt).toBeLessThan(joinUnderWayMsMax * 5);
    expect(await Promise.all(slow)).toEqual(Array(8).fill(499));
  }
  await sleep(200);
  expect(await answerOf(post([event()]))).toBe(202);
  await allCounted();
});
