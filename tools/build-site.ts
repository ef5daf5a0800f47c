// The site as it is served: the page, the reference, openapi.json. Used by `npm run build` and by tests.
import { join } from 'node:path';
import { build, type LogLevel } from 'vite';
import { root } from './bootstrap.mjs';
import { docsPages } from './docs-pages.ts';

export async function buildSite(outDir: string, logLevel: LogLevel = 'warn'): Promise<void> {
  await build({
    configFile: join(root, 'site/vite.config.ts'),
    build: { outDir, emptyOutDir: true },
    plugins: [docsPages()],
    logLevel,
  });
}
