/** What a JWT has to say, once its signature holds (ACC-4). Pure: no keys here. RFC 7519 and RFC 8725. */
import { type PersonRole, personRoles } from './caller.ts';

export const jwtAlgorithms = ['HS256', 'RS256', 'ES256'] as const;
export type JwtAlgorithm = (typeof jwtAlgorithms)[number];

/** What is expected of an issuer's tokens. */
export interface JwtExpectations {
  readonly issuer: string;
  readonly audience: string;
  /** The only one: a token does not choose how it is checked. */
  readonly algorithm: JwtAlgorithm;
  /** Names of claims. */
  readonly roleClaim: string;
  readonly regionsClaim: string;
  readonly nameClaim: string;
  /** Role by e-mail address or group, in lower case; null where a claim names the role. */
  readonly roleOf: Readonly<Record<string, PersonRole>> | null;
}

export interface JwtPerson {
  /** `ISSUER#SUBJECT`. */
  readonly id: string;
  readonly name: string;
  readonly role: PersonRole;
  readonly regions: readonly string[] | '*';
  /** When it is refused, ms: the leeway is part of it. */
  readonly expiresAtMs: number;
}

export type JwtFault = { readonly ok: false; readonly detail: string };

/** Clocks of issuers differ. */
const jwtLeewayMs = 60_000;
const nameLengthMax = 128;
const subjectLengthMax = 255;

/** Members that say where a key is to be found, or that something else must be understood: no token decides that. */
const refusedMembers = ['jku', 'x5u', 'jwk', 'x5c', 'crit'];

/** The id of the key, where the header names one. */
export function judgeJwtHeader(
  header: unknown,
  algorithm: JwtAlgorithm,
): { readonly ok: true; readonly keyId: string | null } | JwtFault {
  const fields = fieldsOf(header);
  if (!fields) return fault('its header is no object');
  if (fields.get('alg') !== algorithm) return fault(`it is not signed by ${algorithm}`);
  const refused = refusedMembers.find((name) => fields.has(name));
  if (refused !== undefined) return fault(`its header has ${refused}`);
  const keyId = fields.get('kid') ?? null;
  if (keyId !== null && typeof keyId !== 'string') return fault('its kid is no text');
  return { ok: true, keyId };
}

export function judgeJwtClaims(
  claims: unknown,
  expected: JwtExpectations,
  nowMs: number,
): { readonly ok: true; readonly person: JwtPerson } | JwtFault {
  const fields = fieldsOf(claims);
  if (!fields) return fault('its claims are no object');
  const { issuer, audience } = expected;
  if (fields.get('iss') !== issuer) return fault('it is of another issuer');
  if (![fields.get('aud')].flat().includes(audience)) return fault('it is for another audience');
  const times = judgeTimes(fields, nowMs);
  if (!times.ok) return times;
  const subject = fields.get('sub');
  if (typeof subject !== 'string' || subject === '' || subject.length > subjectLengthMax)
    return fault('it has no subject');
  const role = expected.roleOf ? mappedRole(fields, expected.roleOf) : fields.get(expected.roleClaim);
  const known = personRoles.find((name) => name === role);
  if (!known) return fault('it gives no role');
  const regions = regionsOf(fields.get(expected.regionsClaim));
  if (!regions) return fault('its regions are no list of names');
  const name = nameOf(fields.get(expected.nameClaim)) ?? nameOf(fields.get('email')) ?? subject;
  const { expiresAtMs } = times;
  return { ok: true, person: { id: `${issuer}#${subject}`, name, role: known, regions, expiresAtMs } };
}

type Fields = ReadonlyMap<string, unknown>;

function judgeTimes(fields: Fields, nowMs: number): { ok: true; expiresAtMs: number } | JwtFault {
  const [exp, nbf, iat] = ['exp', 'nbf', 'iat'].map((name) => fields.get(name));
  if (!isTime(exp)) return fault('it has no time of expiry');
  const expiresAtMs = exp * 1000 + jwtLeewayMs;
  if (nowMs >= expiresAtMs) return fault('it has expired');
  for (const from of [nbf, iat]) {
    if (from === undefined) continue;
    if (!isTime(from)) return fault('one of its times is no number');
    if (nowMs < from * 1000 - jwtLeewayMs) return fault('it is not valid yet');
  }
  return { ok: true, expiresAtMs };
}

const isTime = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 && value < 1e11;

/** The highest of those that the address and the groups of the person are given. */
function mappedRole(fields: Fields, roleOf: Readonly<Record<string, PersonRole>>): PersonRole | undefined {
  const keys = [fields.get('email'), fields.get('groups')].flat().filter((key) => typeof key === 'string');
  const given = keys.flatMap((key) =>
    Object.hasOwn(roleOf, key.toLowerCase()) ? [roleOf[key.toLowerCase()]] : [],
  );
  return personRoles.findLast((role) => given.includes(role));
}

/** Absent: all. Null for what is neither a list of names nor `*`. */
function regionsOf(claim: unknown): readonly string[] | '*' | null {
  if (claim === undefined || claim === '*') return '*';
  return Array.isArray(claim) && claim.every((name) => typeof name === 'string') ? claim : null;
}

/** A name goes into logs and pages: none with control characters. */
function nameOf(claim: unknown): string | null {
  if (typeof claim !== 'string' || claim.trim() === '' || claim.length > nameLengthMax) return null;
  return /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(claim) ? null : claim;
}

function fieldsOf(value: unknown): Fields | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  return new Map<string, unknown>(Object.entries(value));
}

const fault = (detail: string): JwtFault => ({ ok: false, detail });
