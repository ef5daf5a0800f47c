// What a producer's key costs the door: CPU of an ingest request of 100 events with and without one, in the same run,
// turn by turn. The door runs in workerd, without HTTP, queue and consumer around it, which would hide what a key costs.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import type { Bench, Report } from '../bench-report.ts';
import { bundleWorker, compatibilityDate, cpuUs, runtimePid } from '../bench-workerd.ts';
import { root } from '../bootstrap.mjs';

const eventsPerRequest = 100;
const requestsPerTurn = 200;
const turns = 41;
const warmUpTurns = 4;
const regions = ['US-California', 'US-Virginia', 'EU-London', 'EU-Frankfurt', 'ASIA-Tokyo', 'ASIA-Mumbai'];

async function startDoor(): Promise<Miniflare> {
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      modules: true,
      scriptPath: bundleWorker('bench-door'),
      compatibilityDate,
      compatibilityFlags: ['nodejs_compat'],
      bindings: { ENVIRONMENT: 'local' },
      d1Databases: ['DB'],
      durableObjects: { KEY_METER: { className: 'KeyMeter', useSQLite: true } },
    }),
  );
  const database = await miniflare.getD1Database('DB');
  const folder = join(root, 'migrations');
  const files = readdirSync(folder).filter((name) => name.endsWith('.sql'));
  for (const file of files.sort((a, b) => a.localeCompare(b))) {
    const statements = readFileSync(join(folder, file), 'utf8').split('--> statement-breakpoint');
    for (const statement of statements) await database.prepare(statement).run();
  }
  return miniflare;
}

function makeBody(): string {
  const now = new Date().toISOString();
  const events = Array.from({ length: eventsPerRequest }, (_, i) => ({
    event_id: `0190a5c2-7f1e-7000-8000-${i.toString(16).padStart(12, '0')}`,
    event_type: i % 5 === 0 ? 'download' : 'progress',
    timestamp: now,
    region: regions[i % regions.length],
    content_id: `film-${(i * i) % 97}`,
    user_id: `user-${i}`,
    session_id: `session-${i % 40}`,
    device_type: 'tv',
    country: 'DE',
    ...(i % 5 === 0 ? { status: 'success', speed_mbps: 41.7 } : { duration: 10 }),
  }));
  return JSON.stringify(events);
}

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;

function row(what: string, samples: readonly number[]): Record<string, string | number> {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (share: number) => Math.round(quantile(sorted, share) * 10) / 10;
  return {
    what,
    turns: sorted.length,
    median: at(0.5),
    p25: at(0.25),
    p75: at(0.75),
    min: at(0),
    max: at(1),
  };
}

async function run(): Promise<Report> {
  const miniflare = await startDoor();
  try {
    const url = await miniflare.ready;
    const key = await (await fetch(new URL('/key', url))).text();
    const pid = runtimePid();
    const body = makeBody();
    const turn = async (shown: string): Promise<number> => {
      const before = cpuUs(pid);
      const response = await fetch(new URL(`/?times=${requestsPerTurn}&key=${shown}`, url), {
        method: 'POST',
        body,
      });
      if (response.status !== 204) throw new Error(await response.text());
      return (cpuUs(pid) - before) / requestsPerTurn;
    };
    const [bare, keyed, again]: [number[], number[], number[]] = [[], [], []];
    for (let i = -warmUpTurns; i < turns; i++) {
      // Without a key twice: how far those two lie apart is what the measurement itself is unsure by.
      const taken = [await turn(''), await turn(key), await turn('')] as const;
      if (i < 0) continue;
      bare.push(taken[0]);
      keyed.push(taken[1]);
      again.push(taken[2]);
    }
    const pairs = (samples: readonly number[]) =>
      samples.map((sample, i) => 100 * (sample / (((bare[i] ?? 0) + (again[i] ?? 0)) / 2) - 1));
    const more = row('more with a key, %', pairs(keyed));
    return {
      settings: { 'events a request': eventsPerRequest, 'requests a turn': requestsPerTurn, turns },
      rows: [
        row('without a key, CPU in µs a request', bare),
        row('with a key', keyed),
        row('without a key, again', again),
        more,
        row(
          'more without one, again, %',
          again.map((sample, i) => 100 * (sample / (bare[i] ?? 0) - 1)),
        ),
      ],
      targets: [
        { what: 'CPU of a request with a key, % more (median)', atMost: 10, measured: Number(more.median) },
      ],
    };
  } finally {
    await miniflare.dispose();
  }
}

export default {
  name: 'auth',
  describe: "CPU of an ingest request of 100 events with a producer's key and without one, turn by turn",
  run,
} satisfies Bench;
