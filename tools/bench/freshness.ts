// How long after the answer to its POST an event is in a viewer's picture, with a producer at work beside it.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'undici';
import { applyFrame, type LiveState } from '../../core/live/live-state.ts';
import {
  type ClientFrame,
  liveCounterNames,
  livePing,
  livePong,
  type ServerFrame,
} from '../../core/protocol/live.ts';
import { liveSubprotocol } from '../../core/protocol/version.ts';
import { type Bench, quantileRow, type Report } from '../bench-report.ts';
import { root } from '../bootstrap.mjs';
import { Sender } from '../producer/sender.ts';
import { type Runtime, startRuntime } from '../runtime.ts';

/** Receives no other traffic, so that the probes are all that is counted there. */
const probeRegion = 'AF-Johannesburg';
const eventsPerSecond = 500;
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

  constructor({ url, credentials }: Runtime) {
    this.#socket = new WebSocket(`${url.replace('http', 'ws')}/api/live`, {
      protocols: liveSubprotocol,
      headers: { authorization: `Bearer ${credentials.viewer_token}` },
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

interface Samples {
  readonly fresh: number[];
  readonly whole: number[];
  readonly post: number[];
  readonly health: number[];
}

async function probe({ url, credentials }: Runtime, viewer: Viewer): Promise<Samples> {
  const sender = new Sender({ url, key: credentials.ingest_key, connections: 1 });
  const samples: Samples = { fresh: [], whole: [], post: [], health: [] };
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
    if (n % 3 === 0) {
      const askedAt = performance.now();
      await (await fetch(`${url}/health`)).arrayBuffer();
      samples.health.push(performance.now() - askedAt);
      viewer.ping();
    }
    // About 200 ms, but never in step with the hub, which sends a frame every 200 ms.
    await sleep(100 + Math.random() * 200);
  }
  const deadline = performance.now() + 10_000;
  while (viewer.seenAt.length < probes && performance.now() < deadline) await sleep(20);
  await sender.close();
  for (const [n, { startedAt, answeredAt }] of answered.entries()) {
    // What was never seen counts as such, and fails every target.
    const seenAt = viewer.seenAt[n] ?? Infinity;
    samples.fresh.push(Math.max(0, seenAt - answeredAt));
    samples.whole.push(seenAt - startedAt);
  }
  return samples;
}

/** In a process of its own, so that its work does not delay the probe's clock. */
function startLoad({ url, credentials }: Runtime) {
  const args = [
    '--url',
    url,
    '--key',
    credentials.ingest_key,
    '--rate',
    String(eventsPerSecond),
    '--flat',
    '--without',
    probeRegion,
  ];
  const child = spawn(process.execPath, [join(root, 'tools/producer.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    async stop(): Promise<string> {
      child.kill('SIGTERM');
      await ended;
      return output.trim().split('\n').at(-1) ?? '';
    },
  };
}

async function run(): Promise<Report> {
  const persistTo = mkdtempSync(join(tmpdir(), 'marquee-freshness-'));
  const runtime = await startRuntime({ persistTo });
  const viewer = new Viewer(runtime);
  const load = startLoad(runtime);
  try {
    await sleep(warmUpMs);
    const startedAt = performance.now();
    const framesBefore = viewer.frames;
    const samples = await probe(runtime, viewer);
    const seconds = (performance.now() - startedAt) / 1000;
    const freshness = quantileRow('answer to frame', samples.fresh);
    return {
      settings: {
        load: `${eventsPerSecond} events/s in batches of 50 at most; ${await load.stop()}`,
        frames: `${((viewer.frames - framesBefore) / seconds).toFixed(1)} a second, ${viewer.resyncs} resyncs`,
        unit: 'ms',
      },
      rows: [
        freshness,
        quantileRow('POST to frame', samples.whole),
        quantileRow('POST to answer', samples.post),
        quantileRow('floor: GET /health', samples.health),
        quantileRow('floor: ping on the socket', viewer.pings),
      ],
      targets: [
        { what: 'p50, ms', atMost: 300, measured: Number(freshness.p50) },
        { what: 'p99, ms', atMost: 1_000, measured: Number(freshness.p99) },
      ],
    };
  } finally {
    viewer.close();
    await load.stop();
    await runtime.stop();
    rmSync(persistTo, { recursive: true, force: true });
  }
}

const bench: Bench = {
  name: 'freshness',
  describe: "from the POST's answer to the first live frame that holds the event, beside 500 events/s",
  run,
};
export default bench;
