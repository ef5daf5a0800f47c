// POSTs of one to five events, as players send them, against the same events in POSTs of 500: CPU of the runtime, and what
// the platform bills of queue and objects. And against the floor: a Worker that parses such a POST and answers 202.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Miniflare } from 'miniflare';
import { Pool } from 'undici';
import type { Operations, operations } from '../../core/cost/operations.ts';
import { prices } from '../../core/cost/prices.ts';
import { startFloor, startMarquee } from '../bench-product.ts';
import { median, rounded } from '../bench-rate.ts';
import { type Bench, middleOf, type Report, type Target } from '../bench-report.ts';
import { cpuUs } from '../bench-workerd.ts';
import { root } from '../bootstrap.mjs';
import { bundleCounting } from '../cost/config.ts';
import { type Counts, operationsOf } from '../cost/counts.ts';
import { trafficRegions } from '../producer/regions.ts';

const sizes = [1, 2, 5];
const large = 500;
const smallPosts = 3000;
const largeEvents = 20_000;
const smallUnderWay = 256;
const largeUnderWay = 4;
const turns = 5;
const countedTurns = 3;
/** Until what was answered has been counted. */
const settleMs = 1_000;

let made = 0;
/** Ids are unique, so that nothing is a twin. */
const bodyOf = (size: number): string =>
  JSON.stringify(
    Array.from({ length: size }, () => {
      made++;
      return {
        event_id: `0190a5c2-7f1e-7000-8000-${made.toString(16).padStart(12, '0')}`,
        event_type: 'progress',
        timestamp: new Date().toISOString(),
        region: trafficRegions[made % trafficRegions.length]?.name,
        content_id: `film-${(made * made) % 97}`,
        user_id: `user-${made % 5000}`,
        session_id: `session-${made % 4000}`,
        device_type: 'tv',
        country: 'DE',
        duration: 10,
      };
    }),
  );

class Sender {
  readonly pid: number;
  readonly pool: Pool;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #miniflare: Miniflare;

  private constructor(pid: number, pool: Pool, key: string, miniflare: Miniflare) {
    this.pid = pid;
    this.pool = pool;
    this.#headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` };
    this.#miniflare = miniflare;
  }

  static async to(start: () => Promise<{ miniflare: Miniflare; key: string }>): Promise<Sender> {
    const before = runtimes();
    const { miniflare, key } = await start();
    const url = await miniflare.unsafeGetDirectURL();
    const [pid = 0] = runtimes().filter((each) => !before.includes(each));
    return new Sender(pid, new Pool(url, { connections: smallUnderWay }), key, miniflare);
  }

  async stop(): Promise<void> {
    await this.pool.close();
    await this.#miniflare.dispose();
  }

  async post(body: string): Promise<void> {
    const answer = await this.pool.request({
      path: '/v1/events',
      method: 'POST',
      headers: this.#headers,
      body,
    });
    const text = await answer.body.text();
    if (answer.statusCode !== 202) throw new Error(`${answer.statusCode}: ${text}`);
  }

  /** As fast as it is answered; the ms that it takes. */
  async send(size: number, posts: number, underWay: number): Promise<number> {
    const bodies = Array.from({ length: posts }, () => bodyOf(size));
    const startedAt = performance.now();
    const one = async (): Promise<void> => {
      for (let body = bodies.pop(); body !== undefined; body = bodies.pop()) await this.post(body);
    };
    await Promise.all(Array.from({ length: underWay }, one));
    return performance.now() - startedAt;
  }

  /** µs an event, of all threads of its runtime, until the events are counted. */
  async cpuAnEvent(size: number, posts: number, underWay: number): Promise<number> {
    const before = cpuUs(this.pid);
    await this.send(size, posts, underWay);
    await sleep(settleMs);
    return (cpuUs(this.pid) - before) / (size * posts);
  }

  async control<T>(name: string): Promise<T> {
    const answer = await this.pool.request({ path: `/cost/${name}`, method: 'POST', body: '{}' });
    return (await answer.body.json()) as T;
  }
}

/** Of this process. */
const runtimes = (): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && isRuntime(name))
    .map(Number);

function isRuntime(pid: string): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [, command, parent] = /^\d+ \((.*)\) \S (\d+)/.exec(stat) ?? [];
    return Number(parent) === process.pid && command?.startsWith('workerd') === true;
  } catch {
    return false;
  }
}

interface CpuTurn {
  readonly ofLarge: number;
  readonly small: readonly number[];
  readonly floor: readonly number[];
}

async function cpuTurn(marquee: Sender, floor: Sender): Promise<CpuTurn> {
  const ofLarge = await marquee.cpuAnEvent(large, largeEvents / large, largeUnderWay);
  const small: number[] = [];
  const floors: number[] = [];
  for (const size of sizes) {
    small.push(await marquee.cpuAnEvent(size, smallPosts, smallUnderWay));
    floors.push(await floor.cpuAnEvent(size, smallPosts, smallUnderWay));
  }
  return { ofLarge, small, floor: floors };
}

interface Billed {
  readonly messages: number;
  readonly calls: number;
  readonly queueUsd: number;
  readonly objectsUsd: number;
}

async function billed(marquee: Sender, send: () => Promise<unknown>): Promise<Billed> {
  await marquee.control('take');
  await send();
  await marquee.control('settle');
  const counts = await marquee.control<Counts>('take');
  const of: Operations = operationsOf(counts);
  const usd = (name: (typeof operations)[number], price: number): number => (of[name] ?? 0) * price;
  return {
    messages: of.queueMessages ?? 0,
    calls: counts['objectRequests RegionWindow.receive'] ?? 0,
    queueUsd: usd('queueOperations', prices.queueOperation),
    objectsUsd: usd('objectRequests', prices.objectRequest) + usd('objectRowsWritten', prices.rowWritten),
  };
}

