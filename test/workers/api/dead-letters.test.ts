import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, test } from 'vitest';
import { decodeChunkHeader } from '../../../core/protocol/chunk.ts';
import { packEnvelopes } from '../../../core/protocol/envelope.ts';
import { shardObjectName } from '../../../core/protocol/region.ts';
import { listDeadLetters } from '../../../storage/dead-letters.ts';
import { loadRegions } from '../../../storage/region-registry.ts';
import { handleQueue } from '../../../workers/consumer/handle-queue.ts';
import type { Env } from '../../../workers/env.ts';
import { buildChunk, buildEvent } from '../../support/build-chunk.ts';
import { ask, problemOf, type Rows } from './ask.ts';
import { askAs, cookieFor, deployment, newPerson } from './people.ts';

const at = Math.floor(Date.now() / 60_000) * 60_000;
const path = '/api/admin/dead-letters';
let london = 0;
let paris = 0;
let identity = 0;

beforeAll(async () => {
  const regions = await loadRegions(env.DB, Date.now());
  const numberOf = (name: string) => regions.find((one) => one.name === name)?.number ?? 0;
  [london, paris] = [numberOf('EU-London'), numberOf('EU-Paris')];
});

/** A queue whose messages the test delivers itself. */
class HeldQueue {
  readonly bodies: Uint8Array[] = [];
  breaks = false;
  /** Delivers before whoever sends goes on. */
  eager = false;

  send = async (body: Uint8Array): Promise<void> => {
    if (this.breaks) throw new Error('the queue is away');
    if (this.eager) await deliver(body);
    else this.bodies.push(body);
  };

  get bindings(): Env {
    return { ...env, EVENTS: this as unknown as Env['EVENTS'] };
  }

  /** To the consumer, as the queue does; what it held is gone then. */
  async deliver(): Promise<void> {
    for (const body of this.bodies.splice(0)) await deliver(body);
  }
}

async function deliver(body: Uint8Array): Promise<void> {
  const message = {
    id: crypto.randomUUID(),
    timestamp: new Date(),
    attempts: 5,
    body,
    ack: () => undefined,
    retry: () => undefined,
  };
  await handleQueue({ queue: 'q', messages: [message] } as unknown as MessageBatch, env as Env);
}

const envelopeOf = (chunk: Uint8Array) => packEnvelopes([chunk], [])[0] as Uint8Array;
const chunkOf = (regionNumber: number, door: string) => {
  const event = () => buildEvent({ timeMs: at, identityHi: ++identity });
  return buildChunk([event(), event()], { regionNumber, receivedAtMs: at, doorBirthMs: at, door });
};

/** The same header, and a body that is none. */
function damaged(chunk: Uint8Array): Uint8Array {
  const bytes = chunk.slice(0, chunk.length - 2);
  expect(decodeChunkHeader(bytes)).toEqual(decodeChunkHeader(chunk));
  return bytes;
}

async function counted(regionNumber: number): Promise<number> {
  const region = env.REGION_WINDOW.get(env.REGION_WINDOW.idFromName(shardObjectName(regionNumber, 0)));
  const { windows } = await region.live({ regionNumber, shard: 0 });
  return windows.reduce((sum, { counters }) => sum + (counters[0] ?? 0), 0);
}

const keysOf = async () => (await listDeadLetters(env.LAKE)).letters.map(({ key }) => key);
const body = (...keys: string[]) => ({ method: 'POST', body: JSON.stringify({ keys }) });

async function redrive(queue: HeldQueue, ...keys: string[]): Promise<unknown[]> {
  const response = await ask(`${path}/redrive`, body(...keys), queue.bindings);
  expect(response.status).toBe(202);
  return (await response.json<Rows>()).data.map(({ outcome }) => outcome);
}

/** The key of the letter that a damaged chunk makes. */
async function deadLetter(chunk: Uint8Array): Promise<string> {
  const before = new Set(await keysOf());
  await deliver(envelopeOf(chunk));
  const [key = ''] = (await keysOf()).filter((one) => !before.has(one));
  expect(key).not.toBe('');
  return key;
}

/** As if what refused it had been mended: the same letter with the bytes as they should have been read. */
async function mend(key: string, chunk: Uint8Array): Promise<void> {
  const { customMetadata = {} } = (await env.LAKE.head(key)) ?? {};
  await env.LAKE.put(key, chunk, { customMetadata });
}

