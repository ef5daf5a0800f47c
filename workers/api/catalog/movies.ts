/** Reading the catalogue's films (CAT-1). */
import * as z from 'zod';
import { catalogPageMax } from '../../../core/protocol/catalog-limits.ts';
import { labelLengthMax, titleLengthMax } from '../../../core/protocol/limits.ts';
import { once } from '../../../core/protocol/once.ts';
import { readMovies, searchMovies } from '../../../storage/catalog/movie-store.ts';
import { parseValues } from '../analytics/value-list.ts';
import { count } from '../answer-schema.ts';
import { prefersCsv } from '../csv.ts';
import { questionOf, readCursor, writeCursor } from '../cursor.ts';
import { parseParameters, wholeNumber } from '../parameters.ts';
import { invalidParameters, jsonResponse, problemResponse } from '../problem-response.ts';
import { csvResponse } from '../range-answer.ts';
import type { Route } from '../route.ts';
import type { ApiContext } from '../stats-query.ts';
import { orStorageUnavailable } from '../storage-answer.ts';
import { movieAnswer, movieExample, movieId, movieSchema } from './movie-schema.ts';

const limitDefault = 50;

const ids = once(() =>
  z.string().transform((text, context): readonly string[] => {
    const parsed = parseValues(text);
    if (!('wrong' in parsed) && !parsed.isNegated) return parsed.values;
    const message = 'wrong' in parsed ? parsed.wrong : 'must be a list of ids';
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  }),
);

const query = once(() =>
  z.object({
    q: z
      .string()
      .trim()
      .max(titleLengthMax, 'is too long')
      .optional()
      .describe(DESCRIBED && 'A part of the title, in small or capital letters')
      .meta(DESCRIBED && { example: 'long' }),
    genre: z
      .string()
      .max(labelLengthMax, 'is too long')
      .optional()
      .describe(DESCRIBED && 'Of this genre alone')
      .meta(DESCRIBED && { example: 'Adventure' }),
    ids: ids()
      .optional()
      .describe(DESCRIBED && 'Those of a comma list of at most 20 ids; ones with commas are quoted as in CSV')
      .meta(DESCRIBED && { type: 'string', example: 'film-0001,film-0002' }),
    limit: wholeNumber(1, catalogPageMax)
      .optional()
      .describe(DESCRIBED && `Films of a page, 1 to ${catalogPageMax}. ${limitDefault} where it is not given`)
      .meta(DESCRIBED && { example: String(limitDefault) }),
    cursor: z
      .string()
      .max(4096, 'is none that was given')
      .optional()
      .describe(DESCRIBED && '`meta.next_cursor` of the page before; the other parameters must be the same')
      .meta(DESCRIBED && { example: 'WyIvYXBpL2NhdGFsb2cvbW92aWVzPyIsMCwxLCJmaWxtLTAwNTAiXQ' }),
  }),
);

/** Cursors name a range; films have none. */
const noRange = { fromMinute: 0, toMinute: 1 };

const example = {
  movie_id: 'film-0001',
  ...movieExample,
  avg_rating: 7.4,
  rating_count: 812,
  total_views: 3_120,
  is_inferred: false,
};

export const moviesRoute: Route = {
  method: 'GET',
  path: '/api/catalog/movies',
  role: 'viewer',
  handler: movies,
  tag: 'Catalogue',
  doc: DESCRIBED && {
    summary: 'Films of the catalogue, by id',
    query: query(),
    answer: z.strictObject({
      data: z.array(movieSchema()),
      count: count('Rows in data'),
      meta: z
        .strictObject({
          next_cursor: z.string().nullable().describe('`cursor` of the next page; null at the end'),
        })
        .describe('How it goes on'),
    }),
    example: { data: [example], count: 1, meta: { next_cursor: null } },
    csv: true,
    problems: ['storage_unavailable'],
  },
};

export const movieRoute: Route = {
  method: 'GET',
  path: '/api/catalog/movies/:id',
  role: 'viewer',
  handler: movie,
  tag: 'Catalogue',
  doc: DESCRIBED && {
    summary: 'One film of the catalogue',
    path: z.object({ id: movieId() }),
    answer: z.strictObject({ data: movieSchema() }),
    example: { data: example },
    problems: ['not_found', 'storage_unavailable'],
  },
};

async function movies(context: ApiContext): Promise<Response> {
  const { pathname, searchParams } = new URL(context.req.url);
  const parsed = parseParameters(query(), searchParams);
  if (!parsed.ok) return invalidParameters(parsed.faults);
  const { q = '', genre = null, ids = null, limit = limitDefault, cursor } = parsed.value;
  const question = questionOf(pathname, Object.keys(query().shape), searchParams);
  const read = cursor === undefined ? null : readCursor(cursor, question, ['string']);
  if (read && !read.ok) return invalidParameters(read.faults);
  const after = read ? String(read.value.after[0]) : null;
  const search = { text: q === '' ? null : q, genre, ids, limit: limit + 1, after };
  return await orStorageUnavailable('catalogue_unread', async () => {
    const found = await searchMovies(context.env.DB, search);
    const rows = found.slice(0, limit).map(movieAnswer);
    const last = found.length > limit ? rows.at(-1) : undefined;
    const next = last ? writeCursor(question, { range: noRange, after: [last.movie_id] }) : null;
    if (prefersCsv(context.req.header('accept'))) return csvResponse(context, movieSchema(), rows, next);
    return jsonResponse({ data: rows, count: rows.length, meta: { next_cursor: next } });
  });
}

async function movie({ env, req }: ApiContext): Promise<Response> {
  const id = req.param('id') ?? '';
  return await orStorageUnavailable('catalogue_unread', async () => {
    const found = (await readMovies(env.DB, [id])).get(id);
    if (!found) return problemResponse('not_found', 'The catalogue has no film of this id.');
    return jsonResponse({ data: movieAnswer(found) });
  });
}
