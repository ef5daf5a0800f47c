// `npm run build`: the dashboard, into site/dist. Built aside and then copied over, file by file, and only what differs:
// several runs of `wrangler dev` share that folder, each builds when something in it changes, and each change restarts
// the others' Workers. It is also never empty for the viewer who asks just then.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';
import { root } from './bootstrap.mjs';
import { syncFolder } from './sync-folder.mjs';

const aside = join(root, '.cache', `site-${process.pid}`);
try {
  await build({
    configFile: join(root, 'site/vite.config.ts'),
    build: { outDir: aside, emptyOutDir: true },
    logLevel: 'warn',
  });
  syncFolder(aside, join(root, 'site/dist'));
} finally {
  rmSync(aside, { recursive: true, force: true });
}
