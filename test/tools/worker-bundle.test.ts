// The Worker as `wrangler deploy` would upload it.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';

const root = new URL('../..', import.meta.url).pathname;
const script = join(root, '.cache/bundle-size/index.js');
const gzippedBytesMax = 300 * 1024;

function run(args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--no-warnings', ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, CI: '1', WRANGLER_SEND_METRICS: 'false', WRANGLER_HIDE_BANNER: 'true' },
  });
  expect(status, stderr).toBe(0);
  return stdout;
}

beforeAll(() => {
  const wrangler = join(root, 'node_modules/wrangler/wrangler-dist/cli.js');
  run([wrangler, 'deploy', '--dry-run', '--env', 'production', '--outdir', '.cache/bundle-size']);
}, 120_000);

test('the Worker takes at most 300 KB, gzipped, without the words of the reference', () => {
  const text = readFileSync(script, 'utf8');
  // DESCRIBED stood for false: neither the name nor what it guards is there.
  expect(text).not.toMatch(/DESCRIBED|Send dead letters again/);
  const bytes = gzipSync(text).length;
  console.log(`the Worker: ${(bytes / 1024).toFixed(1)} KB gzipped`);
  expect(bytes).toBeGreaterThan(10_000);
  expect(bytes).toBeLessThanOrEqual(gzippedBytesMax);
});

/** Starts a Worker in Node, with what the platform gives it, and says how many schemas zod has made by then. */
const counting = `
  import { registerHooks } from 'node:module';
  const names = ['DurableObject', 'WorkerEntrypoint', 'WorkflowEntrypoint', 'RpcTarget', 'NonRetryableError'];
  const platform = names.map((name) => \`export class \${name} {}\`).join(';');
  registerHooks({
    resolve: (name, context, next) =>
      name.startsWith('cloudflare:')
        ? { url: 'data:text/javascript,' + encodeURIComponent(platform), shortCircuit: true }
        : next(name, context),
  });
  let schemas = 0;
  globalThis.__zod_globalConfig = { postProcessor: () => void schemas++ };
  for (const url of process.argv.slice(1)) await import(url);
  console.log(schemas);
  process.exit();
`;
const schemasOf = (url: string): number => Number(run(['--input-type=module', '-e', counting, url]));

// Three thousand of them were two thirds of what it took to start (docs/decisions/0028).
test('the Worker makes no schema while it starts: each is made for the request that first needs it', () => {
  const one = `import * as z from '${pathToFileURL(join(root, 'node_modules/zod/index.js')).href}'; z.string();`;
  expect(schemasOf(`data:text/javascript,${encodeURIComponent(one)}`)).toBe(1);
  expect(schemasOf(pathToFileURL(script).href)).toBe(0);
});
