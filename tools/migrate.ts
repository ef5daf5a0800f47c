// D1 migrations of a local persist folder, in one second instead of the four of `wrangler d1 migrations apply`, and
// recorded as that command records them, so that either may go on where the other left off.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { unstable_splitSqlQuery } from 'wrangler';
import { root } from './bootstrap.mjs';
import { type Database, withDatabase } from './database.ts';
import { projectConfigPath, readWranglerConfig } from './wrangler-config.ts';

/** The persist folder of a plain `wrangler dev`. */
export const defaultPersistFolder = '.wrangler/state';

const migrationsTable = `CREATE TABLE IF NOT EXISTS "d1_migrations"(
		id         INTEGER PRIMARY KEY AUTOINCREMENT,
		name       TEXT UNIQUE,
		applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
);`;

/**
 * Brings the D1 database in `persistTo` (as given to `wrangler dev --persist-to`) up to date and resolves to the names
 * of the migrations that it applied. Each is applied whole or not at all, with its record.
 */
export async function migrate(persistTo: string, configPath: string = projectConfigPath): Promise<string[]> {
  return await withDatabase(persistTo, (database) => applyMigrations(database, configPath), configPath);
}

/** The same, of a database that is open. */
export async function applyMigrations(database: Database, configPath: string): Promise<string[]> {
  const { migrations_dir = 'migrations' } = readWranglerConfig(configPath).d1_databases[0] ?? {};
  const folder = resolve(dirname(configPath), migrations_dir);
  await database.prepare(migrationsTable).run();
  const { results } = await database.prepare('SELECT name FROM d1_migrations').all<{ name: string }>();
  const done = new Set(results.map(({ name }) => name));
  const names = readdirSync(folder).filter((name) => name.endsWith('.sql') && !done.has(name));
  names.sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10) || (a < b ? -1 : 1));
  for (const name of names) {
    const statements = unstable_splitSqlQuery(readFileSync(join(folder, name), 'utf8')).map((sql) =>
      database.prepare(sql),
    );
    await database.batch([
      ...statements,
      database.prepare('INSERT INTO "d1_migrations" (name) VALUES (?1)').bind(name),
    ]);
  }
  return names;
}

if (import.meta.filename === process.argv[1]) {
  const { values } = parseArgs({ options: { 'persist-to': { type: 'string' } } });
  const folder = values['persist-to'] ?? join(root, defaultPersistFolder);
  const names = await migrate(folder);
  console.log(names.length > 0 ? `Applied ${names.join(', ')}.` : 'The database is up to date.');
}
