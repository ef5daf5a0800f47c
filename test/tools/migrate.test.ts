import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { root } from '../../tools/bootstrap.mjs';
import { migrate } from '../../tools/migrate.ts';

let folder = '';
let configPath = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'marquee-migrations-'));
  configPath = join(folder, 'wrangler.json');
  const database = { binding: 'DB', database_name: 'some', database_id: '1', migrations_dir: 'sql' };
  const config = { name: 'some', compatibility_date: '2026-10-20', d1_databases: [database] };
  writeFileSync(configPath, JSON.stringify(config));
  mkdirSync(join(folder, 'sql'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, sql: string) => writeFileSync(join(folder, 'sql', name), sql);

/** Rows of the one database in a persist folder. */
function query(persistTo: string, sql: string): unknown[] {
  const files = join(persistTo, 'v3/d1/miniflare-D1DatabaseObject');
  const name = readdirSync(files).find((file) => /^[0-9a-f]{64}\.sqlite$/.test(file)) ?? '';
  const database = new DatabaseSync(join(files, name));
  try {
    return database
      .prepare(sql)
      .all()
      .map((row) => ({ ...row }));
  } finally {
    database.close();
  }
}

test('migrations are applied once, in order of their numbers, each whole or not at all', async () => {
  const persistTo = join(folder, 'state');
  write('0010_third.sql', "INSERT INTO t VALUES ('third; not split');");
  write('0000_first.sql', 'CREATE TABLE t (a TEXT);\n-- a comment;\nCREATE INDEX i ON t (a);');
  write('0009_second.sql', "INSERT INTO t VALUES ('second');");
  write('notes.md', 'none');
  const names = ['0000_first.sql', '0009_second.sql', '0010_third.sql'];
  expect(await migrate(persistTo, configPath)).toEqual(names);
  expect(await migrate(persistTo, configPath)).toEqual([]);
  write('0011_broken.sql', "INSERT INTO t VALUES ('half'); INSERT INTO nowhere VALUES (1);");
  await expect(migrate(persistTo, configPath)).rejects.toThrow(/nowhere/);
  expect(query(persistTo, 'SELECT a FROM t')).toEqual([{ a: 'second' }, { a: 'third; not split' }]);
  expect(query(persistTo, 'SELECT id, name FROM d1_migrations')).toEqual(
    names.map((name, n) => ({ id: n + 1, name })),
  );
});

test('they are recorded as wrangler records them: either goes on where the other left off', async () => {
  write('0000_first.sql', 'CREATE TABLE t (a TEXT);');
  const [ours, theirs] = [join(folder, 'ours'), join(folder, 'theirs')];
  await migrate(ours, configPath);
  const wrangler = (persistTo: string) =>
    spawnSync(
      process.execPath,
      [
        '--no-warnings',
        join(root, 'node_modules/wrangler/wrangler-dist/cli.js'),
        'd1',
        'migrations',
        'apply',
        'some',
        '--local',
        '--persist-to',
        persistTo,
        '--config',
        configPath,
      ],
      { encoding: 'utf8', env: { ...process.env, CI: '1', WRANGLER_SEND_METRICS: 'false' } },
    ).stdout;
  expect(wrangler(ours)).toContain('No migrations to apply');
  wrangler(theirs);
  expect(await migrate(theirs, configPath)).toEqual([]);
  const schema = "SELECT name, sql FROM sqlite_master WHERE name = 'd1_migrations'";
  expect(query(ours, schema)).toEqual(query(theirs, schema));
  write('0001_second.sql', 'CREATE TABLE u (a TEXT);');
  expect(await migrate(theirs, configPath)).toEqual(['0001_second.sql']);
  expect(wrangler(ours)).toContain('0001_second.sql');
}, 60_000);
