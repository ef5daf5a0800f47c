// What the door takes: the built Worker under Miniflare's API, without the development proxy, against a floor in the
// same run: a Worker that parses the same bodies and answers 202.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import { Pool } from 'undici';
import type { Bench, Report } from '../bench-report.ts';
import { root } from '../bootstrap.mjs';
import { type Credentials, ensureCredentials } from '../credentials.ts';
import type { Database } from '../database.ts';

const eventsPerBody = 500;
const requestsPerRound = 60;
const rounds = 7;
const underWay = 4;
const compatibilityDate = '2026-10-20';
const regions = ['US-California', 'US-Virginia', 'EU-London', 'EU-Frankfurt', 'ASIA-Tokyo', 'ASIA-Mumbai'];

const floorScript = `export default { async fetch(request) {
  const events = await request.json();
  return Response.json({ accepted: events.length }, { status: 202 });
} };`;

function buildWorker(): string {
  const folder = join(root, '.cache/bench-worker');
  const wrangler = join(root, 'node_modules/wrangler/wrangler-dist/cli.js');
  const args = ['deploy', '--dry-run', '--outdir', folder];
  execFileSync(process.execPath, ['--no-warnings', wrangler, ...args], {
    cwd: root,
    stdio: 'ignore',
    env: { ...process.env, CI: '1', WRANGLER_SEND_METRICS: 'false' },
  });
  return join(folder, 'index.js');
}

async function startMarquee(): Promise<{ miniflare: Miniflare; credentials: Credentials }> {
  const object = (className: string) => ({ className, useSQLite: true });
  const options = convertV4MiniflareOptions({
    modules: true,
    scriptPath: buildWorker(),
    compatibilityDate,
    compatibilityFlags: ['nodejs_compat'],
    bindings: { ENVIRONMENT: 'local' },
    d1Databases: ['DB'],
    r2Buckets: ['LAKE'],
    durableObjects: {
      REGION_WINDOW: object('RegionWindow'),
      LIVE_HUB: object('LiveHub'),
      KEY_METER: object('KeyMeter'),
    },
    queueProducers: { EVENTS: 'events' },
    queueConsumers: { events: { maxBatchSize: 100, maxBatchTimeout: 0, maxRetries: 100 } },
  });
  const miniflare = new Miniflare(options);
  const database = await miniflare.getD1Database('DB');
  const folder = join(root, 'migrations');
  for (const file of readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort((a, b) => a.localeCompare(b))) {
    const statements = readFileSync(join(folder, file), 'utf8').split('--> statement-breakpoint');
    for (const statement of statements) await database.prepare(statement).run();
  }
  const persistTo = mkdtempSync(join(tmpdir(), 'marquee-ingest-'));
  const credentials = await ensureCredentials(database as unknown as Database, persistTo, Date.now());
  rmSync(persistTo, { recursive: true });
  return { miniflare, credentials };
}

let made = 0;
/** Bodies carry unique ids, so that nothing is a twin. */
function makeBody(): string {
  const now = new Date().toISOString();
  const events = Array.from({ length: eventsPerBody }, (_, i) => ({
    event_id: `0190a5c2-7f1e-7000-8000-${(++made).toString(16).padStart(12, '0')}`,
    event_type: i % 5 === 0 ? 'download' : 'progress',
    timestamp: now,
    region: regions[i % regions.length],
    content_id: `film-${(i * i) % 97}`,
    user_id: `user-${made % 5000}`,
    session_id: `session-${made % 4000}`,
    device_type: 'tv',
    country: 'DE',
    ...(i % 5 === 0 ? { status: 'success', speed_mbps: 41.7 } : { duration: 10 }),
  }));
  return JSON.stringify(events);
}

/** Events a second that were answered 202. */
async function round(pool: Pool, key: string): Promise<number> {
  const bodies = Array.from({ length: requestsPerRound }, makeBody);
  const startedAt = performance.now();
  const send = async (): Promise<void> => {
    for (let body = bodies.pop(); body !== undefined; body = bodies.pop()) {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` };
      const answer = await pool.request({ path: '/v1/events', method: 'POST', headers, body });
      const text = await answer.body.text();
      if (answer.statusCode !== 202) throw new Error(`${answer.statusCode}: ${text}`);
    }
  };
  await Promise.all(Array.from({ length: underWay }, send));
  return (requestsPerRound * eventsPerBody * 1000) / (performance.now() - startedAt);
}

async function countedAtLast(pool: Pool, token: string): Promise<number> {
  for (let waits = 0; waits < 300; waits++) {
    const headers = { authorization: `Bearer ${token}` };
    const answer = await pool.request({ path: '/api/stats/realtime?minutes=30', method: 'GET', headers });
    const { data } = (await answer.body.json()) as { readonly data: { readonly total_events: number } };
    if (data.total_events >= made) return data.total_events;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('not everything that was accepted was counted within 30 s');
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

async function run(): Promise<Report> {
  const { miniflare: marquee, credentials } = await startMarquee();
  const floor = new Miniflare(
    convertV4MiniflareOptions({ modules: true, script: floorScript, compatibilityDate }),
  );
  const pools = await Promise.all(
    [marquee, floor].map(async (worker) => new Pool(await worker.ready, { connections: underWay })),
  );
  const [ours, theirs] = pools as [Pool, Pool];
  const speeds: { readonly marquee: number; readonly floor: number }[] = [];
  for (let i = 0; i <= rounds; i++) {
    const speed = {
      marquee: await round(ours, credentials.ingest_key),
      floor: await round(theirs, credentials.ingest_key),
    };
    // The first one warms up. Bodies for the floor have ids of their own and are not counted below.
    if (i > 0) speeds.push(speed);
    made -= requestsPerRound * eventsPerBody;
  }
  const counted = await countedAtLast(ours, credentials.viewer_token);
  await Promise.all([...pools.map((pool) => pool.close()), marquee.dispose(), floor.dispose()]);
  const [marqueeMedian, floorMedian] = [
    median(speeds.map((s) => s.marquee)),
    median(speeds.map((s) => s.floor)),
  ];
  return {
    settings: {
      'events a body': eventsPerBody,
      'bodies a round': requestsPerRound,
      rounds,
      'counted in the end': counted,
    },
    rows: [
      { what: 'Marquee, answered 202', 'events/s': Math.round(marqueeMedian) },
      { what: 'floor: parse and answer', 'events/s': Math.round(floorMedian) },
      { what: 'ratio, in hundredths', 'events/s': Math.round((100 * marqueeMedian) / floorMedian) },
    ],
  };
}

export default {
  name: 'ingest',
  describe: 'events a second that the door answers, under Miniflare, against a Worker that only parses',
  run,
} satisfies Bench;
