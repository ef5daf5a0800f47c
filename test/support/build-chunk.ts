/** Tiny builders of events and chunks. */
import type { AcceptedEvent } from '../../core/protocol/accepted-event.ts';
import { encodeChunk } from '../../core/protocol/chunk.ts';
import type { ChunkHeader } from '../../core/protocol/chunk-header.ts';
import { epochMs } from '../../core/protocol/ids.ts';

const blank: AcceptedEvent = {
  identityHi: 1,
  identityLo: 1,
  timeMs: epochMs(0),
  type: 0,
  status: 0,
  userHi: 0,
  userLo: 0,
  sessionHi: 0,
  sessionLo: 0,
  contentId: null,
  contentType: null,
  title: null,
  country: null,
  deviceType: null,
  quality: null,
  subscriptionType: null,
  errorCode: null,
  ext: null,
  durationMs: null,
  completionMilli: null,
  ratingMilli: null,
  bufferingCount: null,
  speedKbps: null,
  bytes: null,
};

export type EventFields = Partial<Omit<AcceptedEvent, 'timeMs'>> & { readonly timeMs?: number };

/** A view at time 0 with identity 1/1, but for what is given. */
export function buildEvent(fields: EventFields = {}): AcceptedEvent {
  const { timeMs = 0, ...rest } = fields;
  return { ...blank, ...rest, timeMs: epochMs(timeMs) };
}

/** A chunk of region 1, shard 0, from door 00..0a, but for what is given. */
export function buildChunk(events: readonly AcceptedEvent[], header: Partial<ChunkHeader> = {}): Uint8Array {
  const defaults = {
    regionNumber: 1,
    shard: 0,
    door: '000000000000000a',
    doorBirthMs: 0,
    receivedAtMs: events[0]?.timeMs ?? 0,
    firstNumber: 0,
    count: events.length,
    producer: 'local',
    pseudonymVersion: 1,
    twins: 0,
    voids: [],
  };
  return encodeChunk({ ...defaults, ...header }, events);
}
