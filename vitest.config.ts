import { availableParallelism } from 'node:os';
import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';

/** One processor is left free by default, which is half of a machine of two. */
const maxWorkers = Math.max(2, availableParallelism() - 1);

/**
 * core: pure code and the house, in Node. workerd: objects, storage, doors, in the real runtime. e2e and browser:
 * the whole product, started as a person starts it: two files at a time, since most of them wait more than they work.
 */
export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'core',
          environment: 'node',
          maxWorkers,
          // For machines that do much else: a test that hangs is still seen.
          testTimeout: 60_000,
          include: ['test/{core,house,sim,site,tools}/**/*.test.{ts,tsx}'],
        },
      },
      {
        plugins: [
          cloudflareTest(async () => ({
            wrangler: { configPath: './wrangler.toml' },
            miniflare: { bindings: { TEST_MIGRATIONS: await readD1Migrations('migrations') } },
          })),
        ],
        define: { DESCRIBED: 'true' },
        test: {
          name: 'workerd',
          maxWorkers,
          testTimeout: 60_000,
          include: ['test/{storage,durable-objects,workers}/**/*.test.ts'],
          setupFiles: ['test/support/apply-migrations.ts'],
        },
      },
      {
        test: {
          name: 'e2e',
          environment: 'node',
          include: ['test/{e2e,browser}/**/*.test.ts'],
          globalSetup: ['test/support/built-site.ts'],
          maxWorkers: 2,
          testTimeout: 300_000,
          hookTimeout: 120_000,
          // Many processes share the machine here. A test that needs its second try is named in the summary of `npm test`.
          retry: 1,
          expect: { poll: { timeout: 15_000 } },
        },
      },
    ],
  },
});
