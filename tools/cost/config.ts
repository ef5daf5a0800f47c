// The configuration of a counted run: what wrangler.toml says, with the counting entry in the product's place.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { asBuilt, bundleEntry, entryFields } from '../fire/harness/config.ts';

const fieldsOf = () => entryFields('marquee-cost', ['/cost/*']);

/** Builds the counting entry; returns the path of the script. */
export const bundleCounting = (folder: string): string =>
  bundleEntry(folder, 'tools/cost/worker/index.ts', fieldsOf());

/** The same; returns the path of its configuration. */
export function buildCounting(folder: string): string {
  const fields = fieldsOf();
  const main = bundleCounting(folder);
  const path = join(folder, 'cost.json');
  writeFileSync(path, JSON.stringify({ ...fields, ...asBuilt(main) }, null, 2));
  return path;
}
