/** Builds the site once for all test files with a browser, in a folder of its own, and takes it away after them. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of the site as it is deployed, absolute. */
    builtSite: string;
    /** The same with the page of all components, for which the pages share other files. */
    siteWithComponents: string;
  }
}

const root = fileURLToPath(new URL('../..', import.meta.url));

async function builtInto(outDir: string, hasComponents: boolean): Promise<string> {
  // As it is deployed: under the tests' own `test` each element would carry its file and line, and change with each frame.
  Object.assign(process.env, { NODE_ENV: 'production', MARQUEE_COMPONENTS: hasComponents ? '1' : '0' });
  await build({ configFile: join(root, 'site/vite.config.ts'), logLevel: 'silent', build: { outDir } });
  return outDir;
}

export default async function buildSite(project: TestProject): Promise<() => Promise<void>> {
  await mkdir(join(root, '.cache'), { recursive: true });
  // Not site/dist: another build, say of a running `wrangler dev`, may empty that one at any time.
  const folder = await mkdtemp(join(root, '.cache/site-'));
  const { NODE_ENV = 'test', MARQUEE_COMPONENTS = '0' } = process.env;
  project.provide('builtSite', await builtInto(join(folder, 'deployed'), false));
  project.provide('siteWithComponents', await builtInto(join(folder, 'with-components'), true));
  Object.assign(process.env, { NODE_ENV, MARQUEE_COMPONENTS });
  return () => rm(folder, { recursive: true, force: true });
}