describe('[LOG-1b] dead letters are sent again', () => {
  test('once: what is asked for again, delivered twice, or brought back counts no second time', async () => {
    const queue = new HeldQueue();
    const chunk = chunkOf(london, '00000000000000e1');
    const key = await deadLetter(damaged(chunk));
    const before = await counted(london);
    await mend(key, chunk);
    expect(await redrive(queue, key)).toEqual(['sent']);
    const [sent] = queue.bodies;
    await queue.deliver();
    expect(await counted(london)).toBe(before + 2);
    expect(await redrive(queue, key)).toEqual(['sent_before']);
    expect(queue.bodies).toEqual([]);
    await deliver(sent as Uint8Array);
    await env.LAKE.put(key, chunk);
    expect(await redrive(queue, key)).toEqual(['sent']);
    await queue.deliver();
    expect(await counted(london)).toBe(before + 2);
    expect(await keysOf()).not.toContain(key);
  });

  test('what is refused again is a dead letter again, and may be sent once more', async () => {
    const queue = new HeldQueue();
    const key = await deadLetter(damaged(chunkOf(london, '00000000000000e2')));
    expect(await redrive(queue, key)).toEqual(['sent']);
    expect(await keysOf()).not.toContain(key);
    await queue.deliver();
    expect(await keysOf()).toContain(key);
    queue.eager = true;
    expect(await redrive(queue, key)).toEqual(['sent']);
    expect(await keysOf()).toContain(key);
  });

  test('a queue that is away loses nothing: the letter is sent when it is asked for again', async () => {
    const queue = new HeldQueue();
    const chunk = chunkOf(london, '00000000000000e3');
    const key = await deadLetter(damaged(chunk));
    await mend(key, chunk);
    queue.breaks = true;
    expect((await ask(`${path}/redrive`, body(key), queue.bindings)).status).toBe(503);
    queue.breaks = false;
    const before = await counted(london);
    expect(await redrive(queue, key)).toEqual(['sent']);
    await queue.deliver();
    expect(await counted(london)).toBe(before + 2);
  });

  test('a whole message that could not be read is sent as it is', async () => {
    const queue = new HeldQueue();
    const key = 'dead/2026-11-21/message/m-1';
    const message = envelopeOf(chunkOf(london, '00000000000000e4'));
    await env.LAKE.put(key, message, { customMetadata: { code: 'undecodable', at: String(at) } });
    expect(await redrive(queue, key)).toEqual(['sent']);
    expect(queue.bodies).toEqual([message]);
  });

  test('void and overlapping numbers are not, since their records may have come under others', async () => {
    const queue = new HeldQueue();
    for (const code of ['voided', 'numbers_overlap']) {
      const key = `dead/2026-11-21/region-1/x-${code}`;
      await env.LAKE.put(key, new Uint8Array([1]), { customMetadata: { code } });
      expect(await redrive(queue, key)).toEqual(['not_sendable']);
      expect(await keysOf()).toContain(key);
    }
    expect(queue.bodies).toEqual([]);
  });

  test('the list says what, why and whose, page by page', async () => {
    const key = await deadLetter(damaged(chunkOf(paris, '00000000000000e5')));
    const day = new Date(at).toISOString().slice(0, 10);
    const all = await (await ask(`${path}?date=${day}`)).json<Rows>();
    expect(all.data.find((row) => row.key === key)).toMatchObject({
      code: 'undecodable',
      region: 'EU-Paris',
      producer: 'local',
      events: 2,
      sendable: true,
    });
    const first = await (await ask(`${path}?date=${day}&limit=1`)).json<Rows>();
    const next = await (await ask(`${path}?date=${day}&cursor=${first.meta.next_cursor}`)).json<Rows>();
    expect([...first.data, ...next.data]).toEqual(all.data);
  });

  test('another region is as none', async () => {
    const key = await deadLetter(damaged(chunkOf(paris, '00000000000000e6')));
    const cookie = await cookieFor(await newPerson('admin', ['EU-London']));
    const list = await (await askAs(cookie, path)).json<Rows>();
    expect(list.data.map((row) => row.region)).not.toContain('EU-Paris');
    const queue = new HeldQueue();
    const bindings = { ...queue.bindings, ...deployment, EVENTS: queue.bindings.EVENTS };
    const headers = { origin: 'https://marquee.example' };
    const answer = await askAs(cookie, `${path}/redrive`, { ...body(key), headers }, bindings);
    expect((await answer.json<Rows>()).data).toEqual([{ key, outcome: 'absent' }]);
    expect(queue.bodies).toEqual([]);
  });

  test('what is no key is told by its place', async () => {
    for (const wrong of [{ keys: [] }, { keys: ['lake/x'] }, { keys: 'x' }, {}]) {
      const response = await ask(`${path}/redrive`, { method: 'POST', body: JSON.stringify(wrong) });
      expect((await problemOf(response)).status).toBe(400);
    }
    expect((await ask(`${path}?cursor=${encodeURIComponent('../x')}`)).status).toBe(400);
    expect((await ask(`${path}?date=2026-13-01`)).status).toBe(400);
    expect(await redrive(new HeldQueue(), 'dead/2026-11-21/region-1/none')).toEqual(['absent']);
  });
});
