/** Chunks of made-up events, made where they are taken: a shard is filled within seconds, without doors and queue. */
import type { AcceptedEvent } from '../../../core/protocol/accepted-event.ts';
import { encodeChunk } from '../../../core/protocol/chunk.ts';
import { eventTypes } from '../../../core/protocol/event-type.ts';
import { epochMs } from '../../../core/protocol/ids.ts';
import type { ShardAddress } from '../../../core/window/verdict.ts';
import type { Fill } from '../protocol.ts';

const chunkEvents = 500;
const door = 'f111f111f111f111';
const viewType = eventTypes.indexOf('view');

/** Murmur3's finaliser: a bijection, so that different numbers stay different. */
function mixed(value: number): number {
  let hash = value >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35) >>> 0;
  return (hash ^ (hash >>> 16)) >>> 0;
}

function eventOf(number: number, nowMs: number, { spanMs, keys, kinds, sessions }: Fill): AcceptedEvent {
  const key = number % keys;
  const few = number % Math.min(keys, kinds);
  const session = number % sessions;
  const user = number % 100_000;
  return {
    identityHi: mixed(number ^ 0x5bd1e995),
    identityLo: mixed(number),
    timeMs: epochMs(nowMs - Math.floor((mixed(number + 77) / 2 ** 32) * spanMs)),
    type: viewType,
    status: 0,
    userHi: mixed(user),
    userLo: mixed(user + 1),
    sessionHi: mixed(session),
    sessionLo: mixed(session + 1),
    contentId: `filled-title-${key}`,
    contentType: `type-${few}`,
    title: null,
    country: `country-${few}`,
    deviceType: `device-${few}`,
    quality: `quality-${few}`,
    subscriptionType: `plan-${few}`,
    errorCode: null,
    ext: null,
    durationMs: number % 5_000,
    completionMilli: null,
    ratingMilli: null,
    bufferingCount: null,
    speedKbps: null,
    bytes: null,
  };
}

export function* filledChunks(
  { regionNumber, shard }: ShardAddress,
  fill: Fill,
  nowMs: number,
): Generator<Uint8Array> {
  const end = fill.first + fill.events;
  for (let firstNumber = fill.first; firstNumber < end; firstNumber += chunkEvents) {
    const count = Math.min(chunkEvents, end - firstNumber);
    const events = Array.from({ length: count }, (_, i) => eventOf(firstNumber + i, nowMs, fill));
    const header = { regionNumber, shard, door, doorBirthMs: nowMs - 3_600_000, receivedAtMs: nowMs };
    const rest = { firstNumber, count, producer: 'fire', pseudonymVersion: 1, twins: 0, voids: [] };
    yield encodeChunk({ ...header, ...rest }, events);
  }
}
