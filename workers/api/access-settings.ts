/** Who else may say who asks: read from the variables of the deployment, and refused whole where they cannot be right. */
import { type PersonRole, personRoles } from '../../core/access/caller.ts';
import { type JwtExpectations, jwtAlgorithms } from '../../core/access/jwt-claims.ts';
import type { Env } from '../env.ts';

export interface JwtIssuer extends JwtExpectations {
  /** A secret that both know, or where the issuer's public keys are. */
  readonly keys: { readonly secret: string } | { readonly url: string };
}

export interface AccessSettings {
  /** Of `Authorization: Bearer`; null where none is configured. */
  readonly bearer: JwtIssuer | null;
  /** Of `Cf-Access-Jwt-Assertion`. */
  readonly access: JwtIssuer | null;
  /** What is missing or too weak, by the name of the variable, without its value. */
  readonly faults: readonly string[];
}

/** RFC 7518, 3.2: a key of HS256 has at least as many bits as the hash. */
const secretBytesMin = 32;
const cache = new WeakMap<Env, AccessSettings>();

export function accessSettings(env: Env): AccessSettings {
  const held = cache.get(env);
  if (held) return held;
  const faults: string[] = [];
  const read = { bearer: bearerIssuer(env, faults), access: accessIssuer(env, faults), faults };
  faults.push(...keyFaults(env));
  cache.set(env, read);
  return read;
}

/** The keys of identities and pseudonyms: a local run makes its own. */
function keyFaults({ ENVIRONMENT, IDENTITY_KEY, PSEUDONYM_KEY }: Env): string[] {
  const isLocal = ENVIRONMENT === 'local';
  const faults: string[] = [];
  if (IDENTITY_KEY === undefined ? !isLocal : !isKey(IDENTITY_KEY))
    faults.push('IDENTITY_KEY (32 hex digits)');
  const [version = '', digits = ''] = PSEUDONYM_KEY?.split(':') ?? [];
  if (PSEUDONYM_KEY === undefined ? !isLocal : !/^[1-9]\d{0,5}$/.test(version) || !isKey(digits))
    faults.push('PSEUDONYM_KEY (VERSION:32 hex digits)');
  return faults;
}

/** Hex digits, of which no key that was drawn at random has only a few kinds. */
function isKey(digits: string): boolean {
  return /^[0-9a-f]{32}$/i.test(digits) && new Set(digits.toLowerCase()).size > 4;
}

function bearerIssuer(env: Env, faults: string[]): JwtIssuer | null {
  const { JWT_SECRET: secret = '', JWT_JWKS_URL: url = '', JWT_ISSUER: issuer = '' } = env;
  const { JWT_AUDIENCE: audience = '', JWT_ALGORITHM: named = '' } = env;
  if (secret === '' && url === '' && issuer === '') return null;
  if (issuer === '') faults.push('JWT_ISSUER');
  if (audience === '') faults.push('JWT_AUDIENCE');
  if ((secret === '') === (url === '')) faults.push('JWT_SECRET or JWT_JWKS_URL, one of them');
  if (secret !== '' && !isStrong(secret)) faults.push(`JWT_SECRET (at least ${secretBytesMin} random bytes)`);
  if (url !== '' && !isHttps(url)) faults.push('JWT_JWKS_URL (https)');
  const algorithm = url === '' ? 'HS256' : jwtAlgorithms.find((name) => name === named && name !== 'HS256');
  if (!algorithm || (url === '' && named !== '' && named !== 'HS256'))
    faults.push('JWT_ALGORITHM (RS256 or ES256 with JWT_JWKS_URL; HS256 with JWT_SECRET)');
  return {
    issuer,
    audience,
    algorithm: algorithm ?? 'RS256',
    roleClaim: env.JWT_ROLE_CLAIM || 'role',
    regionsClaim: env.JWT_REGIONS_CLAIM || 'regions',
    nameClaim: env.JWT_NAME_CLAIM || 'name',
    roleOf: null,
    keys: url === '' ? { secret } : { url },
  };
}

function accessIssuer(env: Env, faults: string[]): JwtIssuer | null {
  const { ACCESS_TEAM: team = '', ACCESS_AUDIENCE: audience = '', ACCESS_ROLES: roles = '' } = env;
  if (team === '' && audience === '' && roles === '') return null;
  if (!/^[a-z0-9-]+$/.test(team)) faults.push('ACCESS_TEAM (the name before .cloudflareaccess.com)');
  if (audience === '') faults.push('ACCESS_AUDIENCE');
  const roleOf = readRoles(roles);
  if (!roleOf) faults.push('ACCESS_ROLES (JSON: role by e-mail address or group)');
  const issuer = `https://${team}.cloudflareaccess.com`;
  return {
    issuer,
    audience,
    algorithm: 'RS256',
    roleClaim: '',
    regionsClaim: env.JWT_REGIONS_CLAIM || 'regions',
    nameClaim: 'name',
    roleOf: roleOf ?? {},
    keys: { url: `${issuer}/cdn-cgi/access/certs` },
  };
}

/** Bytes, and more than a few kinds of them: `aaaa...` is long and weak. */
function isStrong(secret: string): boolean {
  return new TextEncoder().encode(secret).length >= secretBytesMin && new Set(secret).size >= 8;
}

function isHttps(url: string): boolean {
  return URL.canParse(url) && new URL(url).protocol === 'https:';
}

function readRoles(text: string): Readonly<Record<string, PersonRole>> | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
    const roles = Object.entries(value).map(([key, role]): [string, PersonRole | undefined] => [
      key.toLowerCase(),
      personRoles.find((name) => name === role),
    ]);
    const known = roles.filter((entry): entry is [string, PersonRole] => entry[1] !== undefined);
    return known.length === roles.length && known.length > 0 ? Object.fromEntries(known) : null;
  } catch {
    return null;
  }
}
