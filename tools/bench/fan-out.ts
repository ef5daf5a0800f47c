// What it takes the runtime to bring a frame to a viewer: two thousand on the product's hub, four frames a second, beside an
// object that sends the same text to as many sockets and does nothing else.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import { WebSocket } from 'undici';
import { emptyCounters } from '../../core/aggregate/counters.ts';
import { liveSubprotocol } from '../../core/protocol/version.ts';
import type { RegionUpdate } from '../../core/window/region-answer.ts';
import { type Bench, middleOf, type Report } from '../bench-report.ts';
import { bundleWorker, compatibilityDate, cpuUs, runtimePid } from '../bench-workerd.ts';
import { root } from '../bootstrap.mjs';

const viewers = 2_000;
const framesPerSecond = 4;
const framesPerRound = 20;
const rounds = 7;
const regionNumbers = [1, 2, 3, 4, 5, 6];
const contentsTold = 20;

async function startWorker(): Promise<Miniflare> {
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      modules: true,
      scriptPath: bundleWorker('bench-hub'),
      compatibilityDate,
      compatibilityFlags: ['nodejs_compat'],
      bindings: { ENVIRONMENT: 'local' },
      d1Databases: ['DB'],
      durableObjects: {
        LIVE_HUB: { className: 'LiveHub', useSQLite: true },
        REGION_WINDOW: { className: 'RegionWindow', useSQLite: true },
        BROADCAST: { className: 'Broadcast', useSQLite: true },
      },
    }),
  );
  const database = await miniflare.getD1Database('DB');
  const folder = join(root, 'migrations');
  const files = readdirSync(folder).filter((name) => name.endsWith('.sql'));
  for (const file of files.toSorted()) {
    const statements = readFileSync(join(folder, file), 'utf8').split('--> statement-breakpoint');
    for (const statement of statements) await database.prepare(statement).run();
  }
  return miniflare;
}

/** As many sockets as there are viewers, which acknowledge as often as they are asked to, one after the other. */
class Crowd {
  readonly #sockets: WebSocket[] = [];
  readonly #seqs = new Map<WebSocket, string>();
  readonly #ackedAt = new Map<WebSocket, number>();
  readonly #acks: NodeJS.Timeout;
  frames = 0;
  bytes = 0;
  lastText = '';
  #ackEveryMs = 0;

  constructor() {
    this.#acks = setInterval(() => this.#acknowledge(performance.now()), 100);
  }

  async join(address: string): Promise<void> {
    for (let n = 0; n < viewers; n += 50)
      await Promise.all(Array.from({ length: 50 }, async () => await this.#open(address)));
  }

  leave(): void {
    clearInterval(this.#acks);
    for (const socket of this.#sockets) socket.close();
  }

  async #open(address: string): Promise<void> {
    const socket = new WebSocket(address, { protocols: address.endsWith('/hub') ? liveSubprotocol : [] });
    socket.addEventListener('message', ({ data }) => this.#take(socket, String(data)));
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve);
      socket.addEventListener('error', reject);
    });
    this.#ackedAt.set(socket, performance.now() + Math.random() * 4_000);
    this.#sockets.push(socket);
  }

  #take(socket: WebSocket, text: string): void {
    this.frames++;
    this.bytes += text.length;
    this.lastText = text;
    const head = text.slice(0, 300);
    if (socket.protocol !== liveSubprotocol) return;
    this.#ackEveryMs = Number(/"ack_every_ms":(\d+)/.exec(head)?.[1] ?? this.#ackEveryMs);
    this.#seqs.set(socket, /"seq":(\d+)/.exec(head)?.[1] ?? '0');
  }

