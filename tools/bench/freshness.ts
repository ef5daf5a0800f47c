// How long after the answer to its POST an event is in a viewer's picture, beside traffic of half of what the runtime takes;
// and how long an object takes that does no more than tell a socket of each POST.
import { setTimeout as sleep } from 'node:timers/promises';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import { Pool, WebSocket } from 'undici';
import { applyFrame, type LiveState } from '../../core/live/live-state.ts';
import {
  type ClientFrame,
  liveCounterNames,
  livePing,
  livePong,
  type ServerFrame,
} from '../../core/protocol/live.ts';
import { liveSubprotocol } from '../../core/protocol/version.ts';
import { startLoad } from '../bench-load.ts';
import { startMarquee } from '../bench-product.ts';
import { type Bench, quantileRow, type Report } from '../bench-report.ts';
import { regionNames, untilCounted } from '../bench-traffic.ts';
import { compatibilityDate } from '../bench-workerd.ts';
import { Sender } from '../producer/sender.ts';

/** Receives no other traffic, so that the probes are all that is counted there. */
const probeRegion = 'AF-Johannesburg';
const regionsUsed = 12;
const eventsPerBody = 500;
const capacityMs = 20_000;
const warmUpMs = 8_000;
const probes = 300;
const eventsAt = liveCounterNames.indexOf('events');

/** A viewer of everything that notes when the probes' region has reached which count. */
class Viewer {
  readonly #socket: WebSocket;
  readonly #acks: NodeJS.Timeout;
  #state: LiveState | null = null;
  #pingedAt = 0;
  /** The n-th is the moment at which the n-th event of the region was first seen. */
  readonly seenAt: number[] = [];
  readonly pings: number[] = [];
  frames = 0;
  resyncs = 0;

  constructor(url: string, token: string) {
    this.#socket = new WebSocket(`${url.replace('http', 'ws')}/api/live`, {
      protocols: liveSubprotocol,
      headers: { authorization: `Bearer ${token}` },
    });
    this.#socket.addEventListener('open', () => this.#send({ t: 'subscribe', regions: '*' }));
    this.#socket.addEventListener('message', ({ data }) => this.#take(String(data), performance.now()));
    this.#acks = setInterval(() => {
      if (this.#state) this.#send({ t: 'ack', seq: this.#state.seq });
    }, 1_000);
  }

  ping(): void {
    this.#pingedAt = performance.now();
    this.#socket.send(livePing);
  }

  close(): void {
    clearInterval(this.#acks);
    this.#socket.close();
  }

  #take(text: string, at: number): void {
    if (text === livePong) {
      this.pings.push(at - this.#pingedAt);
      return;
    }
    this.frames++;
    const { state, resync } = applyFrame(this.#state, JSON.parse(text) as ServerFrame);
    this.#state = state;
    if (resync) {
      this.resyncs++;
      this.#send({ t: 'resync' });
    }
    const panes = state.regions.get(probeRegion)?.panes.values() ?? [];
    const events = [...panes].reduce((sum, values) => sum + (values[eventsAt] ?? 0), 0);
    while (this.seenAt.length < events) this.seenAt.push(at);
  }

  #send(frame: ClientFrame): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
  }
}

/** The floor: each POST goes to the sockets of an object, and then it is answered. */
const echoScript = `import { DurableObject } from 'cloudflare:workers';
export class Echo extends DurableObject {
  async fetch(request) {
    if (request.headers.get('upgrade') === null) {
      const text = await request.text();
      for (const socket of this.ctx.getWebSockets()) socket.send(text);
      return new Response(null, { status: 202 });
    }
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    return new Response(null, { status: 101, webSocket: client });
  }
}
export default { fetch: (request, { ECHO }) => ECHO.get(ECHO.idFromName('echo')).fetch(request) };`;

class Echo {
  readonly #miniflare = new Miniflare(
    convertV4MiniflareOptions({
      modules: true,
      script: echoScript,
      compatibilityDate,
      durableObjects: { ECHO: { className: 'Echo', useSQLite: true } },
    }),
  );
  #socket: WebSocket | undefined;
  #heard: (at: number) => void = () => undefined;

  async open(): Promise<void> {
    const url = await this.#miniflare.ready;
    const socket = new WebSocket(url.href.replace('http', 'ws'));
    socket.addEventListener('message', () => this.#heard(performance.now()));
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve);
      socket.addEventListener('error', reject);
    });
    this.#socket = socket;
  }

  /** ms from sending the POST to the frame. */
  async probe(): Promise<number> {
    const heard = new Promise<number>((resolve) => {
      this.#heard = resolve;
    });
    const from = performance.now();
    const answer = await fetch(await this.#miniflare.ready, { method: 'POST', body: '{"event_id":"probe"}' });
    await answer.arrayBuffer();
    return (await heard) - from;
  }

  async close(): Promise<void> {
    this.#socket?.close();
    await this.#miniflare.dispose();
  }
}

