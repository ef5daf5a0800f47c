// The Worker as `wrangler deploy` would upload it.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';

const root = new URL('../..', import.meta.url).pathname;
const gzippedBytesMax = 300 * 1024;

test('the Worker takes at most 300 KB, gzipped, without the words of the reference', {
  timeout: 120_000,
}, () => {
  const folder = '.cache/bundle-size';
  const wrangler = join(root, 'node_modules/wrangler/wrangler-dist/cli.js');
  const args = ['deploy', '--dry-run', '--env', 'production', '--outdir', folder];
  const run = spawnSync(process.execPath, ['--no-warnings', wrangler, ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, CI: '1', WRANGLER_SEND_METRICS: 'false', WRANGLER_HIDE_BANNER: 'true' },
  });
  expect(run.status, run.stderr).toBe(0);
  const text = readFileSync(join(root, folder, 'index.js'), 'utf8');
  // DESCRIBED stood for false: neither the name nor what it guards is there.
  expect(text).not.toMatch(/DESCRIBED|Send dead letters again/);
  const bytes = gzipSync(text).length;
  console.log(`the Worker: ${(bytes / 1024).toFixed(1)} KB gzipped`);
  expect(bytes).toBeGreaterThan(10_000);
  expect(bytes).toBeLessThanOrEqual(gzippedBytesMax);
});
