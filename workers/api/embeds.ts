/** Embeds (EMB-1): what other sites may show of the live numbers, made, listed and taken back. */
import * as z from 'zod';
import { randomDigits } from '../../core/access/base32.ts';
import { embedIdLength } from '../../core/access/embed-token.ts';
import { keyRegionsMax } from '../../core/protocol/limits.ts';
import {
  embedMsMax,
  embedNameLengthMax,
  embedOriginsMax,
  embedsMax,
} from '../../core/protocol/note-limits.ts';
import { once } from '../../core/protocol/once.ts';
import { addEmbed, type Embed, listEmbeds, readEmbed } from '../../storage/embed-store.ts';
import { endEmbed } from './access-revocation.ts';
import { readActionBody } from './action-body.ts';
import { count, time } from './answer-schema.ts';
import { signEmbed } from './embed-signing.ts';
import { isoTime } from './figures.ts';
import { invalidBody, jsonResponse, problemResponse } from './problem-response.ts';
import { noteForAudit, person } from './request-scope.ts';
import type { Route } from './route.ts';
import { seenRegions, unknownRegions } from './seen-regions.ts';
import type { ApiContext } from './stats-query.ts';
import { orStorageUnavailable } from './storage-answer.ts';

/** Scheme, host and port as a policy takes them, and nothing that could end one. In the open only on one's machine. */
const originForm = /^(?:https:\/\/[a-z0-9.-]+|http:\/\/(?:localhost|127\.0\.0\.1))(?::\d{1,5})?$/;

const body = once(() =>
  z.strictObject({
    name: z
      .string('must be text')
      .trim()
      .min(1, 'must not be empty')
      .max(embedNameLengthMax, `must have at most ${embedNameLengthMax} characters`)
      .describe(DESCRIBED && 'For people: where it is shown'),
    regions: z
      .array(z.string('must be text'), 'must be a list of names')
      .min(1, 'must name one at least')
      .max(keyRegionsMax, `must have at most ${keyRegionsMax} names`)
      .nullable()
      .default(null)
      .describe(DESCRIBED && 'Names of the regions that it reads, and no others; null for all'),
    origins: z
      .array(z.string('must be text').regex(originForm, 'must be origins such as https://wiki.example'))
      .max(embedOriginsMax, `must have at most ${embedOriginsMax} origins`)
      .default([])
      .describe(DESCRIBED && 'Sites that may frame it; those of CORS_ORIGINS where none are named'),
    expires_at: z.iso
      .datetime({ error: 'must be an ISO 8601 time in UTC' })
      .describe(DESCRIBED && 'When it ends, a year ahead at most'),
  }),
);

const embedSchema =
  DESCRIBED &&
  z.strictObject({
    id: z.string().describe('Public part of the token'),
    name: z.string().describe('For people'),
    state: z.enum(['active', 'expired', 'revoked']).describe('Whether it is shown'),
    regions: z.array(z.string()).nullable().describe('Regions that it reads; null for all'),
    origins: z
      .array(z.string())
      .describe('Sites that may frame it; those of the deployment where there are none'),
    created_at: time('When it was made'),
    created_by: z.string().describe('Id of the person who made it'),
    expires_at: time('When it ends'),
    revoked_at: time('When it was revoked; null where it was not').nullable(),
  });
const path =
  DESCRIBED && z.object({ id: z.string().describe('`id` of the embed').meta({ example: '4s0x9k2m7q1w' }) });

export const embedsRoute: Route = {
  method: 'GET',
  path: '/api/embeds',
  role: 'analyst',
  handler: list,
  tag: 'Views',
  doc: DESCRIBED && {
    summary: "One's own embeds, newest first; of an admin, all",
    description: 'Without their tokens, which are nowhere. Ended ones stay in the list for 90 days.',
    answer: z.strictObject({ data: z.array(embedSchema), count: count('Rows in data') }),
    problems: ['storage_unavailable'],
  },
};

export const createEmbedRoute: Route = {
  method: 'POST',
  path: '/api/embeds',
  role: 'analyst',
  handler: create,
  tag: 'Views',
  doc: DESCRIBED && {
    summary: 'Make an embed',
    description:
      '`token` of the answer is the only copy of it. `address` is what a frame shows; `panel`, `theme` and ' +
      '`transparent` may be added to it.',
    body: body(),
    bodyExample: {
      name: 'The wiki',
      regions: ['EU-London'],
      origins: ['https://wiki.example'],
      expires_at: '2027-06-01T00:00:00.000Z',
    },
    answer: z.strictObject({
      data: embedSchema,
      token: z.string().describe('The signed token'),
      address: z.string().describe('Path of the page, with the token in its fragment'),
    }),
    problems: [
      'invalid_parameter',
      'unreadable_body',
      'payload_too_large',
      'limit_reached',
      'storage_unavailable',
    ],
  },
};

