/** The words of /api/reconcile. */
import * as z from 'zod';
import { hourStates } from '../../core/account/hour-check.ts';
import { once } from '../../core/protocol/once.ts';
import { count, time } from './answer-schema.ts';

const ofDoor = 'null for one region or a limited role: what was rejected is of no region';

const figures = once(() => ({
  received: count(DESCRIBED && `Records that came: accepted, rejected and twins; ${ofDoor}`).nullable(),
  accepted: count(DESCRIBED && 'Records that got a number at the door: all that follow, added up'),
  rejected: count(DESCRIBED && `Records that were rejected at the door; ${ofDoor}`).nullable(),
  twins: count(DESCRIBED && 'Records that repeated another of the same request'),
  counted: count(DESCRIBED && 'Events that count in the live figures'),
  late: count(
    DESCRIBED && 'Events that came too late for them; the batch layer counts those that are no twins',
  ),
  duplicates: count(DESCRIBED && 'Events that were there already'),
  dead_lettered: count(
    DESCRIBED && 'Events in chunks that could not be taken, kept in the dead-letter store',
  ),
  in_flight: count(
    DESCRIBED && 'Numbers that are known to have been given out within the last 15 minutes and have not come',
  ),
  overdue: count(DESCRIBED && 'The same, older; the queue may still bring them'),
  missing: count(DESCRIBED && 'The same, older than the queue keeps anything: lost'),
}));

const byCode = once(() => z.record(z.string(), z.number()).describe(DESCRIBED && 'Rejected records by code'));
const addsUp = once(() =>
  z.boolean().describe(DESCRIBED && 'Whether every accepted event is accounted for, and counted once'),
);
const producer = once(() =>
  z.string().describe(DESCRIBED && 'Account of the producer; empty where it is not known any more'),
);

export const lineSchema = once(() =>
  z.strictObject({
    minute: time(DESCRIBED && 'Start of the minute of receipt'),
    producer: producer(),
    ...figures(),
    rejected_by_code: byCode(),
    adds_up: addsUp(),
    explanation: z.string().describe(DESCRIBED && 'Why it does not; empty where it does'),
  }),
);

export const producerSchema =
  DESCRIBED && z.strictObject({ producer: producer(), ...figures(), adds_up: addsUp() });

export const totalsSchema =
  DESCRIBED &&
  z.strictObject({ ...figures(), rejected_by_code: byCode() }).describe('Sums over the whole range');

export const hourSchema =
  DESCRIBED &&
  z.strictObject({
    region: z.string().describe('Name of the region'),
    hour: time('Start of the hour of event time'),
    state: z
      .enum(hourStates)
      .describe(
        '`equal`: batch says what the stream said; `explained`: all of the difference came late; `open`: not computed ' +
          'yet; `stale`: new parts have come since; `fault`: a difference that nothing explains',
      ),
    stream: count('Events that the stream counted, as the parts of the lake hold them'),
    batch: count('Events that the batch layer counted; null before its first run').nullable(),
    served: count('Events of the row that the API answers by; null where there is none').nullable(),
    difference: z.int().nullable().describe('batch - stream; null before the first run'),
    late: count('Events in parts of what came late'),
    late_added: count('Of them, those that count now; null before the first run').nullable(),
    late_twins: count('Twins that the last run has dropped; null before the first').nullable(),
    erased: count('Events that were erased on request: none, so far'),
    parts: count('Parts of the lake'),
    explanation: z.string().describe('What makes the difference; empty where there is none'),
  });

export const reconcileAnswer =
  DESCRIBED &&
  z.strictObject({
    data: z.array(lineSchema()).describe('By minute of receipt and producer, newest first: a page'),
    count: count('Rows in data'),
    adds_up: addsUp(),
    explanation: z.string().describe('The same in a sentence'),
    totals: totalsSchema,
    producers: z.array(producerSchema).describe('Sums by producer'),
    hours: z.array(hourSchema).describe('Stream against batch, of the hours of event time in the range'),
    meta: z
      .strictObject({
        from: time('Start of the range'),
        to: time('End of the range, which is not part of it'),
        next_cursor: z.string().nullable().describe('`cursor` of the next page; null at the end'),
        warnings: z.array(z.string()).optional().describe('What is missing in the answer, and why'),
      })
      .describe('Of what range, and how it goes on'),
  });
