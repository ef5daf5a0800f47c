// D1 migrations of a local persist folder, in one second instead of the four of `wrangler d1 migrations apply`, and
// recorded as that command records them, so that either may go on where the other left off.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { getPlatformProxy, unstable_splitSqlQuery } from 'wrangler';
import { root } from './bootstrap.mjs';
import { projectConfigPath, readWranglerConfig } from './wrangler-config.ts';

/** The persist folder of a plain `wrangler dev`. */
export const defaultPersistFolder = '.wrangler/state';

const migrationsTable = `CREATE TABLE IF NOT EXISTS "d1_migrations"(
		id         INTEGER PRIMARY KEY AUTOINCREMENT,
		name       TEXT UNIQUE,
		applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
);`;

/** The part of D1 that a migration needs; getPlatformProxy gives bindings without types. */
interface Statement {
  bind(...values: unknown[]): Statement;
  run(): Promise<unknown>;
  all<Row>(): Promise<{ results: Row[] }>;
}
interface Database {
  prepare(sql: string): Statement;
  batch(statements: Statement[]): Promise<unknown>;
}

/**
 * Brings the D1 database in `persistTo` (as given to `wrangler dev --persist-to`) up to date and resolves to the names
 * of the migrations that it applied. Each is applied whole or not at all, with its record.
 */
export async function migrate(persistTo: string, configPath: string = projectConfigPath): Promise<string[]> {
  const [database] = readWranglerConfig(configPath).d1_databases;
  const folder = resolve(dirname(configPath), database?.migrations_dir ?? 'migrations');
  return await withDatabase(persistTo, (opened) => applyMigrations(opened as Database, folder), configPath);
}

/** Opens the D1 database of a persist folder, while nothing else has it open. `work` gets the binding, untyped. */
export async function withDatabase<T>(
  persistTo: string,
  work: (database: unknown) => Promise<T>,
  configPath: string = projectConfigPath,
): Promise<T> {
  const config = readWranglerConfig(configPath);
  const [database] = config.d1_databases;
  if (!database) throw new Error(`${configPath} names no D1 database.`);
  // A configuration with nothing but the database: the proxy would warn about objects, and open their files too.
  const temporary = mkdtempSync(join(tmpdir(), 'marquee-database-'));
  const onlyDatabase = {
    name: config.name,
    compatibility_date: config.compatibility_date,
    d1_databases: [database],
  };
  writeFileSync(join(temporary, 'wrangler.json'), JSON.stringify(onlyDatabase));
  try {
    const proxy = await getPlatformProxy<Record<string, unknown>>({
      configPath: join(temporary, 'wrangler.json'),
      persist: { path: join(resolve(persistTo), 'v3') },
    });
    try {
      return await work(proxy.env[database.binding]);
    } finally {
      await proxy.dispose();
    }
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

async function applyMigrations(database: Database, folder: string): Promise<string[]> {
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
