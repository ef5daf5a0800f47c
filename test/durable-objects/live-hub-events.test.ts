// LIV-4 over the real runtime: server-sent events of a hub, and at the door of the API.
import { createExecutionContext, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { applyFrame } from '../../core/live/live-state.ts';
import { parseServerFrame } from '../../core/live/server-frame.ts';
import { sseEveryMs, sseLifeMs, sseReadersMax } from '../../core/protocol/limits.ts';
import { liveCounterIndex, liveEventsPath } from '../../core/protocol/live.ts';
import { minuteOf } from '../../core/window/time.ts';
import { createApp } from '../../workers/api/app.ts';
import { credentialed } from '../workers/test-credentials.ts';
import { alarmOf, callerHeaders, commit, freshHub, region } from './hub-fixture.ts';

const opened: EventReader[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((reader) => reader.close()));
});

/** Reads a response event by event. */
class EventReader {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #decoder = new TextDecoder();
  #text = '';

  constructor(response: Response) {
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    this.#reader = (response.body as ReadableStream<Uint8Array>).getReader();
    opened.push(this);
  }

  /** The next event, without the empty line behind it; null at the end. */
  async next(): Promise<string | null> {
    for (let end = this.#text.indexOf('\n\n'); ; end = this.#text.indexOf('\n\n')) {
      if (end >= 0) {
        const event = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 2);
        return event;
      }
      const { value, done } = await this.#reader.read();
      if (done) return null;
      this.#text += this.#decoder.decode(value, { stream: true });
    }
  }

  /** The state of the next event, which must be one. */
  async state() {
    const event = await this.next();
    const [kind, id, data = ''] = (event ?? '').split('\n');
    expect(kind).toBe('event: snapshot');
    const frame = parseServerFrame(data.slice('data: '.length));
    if (frame?.t !== 'snapshot') throw new Error(`not a snapshot: ${event}`);
    expect(id).toBe(`id: ${frame.epoch}:${frame.seq}`);
    return applyFrame(null, frame).state;
  }

  async close(): Promise<void> {
    await this.#reader.cancel();
  }
}

type HubStub = ReturnType<typeof freshHub>['stub'];

async function open(stub: HubStub, query = ''): Promise<EventReader> {
  const reader = new EventReader(
    await stub.fetch(`https://hub${liveEventsPath}${query}`, { headers: callerHeaders() }),
  );
  expect(await reader.next()).toBe('retry: 1000');
  return reader;
}

const update = {
  regionNumber: 1,
  shard: 0,
  at: 0,
  watermark: 0,
  lastEventAt: null,
  lastReceivedAt: null,
  viewers: 1,
  panes: [],
  minutes: [],
  contents: [],
  revision: { generation: 0, incarnation: 0, logRow: 0 },
};

async function readersOf(stub: HubStub, expected: number): Promise<void> {
  await vi.waitFor(async () =>
    expect(await runInDurableObject(stub, (hub) => hub.readerCount)).toBe(expected),
  );
}

describe('server-sent events of a hub', () => {
  it('[LIV-4] are the latest states, not more than one a second', async () => {
    const { stub } = freshHub();
    const place = await region(0);
    const minute = minuteOf(Date.now());
    const reader = await open(stub, `?regions=${place.name}&breakdown=*`);
    const eventsIn = ({ regions }: Awaited<ReturnType<EventReader['state']>>) =>
      regions.get(place.name)?.minutes.get(minute)?.[liveCounterIndex.events] ?? 0;
    const first = await reader.state();
    const firstAt = Date.now();
    expect([...first.regions.keys()]).toEqual([place.name]);
    expect(first.breakdown?.region).toBe('*');
    for (let i = 0; i < 3; i++) await commit(place, 2, { timeMs: minute * 60_000 });
    const second = await reader.state();
    expect(Date.now() - firstAt).toBeGreaterThanOrEqual(sseEveryMs - 50);
    expect(eventsIn(second)).toBe(eventsIn(first) + 6);
  });

  it('[LIV-3, LIV-4] a reader that leaves lets the hub sleep', async () => {
    const { stub } = freshHub();
    const reader = await open(stub);
    await reader.state();
    expect(await alarmOf(stub)).toBeGreaterThan(Date.now());
    await reader.close();
    await readersOf(stub, 0);
    expect(await alarmOf(stub)).toBeNull();
  });

  it('[LIV-4] end after five minutes', async () => {
    const { stub } = freshHub();
    const reader = await open(stub);
    await reader.state();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + sseLifeMs });
    await stub.update(update);
    vi.useRealTimers();
    expect(await reader.next()).toBeNull();
    await readersOf(stub, 0);
  });

  it('[LIV-4] one reader more than a hub has is told to come later', async () => {
    const { stub } = freshHub();
    const readers = await Promise.all(Array.from({ length: sseReadersMax }, () => open(stub)));
    const response = await stub.fetch(`https://hub${liveEventsPath}`, { headers: callerHeaders() });
    expect(response.status).toBe(503);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await response.json()).toMatchObject({ code: 'overloaded' });
    await readers[0]?.close();
    await readersOf(stub, sseReadersMax - 1);
    await open(stub);
  });
});

describe('GET /api/live/sse', () => {
  const app = createApp({ events: async () => new Response() });
  const ask = (query: string, method = 'GET') => {
    const request = new Request(`http://127.0.0.1:8787${liveEventsPath}${query}`, { method });
    return app.fetch(credentialed(request), env, createExecutionContext());
  };

  it('[LIV-4] hands on the stream of the hub', async () => {
    const place = await region(1);
    const response = await ask(`?regions=${place.name}`);
    expect(response.headers.get('cache-control')).toBe('no-store');
    const reader = new EventReader(response);
    expect(await reader.next()).toBe('retry: 1000');
    expect([...(await reader.state()).regions.keys()]).toEqual([place.name]);
  });

  it.each(['?regions=EU-Atlantis', '?regions=', '?breakdown=EU-Atlantis', '?regions=*&regions=*'])(
    '%s is a fault of the caller',
    async (query) => {
      const response = await ask(query);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ code: 'invalid_parameter' });
    },
  );

  it('HEAD has no stream', async () => {
    const response = await ask('', 'HEAD');
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('');
  });
});
