// A persist folder before the runtime opens it: migrated, and with the credentials of a local run.
import { type Credentials, ensureCredentials } from './credentials.ts';
import { withDatabase } from './database.ts';
import { applyMigrations } from './migrate.ts';
import { projectConfigPath } from './wrangler-config.ts';

export interface Prepared {
  /** Names of the migrations that were applied now. */
  readonly applied: readonly string[];
  readonly credentials: Credentials;
}

/** Harmless to do again; nothing else may have the folder open. */
export async function prepareFolder(
  persistTo: string,
  configPath: string = projectConfigPath,
): Promise<Prepared> {
  return await withDatabase(
    persistTo,
    async (database) => ({
      applied: await applyMigrations(database, configPath),
      credentials: await ensureCredentials(database, persistTo, Date.now()),
    }),
    configPath,
  );
}
