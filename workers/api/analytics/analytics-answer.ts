/** What stands around the data in answers of the analytics API. */
import * as z from 'zod';
import { count, time } from '../answer-schema.ts';

const span = (what: string) =>
  z.strictObject({ from: time('Its start'), to: time('Its end, which is not part of it') }).describe(what);

const metaShape = DESCRIBED && {
  from: time('Start of the range'),
  to: time('End of the range, which is not part of it'),
  tz: z.string().describe('Time zone of its days, hours and weeks'),
  compare: span('The days before that the range is compared with; null without `compare`').nullable(),
  updated_at: time('When the newest session that the warehouse has began; null without any').nullable(),
  source: z.literal('warehouse').describe('What counted this'),
  users_one_in: count('Sessions of the stream are of one user in so many, 1: of all. Not scaled').min(1),
  warnings: z.array(z.string()).optional().describe('What is missing in the answer, and why'),
};
const meta = DESCRIBED && z.strictObject(metaShape).describe('Of what range and how fresh the answer is');
const pageMeta =
  DESCRIBED &&
  z
    .strictObject({
      ...metaShape,
      next_cursor: z.string().nullable().describe('`cursor` of the next page; null at the end'),
    })
    .describe('Of what range and how fresh the answer is, and how it goes on');

export const objectAnswer = <T extends z.ZodType>(data: T) => z.strictObject({ data, meta });
export const rowsAnswer = <T extends z.ZodType>(row: T) =>
  z.strictObject({ data: z.array(row), count: count('Rows in data'), meta });
export const pageAnswer = <T extends z.ZodType>(row: T) =>
  z.strictObject({ data: z.array(row), count: count('Rows in data'), meta: pageMeta });
