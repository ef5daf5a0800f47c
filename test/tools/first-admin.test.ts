import { createHash } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { personIdOf } from '../../core/access/sign-in-token.ts';
import { firstAdmin } from '../../tools/first-admin.ts';

test('[ACC-3] the first admin is a row that its token signs in, whatever the name', () => {
  const database = new DatabaseSync(':memory:');
  database.exec(
    'CREATE TABLE people (id, name, email, role, regions, token_digest, created_at, created_by, disabled_at)',
  );
  const name = "Robert'); DROP TABLE people;--";
  const { token, sql } = firstAdmin(name, 0);
  database.exec(sql);
  expect({ ...database.prepare('SELECT * FROM people').get() }).toEqual({
    id: personIdOf(token),
    name,
    email: null,
    role: 'admin',
    regions: null,
    token_digest: createHash('sha256').update(token).digest('hex'),
    created_at: '1970-01-01T00:00:00.000Z',
    created_by: 'operator',
    disabled_at: null,
  });
  expect(sql).not.toContain(token);
  expect(firstAdmin(name, 0).token).not.toBe(token);
});
