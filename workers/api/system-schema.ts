/** The words of /api/system. docs/system.md says where each figure comes from. */
import * as z from 'zod';
import { costBases } from '../../core/cost/estimate.ts';
import { findingLevels, regionStates, systemParts, systemStates } from '../../core/system/judge.ts';
import { amount, count, time } from './answer-schema.ts';

const rate = (what: string) => amount(DESCRIBED && `${what} a second, over the last minute`);
const ageMs = (what: string) => count(DESCRIBED && `${what}, ms; null where there is nothing`).nullable();
const bounds = (what: string) =>
  z
    .strictObject({
      low: z
        .number()
        .min(0)
        .describe(DESCRIBED && 'At least'),
      high: z
        .number()
        .min(0)
        .describe(DESCRIBED && 'At most'),
    })
    .describe(what);

const finding =
  DESCRIBED &&
  z.strictObject({
    level: z.enum(findingLevels).describe('`unknown`: what would tell does not answer'),
    part: z.enum(systemParts).describe('Where in the picture'),
    text: z.string().describe('What it is, in a sentence'),
  });

export const regionSchema =
  DESCRIBED &&
  z.strictObject({
    region: z.string().describe('Name of the region'),
    state: z
      .enum(regionStates)
      .describe('`idle`: nothing within an hour; `silent`: events within an hour, and none for a minute'),
    events_per_second: rate('Events that were committed'),
    late_per_second: rate('Of them too late for the stream'),
    duplicates_per_second: rate('Of them there already'),
    commits_per_second: rate('Calls that committed something'),
    last_received_at: time('When its newest event came to a door; null without').nullable(),
    watermark_behind_ms: ageMs('How far its watermark stands behind now'),
    queue_wait_ms: ageMs('From the door to the commit, mean of the last minute'),
    in_flight: count('Events that were accepted and are on the way, as later ones show'),
    overdue: count('The same, longer than a queue takes'),
    d1_windows_due: count('Closed minutes that D1 lacks'),
    d1_behind_ms: ageMs('For how long D1 has lacked the oldest'),
    lake_behind_ms: ageMs('How long ago the oldest row that is not sealed was committed'),
  });

const doors =
  DESCRIBED &&
  z
    .strictObject({
      requests_per_second: rate('POSTs with at least one accepted record, as the regions tell them apart,'),
      requests_counted: z.boolean().describe('False where a part of the minute stands for all of it'),
      rejected: count('Records that were rejected in the last hour; null to a limited role').nullable(),
      rejects: z
        .array(
          z.strictObject({
            producer: z.string().describe('Account'),
            code: z.string().describe('Why'),
            records: count('How many in the last hour'),
          }),
        )
        .describe('By producer and reason, most first'),
      samples: z
        .array(
          z.strictObject({
            at: time('Minute of receipt'),
            producer: z.string().describe('Account'),
            code: z.string().describe('Why'),
            id: z.string().nullable().describe('`event_id` as it was sent; null where it could not be read'),
            pointer: z.string().describe('Where in the record'),
            message: z.string().describe('What is wrong there'),
          }),
        )
        .describe('Some of them, newest first'),
    })
    .describe('Where events come in');

const work =
  DESCRIBED &&
  z.strictObject({
    kind: z.enum(['batch', 'replay', 'etl']).describe('What it is'),
    id: z.string().describe('Its id'),
    state: z.string().describe('As its own address tells it'),
    failed: z.boolean().describe('Whether it, or a part of it, failed'),
    over: z.boolean().describe('Whether it has ended'),
    what: z.string().describe('The hour, hours or files that it is about'),
    share_done: z.number().min(0).max(1).nullable().describe('0 to 1; null where it cannot be told'),
    error: z.string().nullable().describe('Why it failed or waits; null where neither'),
    progressed_at: time('When it last got on'),
  });

