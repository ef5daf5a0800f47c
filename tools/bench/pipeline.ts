// The whole way of an event, from its POST to its place in the API's answer, for longer than a window lives, so that the
// shards hold as many identities as they ever will at this pace; against a Worker that parses the same bodies.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { allowedLatenessMs, windowMs } from '../../core/protocol/limits.ts';
import { startFloor, startMarquee } from '../bench-product.ts';
import { type Bench, middleOf, type Report } from '../bench-report.ts';
import { runtimePid } from '../bench-workerd.ts';
import { Random, Weighted } from '../producer/random.ts';

const eventsPerBody = 500;
const bodiesPerRound = 120;
const underWay = 4;
const titles = 1_000;
/** Until windows die as fast as others open. */
const sustainedMs = allowedLatenessMs + 2 * windowMs;
const countedWithinMs = 60_000;

interface Region {
  readonly name: string;
}

class Bodies {
  readonly #random = new Random('pipeline');
  readonly #title = new Weighted(Array.from({ length: titles }, (_, n) => [n, 1 / (n + 1)] as const));
  readonly #regions: readonly string[];
  #made = 0;

  constructor(regions: readonly string[]) {
    this.#regions = regions;
  }

  /** Ids are unique, so that nothing is a twin. */
  make(): string {
    const now = new Date().toISOString();
    const events = Array.from({ length: eventsPerBody }, (_, i) => ({
      event_id: `0190a5c2-7f1e-7000-8000-${(++this.#made).toString(16).padStart(12, '0')}`,
      event_type: i % 5 === 0 ? 'download' : 'progress',
      timestamp: now,
      region: this.#regions[i % this.#regions.length],
      content_id: `film-${this.#title.pick(this.#random)}`,
      user_id: `user-${this.#made % 50_000}`,
      session_id: `session-${this.#made % 40_000}`,
      device_type: 'tv',
      country: 'DE',
      ...(i % 5 === 0 ? { status: 'success', speed_mbps: 41.7 } : { duration: 10 }),
    }));
    return JSON.stringify(events);
  }
}

async function send(pool: Pool, key: string, bodies: string[]): Promise<void> {
  const one = async (): Promise<void> => {
    for (let body = bodies.pop(); body !== undefined; body = bodies.pop()) {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` };
      const answer = await pool.request({ path: '/v1/events', method: 'POST', headers, body });
      const text = await answer.body.text();
      if (answer.statusCode !== 202) throw new Error(`${answer.statusCode}: ${text}`);
    }
  };
  await Promise.all(Array.from({ length: underWay }, one));
}

async function read<T>(pool: Pool, token: string, path: string): Promise<T> {
  const answer = await pool.request({ path, method: 'GET', headers: { authorization: `Bearer ${token}` } });
  const text = await answer.body.text();
  if (answer.statusCode !== 200) throw new Error(`${path}: ${answer.statusCode} ${text}`);
  return (JSON.parse(text) as { readonly data: T }).data;
}

const residentMb = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;

interface Marquee {
  readonly pool: Pool;
  readonly key: string;
  readonly token: string;
}

async function untilCounted({ pool, token }: Marquee, sent: number): Promise<void> {
  const path = '/api/stats/realtime?minutes=60';
  const from = performance.now();
  for (;;) {
    const { total_events: total } = await read<{ readonly total_events: number }>(pool, token, path);
    if (total === sent) return;
    if (total > sent) throw new Error(`${total} events are counted, ${sent} were sent`);
    if (performance.now() - from > countedWithinMs) throw new Error(`${sent - total} events are not counted`);
    await sleep(50);
  }
}

interface Sustained {
  readonly ours: readonly number[];
  readonly floors: readonly number[];
  readonly sent: number;
}

/** In turns; a round of ours ends when the API has counted all of it. */
async function sustain(marquee: Marquee, floor: Pool, bodies: Bodies): Promise<Sustained> {
  const [ours, floors]: [number[], number[]] = [[], []];
  const batch = () => Array.from({ length: bodiesPerRound }, () => bodies.make());
  const events = bodiesPerRound * eventsPerBody;
  let sent = 0;
  for (const endAt = performance.now() + sustainedMs; performance.now() < endAt; ) {
    const [mine, theirs] = [batch(), batch()];
    const from = performance.now();
    await send(marquee.pool, marquee.key, mine);
    sent += events;
    await untilCounted(marquee, sent);
    const turn = performance.now();
    await send(floor, '', theirs);
    ours.push((events * 1000) / (turn - from));
    floors.push((events * 1000) / (performance.now() - turn));
  }
  return { ours, floors, sent };
}

async function run(): Promise<Report> {
  const { miniflare, credentials } = await startMarquee();
  const pid = runtimePid();
  const floor = startFloor();
  const pools = await Promise.all(
    [miniflare, floor].map(async (worker) => new Pool(await worker.ready, { connections: underWay })),
  );
  const [pool, floorPool] = pools as [Pool, Pool];
  try {
    const token = credentials.viewer_token;
    const regions = await read<readonly Region[]>(pool, token, '/api/catalog/regions');
    const marquee = { pool, key: credentials.ingest_key, token };
    const { ours, floors, sent } = await sustain(
      marquee,
      floorPool,
      new Bodies(regions.map(({ name }) => name)),
    );
    const lastMinutes = (values: readonly number[]) => values.slice(-Math.ceil(values.length / 6));
    const ratios = ours.map((speed, n) => speed / (floors[n] as number));
    const row = (what: string, of: (values: readonly number[]) => readonly number[]) => ({
      what,
      'events/s': Math.round(middleOf(of(ours)).measured),
      'floor, events/s': Math.round(middleOf(of(floors)).measured),
      ratio: middleOf(of(ratios)).measured,
    });
    return {
      settings: {
        rounds: `${ours.length} of ${bodiesPerRound} bodies of ${eventsPerBody} events, in turns, ${sustainedMs / 60_000} minutes`,
        regions: regions.length,
        titles: `${titles} by Zipf`,
        'sent and counted, none more and none less': sent,
        'MB resident of the runtime in the end': Math.round(residentMb(pid)),
      },
      rows: [row('all rounds', (values) => values), row('the last two minutes', lastMinutes)],
      targets: [
        {
          what: "events/s counted, of the floor's, in the last two minutes",
          ...middleOf(lastMinutes(ratios)),
          atLeast: 0.2,
        },
      ],
    };
  } finally {
    await Promise.all(pools.map(async (each) => await each.close()));
    await Promise.all([miniflare.dispose(), floor.dispose()]);
  }
}

const bench: Bench = {
  name: 'pipeline',
  describe:
    'From a POST to the answer of the API, 12 regions, longer than windows live, beside a Worker that only parses.',
  run,
};
export default bench;
