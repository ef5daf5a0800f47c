import { Identifier } from '../core/protocol/identity.ts';
import { type SipKey, sipKey } from '../core/protocol/siphash.ts';
import { fromHex, toHex } from './hex.ts';
import { localSecret } from './settings.ts';

/** A secret of the deployment is missing or has another form. */
export class NotConfiguredError extends Error {
  override readonly name = 'NotConfiguredError';
}

/** What of the environment tells the keys. */
export interface KeyEnv {
  readonly DB: D1Database;
  readonly ENVIRONMENT: string;
  readonly IDENTITY_KEY?: string;
  readonly PSEUDONYM_KEY?: string;
}

interface Held {
  readonly identityKey: string | undefined;
  readonly pseudonymKey: string | undefined;
  readonly identifier: Identifier;
}

/** One entry per database binding of this isolate, so that a request reads no settings after the first. */
const cache = new WeakMap<D1Database, Held>();

/**
 * The isolate's identifier, under the keys of the deployment's secrets or, in a local run, of the database's settings.
 * Throws NotConfiguredError, which names the secret but never shows it; NotMigratedError in a local run.
 */
export async function loadIdentifier(env: KeyEnv): Promise<Identifier> {
  const held = cache.get(env.DB);
  const { IDENTITY_KEY: identityKey, PSEUDONYM_KEY: pseudonymKey } = env;
  if (held && held.identityKey === identityKey && held.pseudonymKey === pseudonymKey) return held.identifier;
  const identity = identityKey ?? (await localKey(env, 'identity_key', 'IDENTITY_KEY'));
  const { version, digits } = await pseudonymKeyOf(env);
  const identifier = new Identifier({
    identity: key(identity, 'IDENTITY_KEY is not 32 hex digits'),
    pseudonym: key(digits, 'PSEUDONYM_KEY is not VERSION:32 hex digits'),
    pseudonymVersion: version,
  });
  cache.set(env.DB, { identityKey, pseudonymKey, identifier });
  return identifier;
}

/** The key of the deployment that is rotated, with its version. Throws as loadIdentifier does. */
export async function pseudonymKeyOf(
  env: KeyEnv,
): Promise<{ readonly version: number; readonly digits: string }> {
  const text = env.PSEUDONYM_KEY ?? `1:${await localKey(env, 'pseudonym_key', 'PSEUDONYM_KEY')}`;
  const [version = '', digits = ''] = text.split(':');
  if (!/^[1-9]\d{0,5}$/.test(version))
    throw new NotConfiguredError('PSEUDONYM_KEY is not VERSION:32 hex digits');
  return { version: Number(version), digits };
}

async function localKey(env: KeyEnv, name: string, secret: string): Promise<string> {
  if (env.ENVIRONMENT !== 'local') throw new NotConfiguredError(`the secret ${secret} is not set`);
  return await localSecret(env.DB, name, () => toHex(crypto.getRandomValues(new Uint8Array(16))));
}

function key(digits: string, fault: string): SipKey {
  const bytes = fromHex(digits);
  if (bytes?.length !== 16) throw new NotConfiguredError(fault);
  return sipKey(bytes);
}
