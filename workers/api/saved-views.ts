/** Saved views (VWS-1): pages with their filters and range, under names. */
import * as z from 'zod';
import { masksPeople, maskText } from '../../core/access/masks.ts';
import {
  savedViewsMax,
  savedViewsPerAuthorMax,
  viewAddressLengthMax,
  viewNameLengthMax,
} from '../../core/protocol/note-limits.ts';
import { once } from '../../core/protocol/once.ts';
import { isPageAddress, type SavedView, viewVisibilities } from '../../core/view/saved-view.ts';
import { addView, changeView, deleteView, readView, readViews } from '../../storage/view-store.ts';
import { readActionBody } from './action-body.ts';
import { count, time } from './answer-schema.ts';
import { isoTime } from './figures.ts';
import { parseParameters } from './parameters.ts';
import { invalidParameters, jsonResponse, problemResponse } from './problem-response.ts';
import { noteForAudit, person } from './request-scope.ts';
import type { Route } from './route.ts';
import type { ApiContext } from './stats-query.ts';
import { orStorageUnavailable } from './storage-answer.ts';
import { versionParameter } from './version-parameter.ts';

const visibility = once(() =>
  z
    .enum(viewVisibilities, 'must be shared or personal')
    .describe(DESCRIBED && '`personal` ones are seen by their author alone'),
);

const fields = once(() => ({
  name: z
    .string('must be text')
    .trim()
    .min(1, 'must not be empty')
    .max(viewNameLengthMax, `must have at most ${viewNameLengthMax} characters`)
    .describe(DESCRIBED && 'For people'),
  address: z
    .string('must be text')
    .max(viewAddressLengthMax, `must have at most ${viewAddressLengthMax} characters`)
    .refine(isPageAddress, 'must be the path and query of a page, such as /analytics?range=30d')
    .describe(DESCRIBED && 'Path and query of the page'),
  visibility: visibility().default('personal'),
}));
const newBody = once(() => z.strictObject(fields()));
const changeBody = once(() =>
  z.strictObject({
    version: z
      .int('must be a whole number from 1 on')
      .min(1, 'must be a whole number from 1 on')
      .describe(
        DESCRIBED && 'The version that was read and is to be replaced; 409 where there is a newer one',
      ),
    ...fields(),
    visibility: visibility(),
  }),
);
const newExample = {
  name: 'London, last month',
  address: '/analytics?range=30d&region=EU-London',
  visibility: 'shared',
};

const viewSchema =
  DESCRIBED &&
  z.strictObject({
    id: z.string().describe('Names it'),
    version: z.int().min(1).describe('Rises with each change'),
    name: z.string().describe('For people'),
    address: z.string().describe('Path and query of the page'),
    visibility: visibility(),
    author: z.string().describe('Who saved it'),
    mine: z.boolean().describe('Whether that is who asks'),
    changed_at: time('When it was saved last'),
  });
const path =
  DESCRIBED &&
  z.object({
    id: z.string().describe('`id` of the view').meta({ example: '5b0c8a1e-7f2d-4f5e-9a54-0d9f5b2c1a77' }),
  });
const query = once(() => z.object({ version: versionParameter() }));
const answer = DESCRIBED && z.strictObject({ data: viewSchema });
const unmasked = 'views.read_unmasked';
const bodyProblems = ['invalid_parameter', 'unreadable_body', 'payload_too_large'] as const;

export const viewsRoute: Route = {
  method: 'GET',
  path: '/api/views',
  role: 'viewer',
  handler: list,
  unmasked,
  tag: 'Views',
  doc: DESCRIBED && {
    summary: "Saved views: shared ones and one's own, by name",
    answer: z.strictObject({ data: z.array(viewSchema), count: count('Rows in data') }),
    problems: ['storage_unavailable'],
  },
};

export const saveViewRoute: Route = {
  method: 'POST',
  path: '/api/views',
  role: 'analyst',
  handler: create,
  tag: 'Views',
  doc: DESCRIBED && {
    summary: 'Save a view',
    description: `There are at most ${savedViewsPerAuthorMax} of an author, and ${savedViewsMax} in all.`,
    body: newBody(),
    bodyExample: newExample,
    answer,
    problems: [...bodyProblems, 'limit_reached', 'storage_unavailable'],
  },
};

export const changeViewRoute: Route = {
  method: 'PUT',
  path: '/api/views/:id',
  role: 'analyst',
  handler: change,
  unmasked,
  tag: 'Views',
  doc: DESCRIBED && {
    summary: 'Change a saved view',
    description: "One's own, or as an admin a shared one of anybody, which stays shared.",
    path,
    body: changeBody(),
    bodyExample: { version: 1, ...newExample },
    answer,
    problems: [...bodyProblems, 'not_found', 'version_conflict', 'storage_unavailable'],
  },
};

