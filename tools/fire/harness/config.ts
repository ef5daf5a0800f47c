// The configuration of a fire run: what wrangler.toml says, with the fire entry in the product's place and, if wanted,
// one more binding for the queue that survives.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../bootstrap.mjs';
import { readWranglerConfig } from '../../wrangler-config.ts';

export type Fields = Readonly<Record<string, unknown>>;

export interface FireConfigs {
  /** With the stand-in. */
  readonly durable: string;
  /** With the emulated queue as it is. */
  readonly stock: string;
}

const taken = [
  'compatibility_date',
  'compatibility_flags',
  'define',
  'vars',
  'd1_databases',
  'r2_buckets',
  'workflows',
];

function productFields(name: string, ownRoutes: readonly string[]): Fields {
  const read = readWranglerConfig() as unknown as Fields;
  const assets = read.assets as { readonly run_worker_first?: readonly string[] };
  return {
    name,
    ...Object.fromEntries(taken.map((field) => [field, read[field]])),
    // Names of queues, objects and folders as in the product: other tools read the folder.
    queues: read.queues,
    durable_objects: read.durable_objects,
    migrations: read.migrations,
    triggers: read.triggers,
    assets: {
      ...assets,
      directory: join(root, 'site/dist'),
      run_worker_first: [...(assets.run_worker_first ?? []), ...ownRoutes],
    },
  };
}

function durableFields(product: Fields): Fields {
  const { bindings } = product.durable_objects as { readonly bindings: readonly object[] };
  const migrations = product.migrations as readonly object[];
  return {
    ...product,
    durable_objects: { bindings: [...bindings, { name: 'QUEUE_STAND_IN', class_name: 'QueueStandIn' }] },
    migrations: [...migrations, { tag: 'fire', new_sqlite_classes: ['QueueStandIn'] }],
  };
}

/** Bundles an entry of the Worker other than the product's, and builds the site; returns where the bundle is. */
export function bundleEntry(folder: string, entry: string, fields: Fields): string {
  mkdirSync(folder, { recursive: true });
  const source = join(folder, 'build.json');
  const build = { command: 'npm run --silent build', cwd: root };
  writeFileSync(
    source,
    JSON.stringify({ ...fields, main: join(root, entry), minify: false, build }, null, 2),
  );
  const outdir = join(folder, 'bundle');
  const wrangler = join(root, 'node_modules/wrangler/wrangler-dist/cli.js');
  const args = ['--no-warnings', wrangler, 'deploy', '--dry-run', '--config', source, '--outdir', outdir];
  execFileSync(process.execPath, args, {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, CI: '1', WRANGLER_SEND_METRICS: 'false', WRANGLER_HIDE_BANNER: 'true' },
  });
  return join(outdir, 'index.js');
}

/** The product's configuration under another name, with routes of its own before the assets. */
export function entryFields(name: string, ownRoutes: readonly string[]): Fields {
  const product = productFields(name, ownRoutes);
  const [d1] = product.d1_databases as readonly object[];
  return { ...product, d1_databases: [{ ...d1, migrations_dir: join(root, 'migrations') }] };
}

export const asBuilt = (main: string): Fields => ({ main, no_bundle: true, find_additional_modules: false });

/** Builds the site and the fire entry once, so that a restart only has to start. */
export function buildFire(folder: string): FireConfigs {
  const common = entryFields('marquee-fire', ['/fire/*']);
  const main = bundleEntry(folder, 'tools/fire/worker/index.ts', durableFields(common));
  const write = (name: string, fields: Fields): string => {
    const path = join(folder, name);
    writeFileSync(path, JSON.stringify(fields, null, 2));
    return path;
  };
  const { migrations } = durableFields(common);
  return {
    durable: write('durable.json', { ...durableFields(common), ...asBuilt(main) }),
    stock: write('stock.json', { ...common, ...asBuilt(main), migrations }),
  };
}
