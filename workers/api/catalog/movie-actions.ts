/** Writing the catalogue's films (CAT-1, CAT-2). */
import * as z from 'zod';
import { catalogBytesMax, catalogMoviesMax } from '../../../core/protocol/catalog-limits.ts';
import type { MovieRow } from '../../../core/warehouse/rows.ts';
import { type CatalogMovie, readMovies } from '../../../storage/catalog/movie-store.ts';
import { writeMovies } from '../../../storage/catalog/write-movies.ts';
import { bodyFaults, readActionBody } from '../action-body.ts';
import { count } from '../answer-schema.ts';
import { invalidParameters, jsonResponse, problemResponse } from '../problem-response.ts';
import { noteForAudit, person } from '../request-scope.ts';
import type { Route } from '../route.ts';
import type { ApiContext } from '../stats-query.ts';
import { orStorageUnavailable } from '../storage-answer.ts';
import {
  bulkBody,
  bulkItem,
  documentedBulkBody,
  movieAnswer,
  movieBody,
  movieExample,
  movieId,
  movieRow,
  movieSchema,
} from './movie-schema.ts';

const problems = [
  'invalid_parameter',
  'unreadable_body',
  'payload_too_large',
  'storage_unavailable',
] as const;
const keeps = 'A field that is left out or null stays as it was.';

export const putMovieRoute: Route = {
  method: 'PUT',
  path: '/api/catalog/movies/:id',
  role: 'analyst',
  handler: putMovie,
  tag: 'Catalogue',
  doc: DESCRIBED && {
    summary: 'Put a film into the catalogue, or change it',
    description: keeps,
    path: z.object({ id: movieId() }),
    body: movieBody(),
    bodyExample: movieExample,
    answer: z.strictObject({ data: movieSchema() }),
    problems,
  },
};

const bulkAnswer =
  DESCRIBED &&
  z.strictObject({
    data: z.strictObject({
      inserted: count('Films that were not there'),
      updated: count('Films that are other than they were'),
      unchanged: count('Films that were so already'),
      rejected: count('Items that were not taken'),
    }),
    errors: z
      .array(
        z.strictObject({
          index: count('Place of the item in the list, from 0'),
          errors: z
            .array(z.strictObject({ pointer: z.string(), message: z.string() }))
            .describe('What is wrong with it, by JSON pointer into the item'),
        }),
      )
      .describe('Items that were not taken'),
  });

export const putMoviesRoute: Route = {
  method: 'PUT',
  path: '/api/catalog/movies',
  role: 'analyst',
  handler: putMovies,
  tag: 'Catalogue',
  doc: DESCRIBED && {
    summary: `Put up to ${catalogMoviesMax} films into the catalogue`,
    description: `Each is judged alone; of two with one id the later one counts. ${keeps}`,
    body: documentedBulkBody,
    bodyExample: { movies: [{ id: 'film-0001', ...movieExample }] },
    answer: bulkAnswer,
    example: {
      data: { inserted: 1, updated: 1, unchanged: 0, rejected: 1 },
      errors: [{ index: 2, errors: [{ pointer: '/title', message: 'must not be empty' }] }],
    },
    problems,
  },
};

async function putMovie(context: ApiContext): Promise<Response> {
  const id = movieId().safeParse(context.req.param('id'));
  if (!id.success)
    return invalidParameters(id.error.issues.map(({ message }) => ({ parameter: 'id', message })));
  const read = await readActionBody(context.req.raw, movieBody());
  if ('response' in read) return read.response;
  const refused = refusedRole();
  if (refused) return refused;
  const { DB } = context.env;
  const row = movieRow(id.data, read.value);
  return await orStorageUnavailable('catalogue_unwritten', async () => {
    const { before } = await writeMovies(DB, [row]);
    noteForAudit({ target: id.data, details: changes(before.get(id.data), row) });
    const written = (await readMovies(DB, [id.data])).get(id.data);
    if (!written) throw new Error('a film that was written is not there');
    return jsonResponse({ data: movieAnswer(written) });
  });
}

async function putMovies(context: ApiContext): Promise<Response> {
  const read = await readActionBody(context.req.raw, bulkBody(), catalogBytesMax);
  if ('response' in read) return read.response;
  const refused = refusedRole();
  if (refused) return refused;
  const errors: z.output<typeof bulkAnswer>['errors'] = [];
  const rows = new Map<string, MovieRow>();
  for (const [index, item] of read.value.movies.entries()) {
    const judged = bulkItem().safeParse(item);
    if (judged.success) {
      const { id, ...given } = judged.data;
      rows.set(id, movieRow(id, given));
    } else errors.push({ index, errors: bodyFaults(judged.error) });
  }
  return await orStorageUnavailable('catalogue_unwritten', async () => {
    const { loaded } = await writeMovies(context.env.DB, [...rows.values()]);
    const { inserted, updated } = loaded;
    const unchanged = rows.size - inserted - updated;
    const data = { inserted, updated, unchanged, rejected: errors.length };
    const details = Object.entries(data).map(([name, number]) => [name, String(number)] as const);
    noteForAudit({ details: Object.fromEntries(details) });
    return jsonResponse({ data, errors });
  });
}

/** Titles are everybody's. */
function refusedRole(): Response | null {
  if (person().regions === '*') return null;
  return problemResponse('forbidden', 'Your role is limited to regions, and films are of none.');
}

/** Two of them fit into a detail of the audit log. */
const textShownMax = 100;

/** What each field was, and what it is now. */
function changes(before: CatalogMovie | undefined, after: MovieRow): Readonly<Record<string, string>> {
  const names = Object.keys(after).filter((name) => name !== 'content_id') as (keyof MovieRow)[];
  const changed = names.filter((name) => after[name] !== null && after[name] !== before?.[name]);
  const shown = (value: unknown) => String(value).slice(0, textShownMax).toWellFormed();
  return Object.fromEntries(
    changed.map((name) => {
      const was = before?.[name] ?? null;
      return [name, was === null ? shown(after[name]) : `${shown(was)} → ${shown(after[name])}`];
    }),
  );
}