interface Samples {
  readonly fresh: number[];
  readonly whole: number[];
  readonly post: number[];
  readonly echo: number[];
}

async function probe(sender: Sender, viewer: Viewer, echo: Echo): Promise<Samples> {
  const samples: Samples = { fresh: [], whole: [], post: [], echo: [] };
  const answered: { startedAt: number; answeredAt: number }[] = [];
  for (let n = 0; n < probes; n++) {
    const timestamp = Date.now();
    const event = {
      event_id: `probe-${n}`,
      event_type: 'view',
      timestamp,
      region: probeRegion,
      content_id: 'p',
    };
    const startedAt = performance.now();
    const result = await sender.send([event]);
    if (result.kind !== 'answered' || result.answer.accepted !== 1)
      throw new Error(`probe: ${JSON.stringify(result)}`);
    answered.push({ startedAt, answeredAt: result.answeredAt });
    samples.post.push(result.latencyMs);
    samples.echo.push(await echo.probe());
    viewer.ping();
    // About 200 ms, but never in step with the hub, which sends a frame every 200 ms.
    await sleep(100 + Math.random() * 200);
  }
  const deadline = performance.now() + 10_000;
  while (viewer.seenAt.length < probes && performance.now() < deadline) await sleep(20);
  for (const [n, { startedAt, answeredAt }] of answered.entries()) {
    // What was never seen counts as such, and fails every target.
    const seenAt = viewer.seenAt[n] ?? Infinity;
    samples.fresh.push(Math.max(0, seenAt - answeredAt));
    samples.whole.push(seenAt - startedAt);
  }
  return samples;
}

async function run(): Promise<Report> {
  const { miniflare, credentials } = await startMarquee();
  const url = (await miniflare.ready).href.replace(/\/$/, '');
  const pool = new Pool(url);
  const token = credentials.viewer_token;
  const regions = (await regionNames(pool, token))
    .filter((name) => name !== probeRegion)
    .slice(0, regionsUsed);
  const load = (eventsPerSecond: number | null) =>
    startLoad({ url, key: credentials.ingest_key, regions, eventsPerBody, eventsPerSecond });
  const sender = new Sender({ url, key: credentials.ingest_key, connections: 1 });
  const viewer = new Viewer(url, token);
  const echo = new Echo();
  try {
    await echo.open();
    // The first is for warmth.
    const { events: warm } = await after(warmUpMs, load(null));
    await untilCounted(pool, token, warm);
    const from = performance.now();
    const { events } = await after(capacityMs, load(null));
    await untilCounted(pool, token, warm + events);
    const capacity = (events * 1000) / (performance.now() - from);
    const beside = load(capacity / 2);
    await sleep(warmUpMs);
    const startedAt = performance.now();
    const framesBefore = viewer.frames;
    const samples = await probe(sender, viewer, echo);
    const seconds = (performance.now() - startedAt) / 1000;
    const sent = await beside.stop();
    const freshness = quantileRow('answer to frame', samples.fresh);
    return {
      settings: {
        capacity: `${Math.round(capacity)} events/s, sent and counted, bodies of ${eventsPerBody}, ${regions.length} regions, for ${capacityMs / 1000} s before`,
        load: `${Math.round(sent.events / sent.seconds)} events/s, from a thread of its own`,
        frames: `${((viewer.frames - framesBefore) / seconds).toFixed(1)} a second, ${viewer.resyncs} resyncs`,
        unit: 'ms',
      },
      rows: [
        freshness,
        quantileRow('POST to frame', samples.whole),
        quantileRow('POST to answer', samples.post),
        quantileRow('floor: POST to frame of an object that echoes', samples.echo),
        quantileRow('ping on the socket', viewer.pings),
      ],
      targets: [
        { what: 'p50 from answer to frame, ms', atMost: 250, measured: Number(freshness.p50) },
        { what: 'p99 from answer to frame, ms', atMost: 700, measured: Number(freshness.p99) },
      ],
    };
  } finally {
    viewer.close();
    await Promise.all([sender.close(), pool.close(), echo.close()]);
    await miniflare.dispose();
  }
}

async function after(ms: number, load: ReturnType<typeof startLoad>) {
  await sleep(ms);
  return await load.stop();
}

const bench: Bench = {
  name: 'freshness',
  describe:
    "From the POST's answer to the first live frame that holds the event, beside half of the traffic that the runtime takes.",
  notes: [
    'An event waits for its message at the queue (a partial batch goes at once), for the commit of its shard, whose change is pushed to the hub at once, and for the hub, which sends a frame each 200 ms at most: half of that on the average. What the traffic beside it adds is the wait for the one thread in which all of this runs here.',
  ],
  run,
};
export default bench;
