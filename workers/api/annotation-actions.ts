/** Writing annotations (ANN-1, ANN-2). */
import * as z from 'zod';
import { maySeeRegion } from '../../core/access/caller.ts';
import type { Annotation } from '../../core/annotation/annotation.ts';
import { annotationsMax, annotationsPerAuthorMax } from '../../core/protocol/note-limits.ts';
import { once } from '../../core/protocol/once.ts';
import {
  addAnnotation,
  changeAnnotation,
  countAnnotationsOf,
  deleteAnnotation,
  readAnnotation,
} from '../../storage/annotation-store.ts';
import { readActionBody } from './action-body.ts';
import {
  annotationBody,
  annotationRow,
  annotationSchema,
  changeExample,
  newAnnotationBody,
  newExample,
  type WrittenAnnotation,
} from './annotation-schema.ts';
import { isoTime } from './figures.ts';
import { parseParameters } from './parameters.ts';
import { invalidBody, invalidParameters, jsonResponse, problemResponse } from './problem-response.ts';
import { noteForAudit, person } from './request-scope.ts';
import type { Route } from './route.ts';
import { seenRegions } from './seen-regions.ts';
import type { ApiContext } from './stats-query.ts';
import { orStorageUnavailable } from './storage-answer.ts';
import { versionParameter } from './version-parameter.ts';

const path =
  DESCRIBED &&
  z.object({
    id: z
      .string()
      .describe('`id` of the annotation')
      .meta({ example: '5b0c8a1e-7f2d-4f5e-9a54-0d9f5b2c1a77' }),
  });
const query = once(() => z.object({ version: versionParameter() }));
const answer = DESCRIBED && z.strictObject({ data: annotationSchema() });
const bodyProblems = ['invalid_parameter', 'unreadable_body', 'payload_too_large'] as const;
const unmasked = 'annotations.read_unmasked';

export const createAnnotationRoute: Route = {
  method: 'POST',
  path: '/api/annotations',
  role: 'analyst',
  handler: create,
  tag: 'Annotations',
  doc: DESCRIBED && {
    summary: 'Write an annotation',
    description: `There are at most ${annotationsPerAuthorMax} of an author, and ${annotationsMax} in all.`,
    body: newAnnotationBody(),
    bodyExample: newExample,
    answer,
    problems: [...bodyProblems, 'limit_reached'],
  },
};

export const changeAnnotationRoute: Route = {
  method: 'PUT',
  path: '/api/annotations/:id',
  role: 'analyst',
  handler: change,
  unmasked,
  tag: 'Annotations',
  doc: DESCRIBED && {
    summary: 'Change an annotation',
    description: "One's own, or as an admin a shared one of anybody, which stays shared.",
    path,
    body: annotationBody(),
    bodyExample: changeExample,
    answer,
    problems: [...bodyProblems, 'not_found', 'version_conflict'],
  },
};

export const deleteAnnotationRoute: Route = {
  method: 'DELETE',
  path: '/api/annotations/:id',
  role: 'analyst',
  handler: remove,
  unmasked,
  tag: 'Annotations',
  doc: DESCRIBED && {
    summary: 'Delete an annotation',
    description: "One's own, or as an admin a shared one of anybody.",
    path,
    query: query(),
    answer,
    problems: ['not_found', 'version_conflict'],
  },
};

async function create(context: ApiContext): Promise<Response> {
  const read = await readActionBody(context.req.raw, newAnnotationBody());
  if ('response' in read) return read.response;
  const nowMs = Date.now();
  const given = { ...read.value, at: read.value.at ?? isoTime(nowMs) };
  return await orStorageUnavailable('annotation_unwritten', async () => {
    const refused = await refusedRegion(context, given.region);
    if (refused) return refused;
    const { id: authorId, name: authorName } = person();
    const id = crypto.randomUUID();
    const written = { id, authorId, authorName, version: 1, createdAtMs: nowMs, changedAtMs: nowMs };
    const annotation: Annotation = { ...written, ...contentOf(given) };
    if (!(await addAnnotation(context.env.DB, annotation))) return await full(context, authorId);
    return done(annotation, changes(null, annotation));
  });
}

/** There are as many as may be: of the author, or of all (ANN-4). */
async function full({ env }: ApiContext, authorId: string): Promise<Response> {
  const isOwn = (await countAnnotationsOf(env.DB, authorId)) >= annotationsPerAuthorMax;
  const detail = isOwn
    ? `You have ${annotationsPerAuthorMax} annotations, as many as one may have: delete some.`
    : `There are ${annotationsMax} annotations, as many as may be: delete some, or ask an admin to.`;
  return problemResponse('limit_reached', detail);
}

