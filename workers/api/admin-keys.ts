import * as z from 'zod';
import type { KeyEnvironment } from '../../core/access/key-format.ts';
import { keyNameLengthMax, keyRateMax, keyRegionsMax } from '../../core/protocol/limits.ts';
import { once } from '../../core/protocol/once.ts';
import {
  createKey,
  type IngestKey,
  type KeyGrant,
  listKeys,
  readKey,
  revokeKey,
} from '../../storage/key-store.ts';
import { loadRegions } from '../../storage/region-registry.ts';
import type { Env } from '../env.ts';
import { readActionBody } from './action-body.ts';
import { count, time } from './answer-schema.ts';
import { isoTime } from './figures.ts';
import { invalidBody, jsonResponse, problemResponse } from './problem-response.ts';
import { noteForAudit, person } from './request-scope.ts';
import type { Route } from './route.ts';
import { unknownRegions } from './seen-regions.ts';
import type { ApiContext } from './stats-query.ts';

const rate = (what: string) =>
  z
    .int('must be a whole number')
    .min(1, 'must be at least 1')
    .max(keyRateMax, `must be at most ${keyRateMax}`)
    .describe(what);

const body = once(() =>
  z.strictObject({
    account: z
      .string('must be text')
      .regex(
        /^[a-z0-9][a-z0-9._-]{0,63}$/,
        'must be 1 to 64 of a-z, 0-9, ".", "_" and "-", beginning with one of the first two',
      )
      .describe(
        DESCRIBED &&
          'Producer account: an event is unique within it. Give the keys of a rotation the same one',
      ),
    name: z
      .string('must be text')
      .trim()
      .min(1, 'must not be empty')
      .max(keyNameLengthMax, `must have at most ${keyNameLengthMax} characters`)
      .describe(DESCRIBED && 'For people: who holds it'),
    regions: z
      .array(z.string('must be text'), 'must be a list of names')
      .max(keyRegionsMax, `must have at most ${keyRegionsMax} names`)
      .nullable()
      .default(null)
      .describe(DESCRIBED && 'Names of the regions that it may send; null for all'),
    events_per_second: rate('Rate of events; ten seconds of it may be spent at once').default(1_000),
    bytes_per_second: rate('Rate of bytes on the wire; ten seconds of it may be spent at once').default(
      1_048_576,
    ),
    events_per_day: rate('Quota of a day, UTC; null for none').nullable().default(null),
    expires_at: z.iso
      .datetime({ error: 'must be an ISO 8601 time in UTC' })
      .nullable()
      .default(null)
      .describe(DESCRIBED && 'When it ends; null for never'),
  }),
);

const keySchema =
  DESCRIBED &&
  z.strictObject({
    id: z.string().describe('Public part of the key'),
    account: z.string().describe('Producer account'),
    name: z.string().describe('For people'),
    state: z.enum(['active', 'expired', 'revoked']).describe('Whether it is taken'),
    regions: z.array(z.string()).nullable().describe('Regions that it may send; null for all'),
    events_per_second: count('Rate of events'),
    bytes_per_second: count('Rate of bytes on the wire'),
    events_per_day: count('Quota of a day, UTC; null for none').nullable(),
    created_at: time('When it was made'),
    created_by: z.string().describe('Id of the person who made it'),
    expires_at: time('When it ends; null for never').nullable(),
    revoked_at: time('When it was revoked; null where it was not').nullable(),
    last_used_at: time('When it was used last, to a minute; null where it was not').nullable(),
  });

export const keysRoute: Route = {
  method: 'GET',
  path: '/api/admin/keys',
  role: 'admin',
  handler: list,
  tag: 'Access',
  doc: DESCRIBED && {
    summary: "Producers' keys, newest first",
    description: 'Without their secrets, which are nowhere. Revoked and expired ones stay in the list.',
    answer: z.strictObject({ data: z.array(keySchema), count: count('Rows in data') }),
  },
};

export const createKeyRoute: Route = {
  method: 'POST',
  path: '/api/admin/keys',
  role: 'admin',
  handler: create,
  tag: 'Access',
  doc: DESCRIBED && {
    summary: "Make a producer's key",
    description:
      '`key` of the answer is the only copy of it: it is not stored and cannot be asked for again.',
    body: body(),
    bodyExample: {
      account: 'player-web',
      name: 'The web player',
      regions: ['EU-London'],
      events_per_second: 500,
    },
    answer: z.strictObject({
      data: keySchema,
      key: z.string().describe('The key: `mq_live_...`, or `mq_local_...` of a local run'),
    }),
    problems: ['invalid_parameter', 'unreadable_body', 'payload_too_large'],
  },
};