const costLine =
  DESCRIBED &&
  z.strictObject({
    item: z.string().describe('What is paid for'),
    unit: z.string().describe('Unit of the operations'),
    basis: z
      .enum(costBases)
      .describe('`derived`: follows from what was counted; `assumed`: as the code does it'),
    why: z.string().describe('What it is made of'),
    per_day: bounds('Operations a day'),
    usd_per_day: bounds('US dollars a day'),
  });

const deadLetters =
  DESCRIBED &&
  z
    .strictObject({
      count: count('Letters that were found'),
      whole: z.boolean().describe('False where there are more than were counted'),
      at: time('When they were counted'),
      kinds: z
        .array(
          z.strictObject({
            code: z.string().describe('Why they were refused'),
            message: z.string().describe('The error of the newest, in words'),
            region: z.string().nullable().describe('Null where no chunk could be read'),
            producer: z.string().nullable().describe('Account; null where no chunk could be read'),
            letters: count('How many'),
            events: count('Events in them, as far as is known'),
            sendable: z.boolean().describe('Whether they may be sent again'),
            newest_at: time('When the newest came in'),
          }),
        )
        .describe('By region, producer and reason, most first'),
    })
    .describe('What could not be processed; null where it could not be counted');

export const systemAnswer =
  DESCRIBED &&
  z.strictObject({
    data: z.strictObject({
      at: time('Time of the server'),
      state: z.enum(systemStates).describe('The worst of the findings; `idle`: well, but nobody sends'),
      findings: z.array(finding).describe('What is wrong, worst first'),
      doors,
      queue: z
        .strictObject({
          messages_per_second: bounds('Messages a second: between what must be and what can be'),
          wait_ms: ageMs('From the door to the commit, mean of all regions'),
          wait_ms_max: ageMs('The longest'),
          in_flight: count('Events on the way, as later ones show'),
          overdue: count('The same, longer than a queue takes'),
        })
        .describe('Between the doors and the regions'),
      regions: z.array(regionSchema).describe('By name of the registry'),
      regions_left_out: count('Regions that were not asked: more than one answer asks'),
      events_per_second: rate('Events that all regions committed'),
      d1: z
        .strictObject({
          windows_per_second: rate('Minutes of regions that D1 confirmed'),
          windows_due: count('Closed minutes that D1 lacks'),
          behind_ms: ageMs('For how long D1 has lacked the oldest'),
        })
        .describe('The tables that answers come from'),
      lake: z
        .strictObject({
          parts: count('Parts that were sealed in the last hour; null where it could not be read').nullable(),
          events: count('Events in them').nullable(),
          bytes: count('Their bytes').nullable(),
          behind_ms: ageMs('How long ago the oldest row that is not sealed was committed'),
        })
        .describe('Parquet in R2'),
      hubs: z
        .strictObject({
          viewers: count('Sockets; null where the hub does not answer').nullable(),
          readers: count('Streams of server-sent events').nullable(),
          changes_per_second: rate('Commits of regions that a hub is told of'),
        })
        .describe('What viewers are connected to'),
      dead_letters: deadLetters.nullable(),
      accounts: z
        .strictObject({
          adds_up: z.boolean().describe('Whether every accepted event of the last hour is accounted for'),
          explanation: z.string().describe('The same in a sentence'),
          at: time('When this was found'),
        })
        .nullable()
        .describe('As /api/reconcile has it; null where it could not be read'),
      runs: z
        .array(work)
        .nullable()
        .describe('What goes on, then what was over last; null where it could not be read'),
      runs_waiting: count('Runs of the batch layer that wait').nullable(),
      cost: z
        .strictObject({
          prices_of: z.string().describe('Whose prices, and of when'),
          usd_per_day: bounds('Of a day like the last minute'),
          usd_per_million: bounds('Of a million events; null without events').nullable(),
          lines: z.array(costLine).describe('What it is made of'),
        })
        .describe('An estimate: what the plan includes is not taken off'),
    }),
  });