  #acknowledge(now: number): void {
    if (this.#ackEveryMs === 0) return;
    for (const [socket, seq] of this.#seqs) {
      if (now - (this.#ackedAt.get(socket) ?? 0) < this.#ackEveryMs) continue;
      this.#ackedAt.set(socket, now);
      this.#seqs.delete(socket);
      socket.send(`{"t":"ack","seq":${seq}}`);
    }
  }
}

let row = 0;

/** What a region pushes in a busy quarter of a second. */
function updateOf(regionNumber: number): RegionUpdate {
  const at = Date.now();
  const minute = Math.floor(at / 60_000);
  const counters = () => [...emptyCounters()].map(() => (++row * 7) % 1_000_003);
  return {
    regionNumber,
    shard: 0,
    at,
    watermark: at - 5_000,
    lastEventAt: at,
    lastReceivedAt: at,
    viewers: row % 5_000,
    panes: [[Math.floor(at / 10_000) * 10_000, counters()]],
    minutes: [[minute, counters()]],
    contents: Array.from({ length: contentsTold }, (_, n) => [minute, `title-${n}`, counters()] as const),
    devices: [[minute, 'tv', counters()]],
    contentTypes: [[minute, 'movie', counters()]],
    titles: [],
    alerts: [],
    revision: { generation: 0, incarnation: at, logRow: ++row },
  };
}

interface Round {
  readonly cpuUsPerFrame: number;
  readonly bytesPerFrame: number;
  readonly framesPerSecond: number;
}

/** `tell` makes one frame for each viewer. */
async function playRound(crowd: Crowd, pid: number, tell: () => Promise<void>): Promise<Round> {
  const [frames, bytes, cpu, from] = [crowd.frames, crowd.bytes, cpuUs(pid), performance.now()];
  for (let n = 1; n <= framesPerRound; n++) {
    await tell();
    await sleep(Math.max(0, from + (n * 1000) / framesPerSecond - performance.now()));
  }
  const wanted = framesPerRound * viewers;
  for (let wait = 0; crowd.frames - frames < wanted && wait < 100; wait++) await sleep(20);
  const received = crowd.frames - frames;
  return {
    cpuUsPerFrame: (cpuUs(pid) - cpu) / received,
    bytesPerFrame: (crowd.bytes - bytes) / received,
    framesPerSecond: received / viewers / ((performance.now() - from) / 1000),
  };
}

async function measure(url: URL, pid: number): Promise<Report> {
  const post = async (path: string, body: string): Promise<void> => {
    const response = await fetch(new URL(path, url), { method: 'POST', body });
    if (response.status !== 204) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  };
  const socketUrl = url.href.replace('http', 'ws');
  const [onHub, bare] = [new Crowd(), new Crowd()];
  await onHub.join(`${socketUrl}hub`);
  await bare.join(`${socketUrl}bare`);
  const tellHub = async (): Promise<void> => {
    const number = regionNumbers[row % regionNumbers.length] as number;
    await post('/hub/tell', JSON.stringify(updateOf(number)));
  };
  const tellBare = async (): Promise<void> => await post('/bare/tell', onHub.lastText);
  await playRound(onHub, pid, tellHub);
  await playRound(bare, pid, tellBare);
  const [hubs, floors]: [Round[], Round[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    hubs.push(await playRound(onHub, pid, tellHub));
    floors.push(await playRound(bare, pid, tellBare));
  }
  onHub.leave();
  bare.leave();
  const rowOf = (what: string, of: readonly Round[]) => ({
    what,
    'CPU, µs a frame': middleOf(of.map(({ cpuUsPerFrame }) => cpuUsPerFrame)).measured,
    'B a frame': Math.round(middleOf(of.map(({ bytesPerFrame }) => bytesPerFrame)).measured),
    'frames a second and viewer': middleOf(of.map((one) => one.framesPerSecond)).measured,
  });
  const ratios = hubs.map((hub, n) => (floors[n] as Round).cpuUsPerFrame / hub.cpuUsPerFrame);
  return {
    settings: {
      viewers: `${viewers} on the hub and ${viewers} on the floor, all connected all the time`,
      rounds: `${rounds} of ${framesPerRound} frames, in turns, after one of each; each tells ${contentsTold} contents`,
    },
    rows: [rowOf('the hub', hubs), rowOf('floor: a bare broadcast of the same text', floors)],
    targets: [{ what: "frames for the same CPU, of the floor's", ...middleOf(ratios), atLeast: 0.7 }],
  };
}

async function run(): Promise<Report> {
  const miniflare = await startWorker();
  try {
    return await measure(await miniflare.ready, runtimePid());
  } finally {
    await miniflare.dispose();
  }
}

const bench: Bench = {
  name: 'fan-out',
  describe:
    'CPU of the runtime for a frame to one of 2,000 viewers of a hub, four a second, beside a bare broadcast of the same text.',
  notes: [
    'The hub reads acknowledgements (500 a second at most), looks for stalled viewers and encodes each frame once for all who asked for the same.',
  ],
  run,
};
export default bench;
