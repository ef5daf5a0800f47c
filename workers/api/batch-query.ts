/** Questions about a range of the batch layer: whole hours or days of UTC, of some regions. */
import * as z from 'zod';
import { windowMs } from '../../core/protocol/limits.ts';
import type { HourRange } from '../../storage/batch-table-store.ts';
import { pageParameters, questionOf, type Ranking, readCursor } from './cursor.ts';
import { filterParameters } from './dimension-filter.ts';
import { fault, instant, type Parsed, parseParameters, wholeNumber } from './parameters.ts';
import { invalidParameters } from './problem-response.ts';
import { type ApiContext, namedRegions, type PageQuery, type StatsQuery } from './stats-query.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

export interface BatchQueryOptions {
  /** The range is rounded to whole hours, or to whole days. */
  readonly unit: 'hour' | 'day';
  readonly daysMax: number;
  readonly contentFilter: boolean;
  readonly own?: () => z.ZodRawShape;
  readonly shape: Ranking<never>['shape'];
}

export interface BatchQuery extends HourRange, Pick<StatsQuery, 'regions'> {
  readonly contentId: string | null;
  readonly page: PageQuery;
}

const daysDefault = 7;
const limitDefault = 100;

/** What is checked and what is documented. */
export function batchParameters({ unit, daysMax, contentFilter, own }: BatchQueryOptions) {
  return z.object({
    days: wholeNumber(1, daysMax)
      .optional()
      .describe(
        DESCRIBED &&
          `Length of the range in days, 1 to ${daysMax}: up to \`to\`, else up to now. ` +
            `${daysDefault} where neither it nor \`from\` is given`,
      )
      .meta(DESCRIBED && { example: String(daysDefault) }),
    from: instant()
      .optional()
      .describe(
        DESCRIBED && `Start of the range, ISO 8601 or epoch ms, rounded down to a whole ${unit} of UTC`,
      )
      .meta(DESCRIBED && { example: '2026-11-20T00:00:00Z' }),
    to: instant()
      .optional()
      .describe(
        DESCRIBED &&
          `End of the range, which is not part of it, ISO 8601 or epoch ms, rounded up to a whole ${unit} of UTC; ` +
            `at most ${daysMax} days after \`from\`. The end of this ${unit} where it is not given`,
      )
      .meta(DESCRIBED && { example: '2026-11-21T00:00:00Z' }),
    region: z
      .string()
      .optional()
      .describe(DESCRIBED && 'Name of one region; all of them where it is not given')
      .meta(DESCRIBED && { example: 'EU-London' }),
    ...(contentFilter
      ? {
          content_id: filterParameters()
            .content_id.describe(DESCRIBED && 'Counts only events of this content')
            .meta(DESCRIBED && { example: 'film-001' }),
        }
      : {}),
    ...pageParameters(limitDefault),
    ...own?.(),
  });
}

interface Values {
  readonly days?: number;
  readonly from?: number;
  readonly to?: number;
  readonly region?: string;
  readonly content_id?: string;
  readonly limit?: number;
  readonly cursor?: string;
}

/** Checks the parameters of a question. */
export async function batchQuery(
  context: ApiContext,
  options: BatchQueryOptions,
  schema: ReturnType<typeof batchParameters>,
  nowMs: number,
): Promise<{ readonly query: BatchQuery } | { readonly response: Response }> {
  const url = new URL(context.req.url);
  const parsed = parseParameters(schema, url.searchParams);
  if (!parsed.ok) return { response: invalidParameters(parsed.faults) };
  const given = parsed.value as Values;
  const question = questionOf(url.pathname, Object.keys(schema.shape), url.searchParams);
  const minutesMax = options.daysMax * 1440;
  const cursor =
    given.cursor === undefined ? null : readCursor(given.cursor, question, options.shape, minutesMax);
  if (cursor && !cursor.ok) return { response: invalidParameters(cursor.faults) };
  const range = resolveHours(given, options, nowMs);
  if (!range.ok) return { response: invalidParameters(range.faults) };
  const regions = await namedRegions(context.env.DB, given.region, nowMs);
  if ('response' in regions) return regions;
  const page = { limit: given.limit ?? limitDefault, after: cursor?.value.after ?? null, question };
  const held = cursor?.value.range;
  const { fromHour, toHour } = held
    ? { fromHour: held.fromMinute / 60, toHour: held.toMinute / 60 }
    : range.value;
  return { query: { fromHour, toHour, regions, contentId: given.content_id ?? null, page } };
}

/** Start of the range, as a cursor of pages counts it. */
export const minutesOf = ({ fromHour, toHour }: HourRange) => ({
  fromMinute: (fromHour * hourMs) / windowMs,
  toMinute: (toHour * hourMs) / windowMs,
});

/** The hours that a question is about. */
function resolveHours(
  given: Pick<Values, 'days' | 'from' | 'to'>,
  { unit, daysMax }: Pick<BatchQueryOptions, 'unit' | 'daysMax'>,
  nowMs: number,
): Parsed<HourRange> {
  if (given.days !== undefined && given.from !== undefined)
    return fault([{ parameter: 'days', message: 'goes with to or alone, not with from' }]);
  const unitMs = unit === 'day' ? dayMs : hourMs;
  const toMs = given.to === undefined ? nowMs + 1 : given.to;
  const to = Math.ceil(toMs / unitMs) * unitMs;
  const length = (given.days ?? daysDefault) * dayMs;
  const from = given.from === undefined ? Math.max(0, to - length) : Math.floor(given.from / unitMs) * unitMs;
  if (from >= to) return fault([{ parameter: 'from', message: 'must be before to' }]);
  if (to - from > daysMax * dayMs)
    return fault([{ parameter: 'from', message: `must be at most ${daysMax} days before to` }]);
  return { ok: true, value: { fromHour: from / hourMs, toHour: to / hourMs } };
}
