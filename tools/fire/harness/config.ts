// The configuration of a fire run: what wrangler.toml says, with the fire entry in the product's place and, if wanted,
// one more binding for the queue that survives.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../bootstrap.mjs';
import { readWranglerConfig } from '../../wrangler-config.ts';

type Fields = Readonly<Record<string, unknown>>;

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

function productFields(): Fields {
  const read = readWranglerConfig() as unknown as Fields;
  const assets = read.assets as { readonly run_worker_first?: readonly string[] };
  return {
    name: 'marquee-fire',
    ...Object.fromEntries(taken.map((name) => [name, read[name]])),
    // Names of queues, objects and folders as in the product: other tools read the folder.
    queues: read.queues,
    durable_objects: read.durable_objects,
    migrations: read.migrations,
    triggers: read.triggers,
    assets: {
      ...assets,
      directory: join(root, 'site/dist'),
      run_worker_first: [...(assets.run_worker_first ?? []), '/fire/*'],
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

/** Builds the site and the fire entry once, so that a restart only has to start. */
export function buildFire(folder: string): FireConfigs {
  mkdirSync(folder, { recursive: true });
  const product = productFields();
  const [d1] = product.d1_databases as readonly object[];
  const common = { ...product, d1_databases: [{ ...d1, migrations_dir: join(root, 'migrations') }] };
  const write = (name: string, fields: Fields): string => {
    const path = join(folder, name);
    writeFileSync(path, JSON.stringify(fields, null, 2));
    return path;
  };
  const entry = { main: join(root, 'tools/fire/worker/index.ts'), minify: false };
  const build = { command: 'npm run --silent build', cwd: root };
  const source = write('build.json', { ...durableFields(common), ...entry, build });
  const outdir = join(folder, 'bundle');
  const wrangler = join(root, 'node_modules/wrangler/wrangler-dist/cli.js');
  const args = ['--no-warnings', wrangler, 'deploy', '--dry-run', '--config', source, '--outdir', outdir];
  execFileSync(process.execPath, args, {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, CI: '1', WRANGLER_SEND_METRICS: 'false', WRANGLER_HIDE_BANNER: 'true' },
  });
  const built = { main: join(outdir, 'index.js'), no_bundle: true, find_additional_modules: false };
  return {
    durable: write('durable.json', { ...durableFields(common), ...built }),
    stock: write('stock.json', { ...common, ...built, migrations: durableFields(common).migrations }),
  };
}