export const deleteViewRoute: Route = {
  method: 'DELETE',
  path: '/api/views/:id',
  role: 'analyst',
  handler: remove,
  unmasked,
  tag: 'Views',
  doc: DESCRIBED && {
    summary: 'Delete a saved view',
    description: "One's own, or as an admin a shared one of anybody.",
    path,
    query: query(),
    answer,
    problems: ['not_found', 'version_conflict', 'storage_unavailable'],
  },
};

async function list({ env }: ApiContext): Promise<Response> {
  return await orStorageUnavailable('views_unread', async () => {
    const data = (await readViews(env.DB, person().id)).map(rowOf);
    if (!masksPeople(person().role)) noteForAudit({ unmasked: data.filter(({ mine }) => !mine).length });
    return jsonResponse({ data, count: data.length });
  });
}

async function create({ env, req }: ApiContext): Promise<Response> {
  const read = await readActionBody(req.raw, newBody());
  if ('response' in read) return read.response;
  return await orStorageUnavailable('view_unwritten', async () => {
    const { id: authorId, name: authorName } = person();
    const written = { id: crypto.randomUUID(), version: 1, changedAtMs: Date.now() };
    const view: SavedView = { ...written, ...read.value, authorId, authorName };
    if (await addView(env.DB, view)) return done(view);
    const detail = `There are at most ${savedViewsPerAuthorMax} views of an author and ${savedViewsMax} in all: delete some.`;
    return problemResponse('limit_reached', detail);
  });
}

async function change(context: ApiContext): Promise<Response> {
  const read = await readActionBody(context.req.raw, changeBody());
  if ('response' in read) return read.response;
  const { version, ...given } = read.value;
  return await orStorageUnavailable('view_unwritten', async () => {
    const found = await changeable(context, version);
    if ('response' in found) return found.response;
    const { held } = found;
    if (given.visibility === 'personal' && held.authorId !== person().id)
      return problemResponse('forbidden', 'Only its author makes a view personal.');
    const next = { ...held, ...given, version: version + 1, changedAtMs: Date.now() };
    return (await changeView(context.env.DB, next)) ? done(next) : await conflict(context, held.id);
  });
}

async function remove(context: ApiContext): Promise<Response> {
  const parsed = parseParameters(query(), new URL(context.req.url).searchParams);
  if (!parsed.ok) return invalidParameters(parsed.faults);
  return await orStorageUnavailable('view_unwritten', async () => {
    const found = await changeable(context, parsed.value.version);
    if ('response' in found) return found.response;
    const isGone = await deleteView(context.env.DB, found.held);
    return isGone ? done(found.held) : await conflict(context, found.held.id);
  });
}

/** The view of the path, if the caller may change it and has read its newest version. */
async function changeable(
  { env, req }: ApiContext,
  version: number,
): Promise<{ readonly held: SavedView } | { readonly response: Response }> {
  const id = req.param('id') ?? '';
  const held = await readView(env.DB, id);
  const asking = person();
  const isMine = held?.authorId === asking.id;
  if (!held || !(isMine || held.visibility === 'shared'))
    return { response: problemResponse('not_found', `There is no view ${id}.`) };
  if (!isMine && asking.role !== 'admin')
    return { response: problemResponse('forbidden', 'Only its author or an admin changes a view.') };
  return held.version === version ? { held } : { response: newerThan(held) };
}

function newerThan({ id, version, changedAtMs }: SavedView): Response {
  return problemResponse('version_conflict', `${id} has version ${version}, since ${isoTime(changedAtMs)}.`);
}

/** Somebody else was quicker, between the reading and the writing. */
async function conflict({ env }: ApiContext, id: string): Promise<Response> {
  const held = await readView(env.DB, id);
  return held ? newerThan(held) : problemResponse('not_found', `There is no view ${id}.`);
}

function done(view: SavedView): Response {
  const { visibility: seenBy, name } = view;
  // The log tells nothing of what is personal but that it was.
  if (view.authorId !== person().id) noteForAudit({ unmasked: 1 });
  noteForAudit({
    target: view.id,
    details: { visibility: seenBy, ...(seenBy === 'shared' ? { name } : {}) },
  });
  return jsonResponse({ data: rowOf(view) });
}

function rowOf(view: SavedView): z.output<typeof viewSchema> {
  const asking = person();
  return {
    id: view.id,
    version: view.version,
    name: view.name,
    address: view.address,
    visibility: view.visibility,
    author: masksPeople(asking.role) ? maskText(view.authorName) : view.authorName,
    mine: view.authorId === asking.id,
    changed_at: isoTime(view.changedAtMs),
  };
}
