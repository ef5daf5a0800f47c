/** Builds the site once for all test files with a browser, in a folder of its own, and takes it away after them. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of the built site, absolute. */
    builtSite: string;
  }
}

const root = fileURLToPath(new URL('../..', import.meta.url));

export default async function buildSite(project: TestProject): Promise<() => Promise<void>> {
  await mkdir(join(root, '.cache'), { recursive: true });
  // Not site/dist: another build, say of a running `wrangler dev`, may empty that one at any time.
  const outDir = await mkdtemp(join(root, '.cache/site-'));
  const { env } = process;
  const before = { NODE_ENV: env.NODE_ENV ?? 'test', MARQUEE_COMPONENTS: env.MARQUEE_COMPONENTS ?? '0' };
  // As it is deployed: under the tests' own `test` each element would carry its file and line, and change with each
  // frame. Beside the deployed pages stands the one of all components.
  Object.assign(env, { NODE_ENV: 'production', MARQUEE_COMPONENTS: '1' });
  await build({ configFile: join(root, 'site/vite.config.ts'), logLevel: 'silent', build: { outDir } });
  Object.assign(env, before);
  project.provide('builtSite', outDir);
  return () => rm(outDir, { recursive: true, force: true });
}
