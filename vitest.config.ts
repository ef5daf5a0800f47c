import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';

/**
 * core: pure code and the house, in Node. workerd: objects, storage, doors, in the real runtime. e2e and browser:
 * the whole product, started as a person starts it; they share one machine, so they run one after the other.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'core',
          environment: 'node',
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
        test: {
          name: 'workerd',
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
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
