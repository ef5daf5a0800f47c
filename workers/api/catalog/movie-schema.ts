/** Films as the API gives and takes them (CAT-1). What is taken keeps the bounds of imports. */
import * as z from 'zod';
import { catalogMoviesMax } from '../../../core/protocol/catalog-limits.ts';
import { castLengthMax } from '../../../core/protocol/import-limits.ts';
import {
  contentIdLengthMax,
  durationMsMax,
  labelLengthMax,
  OTHER_KEY,
  titleLengthMax,
} from '../../../core/protocol/limits.ts';
import { once } from '../../../core/protocol/once.ts';
import type { MovieRow } from '../../../core/warehouse/rows.ts';
import type { CatalogMovie } from '../../../storage/catalog/movie-store.ts';
import { amount, count } from '../answer-schema.ts';
import { oneLine } from '../parameters.ts';

const durationMinutesMax = durationMsMax / 60_000;

const text = (lengthMax: number) =>
  z
    .string('must be text')
    .trim()
    .min(1, 'must not be empty')
    .max(lengthMax, `must have at most ${lengthMax} characters`)
    .regex(oneLine, 'must be one line of plain text')
    .refine((value) => value.isWellFormed(), 'holds half of a surrogate pair');

const optional = <T extends z.ZodType>(schema: T, what: string) =>
  schema.nullable().default(null).describe(what);

export const movieId = once(() =>
  text(contentIdLengthMax)
    .refine((id) => id !== OTHER_KEY, 'is the name of what windows fold away')
    .describe(DESCRIBED && 'As events name it: their `content_id`')
    .meta(DESCRIBED && { example: 'film-0001' }),
);

const fields = once(() => ({
  title: text(titleLengthMax).describe(DESCRIBED && 'As people know it'),
  genre: optional(text(labelLengthMax), 'An open list'),
  content_type: optional(text(labelLengthMax), 'Kind of content, an open list'),
  duration_minutes: optional(
    z
      .int('must be a whole number')
      .min(1, 'must be at least 1')
      .max(durationMinutesMax, `must be at most ${durationMinutesMax}`),
    'Of the film, or of one episode',
  ),
  release_date: optional(
    z.iso.date('must be a date of the form YYYY-MM-DD').refine(isPlausible, 'must be from 1870 to 2199'),
    'YYYY-MM-DD',
  ),
  director: optional(text(titleLengthMax), 'Name'),
  cast: optional(text(castLengthMax), 'Names, joined by ", "'),
  country: optional(text(titleLengthMax), 'Where it was made'),
  language: optional(text(titleLengthMax), 'That it is spoken in'),
}));

/** As for imports: before the first film, and further ahead than any is announced. */
function isPlausible(date: string): boolean {
  return date >= '1870-01-01' && date < '2200-01-01';
}

export const movieExample = {
  title: 'The Long Way',
  genre: 'Adventure',
  content_type: 'film',
  duration_minutes: 127,
  release_date: '2026-01-03',
  director: 'Kenna Larkin',
  cast: 'Leila Larson, Daphne Conn',
  country: 'GB',
  language: 'English',
} as const;

export const movieBody = once(() =>
  z.strictObject(fields(), { error: shapeMessage }).meta(DESCRIBED && { examples: [movieExample] }),
);

export const bulkItem = once(() =>
  z
    .strictObject({ id: movieId(), ...fields() }, { error: shapeMessage })
    .meta(DESCRIBED && { examples: [{ id: 'film-0001', ...movieExample }] }),
);

/** Items are judged one by one, so here they may be anything. */
export const bulkBody = once(() =>
  z.strictObject({
    movies: z
      .array(z.unknown(), 'must be a list of films')
      .min(1, 'must not be empty')
      .max(catalogMoviesMax, `must have at most ${catalogMoviesMax} films`)
      .describe(DESCRIBED && 'Each judged alone: one that is not valid keeps none of the others out'),
  }),
);

export const documentedBulkBody =
  DESCRIBED && bulkBody().extend({ movies: z.array(bulkItem()).min(1).max(catalogMoviesMax) });

function shapeMessage(issue: {
  readonly code: string;
  readonly keys?: readonly string[];
}): string | undefined {
  if (issue.code === 'unrecognized_keys') return `has fields that are not known: ${issue.keys?.join(', ')}`;
  return issue.code === 'invalid_type' ? 'must be an object' : undefined;
}

const nullable = (what: string) =>
  z
    .string()
    .nullable()
    .describe(DESCRIBED && `${what}; null where unknown`);

export const movieSchema = once(() =>
  z.strictObject({
    movie_id: z.string().describe(DESCRIBED && 'As events name it: their `content_id`'),
    title: nullable(DESCRIBED && 'As people know it'),
    genre: nullable(DESCRIBED && 'Of an open list'),
    content_type: nullable(DESCRIBED && 'Kind of content, of an open list'),
    duration_minutes: z
      .int()
      .min(1)
      .nullable()
      .describe(DESCRIBED && 'Of the film, or of one episode; null where unknown'),
    release_date: nullable(DESCRIBED && 'YYYY-MM-DD'),
    director: nullable(DESCRIBED && 'Name'),
    cast: nullable(DESCRIBED && 'Names, joined by ", "'),
    country: nullable(DESCRIBED && 'Where it was made'),
    language: nullable(DESCRIBED && 'That it is spoken in'),
    avg_rating: amount(DESCRIBED && 'Mean of the ratings in the warehouse, 1 to 10; null without').nullable(),
    rating_count: count(DESCRIBED && 'Ratings in the warehouse'),
    total_views: count(DESCRIBED && 'Viewing sessions in the warehouse'),
    is_inferred: z.boolean().describe(DESCRIBED && 'Whether it is known by what was watched alone'),
  }),
);

export function movieAnswer({
  content_id,
  ...movie
}: CatalogMovie): z.output<ReturnType<typeof movieSchema>> {
  return { movie_id: content_id, ...movie };
}

export function movieRow(id: string, given: z.output<ReturnType<typeof movieBody>>): MovieRow {
  return { content_id: id, ...given };
}
