/** What `env` and `exports` of cloudflare:workers are inside the tests. */
declare namespace Cloudflare {
  interface Env extends Readonly<import('../../workers/env.ts').Env> {
    /** The files of migrations/, as vitest.config.ts reads them. */
    readonly TEST_MIGRATIONS: import('cloudflare:test').D1Migration[];
  }
  interface GlobalProps {
    mainModule: typeof import('../../workers/index.ts');
  }
}
