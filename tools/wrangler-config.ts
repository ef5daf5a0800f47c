// What wrangler.toml says, as far as the tools need it; read by wrangler itself.
import { join } from 'node:path';
import { unstable_readConfig } from 'wrangler';
import { root } from './bootstrap.mjs';

export const projectConfigPath = join(root, 'wrangler.toml');

/** wrangler's own type for this comes from a package that it does not ship. */
export interface WranglerConfig {
  readonly name?: string;
  readonly compatibility_date?: string;
  readonly triggers: { readonly crons?: readonly string[] };
  readonly r2_buckets?: readonly { readonly binding: string; readonly bucket_name: string }[];
  readonly d1_databases: readonly {
    readonly binding: string;
    readonly database_name?: string;
    readonly database_id?: string;
    readonly migrations_dir?: string;
  }[];
}

export function readWranglerConfig(path: string = projectConfigPath): WranglerConfig {
  const read = unstable_readConfig as (args: object, options: object) => WranglerConfig;
  return read({ config: path }, { hideWarnings: true });
}
