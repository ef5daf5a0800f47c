// The built Worker under Miniflare's API, without the development proxy: what benchmarks of the whole product send to.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import type { RegionEntry } from '../core/protocol/region.ts';
import { compatibilityDate } from './bench-workerd.ts';
import { root } from './bootstrap.mjs';
import { type Credentials, ensureCredentials } from './credentials.ts';
import type { Database } from './database.ts';

/** Of the Worker itself (`unsafeGetDirectURL`), without Miniflare's own entry, which takes its part of the CPU. */
const anyPort = { host: '127.0.0.1', port: 0 };

/** The path of the script, built as `wrangler deploy` would. */
export function buildWorker(): string {
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

export interface MarqueeOptions {
  /** Beside those of the migrations. */
  readonly regions?: readonly RegionEntry[];
  /** Of another entry than the product's own. */
  readonly scriptPath?: string;
  /** A Worker that is asked in the product's place, and has it as DOOR. */
  readonly front?: string;
}

export async function startMarquee({
  regions = [],
  scriptPath = buildWorker(),
  front,
}: MarqueeOptions = {}): Promise<{ miniflare: Miniflare; credentials: Credentials }> {
  const object = (className: string) => ({ className, useSQLite: true });
  const product = {
    name: 'marquee',
    modules: true as const,
    scriptPath,
    compatibilityDate,
    compatibilityFlags: ['nodejs_compat'],
    bindings: { ENVIRONMENT: 'local' },
    d1Databases: ['DB'],
    r2Buckets: ['LAKE'],
    durableObjects: {
      REGION_WINDOW: object('RegionWindow'),
      LIVE_HUB: object('LiveHub'),
      KEY_METER: object('KeyMeter'),
      LAKE_SEALER: object('LakeSealer'),
    },
    queueProducers: { EVENTS: 'events' },
    queueConsumers: { events: { maxBatchSize: 100, maxBatchTimeout: 0, maxRetries: 100 } },
    unsafeDirectSockets: [anyPort],
  };
  const before = front && {
    name: 'front',
    modules: true as const,
    script: front,
    compatibilityDate,
    serviceBindings: { DOOR: product.name },
  };
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({ workers: before ? [before, product] : [product] }),
  );
  const database = await miniflare.getD1Database('DB', product.name);
  const folder = join(root, 'migrations');
  for (const file of readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort((a, b) => a.localeCompare(b))) {
    const statements = readFileSync(join(folder, file), 'utf8').split('--> statement-breakpoint');
    for (const statement of statements) await database.prepare(statement).run();
  }
  await database
    .prepare(
      `INSERT INTO regions (number, name, continent, latitude, longitude) SELECT value ->> 'number', value ->> 'name',
        'Test', value ->> 'latitude', value ->> 'longitude' FROM json_each(?)`,
    )
    .bind(JSON.stringify(regions))
    .run();
  const persistTo = mkdtempSync(join(tmpdir(), 'marquee-ingest-'));
  const credentials = await ensureCredentials(database as unknown as Database, persistTo, Date.now());
  rmSync(persistTo, { recursive: true });
  return { miniflare, credentials };
}

/** The floor: parses what comes and answers 202. */
const floorScript = `export default { async fetch(request) {
  const events = await request.json();
  return Response.json({ accepted: events.length }, { status: 202 });
} };`;

export const startFloor = (): Miniflare =>
  new Miniflare(
    convertV4MiniflareOptions({
      modules: true,
      script: floorScript,
      compatibilityDate,
      unsafeDirectSockets: [anyPort],
    }),
  );
