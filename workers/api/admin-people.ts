/** /api/admin/people: who may sign in, as what (ACC-7). */
import * as z from 'zod';
import { personRoles } from '../../core/access/caller.ts';
import {
  makePersonId,
  makeSignInToken,
  personIdRandomBytes,
  tokenRandomBytes,
} from '../../core/access/sign-in-token.ts';
import { keyRegionsMax, personNameLengthMax } from '../../core/protocol/limits.ts';
import { once } from '../../core/protocol/once.ts';
import {
  addPerson,
  disablePerson,
  readPeople,
  readPerson,
  type StoredPerson,
  setTokenDigest,
} from '../../storage/people-store.ts';
import { loadRegions } from '../../storage/region-registry.ts';
import { digestOf } from './access-digest.ts';
import { endSessionsOf } from './access-revocation.ts';
import { readActionBody } from './action-body.ts';
import { count, time } from './answer-schema.ts';
import { isoTime } from './figures.ts';
import { invalidBody, jsonResponse, problemResponse } from './problem-response.ts';
import { noteForAudit, person } from './request-scope.ts';
import type { Route } from './route.ts';
import { unknownRegions } from './seen-regions.ts';
import type { ApiContext } from './stats-query.ts';

const body = once(() =>
  z.strictObject({
    name: z
      .string('must be text')
      .trim()
      .min(1, 'must not be empty')
      .max(personNameLengthMax, `must have at most ${personNameLengthMax} characters`)
      .regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u, 'must be one line of plain text')
      .describe(DESCRIBED && 'As others see it, beside what the person does'),
    email: z
      .email('must be an e-mail address')
      .max(254, 'is too long')
      .nullable()
      .default(null)
      .describe(DESCRIBED && 'To tell people apart; nothing is sent'),
    role: z
      .enum(personRoles, 'must be viewer, analyst or admin')
      .describe(DESCRIBED && 'Each may do what those before it may'),
    regions: z
      .array(z.string('must be text'), 'must be a list of names')
      .max(keyRegionsMax, `must have at most ${keyRegionsMax} names`)
      .nullable()
      .default(null)
      .describe(DESCRIBED && 'Names of the regions that the role is limited to; null for all'),
  }),
);

const personSchema =
  DESCRIBED &&
  z.strictObject({
    id: z.string().describe('As the audit log names the person'),
    name: z.string().describe('As others see it'),
    email: z.string().nullable().describe('To tell people apart'),
    role: z.enum(personRoles).describe('Each may do what those before it may'),
    regions: z.array(z.string()).nullable().describe('Regions that the role is limited to; null for all'),
    has_token: z.boolean().describe('Whether there is a token that signs in'),
    created_at: time('When the person was added'),
    created_by: z.string().describe('Id of the person who did'),
    disabled_at: time('When the person was disabled; null where not').nullable(),
    last_seen_at: time('Last sign-in; null where none').nullable(),
  });

const withToken =
  DESCRIBED &&
  z.strictObject({
    data: personSchema,
    token: z.string().describe('Signs in at POST /api/session. Shown this once: it is not stored'),
  });
const path =
  DESCRIBED && z.object({ id: z.string().describe('`id` of the person').meta({ example: '4q0h2k7mzx1c' }) });

export const peopleRoute: Route = {
  method: 'GET',
  path: '/api/admin/people',
  role: 'admin',
  handler: list,
  unmasked: 'people.read',
  tag: 'Access',
  doc: DESCRIBED && {
    summary: 'People, in the order in which they came',
    description: 'Disabled ones stay in the list: the audit log names them.',
    answer: z.strictObject({ data: z.array(personSchema), count: count('Rows in data') }),
  },
};

export const addPersonRoute: Route = {
  method: 'POST',
  path: '/api/admin/people',
  role: 'admin',
  handler: add,
  tag: 'Access',
  doc: DESCRIBED && {
    summary: 'Add a person',
    body: body(),
    bodyExample: { name: 'Mei Tanaka', role: 'analyst', regions: ['ASIA-Tokyo'] },
    answer: withToken,
    problems: ['invalid_parameter', 'unreadable_body', 'payload_too_large'],
  },
};

export const renewTokenRoute: Route = {
  method: 'POST',
  path: '/api/admin/people/:id/token',
  role: 'admin',
  handler: renewToken,
  tag: 'Access',
  doc: DESCRIBED && {
    summary: 'Give a person a new sign-in token',
    description: 'The one before signs nobody in any more, and the sessions of the person end.',
    path,
    answer: withToken,
    problems: ['not_found'],
  },
};

