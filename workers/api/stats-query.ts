import type { Context } from 'hono';
import * as z from 'zod';
import { windowMs } from '../../core/protocol/limits.ts';
import type { RegionEntry } from '../../core/protocol/region.ts';
import { loadRegions } from '../../storage/region-registry.ts';
import type { WindowTotals } from '../../storage/window-store.ts';
import type { Env } from '../env.ts';
import { isoTime } from './figures.ts';
import { type MinuteRange, parseParameters, rangeParameters, resolveRange } from './parameters.ts';
import { invalidParameters, jsonResponse } from './problem-response.ts';
import type { RangeState } from './range-reader.ts';

export type ApiContext = Context<{ Bindings: Env }>;

/** A checked question about a range. */
export interface StatsQuery<Values> {
  readonly range: MinuteRange;
  /** The regions it is about: one, or all of the registry. */
  readonly regions: readonly RegionEntry[];
  readonly values: Values;
}

type Answered<Values> = { readonly query: StatsQuery<Values> } | { readonly response: Response };

/** The parameters of a question about a range, with the route's own: what is checked and what is documented. */
export function rangeQuery<Shape extends z.ZodRawShape>(
  minutesDefault: number,
  own: Shape,
): RangeQuery<Shape> {
  const ranged = z.object(rangeParameters(minutesDefault));
  return { minutesDefault, ranged, own: z.object(own), documented: ranged.extend(own) };
}

export interface RangeQuery<Shape extends z.ZodRawShape> {
  readonly minutesDefault: number;
  readonly ranged: z.ZodObject<ReturnType<typeof rangeParameters>>;
  readonly own: z.ZodObject<Shape>;
  readonly documented: z.ZodObject;
}

/** Checks the parameters of a question. */
export async function statsQuery<Shape extends z.ZodRawShape>(
  context: ApiContext,
  asked: RangeQuery<Shape>,
  nowMs: number,
): Promise<Answered<z.output<z.ZodObject<Shape>>>> {
  const query = new URL(context.req.url).searchParams;
  const ranged = parseParameters(asked.ranged, query);
  const values = parseParameters(asked.own, query);
  const faults = [ranged, values].flatMap((parsed) => (parsed.ok ? [] : parsed.faults));
  if (!ranged.ok || !values.ok) return { response: invalidParameters(faults) };
  const range = resolveRange(ranged.value, asked.minutesDefault, nowMs);
  if (!range.ok) return { response: invalidParameters(range.faults) };
  const known = await loadRegions(context.env.DB, nowMs);
  const { region } = ranged.value;
  const regions = region === undefined ? known : known.filter(({ name }) => name === region);
  if (regions.length === 0) {
    const message = `must be the name of a region, such as ${known[0]?.name}`;
    return { response: invalidParameters([{ parameter: 'region', message }]) };
  }
  return { query: { range: range.value, regions, values: values.value } };
}

/**
 * The lowest watermark of the regions with events in the range, ms: before it, late events excepted, nothing changes.
 * Null where no such region answers.
 */
export function watermarkOf({ windows, answers }: RangeState<WindowTotals>): number | null {
  const active = new Set(windows.map(({ regionNumber }) => regionNumber));
  const watermarks = answers
    .filter(({ regionNumber }) => active.has(regionNumber))
    .map((answer) => answer.watermark);
  return watermarks.length === 0 ? null : Math.min(...watermarks);
}

/** `meta` of every answer about a range (API-1). `updated_at`: when the newest event in the regions was received. */
function freshness(state: RangeState<WindowTotals>) {
  const watermark = watermarkOf(state);
  const received = state.answers.map(({ lastReceivedAt }) => lastReceivedAt).filter((at) => at !== null);
  return {
    from: isoTime(state.range.fromMinute * windowMs),
    to: isoTime(state.range.toMinute * windowMs),
    watermark: watermark === null ? null : isoTime(watermark),
    updated_at: received.length === 0 ? null : isoTime(Math.max(...received)),
    source: 'stream',
    ...(state.warnings.length === 0 ? {} : { warnings: state.warnings }),
  };
}

export function rangeAnswer(state: RangeState<WindowTotals>, data: unknown): Response {
  const count = Array.isArray(data) ? { count: data.length } : {};
  return jsonResponse({ data, ...count, meta: freshness(state) });
}
