/** Filters by a key of a dimension. Windows count each dimension by itself, so one of them at a time. */
import * as z from 'zod';
import type { Dimension } from '../../core/aggregate/counters.ts';
import { contentIdLengthMax, labelLengthMax } from '../../core/protocol/limits.ts';
import { once } from '../../core/protocol/once.ts';
import type { RangePart, RangeWant } from '../../storage/range-store.ts';
import { fault, type Parsed } from './parameters.ts';

const dimensionOf = {
  content_id: 'content',
  device_type: 'device',
  content_type: 'content_type',
} as const satisfies Record<string, Dimension>;

type FilterName = keyof typeof dimensionOf;
const filterNames = Object.keys(dimensionOf) as readonly FilterName[];

export interface DimensionFilter {
  readonly name: FilterName;
  readonly dimension: Dimension;
  readonly key: string;
}

/** Why a route cannot answer by a filter. */
export type RefusedFilters = Readonly<Partial<Record<FilterName, string>>>;

const key = (lengthMax: number) => z.string().min(1, 'must not be empty').max(lengthMax, 'is too long');

export const filterParameters = once(() => ({
  content_id: key(contentIdLengthMax)
    .optional()
    .describe(
      DESCRIBED &&
        'Counts only events of this content. At most one of content_id, device_type and content_type',
    )
    .meta(DESCRIBED && { example: 'film-001' }),
  device_type: key(labelLengthMax)
    .optional()
    .describe(
      DESCRIBED &&
        'Counts only events of this device type. At most one of content_id, device_type and content_type',
    )
    .meta(DESCRIBED && { example: 'tv' }),
  content_type: key(labelLengthMax)
    .optional()
    .describe(
      DESCRIBED &&
        'Counts only events of this content type. At most one of content_id, device_type and content_type',
    )
    .meta(DESCRIBED && { example: 'film' }),
}));

/** The parameters of a route that refuses some of them. */
export function filtersBut(refused: RefusedFilters): Partial<ReturnType<typeof filterParameters>> {
  const taken = Object.entries(filterParameters()).filter(([name]) => !(name in refused));
  return Object.fromEntries(taken);
}

/** The one filter that was given, or none. */
export function readFilter(
  given: Readonly<Partial<Record<FilterName, string | undefined>>>,
  query: URLSearchParams,
  refused: RefusedFilters,
): Parsed<DimensionFilter | null> {
  const impossible = filterNames.filter((name) => refused[name] !== undefined && query.has(name));
  if (impossible.length > 0)
    return fault(impossible.map((parameter) => ({ parameter, message: refused[parameter] as string })));
  const [name, ...more] = filterNames.filter((each) => given[each] !== undefined);
  if (more.length > 0) {
    const message = `cannot go with ${name}: windows count each by itself, not together`;
    return fault(more.map((parameter) => ({ parameter, message })));
  }
  if (name === undefined) return { ok: true, value: null };
  return { ok: true, value: { name, dimension: dimensionOf[name], key: given[name] as string } };
}

/** What has to be read beside totals to answer by a filter. */
export function wantedBy(filter: DimensionFilter | null): Pick<RangeWant, 'dimensions' | 'key'> {
  return { dimensions: filter ? [filter.dimension] : [], key: filter?.key ?? null };
}

const none: readonly number[] = [];

/** Counters of what passes the filter; perhaps without their trailing zeros. */
export function countersOf(part: RangePart, filter: DimensionFilter | null): readonly number[] {
  if (!filter) return part.counters;
  return part.entries[filter.dimension]?.find(([key]) => key === filter.key)?.[1] ?? none;
}
