// `npm run build`: the site, into site/dist; with `-- --https` as a deployment serves it. Built aside and then copied
// over, file by file, and only what differs: several runs of `wrangler dev` share that folder, each builds when something
// in it changes, and each change restarts the others' Workers. It is also never empty for the viewer who asks just then.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { runnerImport } from 'vite';
import { root } from './bootstrap.mjs';
import { syncFolder } from './sync-folder.mjs';

/** @typedef {{ buildSite: (outDir: string) => Promise<void> }} Building */

// Vite takes the mode from here, and loading a module by it would set `development`: elements with file and line.
process.env.NODE_ENV = 'production';
if (process.argv.includes('--https')) process.env.MARQUEE_HTTPS = '1';

const aside = join(root, '.cache', `site-${process.pid}`);
try {
  // Loaded by Vite, since this may run on a Node that does not strip types.
  const { module } = /** @type {{ module: Building }} */ (
    await runnerImport(join(root, 'tools/build-site.ts'), { configFile: false, logLevel: 'error' })
  );
  await module.buildSite(aside);
  syncFolder(aside, join(root, 'site/dist'));
} finally {
  rmSync(aside, { recursive: true, force: true });
}
