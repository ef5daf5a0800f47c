import * as z from 'zod';
import { pageRowsMax, rangeMinutesMax, windowMs } from '../../core/protocol/limits.ts';
import { once } from '../../core/protocol/once.ts';
import { parseTimestamp } from '../../core/protocol/timestamp.ts';
import type { ParameterFault } from './problem-response.ts';

/** Whole minutes, from <= minute < to. */
export interface MinuteRange {
  readonly fromMinute: number;
  readonly toMinute: number;
}

export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly faults: readonly ParameterFault[] };

export function wholeNumber(min: number, max: number) {
  const message = `must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,15}$/, { message, abort: true })
    .transform(Number)
    .refine((value) => value >= min && value <= max, { message })
    .meta(DESCRIBED && { type: 'integer', minimum: min, maximum: max });
}

/** How many rows a page has. */
export function pageLimit(limitDefault: number) {
  return wholeNumber(1, pageRowsMax)
    .optional()
    .describe(DESCRIBED && `Rows of a page, 1 to ${pageRowsMax}. ${limitDefault} where it is not given`)
    .meta(DESCRIBED && { example: String(limitDefault) });
}

/** Epoch minutes have 26 bits in a key: to the year 2097. */
const timeMsEnd = 2 ** 26 * windowMs;

/** A time of a query, in ms. */
export const instant = once(() =>
  z.string().transform((text, context) => {
    // In a query an unescaped plus sign means a space: "...T00:00:00+02:00" arrives as "...T00:00:00 02:00".
    const ms = parseTimestamp(
      text.replace(/ (\d\d:?\d\d)$/, (zone) => (text.includes('T') ? `+${zone.slice(1)}` : zone)),
    );
    if (ms !== null && ms >= 0 && ms < timeMsEnd) return ms;
    context.addIssue({ code: 'custom', message: 'must be a time, as epoch ms or ISO 8601' });
    return z.NEVER;
  }),
);

/** What every question about a range takes. */
export function rangeParameters(minutesDefault: number, minutesMax = rangeMinutesMax) {
  return {
    minutes: wholeNumber(1, minutesMax)
      .optional()
      .describe(
        DESCRIBED &&
          `Length of the range in minutes, 1 to ${minutesMax}: up to \`to\`, else up to now with the open minute. ` +
            `${minutesDefault} where neither it nor \`from\` is given`,
      )
      .meta(DESCRIBED && { example: String(minutesDefault) }),
    from: instant()
      .optional()
      .describe(DESCRIBED && 'Start of the range, ISO 8601 or epoch ms, rounded down to a minute')
      .meta(DESCRIBED && { example: '2026-11-21T03:00:00Z' }),
    to: instant()
      .optional()
      .describe(
        DESCRIBED &&
          `End of the range, which is not part of it, ISO 8601 or epoch ms, rounded up to a minute; at most ` +
            `${minutesMax} minutes after \`from\`. The end of the open minute where it is not given`,
      )
      .meta(DESCRIBED && { example: '2026-11-21T03:30:00Z' }),
    region: z
      .string()
      .optional()
      .describe(DESCRIBED && 'Name of one region; all of them where it is not given')
      .meta(DESCRIBED && { example: 'EU-London' }),
  };
}

/** Reads the known parameters of a query; others are ignored, one that is given twice is a fault. */
export function parseParameters<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  query: URLSearchParams,
): Parsed<z.output<z.ZodObject<Shape>>> {
  const names = Object.keys(schema.shape);
  const twice = names.filter((name) => query.getAll(name).length > 1);
  if (twice.length > 0)
    return fault(twice.map((parameter) => ({ parameter, message: 'is given more than once' })));
  const given = names.flatMap((name) => {
    const value = query.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  const parsed = schema.safeParse(Object.fromEntries(given));
  if (parsed.success) return { ok: true, value: parsed.data };
  return fault(parsed.error.issues.map(({ path, message }) => ({ parameter: String(path[0]), message })));
}

export const fault = (faults: readonly ParameterFault[]) => ({ ok: false, faults }) as const;

/**
 * The minutes that a question is about: the last `minutes` with the open one, or from `from` (rounded down to a
 * minute) to `to` (rounded up; by default the end of the open minute), half-open.
 */
export function resolveRange(
  given: {
    readonly minutes?: number | undefined;
    readonly from?: number | undefined;
    readonly to?: number | undefined;
  },
  minutesDefault: number,
  nowMs: number,
  minutesMax = rangeMinutesMax,
): Parsed<MinuteRange> {
  if (given.minutes !== undefined && given.from !== undefined) {
    return fault([{ parameter: 'minutes', message: 'goes with to or alone, not with from' }]);
  }
  const toMinute = given.to === undefined ? Math.floor(nowMs / windowMs) + 1 : Math.ceil(given.to / windowMs);
  const length = given.minutes ?? minutesDefault;
  const fromMinute =
    given.from === undefined ? Math.max(0, toMinute - length) : Math.floor(given.from / windowMs);
  if (fromMinute >= toMinute) return fault([{ parameter: 'from', message: 'must be before to' }]);
  if (toMinute - fromMinute > minutesMax) {
    return fault([{ parameter: 'from', message: `must be at most ${minutesMax} minutes before to` }]);
  }
  return { ok: true, value: { fromMinute, toMinute } };
}

/** Without control characters. Not as `\p{Cc}`: readers of the description may know no such classes. */
export const oneLine = /^[ -~\u00a0-\uffff]*$/;