interface CountedTurn {
  readonly small: Billed;
  readonly ofLarge: Billed;
}

/** The large ones are spread over as long as the small ones took: as many events a second, or batches would differ by pace. */
async function countedTurn(marquee: Sender, size: number): Promise<CountedTurn> {
  const posts = Math.ceil((smallPosts * size) / large) * (large / size);
  let tookMs = 0;
  const small = await billed(marquee, async () => {
    tookMs = await marquee.send(size, posts, smallUnderWay);
  });
  const largePosts = (posts * size) / large;
  const ofLarge = await billed(marquee, async () => {
    const startedAt = performance.now();
    const sent: Promise<void>[] = [];
    for (let i = 0; i < largePosts; i++) {
      await sleep(Math.max(0, startedAt + (i * tookMs) / largePosts - performance.now()));
      sent.push(marquee.post(bodyOf(large)));
    }
    await Promise.all(sent);
  });
  return { small, ofLarge };
}

async function measured(): Promise<{ cpu: CpuTurn[]; counted: CountedTurn[][] }> {
  const started = async (scriptPath?: string) => {
    const { miniflare, credentials } = await startMarquee(scriptPath === undefined ? {} : { scriptPath });
    return { miniflare, key: credentials.ingest_key };
  };
  const cpu: CpuTurn[] = [];
  const marquee = await Sender.to(async () => await started());
  const floor = await Sender.to(async () => {
    const miniflare = startFloor();
    await miniflare.ready;
    return { miniflare, key: '' };
  });
  // The first turn warms up.
  for (let turn = 0; turn <= turns; turn++) {
    const taken = await cpuTurn(marquee, floor);
    if (turn > 0) cpu.push(taken);
  }
  await Promise.all([marquee.stop(), floor.stop()]);
  const counting = await Sender.to(
    async () => await started(bundleCounting(join(root, '.cache/small-posts'))),
  );
  await counting.send(1, smallUnderWay, smallUnderWay);
  const counted: CountedTurn[][] = [];
  for (const size of sizes) {
    const of: CountedTurn[] = [];
    for (let turn = 0; turn < countedTurns; turn++) of.push(await countedTurn(counting, size));
    counted.push(of);
  }
  await counting.stop();
  return { cpu, counted };
}

async function run(): Promise<Report> {
  const { cpu, counted } = await measured();
  const middle = (of: (turn: CpuTurn) => number): number => rounded(median(cpu.map(of)));
  const ratios = (n: number, of: (turn: CountedTurn) => number): number[] => (counted[n] ?? []).map(of);
  const targets = sizes.flatMap((size, n): Target[] => {
    const what = size === 1 ? 'POSTs of one event' : `POSTs of ${size} events`;
    return [
      {
        what: `CPU an event of ${what}, to POSTs of ${large}`,
        ...middleOf(cpu.map(({ small, ofLarge }) => (small[n] ?? Number.NaN) / ofLarge)),
        atMost: 8,
      },
      {
        what: `queue, $ an event of ${what}, to POSTs of ${large}`,
        ...middleOf(ratios(n, ({ small, ofLarge }) => small.queueUsd / ofLarge.queueUsd)),
        atMost: 5,
      },
      {
        what: `objects, $ an event of ${what}, to POSTs of ${large}`,
        ...middleOf(ratios(n, ({ small, ofLarge }) => small.objectsUsd / ofLarge.objectsUsd)),
        atMost: 5,
      },
    ];
  });
  const rows = sizes.map((size, n) => ({
    'events a POST': size,
    'CPU, µs an event': middle(({ small }) => small[n] ?? Number.NaN),
    'of it the floor, µs': middle(({ floor }) => floor[n] ?? Number.NaN),
    'ours, µs a POST': middle(
      ({ small, floor }) => size * ((small[n] ?? Number.NaN) - (floor[n] ?? Number.NaN)),
    ),
    'the floor, to POSTs of 500': middle(({ floor, ofLarge }) => (floor[n] ?? Number.NaN) / ofLarge),
    'ours, to POSTs of 500': middle(
      ({ small, floor, ofLarge }) => ((small[n] ?? Number.NaN) - (floor[n] ?? Number.NaN)) / ofLarge,
    ),
    'messages, to POSTs of 500': rounded(
      median(ratios(n, ({ small, ofLarge }) => small.messages / ofLarge.messages)),
    ),
    'shard calls, to POSTs of 500': rounded(
      median(ratios(n, ({ small, ofLarge }) => small.calls / ofLarge.calls)),
    ),
  }));
  return {
    settings: {
      'POSTs under way': `${smallUnderWay} small ones, ${largeUnderWay} of ${large}`,
      turns: `${turns} of CPU, in turns, ${countedTurns} counted`,
      'POSTs a turn': smallPosts,
      [`CPU of POSTs of ${large}, µs an event`]: middle(({ ofLarge }) => ofLarge),
    },
    rows,
    targets,
  };
}

export default {
  name: 'small-posts',
  describe:
    'POSTs of 1, 2 and 5 events against the same events in POSTs of 500: CPU of the runtime, queue and objects as billed',
  notes: [
    'CPU is of the whole runtime until the events are counted, with the emulated queue and D1, against POSTs of 500 as fast as they are answered. The floor is a Worker that parses a POST and answers 202, and stores nothing: what the runtime itself takes for a connection, a request and an answer, and no joining can save. What is beyond it is ours, from the door to the commit.',
    'Queue and objects are counted by tools/cost/worker, against POSTs of 500 at the same number of events a second: batches of the queue follow each other as fast as they are taken, so that a slower sender has fewer events in each.',
  ],
  run,
} satisfies Bench;
