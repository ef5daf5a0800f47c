// Records that the door refuses, each for a reason of its own.
import type { RejectCode } from '../../../core/protocol/reject.ts';
import type { ProducedEvent } from '../event.ts';
import type { Random } from '../random.ts';
import type { OutgoingRecord } from '../scenario.ts';

type Fault = readonly [code: RejectCode, spoil: (event: ProducedEvent) => unknown];

const faults: readonly Fault[] = [
  ['wrong_type', (event) => ({ ...event, user_id: { id: event.user_id } })],
  ['wrong_type', (event) => ({ ...event, duration: 'a while' })],
  ['wrong_type', (event) => ({ ...event, content_id: true })],
  ['missing_field', ({ event_type: _type, status: _status, ...rest }) => rest],
  ['missing_field', ({ content_id: _id, ...rest }) => ({ ...rest, event_type: 'view' })],
  ['unknown_region', (event) => ({ ...event, region: 'MOON-Tranquility' })],
  ['unknown_value', (event) => ({ ...event, event_type: 'teleport' })],
  ['out_of_range', (event) => ({ ...event, rating: 11 })],
  ['out_of_range', (event) => ({ ...event, duration: -1 })],
  ['too_long', (event) => ({ ...event, event_id: event.event_id.padEnd(65, '-') })],
  ['invalid_time', (event) => ({ ...event, timestamp: 'yesterday' })],
  ['time_too_old', (event) => ({ ...event, timestamp: 1 })],
  ['not_an_object', () => 42],
  ['not_an_object', () => null],
  ['not_an_object', (event) => [event]],
];
/** Lines that break off, as they do where a log is rotated or a connection ends: as frequent as all the others. */
const brokenShare = 0.5;

export function spoil(record: OutgoingRecord, random: Random): OutgoingRecord {
  if (random.chance(brokenShare)) {
    // Without its last character at least: no part of an object's text is JSON by itself.
    const length = Math.floor(random.between(1, record.text.length));
    return { ...record, text: record.text.slice(0, length), expected: 'rejected', code: 'invalid_json' };
  }
  const [code, spoiled] = random.pick(faults);
  return { ...record, text: JSON.stringify(spoiled(record.event)), expected: 'rejected', code };
}
