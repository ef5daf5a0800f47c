// The D1 database of a persist folder, opened while nothing else has it open.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { getPlatformProxy } from 'wrangler';
import { projectConfigPath, readWranglerConfig } from './wrangler-config.ts';

/** The part of D1 that the tools need; getPlatformProxy gives bindings without types. */
interface Statement {
  bind(...values: unknown[]): Statement;
  run(): Promise<unknown>;
  all<Row>(): Promise<{ results: Row[] }>;
}
export interface Database {
  prepare(sql: string): Statement;
  batch(statements: Statement[]): Promise<unknown>;
}

/** Opens the D1 database of a persist folder, while nothing else has it open. */
export async function withDatabase<T>(
  persistTo: string,
  work: (database: Database) => Promise<T>,
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
      return await work(proxy.env[database.binding] as Database);
    } finally {
      await proxy.dispose();
    }
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}