export const revokeKeyRoute: Route = {
  method: 'POST',
  path: '/api/admin/keys/:id/revoke',
  role: 'admin',
  handler: revoke,
  tag: 'Access',
  doc: DESCRIBED && {
    summary: "Revoke a producer's key for good",
    description: 'It is refused everywhere within 10 s. Revoking it again changes nothing.',
    path: z.object({ id: z.string().describe('`id` of the key').meta({ example: '4s0x9k2m7q1w' }) }),
    answer: z.strictObject({ data: keySchema }),
    problems: ['not_found'],
  },
};

async function list({ env }: ApiContext): Promise<Response> {
  const nowMs = Date.now();
  const keys = (await listKeys(env.DB)).filter(mayManage);
  return jsonResponse({ data: keys.map((key) => rowOf(key, nowMs)), count: keys.length });
}

async function create(context: ApiContext): Promise<Response> {
  const read = await readActionBody(context.req.raw, body());
  if ('response' in read) return read.response;
  const nowMs = Date.now();
  const grant = grantOf(read.value);
  const faults = await faultsOf(grant, context.env, nowMs);
  if (faults.length > 0) return invalidBody(faults);
  if (!mayManage(grant)) {
    return problemResponse('forbidden', 'Your role is limited to regions: name some of them for the key.');
  }
  const environment: KeyEnvironment = context.env.ENVIRONMENT === 'local' ? 'local' : 'live';
  const { text, key } = await createKey(context.env.DB, environment, grant, {
    createdBy: person().id,
    nowMs,
  });
  noteKey(key);
  return jsonResponse({ data: rowOf(key, nowMs), key: text });
}

async function revoke(context: ApiContext): Promise<Response> {
  const nowMs = Date.now();
  const id = context.req.param('id') ?? '';
  const found = await readKey(context.env.DB, id);
  const key = found && mayManage(found.key) ? await revokeKey(context.env.DB, id, nowMs) : null;
  if (!key) return problemResponse('not_found', 'There is no such key.');
  noteKey(key);
  return jsonResponse({ data: rowOf(key, nowMs) });
}

/** Whoever is limited to regions has to do with the keys of these alone. */
function mayManage({ regions: granted }: Pick<KeyGrant, 'regions'>): boolean {
  const { regions } = person();
  return regions === '*' || (granted?.every((name) => regions.includes(name)) ?? false);
}

function grantOf(value: z.output<ReturnType<typeof body>>): KeyGrant {
  return {
    account: value.account,
    name: value.name,
    regions: value.regions && [...new Set(value.regions)],
    limits: {
      eventsPerSecond: value.events_per_second,
      bytesPerSecond: value.bytes_per_second,
      eventsPerDay: value.events_per_day,
    },
    expiresAtMs: value.expires_at === null ? null : Date.parse(value.expires_at),
  };
}

/** What no schema can say. */
async function faultsOf({ regions, expiresAtMs }: KeyGrant, { DB }: Env, nowMs: number) {
  const known = new Set((await loadRegions(DB, nowMs)).map(({ name }) => name));
  const strange = (regions ?? []).some((name) => !known.has(name));
  return [
    ...(strange ? [unknownRegions] : []),
    ...(expiresAtMs !== null && expiresAtMs <= nowMs
      ? [{ pointer: '/expires_at', message: 'must be ahead' }]
      : []),
  ];
}

/** For the line that audit-trail.ts writes of the request. */
function noteKey({ id, account, name }: IngestKey): void {
  noteForAudit({ target: id, details: { account, name } });
}

function rowOf(key: IngestKey, nowMs: number): z.output<typeof keySchema> {
  const { limits, expiresAtMs, revokedAtMs } = key;
  const isOver = expiresAtMs !== null && expiresAtMs <= nowMs;
  return {
    id: key.id,
    account: key.account,
    name: key.name,
    state: revokedAtMs === null ? (isOver ? 'expired' : 'active') : 'revoked',
    regions: key.regions && [...key.regions],
    events_per_second: limits.eventsPerSecond,
    bytes_per_second: limits.bytesPerSecond,
    events_per_day: limits.eventsPerDay,
    created_at: isoTime(key.createdAtMs),
    created_by: key.createdBy,
    expires_at: timeOrNull(expiresAtMs),
    revoked_at: timeOrNull(revokedAtMs),
    last_used_at: timeOrNull(key.lastUsedAtMs),
  };
}

const timeOrNull = (ms: number | null): string | null => (ms === null ? null : isoTime(ms));
