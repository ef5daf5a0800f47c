// What producers do to their records on the way: say them twice, late, in pieces, or by a clock that is wrong.
import { Random } from '../random.ts';
import type { OutgoingRecord, Scenario } from '../scenario.ts';
import { spoil } from './spoiled-record.ts';

/** Of all records; of the viewers in the last line. */
const shares = { spoiled: 0.02, farFuture: 0.005, late: 0.03, twins: 0.1, wrongClocks: 0.02 } as const;
/** Of the late ones: beyond the allowed lateness of 10 minutes. */
const tooLateShare = 0.2;
const minutes = (n: number): number => n * 60_000;
/** A window of a minute lives for 10 minutes behind its end. Both keep a minute's distance, for a service that is slow. */
const lateMs = { least: minutes(1), most: minutes(8) } as const;
const tooLateMs = { least: minutes(12), most: minutes(13) } as const;
/** Of those twins that are not sent along with their record. */
const twinDelayMs = { least: 1_000, most: 60_000 } as const;
/** The door takes times up to 5 minutes ahead. */
const clockErrorMs = { least: minutes(1), most: minutes(4) } as const;

export function messy(seed: number): Scenario {
  return {
    name: 'messy',
    story:
      '10 % of the records come twice, 3 % late (a fifth of them too late), 2 % broken, 0.5 % from the far future; ' +
      '2 % of the viewers have a wrong clock',
    delayMsMax: tooLateMs.most + twinDelayMs.most,
    send(record) {
      const random = new Random(seed, 'messy', record.event.event_id);
      return twice(delayed(byItsClock(record, seed), random), random);
    },
  };
}

/**
 * The record as told by its device. Downloads are told by the servers that send them, whose clocks are right: a block
 * of downloads has exactly 8 % of failures, and a failure that strayed into another minute would make an alert there.
 */
function byItsClock(record: OutgoingRecord, seed: number): OutgoingRecord {
  if (record.event.event_type === 'download') return record;
  const random = new Random(seed, 'clock', record.event.user_id);
  if (!random.chance(shares.wrongClocks)) return record;
  const size = random.between(clockErrorMs.least, clockErrorMs.most);
  const error = Math.round(random.chance(0.5) ? size : -size);
  const event = { ...record.event, timestamp: record.event.timestamp + error };
  return { ...record, event, text: JSON.stringify(event) };
}

function delayed(record: OutgoingRecord, random: Random): OutgoingRecord {
  const dice = random.between(0, 1);
  if (dice < shares.spoiled) return spoil(record, random);
  if (dice < shares.spoiled + shares.farFuture) return fromTheFuture(record, random);
  // One that is late by its clock already would be later than meant.
  const isOnTime = record.event.timestamp === record.dueMs;
  if (!isOnTime || dice >= shares.spoiled + shares.farFuture + shares.late) return record;
  return random.chance(tooLateShare)
    ? { ...record, dueMs: after(record, tooLateMs, random), expected: 'late' }
    : { ...record, dueMs: after(record, lateMs, random) };
}

function fromTheFuture(record: OutgoingRecord, random: Random): OutgoingRecord {
  const years = random.between(20, 70);
  const timestamp = Math.round(record.event.timestamp + years * 365.25 * 24 * minutes(60));
  const text = JSON.stringify({ ...record.event, timestamp });
  return { ...record, text, expected: 'rejected', code: 'time_in_future' };
}

/**
 * A twin of what counts is a twin; of anything else, it is what that was. One that is too late comes again by itself:
 * in the same request the door would see a twin, and in two requests the shard two late ones.
 */
function twice(record: OutgoingRecord, random: Random): readonly OutgoingRecord[] {
  if (!random.chance(shares.twins)) return [record];
  const isAtOnce = random.chance(0.5) && record.expected !== 'late';
  const dueMs = isAtOnce ? record.dueMs : after(record, twinDelayMs, random);
  return [record, { ...record, dueMs, expected: record.expected === 'accepted' ? 'twin' : record.expected }];
}

function after({ dueMs }: OutgoingRecord, delay: { least: number; most: number }, random: Random): number {
  return dueMs + Math.round(random.between(delay.least, delay.most));
}
