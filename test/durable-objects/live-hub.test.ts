// The hub's object over real sockets, with real region objects and a real D1 behind it.
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { applyFrame, type LiveState } from '../../core/live/live-state.ts';
import { parseServerFrame } from '../../core/live/server-frame.ts';
import { clientFrameBytesMax, leaseRenewMs } from '../../core/protocol/limits.ts';
import { liveCounterIndex, livePing, livePong, liveSubprotocol } from '../../core/protocol/live.ts';
import { type RegionEntry, shardObjectName } from '../../core/protocol/region.ts';
import { minuteOf } from '../../core/window/time.ts';
import { loadRegions } from '../../storage/region-registry.ts';
import { buildChunk, buildEvent } from '../support/build-chunk.ts';

const { events } = liveCounterIndex;

/** A viewer that keeps the protocol. */
class Viewer {
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
function freshHub() {
  const name = `test-hub-${++lastHub}`;
  return { name, stub: env.LIVE_HUB.get(env.LIVE_HUB.idFromName(name)) };
}
type HubStub = ReturnType<typeof freshHub>['stub'];

async function connect(stub: HubStub, protocol = liveSubprotocol): Promise<Viewer> {
  const headers = { upgrade: 'websocket', 'sec-websocket-protocol': protocol };
  const response = await stub.fetch('https://hub/api/live', { headers });
  expect(response.status).toBe(101);
  const viewer = new Viewer(response.webSocket as WebSocket);
  opened.push(viewer);
  return viewer;
}

async function region(index: number): Promise<RegionEntry> {
  return (await loadRegions(env.DB, Date.now()))[index] as RegionEntry;
}

let lastNumber = 0;
/** Commits events of now to the region's object, which pushes them to whoever holds its lease. */
async function commit({ number }: RegionEntry, count: number, timeMs = Date.now()): Promise<void> {
  const stub = env.REGION_WINDOW.get(env.REGION_WINDOW.idFromName(shardObjectName(number, 0)));
  const firstNumber = lastNumber;
  lastNumber += count;
  const all = Array.from({ length: count }, (_, i) =>
    buildEvent({ timeMs, identityHi: firstNumber + i + 1, identityLo: 77, contentId: 'film' }),
  );
  const chunk = buildChunk(all, { regionNumber: number, firstNumber, receivedAtMs: Date.now() });
  expect(await stub.receive({ regionNumber: number, shard: 0 }, [chunk])).toEqual([{ verdict: 'committed' }]);
}

async function alarmOf(stub: HubStub): Promise<number | null> {
  return runInDurableObject(stub, (_hub, state) => state.storage.getAlarm());
}

describe('a viewer of the hub', () => {
  it('[LIV-1] gets a snapshot, then what its region commits, absolute and under half a second later', async () => {
    const { stub } = freshHub();
    const place = await region(0);
    const minute = minuteOf(Date.now());
    await commit(place, 2);
    const viewer = await connect(stub);
    const first = await viewer.until(() => viewer.state);
    const held = first.regions.get(place.name)?.minutes.get(minute)?.[events] ?? 0;
    expect(held).toBeGreaterThanOrEqual(2);
    expect(first.facts.get(place.name)).toMatchObject({
      continent: place.continent,
      latitude: place.latitude,
    });
    expect(first.regions.size).toBe((await loadRegions(env.DB, Date.now())).length);
    const before = Date.now();
    await commit(place, 3, minute * 60_000 + 59_999);
    await viewer.until(() => viewer.eventsOf(place.name, minute) === held + 3);
    expect(Date.now() - before).toBeLessThan(500);
    expect(viewer.state?.epoch).toBe(first.epoch);
    expect(viewer.texts.filter((text) => text.startsWith('{"t":"snapshot"'))).toHaveLength(1);
  });

  it('hears only of what it subscribed to, contents on demand', async () => {
    const { stub } = freshHub();
    const [one, other] = [await region(1), await region(2)];
    const viewer = await connect(stub);
    viewer.say({ t: 'subscribe', regions: [one.name], contents: true });
    await viewer.until(() => viewer.state?.regions.size === 1);
    const minute = minuteOf(Date.now());
    await commit(other, 1);
    await commit(one, 1);
    const contents = await viewer.until(() => viewer.state?.regions.get(one.name)?.contents.get(minute));
    expect([...contents.keys()]).toEqual(['film']);
    expect([...(viewer.state?.regions.keys() ?? [])]).toEqual([one.name]);
    viewer.say({ t: 'subscribe', regions: ['EU-Atlantis'] });
    expect(await viewer.until(() => viewer.error())).toBe('unknown_region');
  });

  it('keeps its connection through garbage, a megabyte and bytes, but not through a flood', async () => {
    const { stub } = freshHub();
    const viewer = await connect(stub);
    await viewer.until(() => viewer.state);
    const frames: [string | ArrayBuffer, string][] = [
      ['{"t":', 'bad_frame'],
      ['[]', 'bad_frame'],
      ['x'.repeat(clientFrameBytesMax), 'bad_frame'],
      ['x'.repeat(clientFrameBytesMax + 1), 'frame_too_large'],
      ['x'.repeat(2 ** 20), 'frame_too_large'],
      [new Uint8Array([1, 2, 3]).buffer, 'bad_frame'],
    ];
    for (const [data, code] of frames) {
      const count = viewer.texts.length;
      viewer.send(data);
      await viewer.until(() => viewer.texts.length > count);
      expect(viewer.error()).toBe(code);
    }
    const before = viewer.texts.length;
    viewer.say({ t: 'resync' });
    await viewer.until(() => viewer.texts.length > before);
    expect(viewer.closed).toBeNull();
    for (let i = 0; i < 20; i++) viewer.send('garbage');
    const closed = await viewer.until(() => viewer.closed);
    expect(closed).toMatchObject({ code: 1008 });
    expect(await alarmOf(stub)).toBeNull();
  });

  it('gets its pong without a word to the hub, and its subprotocol echoed where it offered it', async () => {
    const { stub } = freshHub();
    const viewer = await connect(stub, `other, ${liveSubprotocol}`);
    viewer.send(livePing);
    await viewer.until(() => viewer.texts.includes(livePong));
    const upgrade = { upgrade: 'websocket' };
    const offered = { ...upgrade, 'sec-websocket-protocol': `other,${liveSubprotocol}` };
    const echoed = await stub.fetch('https://hub/', { headers: offered });
    expect(echoed.headers.get('sec-websocket-protocol')).toBe(liveSubprotocol);
    const silent = await stub.fetch('https://hub/', { headers: upgrade });
    expect(silent.headers.get('sec-websocket-protocol')).toBeNull();
    for (const { webSocket } of [echoed, silent]) opened.push(new Viewer(webSocket as WebSocket));
  });

  it('that is no WebSocket is told so', async () => {
    const response = await freshHub().stub.fetch('https://hub/api/live');
    expect(response.status).toBe(426);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toMatchObject({ code: 'upgrade_required' });
  });
});

describe('the hub', () => {
  const update = {
    regionNumber: 1,
    shard: 0,
    at: 0,
    watermark: 0,
    lastEventAt: null,
    lastReceivedAt: null,
    viewers: 0,
    panes: [],
    minutes: [],
    contents: [],
    devices: [],
    contentTypes: [],
    titles: [],
    alerts: [],
    revision: { generation: 0, incarnation: 0, logRow: 0 },
  };

  it('[LIV-3] without viewers wants no update, asks nobody and sets no alarm', async () => {
    const { stub } = freshHub();
    expect(await stub.update(update)).toEqual({ wanted: false });
    expect(await alarmOf(stub)).toBeNull();
    const viewer = await connect(stub);
    await viewer.until(() => viewer.state);
    expect(await stub.update(update)).toEqual({ wanted: true });
    expect(await alarmOf(stub)).toBeGreaterThan(Date.now());
    viewer.close();
    await viewer.until(() => viewer.closed);
    expect(await stub.update(update)).toEqual({ wanted: false });
    expect(await alarmOf(stub)).toBeNull();
  });

  it('[LIV-3] thrown out of memory, it finds its viewers and their subscriptions again under a new epoch', async () => {
    const { stub } = freshHub();
    const place = await region(3);
    const minute = minuteOf(Date.now());
    const viewer = await connect(stub);
    viewer.say({ t: 'subscribe', regions: [place.name] });
    const before = await viewer.until(() => viewer.state?.regions.size === 1 && viewer.state);
    await evictDurableObject(stub);
    await commit(place, 4, minute * 60_000);
    const after = await viewer.until(() => viewer.state?.epoch !== before.epoch && viewer.state);
    expect([...after.regions.keys()]).toEqual([place.name]);
    expect(viewer.eventsOf(place.name, minute)).toBe(4);
    await commit(place, 1, minute * 60_000);
    await viewer.until(() => viewer.eventsOf(place.name, minute) === 5);
  });

  it('[LIV-3] renews its leases by the alarm, with the picture as it is', async () => {
    const { stub } = freshHub();
    const place = await region(4);
    const minute = minuteOf(Date.now());
    const viewer = await connect(stub);
    await viewer.until(() => viewer.state);
    const leased = await runInDurableObject(stub, (hub) => {
      const addresses: number[] = [];
      const sources = hub.sources;
      hub.sources = {
        ...sources,
        lease(address, untilMs) {
          addresses.push(address.regionNumber);
          return sources.lease(address, untilMs);
        },
      };
      return addresses;
    });
    // The alarm stands a minute ahead: too early it finds nothing due, and is set again.
    expect(await runDurableObjectAlarm(stub)).toBe(true);
    expect(leased).toEqual([]);
    const { epoch } = viewer.state as LiveState;
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + leaseRenewMs });
    expect(await runDurableObjectAlarm(stub)).toBe(true);
    vi.useRealTimers();
    expect(leased).toHaveLength((await loadRegions(env.DB, Date.now())).length);
    expect(await alarmOf(stub)).toBeGreaterThan(Date.now() + leaseRenewMs);
    await commit(place, 1, minute * 60_000);
    await viewer.until(() => viewer.eventsOf(place.name, minute) === 1);
    expect(viewer.state?.epoch).toBe(epoch);
  });

