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

/** With `regions` beside those of the migrations. */
export async function startMarquee(
  regions: readonly RegionEntry[] = [],
): Promise<{ miniflare: Miniflare; credentials: Credentials }> {
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
      LAKE_SEALER: object('LakeSealer'),
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
  new Miniflare(convertV4MiniflareOptions({ modules: true, script: floorScript, compatibilityDate }));
