// What a local run signs in with: made once, kept, and replaced where it is dead.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseKey } from '../../core/access/key-format.ts';
import { personIdOf } from '../../core/access/sign-in-token.ts';
import {
  type Credentials,
  credentialsPath,
  ensureCredentials,
  readCredentials,
} from '../../tools/credentials.ts';
import { type Database, withDatabase } from '../../tools/database.ts';
import { prepareFolder } from '../../tools/prepare.ts';

let folder = '';
let made: Credentials;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'marquee-credentials-'));
  ({ credentials: made } = await prepareFolder(folder));
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const inDatabase = async (work: (database: Database) => Promise<Credentials>): Promise<Credentials> =>
  await withDatabase(folder, work);
const again = () => inDatabase((database) => ensureCredentials(database, folder, Date.now()));
const idOfKey = ({ ingest_key }: Credentials): string => parseKey(ingest_key)?.id ?? '';

describe('[KEY-2, ACC-3] the credentials of a local run', () => {
  test('are a key and three tokens, in a file for its owner alone', async () => {
    expect(parseKey(made.ingest_key)?.environment).toBe('local');
    const ids = [made.admin_token, made.analyst_token, made.viewer_token].map(personIdOf);
    expect(new Set(ids.filter((id) => id !== null)).size).toBe(3);
    expect(JSON.parse(readFileSync(credentialsPath(folder), 'utf8'))).toEqual(made);
    expect(statSync(credentialsPath(folder)).mode & 0o777).toBe(0o600);
    const rows = await withDatabase(folder, async (database) => [
      ...(await database.prepare('SELECT * FROM people').all()).results,
      ...(await database.prepare('SELECT * FROM ingest_keys').all()).results,
    ]);
    expect(rows).toHaveLength(4);
    for (const secret of Object.values<string>({ ...made }))
      expect(JSON.stringify(rows)).not.toContain(secret.slice(-33));
  });

  test('stay what they are', async () => {
    expect(await again()).toEqual(made);
    expect(readCredentials(folder)).toEqual(made);
  });

  test('that were revoked, disabled or replaced stay so: others are made in their place', async () => {
    const fresh = await inDatabase(async (database) => {
      await database
        .prepare("UPDATE ingest_keys SET revoked_at = 'x' WHERE id = ?1")
        .bind(idOfKey(made))
        .run();
      const [admin, analyst] = [personIdOf(made.admin_token), personIdOf(made.analyst_token)];
      await database.prepare("UPDATE people SET disabled_at = 'x' WHERE id = ?1").bind(admin).run();
      await database.prepare("UPDATE people SET token_digest = 'x' WHERE id = ?1").bind(analyst).run();
      return await ensureCredentials(database, folder, Date.now());
    });
    expect(fresh.viewer_token).toBe(made.viewer_token);
    for (const name of ['ingest_key', 'admin_token', 'analyst_token'] as const)
      expect([name, fresh[name]]).not.toEqual([name, made[name]]);
    const dead = await withDatabase(folder, async (database) =>
      database.prepare('SELECT id FROM people WHERE disabled_at IS NOT NULL').all<{ id: string }>(),
    );
    expect(dead.results.map(({ id }) => id)).toEqual([personIdOf(made.admin_token)]);
    made = fresh;
  });

  test('come back where the data was wiped and the file was kept', async () => {
    const same = await inDatabase(async (database) => {
      await database.prepare('DELETE FROM people').bind().run();
      await database.prepare('DELETE FROM ingest_keys').bind().run();
      return await ensureCredentials(database, folder, Date.now());
    });
    expect(same).toEqual(made);
    expect(await again()).toEqual(made);
  });

  test.each(['', '{', 'null', '[]', '7', '{"admin_token": 7, "ingest_key": "mq_local_x"}'])(
    'are made anew where the file holds %j',
    async (text) => {
      writeFileSync(credentialsPath(folder), text);
      expect(() => readCredentials(folder)).toThrow('npm start makes it anew');
      const fresh = await again();
      expect(fresh.admin_token).not.toBe(made.admin_token);
      expect(readCredentials(folder)).toEqual(fresh);
    },
  );
});