  it('shows what the others say though one region cannot answer, and asks that one again', async () => {
    const { stub } = freshHub();
    const [mute, place] = [await region(5), await region(6)];
    let asked = 0;
    await commit(place, 2, minuteOf(Date.now()) * 60_000);
    await runInDurableObject(stub, (hub) => {
      const sources = hub.sources;
      hub.sources = {
        ...sources,
        async lease(address, untilMs) {
          if (address.regionNumber === mute.number && ++asked === 1)
            throw new Error('the region is out of order');
          return sources.lease(address, untilMs);
        },
      };
    });
    const viewer = await connect(stub);
    const first = await viewer.until(() => viewer.state);
    expect(first.regions.get(place.name)?.watermark).toBeGreaterThan(0);
    expect(first.regions.get(mute.name)?.watermark).toBeNull();
    expect(asked).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    await runDurableObjectAlarm(stub);
    await viewer.until(() => viewer.state?.regions.get(mute.name)?.watermark);
    expect(asked).toBe(2);
  });

  it('[WIN-7] shows the last hour as D1 has it, beside what the regions hold', async () => {
    const { stub } = freshHub();
    const place = await region(7);
    const now = Date.now();
    const old = minuteOf(now) - 40;
    const history = {
      regionNumber: place.number,
      shard: 0,
      minute: old,
      revision: { generation: 0, incarnation: 1, logRow: 0 },
      counters: [12, 12],
    };
    await runInDurableObject(stub, (hub) => {
      const sources = hub.sources;
      hub.sources = {
        ...sources,
        async history(range) {
          const { windows, totals } = await sources.history(range);
          return { windows, totals: [...totals, history] };
        },
      };
    });
    const viewer = await connect(stub);
    await viewer.until(() => viewer.state);
    expect(viewer.eventsOf(place.name, old)).toBe(12);
  });
});
