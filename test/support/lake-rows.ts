/** What the lake holds, for tests: events as LakeRows, and LakeRows back as plain objects that can be compared. */
import type { LakeRows } from '../../core/lake/lake-rows.ts';
import { LakeRowsBuilder } from '../../core/lake/rows-builder.ts';
import type { AcceptedEvent } from '../../core/protocol/accepted-event.ts';
import { decodeChunk, splitIntoChunks, type TextColumn, type WideColumn } from '../../core/protocol/chunk.ts';
import { nullableColumns, textColumns, wideColumns } from '../../core/protocol/chunk-columns.ts';
import { EventList } from '../../core/protocol/event-rows.ts';
import { eventTypes } from '../../core/protocol/event-type.ts';
import { Random } from '../../tools/producer/random.ts';
import { buildEvent, type EventFields } from './build-chunk.ts';

/** Where a lot of events stands in the log. */
export interface LotPlace {
  readonly logRow?: number;
  readonly receivedAtMs?: number;
  readonly door?: string;
  readonly firstNumber?: number;
  readonly producer?: string;
  readonly pseudonymVersion?: number;
}

/** Each lot of events is what one log row holds; rows are numbered from 0 unless a lot says so. */
export function lakeRowsOf(
  ...lots: readonly { readonly events: readonly AcceptedEvent[]; readonly place?: LotPlace }[]
): LakeRows {
  const builder = new LakeRowsBuilder();
  lots.forEach(({ events, place = {} }, n) => {
    const { logRow = n, ...given } = place;
    const header = {
      regionNumber: 1,
      shard: 0,
      door: '000000000000000a',
      doorBirthMs: 0,
      receivedAtMs: events[0]?.timeMs ?? 0,
      firstNumber: 0,
      producer: 'local',
      pseudonymVersion: 1,
      twins: 0,
      voids: [],
      ...given,
    };
    let firstIndex = 0;
    for (const bytes of splitIntoChunks(header, EventList.of(events))) {
      const chunk = decodeChunk(bytes);
      const all = Uint32Array.from({ length: chunk.header.count }, (_, i) => i);
      builder.add(chunk, all, logRow, firstIndex);
      firstIndex += chunk.header.count;
    }
  });
  return builder.finish();
}

/** Views, one an object, of identities of their own unless they have one. */
export function viewsOf(...fields: readonly EventFields[]): AcceptedEvent[] {
  return fields.map((each, n) => buildEvent({ identityHi: 7, identityLo: n, ...each }));
}

/** An event with any field there may be, and texts that no ASCII holds. */
export function anyEvent(random: Random, timeMs: number): AcceptedEvent {
  const word = (): number => Math.floor(random.between(0, 2 ** 32));
  const maybe = <T>(make: () => T): T | null => (random.between(0, 1) < 0.6 ? make() : null);
  const below = (end: number): number => Math.floor(random.between(0, end));
  const one = (name: string, many: number) => (): string => `${name} ${below(many)}`;
  const known = random.between(0, 1) < 0.8;
  return buildEvent({
    timeMs,
    identityHi: word(),
    identityLo: word(),
    type: below(eventTypes.length),
    status: below(4),
    userHi: known ? below(40) * 0x0600_0000 : 0,
    userLo: known ? 1 : 0,
    sessionHi: known ? below(2) * 0xffff_ffff : 0,
    sessionLo: known ? 0x8000_0000 + below(90) : 0,
    contentId: maybe(one('film', 30)),
    contentType: maybe(one('sort', 3)),
    title: maybe(one('Ein schöner Titel 🎬', 30)),
    country: maybe(one('c', 5)),
    deviceType: maybe(one('tv', 2)),
    quality: maybe(() => '4k'),
    subscriptionType: maybe(one('s', 3)),
    errorCode: maybe(one('E', 2000)),
    ext: maybe(() => JSON.stringify({ n: word() })),
    durationMs: maybe(() => below(108_000_001)),
    completionMilli: maybe(() => below(1001)),
    ratingMilli: maybe(() => 1000 + below(9001)),
    bufferingCount: maybe(() => below(100_001)),
    speedKbps: maybe(() => below(1_000_000_001)),
    bytes: maybe(() => below(1_000_000_000_001)),
  });
}

/** `count` events from a seed, `perRow` to a log row, all within the hour from `startMs`. */
export function anyLakeRows(seed: number, count: number, startMs: number, perRow = 700): LakeRows {
  const random = new Random('lake', seed);
  const lots = [];
  for (let at = 0, logRow = 5; at < count; at += perRow, logRow += 2) {
    const events = Array.from({ length: Math.min(perRow, count - at) }, () =>
      anyEvent(random, startMs + Math.floor(random.between(0, 3_600_000))),
    );
    const door = `00000000${Math.floor(random.between(0, 3))}000000f`;
    const place = { logRow, door, firstNumber: at, receivedAtMs: startMs + at, producer: `p${at % 3}` };
    lots.push({ events, place });
  }
  return lakeRowsOf(...lots);
}

const textAt = ({ texts, codes }: TextColumn, i: number): string | null =>
  codes[i] ? (texts[(codes[i] as number) - 1] ?? null) : null;
const wideAt = ({ hi, lo }: WideColumn, i: number): string => `${hi[i]}/${lo[i]}`;

/** One object an event. Only for rows that hold all columns. */
export function eventsOf(rows: LakeRows): Record<string, unknown>[] {
  const { columns } = rows;
  return Array.from({ length: rows.count }, (_, i) => ({
    logRow: rows.logRow[i],
    index: rows.index[i],
    receivedAtMs: rows.receivedAtMs[i],
    door: textAt(rows.door, i),
    doorNumber: rows.doorNumber[i],
    producer: textAt(rows.producer, i),
    pseudonymVersion: rows.pseudonymVersion[i],
    timeMs: columns.timeMs[i],
    type: columns.type[i],
    status: columns.status[i],
    ...Object.fromEntries(wideColumns.map((name) => [name, wideAt(columns[name], i)])),
    ...Object.fromEntries(textColumns.map((name) => [name, textAt(columns[name], i)])),
    ...Object.fromEntries(nullableColumns.map((name) => [name, columns[name][i]])),
  }));
}

/** An event as eventsOf gives it, but for where it stands in the log. */
export function plainOf(event: AcceptedEvent): Record<string, unknown> {
  return {
    timeMs: event.timeMs,
    type: event.type,
    status: event.status,
    identity: `${event.identityHi}/${event.identityLo}`,
    user: `${event.userHi}/${event.userLo}`,
    session: `${event.sessionHi}/${event.sessionLo}`,
    ...Object.fromEntries(textColumns.map((name) => [name, event[name]])),
    ...Object.fromEntries(nullableColumns.map((name) => [name, (event[name] ?? -1) + 1])),
  };
}
