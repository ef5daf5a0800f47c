/** The answer of 202 to a request with events: types what the door says, and documents it. */
import * as z from 'zod';
import { errorsListedMax } from './limits.ts';

const count = (description: string) => z.int().min(0).describe(description);

/** A function, so that the Worker, which never asks, neither carries nor makes it. */
export function ingestAnswer() {
  const answerNote = z
    .strictObject({
      code: z.enum(['event_id_derived', 'time_of_receipt', 'nearest_region']),
      count: count('Records that it was added to'),
      message: z.string().describe('What was added, and what follows for a retry'),
    })
    .describe('Something the door had to add to records');

  const rejectedRecord = z
    .strictObject({
      index: z.int().min(0).describe('Position of the record in the request, from 0'),
      id: z.string().nullable().describe('Its event_id, if it has a readable one'),
      code: z.string().describe('Why, as one word'),
      pointer: z.string().describe('RFC 6901 pointer to the field at fault, relative to the record'),
      message: z.string().describe('Why, in words; never repeats a value'),
    })
    .describe('A record that was refused');

  return z.strictObject({
    receipt: z.string().describe('Name of the request, for support'),
    received: count('Records in the request: accepted + duplicates + rejected'),
    accepted: count('Records that are durably queued'),
    duplicates: count('Records that repeat another one of this request'),
    rejected: count('Records that were refused'),
    errors: z.array(rejectedRecord).max(errorsListedMax).describe('The first of the refused records'),
    errors_truncated: z.boolean().describe('Whether more were refused than are listed'),
    notes: z.array(answerNote).optional().describe('There only if a record had to be completed'),
  });
}

export type IngestAnswer = z.infer<ReturnType<typeof ingestAnswer>>;
export type AnswerNote = NonNullable<IngestAnswer['notes']>[number];