export const revokeEmbedRoute: Route = {
  method: 'POST',
  path: '/api/embeds/:id/revoke',
  role: 'analyst',
  handler: revoke,
  tag: 'Views',
  doc: DESCRIBED && {
    summary: 'Take an embed back for good',
    description: "One's own, or as an admin anybody's. It shows nothing more within 10 s, live at once.",
    path,
    answer: z.strictObject({ data: embedSchema }),
    problems: ['not_found', 'storage_unavailable'],
  },
};

async function list({ env }: ApiContext): Promise<Response> {
  return await orStorageUnavailable('embeds_unread', async () => {
    const asking = person();
    const embeds = (await listEmbeds(env.DB, asking.role === 'admin' ? null : asking.id)).filter(mayManage);
    return jsonResponse({ data: embeds.map((embed) => rowOf(embed, Date.now())), count: embeds.length });
  });
}

async function create({ env, req }: ApiContext): Promise<Response> {
  const read = await readActionBody(req.raw, body());
  if ('response' in read) return read.response;
  const nowMs = Date.now();
  const expiresAtMs = Math.floor(Date.parse(read.value.expires_at) / 1000) * 1000;
  return await orStorageUnavailable('embed_unwritten', async () => {
    const regions = await grantedRegions(env.DB, read.value.regions, nowMs);
    if (regions === null) return invalidBody([unknownRegions]);
    if (expiresAtMs <= nowMs || expiresAtMs > nowMs + embedMsMax)
      return invalidBody([{ pointer: '/expires_at', message: 'must be ahead, by a year at most' }]);
    const id = randomDigits(crypto.getRandomValues(new Uint8Array(embedIdLength)), embedIdLength);
    const { token, keyVersion } = await signEmbed(env, { id, expiresAtMs });
    const { name, origins } = read.value;
    const made = { createdAtMs: nowMs, createdBy: person().id, revokedAtMs: null };
    const embed: Embed = { id, name, regions, origins, keyVersion, expiresAtMs, ...made };
    if (!(await addEmbed(env.DB, embed)))
      return problemResponse('limit_reached', `There are ${embedsMax} embeds: take some back.`);
    note(embed);
    return jsonResponse({ data: rowOf(embed, nowMs), token, address: `/embed?e=${id}#${token}` });
  });
}

async function revoke({ env, req }: ApiContext): Promise<Response> {
  const nowMs = Date.now();
  return await orStorageUnavailable('embed_unwritten', async () => {
    const embed = await readEmbed(env.DB, req.param('id') ?? '');
    const asking = person();
    const isSeen = embed && mayManage(embed) && (asking.role === 'admin' || embed.createdBy === asking.id);
    if (!isSeen) return problemResponse('not_found', 'There is no such embed.');
    await endEmbed(env, embed.id, nowMs);
    note(embed);
    return jsonResponse({ data: rowOf({ ...embed, revokedAtMs: embed.revokedAtMs ?? nowMs }, nowMs) });
  });
}

/** Who is limited to regions gives these at most; null where one is named that is not among them. */
async function grantedRegions(
  db: D1Database,
  asked: readonly string[] | null,
  nowMs: number,
): Promise<Embed['regions'] | null> {
  if (asked === null) return person().regions;
  const seen = new Set((await seenRegions(db, nowMs)).map(({ name }) => name));
  return asked.every((name) => seen.has(name)) ? [...new Set(asked)] : null;
}

/** As with keys: whoever is limited to regions has to do with the embeds of these alone. */
function mayManage({ regions: granted }: Embed): boolean {
  const { regions } = person();
  return regions === '*' || (granted !== '*' && granted.every((name) => regions.includes(name)));
}

function note({ id, name }: Embed): void {
  noteForAudit({ target: id, details: { name } });
}

function rowOf(embed: Embed, nowMs: number): z.output<typeof embedSchema> {
  const { revokedAtMs, expiresAtMs } = embed;
  return {
    id: embed.id,
    name: embed.name,
    state: revokedAtMs !== null ? 'revoked' : expiresAtMs <= nowMs ? 'expired' : 'active',
    regions: embed.regions === '*' ? null : [...embed.regions],
    origins: [...embed.origins],
    created_at: isoTime(embed.createdAtMs),
    created_by: embed.createdBy,
    expires_at: isoTime(expiresAtMs),
    revoked_at: revokedAtMs === null ? null : isoTime(revokedAtMs),
  };
}
