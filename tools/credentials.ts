// The credentials of a local run: a producer's key and a person of each role, in `credentials.json` of the persist
// folder, so that the locks of a local run are those of a deployment. A deployment never has this file.
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type PersonRole, personRoles } from '../core/access/caller.ts';
import { formatKey, keyRandomBytes, makeKey, parseKey } from '../core/access/key-format.ts';
import {
  makePersonId,
  makeSignInToken,
  personIdOf,
  personIdRandomBytes,
  tokenRandomBytes,
} from '../core/access/sign-in-token.ts';
import { keyRateMax } from '../core/protocol/limits.ts';
import type { Database } from './database.ts';

export interface Credentials {
  /** Sends events of all regions, as fast as one likes. */
  readonly ingest_key: string;
  /** Sign-in tokens: at /sign-in, or as `authorization: Bearer`. */
  readonly admin_token: string;
  readonly analyst_token: string;
  readonly viewer_token: string;
}

type Name = keyof Credentials;
/** Whether D1 has what stands in the file: `dead` is revoked, disabled or replaced, and stays so. */
type State = 'good' | 'missing' | 'dead';

const fileName = 'credentials.json';
/** Events of earlier versions of a local run, which had no keys, are of this account too (IDN-1). */
const account = 'local';
const maker = 'local run';

export const credentialsPath = (persistTo: string): string => join(persistTo, fileName);

/** The credentials of a folder that has been prepared. Throws where it has not. */
export function readCredentials(persistTo: string): Credentials {
  const held = heldCredentials(persistTo);
  const { ingest_key, admin_token, analyst_token, viewer_token } = held;
  if (!ingest_key || !admin_token || !analyst_token || !viewer_token)
    throw new Error(`${credentialsPath(persistTo)} is missing or not whole; npm start makes it anew.`);
  return { ingest_key, admin_token, analyst_token, viewer_token };
}

/** The address that signs a person in: behind the #, a browser keeps the token to itself. */
export const signInLink = (url: string, token: string): string => `${url}/sign-in#${token}`;

/** Reads or makes the credentials of a folder, and sees to it that its database takes each of them. */
export async function ensureCredentials(
  database: Database,
  persistTo: string,
  nowMs: number,
): Promise<Credentials> {
  const held = heldCredentials(persistTo);
  const key = await kept(held.ingest_key, (text) => keyState(database, text));
  const tokens: Partial<Record<Name, string | null>> = {};
  for (const role of personRoles)
    tokens[tokenName(role)] = await kept(held[tokenName(role)], (token) => tokenState(database, token));
  const credentials: Credentials = {
    ingest_key: key ?? formatKey(makeKey('local', randomBytes(keyRandomBytes))),
    admin_token: tokens.admin_token ?? newToken(),
    analyst_token: tokens.analyst_token ?? newToken(),
    viewer_token: tokens.viewer_token ?? newToken(),
  };
  // The file first: what D1 lacks of it is added the next time, but nobody could know what only D1 has.
  writeFile(persistTo, credentials);
  await addKey(database, credentials.ingest_key, nowMs);
  for (const role of personRoles) await addPerson(database, role, credentials[tokenName(role)], nowMs);
  return credentials;
}

const tokenName = (role: PersonRole) => `${role}_token` as const;

function newToken(): string {
  return makeSignInToken(makePersonId(randomBytes(personIdRandomBytes)), randomBytes(tokenRandomBytes));
}

/** What is in the file and was once a credential; nothing where there is no file that can be read. */
function heldCredentials(persistTo: string): Partial<Credentials> {
  let text: string;
  try {
    text = readFileSync(credentialsPath(persistTo), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return {};
  }
  const isWhole = (name: string, shown: unknown): boolean =>
    typeof shown === 'string' && (name === 'ingest_key' ? parseKey(shown) : personIdOf(shown)) !== null;
  return Object.fromEntries(Object.entries(value ?? {}).filter(([name, shown]) => isWhole(name, shown)));
}

/** Whole or not at all, and for the eyes of its owner alone. */
function writeFile(persistTo: string, credentials: Credentials): void {
  mkdirSync(persistTo, { recursive: true });
  const path = credentialsPath(persistTo);
  const partial = `${path}.${process.pid}`;
  writeFileSync(partial, `${JSON.stringify(credentials, null, 2)}\n`, { mode: 0o600 });
  chmodSync(partial, 0o600);
  renameSync(partial, path);
}

/** The credential, unless there is none or it is dead. */
async function kept(
  shown: string | undefined,
  stateOf: (shown: string) => Promise<State>,
): Promise<string | null> {
  return shown === undefined || (await stateOf(shown)) === 'dead' ? null : shown;
}

async function keyState(database: Database, text: string): Promise<State> {
  const { id, secret, environment } = parseKey(text) ?? { id: '', secret: '', environment: 'live' };
  if (environment !== 'local') return 'dead';
  const select = database.prepare('SELECT digest, revoked_at, expires_at FROM ingest_keys WHERE id = ?1');
  const { results } = await select
    .bind(id)
    .all<Record<'digest' | 'revoked_at' | 'expires_at', string | null>>();
  const [row] = results;
  if (!row) return 'missing';
  const isGood = row.digest === digestOf(secret) && row.revoked_at === null && row.expires_at === null;
  return isGood ? 'good' : 'dead';
}

async function tokenState(database: Database, token: string): Promise<State> {
  const select = database.prepare('SELECT token_digest, disabled_at FROM people WHERE id = ?1');
  const { results } = await select
    .bind(personIdOf(token))
    .all<Record<'token_digest' | 'disabled_at', string | null>>();
  const [row] = results;
  if (!row) return 'missing';
  return row.token_digest === digestOf(token) && row.disabled_at === null ? 'good' : 'dead';
}

async function addKey(database: Database, text: string, nowMs: number): Promise<void> {
  const { id = '', secret = '' } = parseKey(text) ?? {};
  const insert = database.prepare(
    `INSERT INTO ingest_keys (id, account, name, digest, events_per_second, bytes_per_second, created_at, created_by)
     VALUES (?1, ?2, 'Local producer', ?3, ?4, ?4, ?5, ?6) ON CONFLICT (id) DO NOTHING`,
  );
  await insert.bind(id, account, digestOf(secret), keyRateMax, iso(nowMs), maker).run();
}

async function addPerson(database: Database, role: PersonRole, token: string, nowMs: number): Promise<void> {
  const insert = database.prepare(
    `INSERT INTO people (id, name, role, token_digest, created_at, created_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
     ON CONFLICT (id) DO NOTHING`,
  );
  await insert.bind(personIdOf(token), `Local ${role}`, role, digestOf(token), iso(nowMs), maker).run();
}

const digestOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');
const iso = (ms: number): string => new Date(ms).toISOString();