export const disablePersonRoute: Route = {
  method: 'POST',
  path: '/api/admin/people/:id/disable',
  role: 'admin',
  handler: disable,
  tag: 'Access',
  doc: DESCRIBED && {
    summary: 'Disable a person for good',
    description: 'The token and the sessions end, everywhere within 10 s; live connections at once.',
    path,
    answer: z.strictObject({ data: personSchema }),
    problems: ['not_found'],
  },
};

async function list({ env }: ApiContext): Promise<Response> {
  const data = (await readPeople(env.DB)).filter(mayManage).map(rowOf);
  noteForAudit({ unmasked: data.length });
  return jsonResponse({ data, count: data.length });
}

async function add({ req, env }: ApiContext): Promise<Response> {
  const read = await readActionBody(req.raw, body());
  if ('response' in read) return read.response;
  const nowMs = Date.now();
  const { name, email, role, regions } = read.value;
  const known = new Set((await loadRegions(env.DB, nowMs)).map((region) => region.name));
  if (regions?.some((region) => !known.has(region))) return invalidBody([unknownRegions]);
  const id = makePersonId(crypto.getRandomValues(new Uint8Array(personIdRandomBytes)));
  const { token, digest } = await newToken(id);
  const added: StoredPerson = {
    id,
    name,
    email,
    role,
    regions: regions === null ? '*' : [...new Set(regions)],
    tokenDigest: digest,
    createdAtMs: nowMs,
    createdBy: person().id,
    disabledAtMs: null,
    lastSeenAtMs: null,
  };
  if (!mayManage(added))
    return problemResponse('forbidden', 'Your role is limited to regions: name some of them for the person.');
  if (!(await addPerson(env.DB, added))) throw new Error(`the id ${id} is taken`);
  noteForAudit({ target: id, details: { name, role, regions: regions?.join(' ') ?? '*' } });
  return jsonResponse({ data: rowOf(added), token });
}

async function renewToken({ req, env }: ApiContext): Promise<Response> {
  const found = await managed(env.DB, req.param('id'));
  if (!found || found.disabledAtMs !== null) return absent();
  const { token, digest } = await newToken(found.id);
  await setTokenDigest(env.DB, found.id, digest);
  await endSessionsOf(env, found.id, Date.now());
  noteForAudit({ target: found.id, details: { name: found.name } });
  return jsonResponse({ data: rowOf({ ...found, tokenDigest: digest }), token });
}

async function disable({ req, env }: ApiContext): Promise<Response> {
  const found = await managed(env.DB, req.param('id'));
  if (!found) return absent();
  if (found.id === person().id)
    return problemResponse('forbidden', 'Nobody disables himself: an installation without an admin is lost.');
  const nowMs = Date.now();
  if (found.disabledAtMs === null) {
    await disablePerson(env.DB, found.id, nowMs);
    await endSessionsOf(env, found.id, nowMs);
  }
  noteForAudit({ target: found.id, details: { name: found.name } });
  return jsonResponse({
    data: rowOf({ ...found, tokenDigest: null, disabledAtMs: found.disabledAtMs ?? nowMs }),
  });
}

async function newToken(id: string): Promise<{ readonly token: string; readonly digest: string }> {
  const token = makeSignInToken(id, crypto.getRandomValues(new Uint8Array(tokenRandomBytes)));
  return { token, digest: await digestOf(token) };
}

async function managed(db: D1Database, id = ''): Promise<StoredPerson | null> {
  const found = await readPerson(db, id);
  return found && mayManage(found) ? found : null;
}

/** Whoever is limited to regions has to do with people of these alone, and makes nobody who sees more. */
function mayManage({ regions: theirs }: Pick<StoredPerson, 'regions'>): boolean {
  const { regions } = person();
  return regions === '*' || (theirs !== '*' && theirs.every((name) => regions.includes(name)));
}

const absent = (): Response => problemResponse('not_found', 'There is no such person.');

function rowOf(stored: StoredPerson): z.output<typeof personSchema> {
  return {
    id: stored.id,
    name: stored.name,
    email: stored.email,
    role: stored.role,
    regions: stored.regions === '*' ? null : [...stored.regions],
    has_token: stored.tokenDigest !== null,
    created_at: isoTime(stored.createdAtMs),
    created_by: stored.createdBy,
    disabled_at: timeOrNull(stored.disabledAtMs),
    last_seen_at: timeOrNull(stored.lastSeenAtMs),
  };
}

const timeOrNull = (ms: number | null): string | null => (ms === null ? null : isoTime(ms));
