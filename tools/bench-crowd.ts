// Viewers by the thousand on the hub of the product, or on an object that only broadcasts, and what frames cost the runtime.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import { WebSocket } from 'undici';
import { emptyCounters } from '../core/aggregate/counters.ts';
import { liveSubprotocol } from '../core/protocol/version.ts';
import type { RegionUpdate } from '../core/window/region-answer.ts';
import { bundleWorker, compatibilityDate, cpuUs } from './bench-workerd.ts';
import { root } from './bootstrap.mjs';

const regionNumbers = [1, 2, 3, 4, 5, 6];
export const contentsTold = 20;

/** Of tools/bench-hub.ts. */
export async function startHub(): Promise<Miniflare> {
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
export class Crowd {
  readonly #sockets: WebSocket[] = [];
  readonly #seqs = new Map<WebSocket, string>();
  readonly #ackedAt = new Map<WebSocket, number>();
  readonly #acks: NodeJS.Timeout;
  frames = 0;
  bytes = 0;
  /** What the first viewer has been told since this was last emptied. */
  readonly told: string[] = [];
  #ackEveryMs = 0;

  constructor() {
    this.#acks = setInterval(() => this.#acknowledge(performance.now()), 100);
  }

  get viewers(): number {
    return this.#sockets.length;
  }

  /** Until there are so many. */
  async join(address: string, viewers: number): Promise<void> {
    while (this.viewers < viewers) {
      const length = Math.min(50, viewers - this.viewers);
      await Promise.all(Array.from({ length }, async () => await this.#open(address)));
    }
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
    if (socket === this.#sockets[0]) this.told.push(text);
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

export interface Round {
  readonly cpuUsPerFrame: number;
  readonly bytesPerFrame: number;
  readonly framesPerSecond: number;
}

export interface Pace {
  readonly frames: number;
  readonly framesPerSecond: number;
}

/** `tell` makes one frame for each viewer. */
export async function playRound(
  crowd: Crowd,
  pid: number,
  { frames: told, framesPerSecond }: Pace,
  tell: () => Promise<void>,
): Promise<Round> {
  const [frames, bytes, cpu, from] = [crowd.frames, crowd.bytes, cpuUs(pid), performance.now()];
  for (let n = 1; n <= told; n++) {
    await tell();
    await sleep(Math.max(0, from + (n * 1000) / framesPerSecond - performance.now()));
  }
  const wanted = told * crowd.viewers;
  for (let wait = 0; crowd.frames - frames < wanted && wait < 100; wait++) await sleep(20);
  const received = crowd.frames - frames;
  return {
    cpuUsPerFrame: (cpuUs(pid) - cpu) / received,
    bytesPerFrame: (crowd.bytes - bytes) / received,
    framesPerSecond: received / crowd.viewers / ((performance.now() - from) / 1000),
  };
}

async function post(url: URL, path: string, body: string): Promise<void> {
  const response = await fetch(new URL(path, url), { method: 'POST', body });
  if (response.status !== 204) throw new Error(`${path}: ${response.status} ${await response.text()}`);
}

/** A change of one region after the other. */
export async function tellHub(url: URL): Promise<void> {
  await post(url, '/hub/tell', JSON.stringify(updateOf(regionNumbers[row % regionNumbers.length] as number)));
}

export async function tellBare(url: URL, text: string): Promise<void> {
  await post(url, '/bare/tell', text);
}
