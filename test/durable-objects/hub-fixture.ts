/** Viewers of a real hub, and commits to the real regions behind it. */
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, expect } from 'vitest';
import { type LiveCaller, liveCallerHeader, writeLiveCaller } from '../../core/live/live-caller.ts';
import { applyFrame, type LiveState } from '../../core/live/live-state.ts';
import { parseServerFrame } from '../../core/live/server-frame.ts';
import { liveCounterIndex, liveSubprotocol } from '../../core/protocol/live.ts';
import { type RegionEntry, shardObjectName } from '../../core/protocol/region.ts';
import { loadRegions } from '../../storage/region-registry.ts';
import { buildChunk, buildEvent, type EventFields } from '../support/build-chunk.ts';

const { events } = liveCounterIndex;

/** A viewer that keeps the protocol. */
export class Viewer {
  state: LiveState | null = null;
  readonly #socket: WebSocket;
  #closing = false;
  readonly texts: string[] = [];
  closed: { code: number; reason: string } | null = null;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.accept();
    socket.addEventListener('message', ({ data }) => this.#take(String(data)));
    socket.addEventListener('close', ({ code, reason }) => {
      this.closed = { code, reason };
    });
  }

  #take(text: string): void {
    this.texts.push(text);
    const frame = parseServerFrame(text);
    if (!frame) return;
    const { state, resync } = applyFrame(this.state, frame);
    this.state = state;
    if (this.#closing) return;
    if (resync) this.say({ t: 'resync' });
    else if (frame.t === 'snapshot') this.say({ t: 'ack', seq: frame.seq });
  }

  say(frame: unknown): void {
    this.send(JSON.stringify(frame));
  }

  send(data: string | ArrayBuffer): void {
    this.#socket.send(data);
  }

  close(): void {
    this.#closing = true;
    this.#socket.close(1000, 'done');
  }

  /** Resolves once the condition holds. */
  async until<T>(value: () => T | null | undefined | false): Promise<T> {
    for (let waitedMs = 0; waitedMs < 5000; waitedMs += 10) {
      const found = value();
      if (found) return found;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error(`waited in vain; frames: ${this.texts.join('\n').slice(-2000)}`);
  }

  /** The last error frame's code. */
  error(): string | undefined {
    const frame = parseServerFrame(this.texts.at(-1) ?? '');
    return frame?.t === 'error' ? frame.code : undefined;
  }

  eventsOf(region: string, minute: number): number | undefined {
    return this.state?.regions.get(region)?.minutes.get(minute)?.[events];
  }
}

const opened: Viewer[] = [];
afterEach(() => {
  for (const viewer of opened.splice(0)) viewer.close();
});

let lastHub = 0;
export function freshHub() {
  const name = `test-hub-${++lastHub}`;
  return { name, stub: env.LIVE_HUB.get(env.LIVE_HUB.idFromName(name)) };
}
export type HubStub = ReturnType<typeof freshHub>['stub'];

/** An admin without an end. */
export const anyone: LiveCaller = {
  personId: 'ann',
  sessionId: null,
  endsAtMs: null,
  scope: { regions: '*', masksPeople: false },
};

/** As the door says who comes. */
export const callerHeaders = (caller: LiveCaller = anyone) => ({
  [liveCallerHeader]: writeLiveCaller(caller),
});

export async function connect(
  stub: HubStub,
  protocol = liveSubprotocol,
  caller: LiveCaller = anyone,
): Promise<Viewer> {
  const headers = { upgrade: 'websocket', 'sec-websocket-protocol': protocol, ...callerHeaders(caller) };
  const response = await stub.fetch('https://hub/api/live', { headers });
  expect(response.status).toBe(101);
  return accept(response.webSocket);
}

/** A viewer at a socket, closed after the test. */
export function accept(socket: WebSocket | null): Viewer {
  const viewer = new Viewer(socket as WebSocket);
  opened.push(viewer);
  return viewer;
}

export async function region(index: number): Promise<RegionEntry> {
  return (await loadRegions(env.DB, Date.now()))[index] as RegionEntry;
}

let lastNumber = 0;
/** Commits events of now to the region's object, which pushes them to whoever holds its lease. */
export async function commit(
  { number }: RegionEntry,
  count: number,
  fields: EventFields = {},
): Promise<void> {
  const stub = env.REGION_WINDOW.get(env.REGION_WINDOW.idFromName(shardObjectName(number, 0)));
  const firstNumber = lastNumber;
  lastNumber += count;
  const all = Array.from({ length: count }, (_, i) =>
    buildEvent({
      timeMs: Date.now(),
      identityHi: firstNumber + i + 1,
      identityLo: 77,
      contentId: 'film',
      ...fields,
    }),
  );
  const chunk = buildChunk(all, { regionNumber: number, firstNumber, receivedAtMs: Date.now() });
  expect(await stub.receive({ regionNumber: number, shard: 0 }, [chunk])).toEqual([{ verdict: 'committed' }]);
}

export async function alarmOf(stub: HubStub): Promise<number | null> {
  return runInDurableObject(stub, (_hub, state) => state.storage.getAlarm());
}
