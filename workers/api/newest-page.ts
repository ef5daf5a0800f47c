/** Pages of what has a time and an id, newest first. A cursor is both of the last row that was given. */
import * as z from 'zod';
import { count } from './answer-schema.ts';
import { pageLimit } from './parameters.ts';

export const limitDefault = 100;

/** The last row of the page before. */
export interface PageAfter {
  readonly atMs: number;
  readonly id: string;
}

/** Parameters of such a page. `id`: one, for the example. */
export function newestPage(id: string) {
  return {
    limit: pageLimit(limitDefault),
    cursor: z
      .string()
      .regex(/^\d{1,15}_[\w-]{1,64}$/, 'is none that was given')
      .optional()
      .describe(DESCRIBED && '`meta.next_cursor` of the page before, for the page after it')
      .meta(DESCRIBED && { example: `1795230000000_${id}` }),
  };
}

export function newestPageAnswer<Row extends z.ZodType>(row: Row) {
  return z.strictObject({
    data: z.array(row),
    count: count(DESCRIBED && 'Rows in data'),
    meta: z
      .strictObject({
        next_cursor: z
          .string()
          .nullable()
          .describe(DESCRIBED && '`cursor` of the next page; null at the end'),
      })
      .describe(DESCRIBED && 'How it goes on'),
  });
}

/** Null for the first page. */
export function afterOf(cursor: string | undefined): PageAfter | null {
  if (cursor === undefined) return null;
  const at = cursor.indexOf('_');
  // Later than any time that a Date holds is as the latest one.
  return { atMs: Math.min(Number(cursor.slice(0, at)), 8.64e15), id: cursor.slice(at + 1) };
}

export const cursorOf = (atMs: number, id: string): string => `${atMs}_${id}`;
