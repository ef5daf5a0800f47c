/** Parts of the answers' schemas. Their words are the API's documentation; tests hold real answers against them. */
import * as z from 'zod';
import { eventTypes } from '../../core/protocol/event-type.ts';
import { once } from '../../core/protocol/once.ts';
import { rangeSources } from './range-reader.ts';

/** Made once: its expression is a large one. */
const instant = once(() => z.iso.datetime());
export const time = (what: string) => instant().describe(DESCRIBED && `${what}, ISO 8601 in UTC`);
export const count = (what: string) => z.int().min(0).describe(what);
export const amount = (what: string) => z.number().min(0).describe(what);
/** 0 to 1; null where there is nothing to divide by. */
export const share = (what: string) => z.number().min(0).max(1).nullable().describe(what);

const rangeMetaShape = DESCRIBED && {
  from: time(DESCRIBED && 'Start of the range'),
  to: time(DESCRIBED && 'End of the range, which is not part of it'),
  watermark: time(
    DESCRIBED &&
      'Up to here all active regions have passed; before it only late events change anything. Null where none is active',
  ).nullable(),
  updated_at: time(
    DESCRIBED && 'When the newest event of these regions was received; null where none is remembered',
  ).nullable(),
  source: z
    .enum(rangeSources)
    .describe(
      DESCRIBED && 'Which layer counted this: `batch` has added what came late, and taken out late twins',
    ),
  warnings: z
    .array(z.string())
    .optional()
    .describe(DESCRIBED && 'What is missing in the answer, and why'),
};

const rangeMeta =
  DESCRIBED && z.strictObject(rangeMetaShape).describe(DESCRIBED && 'How fresh the answer is, and of what');

/** An answer about a range that is one object. */
export function objectAnswer<T extends z.ZodType>(data: T) {
  return DESCRIBED && z.strictObject({ data, meta: rangeMeta });
}

/** An answer about a range that is all of its rows. */
export function rowsAnswer<T extends z.ZodType>(row: T) {
  return (
    DESCRIBED &&
    z.strictObject({ data: z.array(row), count: count(DESCRIBED && 'Rows in data'), meta: rangeMeta })
  );
}

const pageMeta =
  DESCRIBED &&
  z
    .strictObject({
      ...rangeMetaShape,
      next_cursor: z.string().nullable().describe('`cursor` of the next page; null at the end'),
    })
    .describe('How fresh the answer is, of what, and how it goes on');

/** An answer about a range that is a page of its rows. */
export function pageAnswer<T extends z.ZodType>(row: T) {
  return (
    DESCRIBED &&
    z.strictObject({ data: z.array(row), count: count(DESCRIBED && 'Rows in data'), meta: pageMeta })
  );
}

export const windowShape = once(() => ({
  window_start: time(DESCRIBED && 'Start of the minute'),
  window_end: time(DESCRIBED && 'Its end, which is not part of it'),
}));

export const downloadShape = once(() => ({
  total_downloads: count(DESCRIBED && 'Events of type `download`'),
  successful_downloads: count(DESCRIBED && 'Downloads with status `success` or `slow`'),
  failed_downloads: count(DESCRIBED && 'Downloads with status `failed`'),
  slow_downloads: count(DESCRIBED && 'Downloads with status `slow`'),
  success_rate: share(DESCRIBED && 'successful_downloads / total_downloads; null without downloads'),
  error_rate: share(DESCRIBED && 'failed_downloads / total_downloads; null without downloads'),
  avg_speed_mbps: amount(
    DESCRIBED && 'Mean speed of the downloads that told one, Mbit/s; null without',
  ).nullable(),
}));

export const viewingShape = once(() => ({
  watched_seconds: amount(DESCRIBED && 'Watch time'),
  completions: count(DESCRIBED && 'Events of type `complete`'),
  rating_count: count(DESCRIBED && 'Ratings'),
  avg_rating: amount(DESCRIBED && 'Mean rating, 1 to 10; null without').nullable(),
  buffering_count: count(DESCRIBED && 'Stalls of players'),
  bytes: count(DESCRIBED && 'Bytes transferred'),
}));

export const eventCounts =
  DESCRIBED &&
  z
    .strictObject(
      Object.fromEntries(
        eventTypes.map((type) => [type, count(DESCRIBED && `Events of type \`${type}\``)]),
      ) as Record<(typeof eventTypes)[number], z.ZodInt>,
    )
    .describe(DESCRIBED && 'Events by type');
