import type { Context } from 'hono';
import * as z from 'zod';
import { maySeeRegion } from '../../core/access/caller.ts';
import { errorFields } from '../../core/protocol/log-line.ts';
import type { RegionEntry } from '../../core/protocol/region.ts';
import { NotMigratedError } from '../../storage/migrated.ts';
import { loadRegions } from '../../storage/region-registry.ts';
import type { Env } from '../env.ts';
import { type Cursor, pageParameters, questionOf, type Rank, type Ranking, readCursor } from './cursor.ts';
import {
  type DimensionFilter,
  type filterParameters,
  filtersBut,
  type RefusedFilters,
  readFilter,
} from './dimension-filter.ts';
import {
  type MinuteRange,
  type Parsed,
  parseParameters,
  rangeParameters,
  resolveRange,
} from './parameters.ts';
import { invalidParameters, problemResponse } from './problem-response.ts';
import { logForRequest, person } from './request-scope.ts';

export type ApiContext = Context<{ Bindings: Env }>;

/** A checked question about a range. */
export interface StatsQuery<Values = unknown> {
  readonly range: MinuteRange;
  /** The regions it is about: one, or all of the registry. */
  readonly regions: readonly RegionEntry[];
  readonly filter: DimensionFilter | null;
  readonly page: PageQuery;
  readonly values: Values;
}

export interface PageQuery {
  readonly limit: number;
  /** Rank of the last row of the page before; null for the first page. */
  readonly after: Rank | null;
  /** What a cursor to the next page has to name. */
  readonly question: string;
}

type Answered<Values> = { readonly query: StatsQuery<Values> } | { readonly response: Response };

export interface RangeQueryOptions<Shape extends z.ZodRawShape> {
  /** Length of the range where none is given. */
  readonly minutes: number;
  /** Length of the longest; rangeMinutesMax where it is not given. */
  readonly minutesMax?: number;
  /** Parameters of the route's own. */
  readonly own: Shape;
  readonly refused?: RefusedFilters;
  /** False where the route has filters of its own. */
  readonly filters?: boolean;
  /** Of routes that answer by pages. */
  readonly pages?: { readonly limit: number; readonly shape: Ranking<never>['shape'] };
}

/** The parameters of a question about a range: what is checked and what is documented. */
export interface RangeQuery<Shape extends z.ZodRawShape> extends RangeQueryOptions<Shape> {
  readonly common: z.ZodObject<CommonShape>;
  readonly ownSchema: z.ZodObject<Shape>;
  readonly documented: z.ZodObject;
}

type CommonShape = ReturnType<typeof rangeParameters> &
  Partial<ReturnType<typeof filterParameters>> &
  Partial<ReturnType<typeof pageParameters>>;

export function rangeQuery<Shape extends z.ZodRawShape>(
  options: RangeQueryOptions<Shape>,
): RangeQuery<Shape> {
  const { minutes, minutesMax, own, refused = {}, filters = true, pages } = options;
  const shape = {
    ...rangeParameters(minutes, minutesMax),
    ...(filters ? filtersBut(refused) : {}),
    ...(pages ? pageParameters(pages.limit) : {}),
  };
  const common = z.object<CommonShape>(shape);
  return { ...options, common, ownSchema: z.object(own), documented: z.object({ ...shape, ...own }) };
}

/** Checks the parameters of a question. */
export async function statsQuery<Shape extends z.ZodRawShape>(
  context: ApiContext,
  asked: RangeQuery<Shape>,
  nowMs: number,
): Promise<Answered<z.output<z.ZodObject<Shape>>>> {
  const url = new URL(context.req.url);
  const query = url.searchParams;
  const common = parseParameters(asked.common, query);
  const values = parseParameters(asked.ownSchema, query);
  const faults = [common, values].flatMap((parsed) => (parsed.ok ? [] : parsed.faults));
  if (!common.ok || !values.ok) return { response: invalidParameters(faults) };
  const given = common.value as CommonValues;
  const filter = readFilter(given, query, asked.refused ?? {});
  if (!filter.ok) return { response: invalidParameters(filter.faults) };
  const question = questionOf(url.pathname, Object.keys(asked.documented.shape), query);
  const cursor = cursorOf(given.cursor, question, asked);
  if (!cursor.ok) return { response: invalidParameters(cursor.faults) };
  const range = resolveRange(given, asked.minutes, nowMs, asked.minutesMax);
  if (!range.ok) return { response: invalidParameters(range.faults) };
  const regions = await namedRegions(context.env.DB, given.region, nowMs);
  if ('response' in regions) return regions;
  const limit = given.limit ?? asked.pages?.limit ?? 0;
  return {
    query: {
      range: cursor.value?.range ?? range.value,
      regions,
      filter: filter.value,
      page: { limit, after: cursor.value?.after ?? null, question },
      values: values.value,
    },
  };
}

interface CommonValues {
  readonly minutes?: number | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly region?: string | undefined;
  readonly content_id?: string | undefined;
  readonly device_type?: string | undefined;
  readonly content_type?: string | undefined;
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

function cursorOf(
  text: string | undefined,
  question: string,
  { pages, minutesMax }: Pick<RangeQuery<z.ZodRawShape>, 'pages' | 'minutesMax'>,
): Parsed<Cursor | null> {
  if (text === undefined || !pages) return { ok: true, value: null };
  return readCursor(text, question, pages.shape, minutesMax);
}

/**
 * The region of that name, or all, of those that the caller may see: another is as one that does not exist (ACC-2).
 * While D1 does not answer, those that it told last.
 */
export async function namedRegions(
  db: D1Database,
  name: string | undefined,
  nowMs: number,
): Promise<readonly RegionEntry[] | { readonly response: Response }> {
  const known = await regionsOrNull(db, nowMs);
  if (!known) {
    const detail = 'The database does not answer, and with it the list of the regions.';
    return { response: problemResponse('storage_unavailable', detail) };
  }
  const asking = person();
  const seen = known.filter((region) => maySeeRegion(asking, region.name));
  const [example] = seen;
  if (!example) return { response: problemResponse('forbidden', 'Your role is limited to no region.') };
  const regions = name === undefined ? seen : seen.filter((region) => region.name === name);
  if (regions.length > 0) return regions;
  const message = `must be the name of a region, such as ${example.name}`;
  return { response: invalidParameters([{ parameter: 'region', message }]) };
}

async function regionsOrNull(db: D1Database, nowMs: number): Promise<readonly RegionEntry[] | null> {
  try {
    return await loadRegions(db, nowMs);
  } catch (error) {
    if (error instanceof NotMigratedError) throw error;
    logForRequest('error', 'regions_unread', errorFields(error));
    return null;
  }
}