async function change(context: ApiContext): Promise<Response> {
  const read = await readActionBody(context.req.raw, annotationBody());
  if ('response' in read) return read.response;
  const { version, ...given } = read.value;
  return await orStorageUnavailable('annotation_unwritten', async () => {
    const found = await changeable(context, version);
    if ('response' in found) return found.response;
    const { held } = found;
    if (given.visibility === 'personal' && held.visibility === 'shared' && held.authorId !== person().id)
      return problemResponse('forbidden', 'Only its author makes an annotation personal.');
    const refused = await refusedRegion(context, given.region);
    if (refused) return refused;
    const changedAtMs = Date.now();
    const next = { ...held, ...contentOf(given), version: version + 1, changedAtMs };
    if (!(await changeAnnotation(context.env.DB, next))) return await conflict(context, held.id);
    return done(next, changes(held, next));
  });
}

async function remove(context: ApiContext): Promise<Response> {
  const parsed = parseParameters(query(), new URL(context.req.url).searchParams);
  if (!parsed.ok) return invalidParameters(parsed.faults);
  return await orStorageUnavailable('annotation_unwritten', async () => {
    const found = await changeable(context, parsed.value.version);
    if ('response' in found) return found.response;
    const { held } = found;
    if (!(await deleteAnnotation(context.env.DB, held))) return await conflict(context, held.id);
    return done(held, changes(held, null));
  });
}

/** The annotation of the path, if the caller may change it and has read its newest version. */
async function changeable(
  { env, req }: ApiContext,
  version: number,
): Promise<{ readonly held: Annotation } | { readonly response: Response }> {
  const id = req.param('id') ?? '';
  const held = await readAnnotation(env.DB, id);
  const asking = person();
  const isMine = held?.authorId === asking.id;
  const isSeen =
    held &&
    (isMine || held.visibility === 'shared') &&
    (held.region === null || maySeeRegion(asking, held.region));
  if (!isSeen) return { response: problemResponse('not_found', `There is no annotation ${id}.`) };
  const refused = (detail: string) => ({ response: problemResponse('forbidden', detail) });
  if (!isMine && asking.role !== 'admin')
    return refused('Only its author or an admin changes an annotation.');
  if (held.region === null && asking.regions !== '*')
    return refused('Your role is limited to regions, and the annotation is of none.');
  return held.version === version ? { held } : { response: newerThan(held) };
}

function newerThan({ id, version, changedAtMs }: Annotation): Response {
  const detail = `${id} has version ${version}, since ${isoTime(changedAtMs)}.`;
  return problemResponse('version_conflict', detail);
}

/** Somebody else was quicker, between the reading and the writing. */
async function conflict({ env }: ApiContext, id: string): Promise<Response> {
  const held = await readAnnotation(env.DB, id);
  return held ? newerThan(held) : problemResponse('not_found', `There is no annotation ${id}.`);
}

/** Whoever is limited to regions writes about these alone; another is as one that does not exist (ACC-2). */
async function refusedRegion({ env }: ApiContext, region: string | null): Promise<Response | null> {
  const asking = person();
  if (region === null) {
    if (asking.regions === '*') return null;
    return problemResponse('forbidden', 'Your role is limited to regions: name the one that it is about.');
  }
  const known = await seenRegions(env.DB, Date.now());
  if (known.some(({ name }) => name === region)) return null;
  const message = `must be the name of a region, such as ${known[0]?.name ?? 'none'}`;
  return invalidBody([{ pointer: '/region', message }]);
}

type Content = Pick<Annotation, 'atMs' | 'untilMs' | 'text' | 'tags' | 'region' | 'visibility'>;

function contentOf({ at, until, text, tags, region, visibility }: WrittenAnnotation): Content {
  const untilMs = until === null ? null : Date.parse(until);
  return { atMs: Date.parse(at), untilMs, text, tags: [...new Set(tags)], region, visibility };
}

function done(annotation: Annotation, details: Readonly<Record<string, string>>): Response {
  const asking = person();
  noteForAudit({ target: annotation.id, details });
  if (annotation.authorId !== asking.id) noteForAudit({ unmasked: 1 });
  return jsonResponse({ data: annotationRow(annotation, asking) });
}

/** Two of them fit into a detail of the audit log. */
const textShownMax = 100;

/** For the audit log: what each field was, and what it is now. Of a personal one only which, since admins read it. */
function changes(before: Annotation | null, after: Annotation | null): Readonly<Record<string, string>> {
  const [was, is] = [before && shown(before), after && shown(after)];
  const names = Object.keys(is ?? was ?? {}).filter((name) => was?.[name] !== is?.[name]);
  if ([before, after].some((one) => one?.visibility === 'personal'))
    return { visibility: (after ?? before)?.visibility ?? '', fields: names.join(' ') };
  const pairs = names.map(
    (name) => [name, [was?.[name], is?.[name]].filter((text) => text !== undefined)] as const,
  );
  return Object.fromEntries(pairs.map(([name, texts]) => [name, texts.join(' → ')]));
}

function shown({ atMs, untilMs, text, tags, region, visibility }: Annotation): Record<string, string> {
  return {
    at: isoTime(atMs),
    until: untilMs === null ? '' : isoTime(untilMs),
    text: text.slice(0, textShownMax).toWellFormed(),
    tags: tags.join(','),
    region: region ?? '',
    visibility,
  };
}
