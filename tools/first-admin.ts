// The first admin of a deployment, who adds the others: prints the token once, and the SQL that lets it sign in.
import { createHash, randomBytes } from 'node:crypto';
import {
  makePersonId,
  makeSignInToken,
  personIdRandomBytes,
  tokenRandomBytes,
} from '../core/access/sign-in-token.ts';

export interface FirstAdmin {
  readonly token: string;
  /** Holds the token's digest only. */
  readonly sql: string;
}

export function firstAdmin(name: string, nowMs: number): FirstAdmin {
  const id = makePersonId(randomBytes(personIdRandomBytes));
  const token = makeSignInToken(id, randomBytes(tokenRandomBytes));
  const digest = createHash('sha256').update(token).digest('hex');
  const values = [id, name, 'admin', digest, new Date(nowMs).toISOString(), 'operator'];
  const quoted = values.map((value) => `'${value.replaceAll("'", "''")}'`).join(', ');
  return {
    token,
    sql: `INSERT INTO people (id, name, role, token_digest, created_at, created_by) VALUES (${quoted})`,
  };
}

if (import.meta.filename === process.argv[1]) {
  const { token, sql } = firstAdmin(process.argv[2] ?? 'First admin', Date.now());
  process.stderr.write(`Sign in with this token. It is shown this once:\n${token}\n`);
  process.stdout.write(`${sql};\n`);
}
