/** The region registry as part of the catalogue (CAT-4). */
import * as z from 'zod';
import { maySeeRegion } from '../../../core/access/caller.ts';
import { catalogRegionsMax } from '../../../core/protocol/catalog-limits.ts';
import { labelLengthMax } from '../../../core/protocol/limits.ts';
import { once } from '../../../core/protocol/once.ts';
import type { RegionEntry } from '../../../core/protocol/region.ts';
import { putRegion, readRegions } from '../../../storage/catalog/region-store.ts';
import { readActionBody } from '../action-body.ts';
import { count } from '../answer-schema.ts';
import { prefersCsv } from '../csv.ts';
import { oneLine, parseParameters } from '../parameters.ts';
import { invalidParameters, jsonResponse, problemResponse } from '../problem-response.ts';
import { csvResponse } from '../range-answer.ts';
import { noteForAudit, person } from '../request-scope.ts';
import type { Route } from '../route.ts';
import type { ApiContext } from '../stats-query.ts';
import { orStorageUnavailable } from '../storage-answer.ts';

/** Lists of regions are joined by commas and blanks, in questions and in the audit log. */
const regionName = once(() =>
  z
    .string('must be text')
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/,
      `must be 1 to ${labelLengthMax} of letters, digits, ".", "_" and "-", beginning with a letter or digit`,
    )
    .describe(DESCRIBED && 'Name of the region, as events have it')
    .meta(DESCRIBED && { example: 'EU-London' }),
);

const degrees = (most: number, what: string) =>
  z
    .number('must be a number')
    .min(-most, `must be at least ${-most}`)
    .max(most, `must be at most ${most}`)
    .describe(what);

const place = once(() => ({
  continent: z
    .string('must be text')
    .trim()
    .min(1, 'must not be empty')
    .max(labelLengthMax, `must have at most ${labelLengthMax} characters`)
    .regex(oneLine, 'must be one line of plain text')
    .describe(DESCRIBED && 'Where it lies'),
  latitude: degrees(90, 'Degrees to the north'),
  longitude: degrees(180, 'Degrees to the east'),
}));
const placeExample = { continent: 'Europe', latitude: 51.51, longitude: -0.13 } as const;
const body = once(() => z.strictObject(place()).meta(DESCRIBED && { examples: [placeExample] }));

const row = once(() =>
  z.strictObject({
    region: z.string().describe(DESCRIBED && 'Name of the region'),
    number: z
      .int()
      .min(1)
      .describe(DESCRIBED && 'Its number in keys and in the lake; never changed, never given again'),
    ...place(),
  }),
);
const example = DESCRIBED && { region: 'EU-London', number: 4, ...placeExample };
const query = once(() =>
  z.object({
    q: z
      .string()
      .trim()
      .max(labelLengthMax, 'is too long')
      .optional()
      .describe(DESCRIBED && 'A part of the name, in small or capital letters')
      .meta(DESCRIBED && { example: 'eu-' }),
  }),
);
const path = DESCRIBED && z.object({ name: regionName() });

export const catalogRegionsRoute: Route = {
  method: 'GET',
  path: '/api/catalog/regions',
  role: 'viewer',
  handler: list,
  tag: 'Catalogue',
  doc: DESCRIBED && {
    summary: 'Regions of the registry, by number',
    description: `All of them in one answer: there are at most ${catalogRegionsMax}.`,
    query: query(),
    answer: z.strictObject({ data: z.array(row()), count: count('Rows in data') }),
    example: { data: [example], count: 1 },
    csv: true,
    problems: ['storage_unavailable'],
  },
};

export const catalogRegionRoute: Route = {
  method: 'GET',
  path: '/api/catalog/regions/:name',
  role: 'viewer',
  handler: one,
  tag: 'Catalogue',
  doc: DESCRIBED && {
    summary: 'One region of the registry',
    path,
    answer: z.strictObject({ data: row() }),
    example: { data: example },
    problems: ['not_found', 'storage_unavailable'],
  },
};

export const putRegionRoute: Route = {
  method: 'PUT',
  path: '/api/catalog/regions/:name',
  role: 'admin',
  handler: put,
  tag: 'Catalogue',
  doc: DESCRIBED && {
    summary: 'Make a region, or give one another place',
    description:
      'A new one gets the next number, and its events are taken everywhere within a minute. A region is neither renamed ' +
      'nor removed: what was counted bears its number.',
    path,
    body: body(),
    bodyExample: placeExample,
    answer: z.strictObject({ data: row() }),
    problems: [
      'invalid_parameter',
      'unreadable_body',
      'payload_too_large',
      'limit_reached',
      'storage_unavailable',
    ],
  },
};

/** Past the registry's cache; another region than those that the caller may see is as one that does not exist. */
async function seen({ env }: ApiContext): Promise<RegionEntry[]> {
  const asking = person();
  return (await readRegions(env.DB)).filter(({ name }) => maySeeRegion(asking, name));
}

const rowOf = ({
  name,
  number,
  continent,
  latitude,
  longitude,
}: RegionEntry): z.output<ReturnType<typeof row>> => ({
  region: name,
  number,
  continent,
  latitude,
  longitude,
});

async function list(context: ApiContext): Promise<Response> {
  const parsed = parseParameters(query(), new URL(context.req.url).searchParams);
  if (!parsed.ok) return invalidParameters(parsed.faults);
  const wanted = (parsed.value.q ?? '').toLowerCase();
  return await orStorageUnavailable('regions_unread', async () => {
    const rows = (await seen(context)).filter(({ name }) => name.toLowerCase().includes(wanted)).map(rowOf);
    if (prefersCsv(context.req.header('accept'))) return csvResponse(context, row(), rows, null);
    return jsonResponse({ data: rows, count: rows.length });
  });
}

async function one(context: ApiContext): Promise<Response> {
  const wanted = context.req.param('name');
  return await orStorageUnavailable('regions_unread', async () => {
    const found = (await seen(context)).find(({ name }) => name === wanted);
    if (!found) return problemResponse('not_found', 'The registry has no such region.');
    return jsonResponse({ data: rowOf(found) });
  });
}

async function put(context: ApiContext): Promise<Response> {
  const name = regionName().safeParse(context.req.param('name'));
  if (!name.success)
    return invalidParameters(name.error.issues.map(({ message }) => ({ parameter: 'name', message })));
  const read = await readActionBody(context.req.raw, body());
  if ('response' in read) return read.response;
  if (person().regions !== '*')
    return problemResponse('forbidden', 'Your role is limited to regions: the registry is of all of them.');
  const { DB } = context.env;
  return await orStorageUnavailable('region_unwritten', async () => {
    const before = (await readRegions(DB)).find((region) => region.name === name.data);
    if (!(await putRegion(DB, { name: name.data, ...read.value })))
      return problemResponse('limit_reached', `The registry has ${catalogRegionsMax} regions.`);
    const after = (await readRegions(DB)).find((region) => region.name === name.data);
    if (!after) throw new Error('a region that was written is not there');
    noteForAudit({ target: after.name, details: changes(before, after) });
    return jsonResponse({ data: rowOf(after) });
  });
}

function changes(before: RegionEntry | undefined, after: RegionEntry): Readonly<Record<string, string>> {
  const names = ['number', 'continent', 'latitude', 'longitude'] as const;
  const changed = names.filter((name) => before?.[name] !== after[name]);
  return Object.fromEntries(
    changed.map((name) => [name, before ? `${before[name]} → ${after[name]}` : String(after[name])]),
  );
}
