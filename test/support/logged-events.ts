/** Events as a shard's log holds them, and parts of the lake made of them, without the code that seals. */
import type { LakeRows, PartKind } from '../../core/lake/lake-rows.ts';
import type { PartAddress } from '../../core/lake/part-name.ts';
import type { AcceptedEvent } from '../../core/protocol/accepted-event.ts';
import { type ChunkColumns, decodeChunk, encodeChunk, type TextColumn } from '../../core/protocol/chunk.ts';
import type { ChunkHeader } from '../../core/protocol/chunk-header.ts';
import { epochMs } from '../../core/protocol/ids.ts';
import { DUPLICATE, decodeLogRow, LATE } from '../../core/window/log-row.ts';

export interface LoggedEvent {
  readonly event: AcceptedEvent;
  readonly kind: PartKind;
  readonly incarnation: number;
  readonly row: number;
  readonly index: number;
}

export interface MadePart {
  readonly address: PartAddress;
  readonly events: readonly LoggedEvent[];
  /** Row groups, each sorted by content. */
  readonly groups: readonly LakeRows[];
}

/** The events of log rows, duplicates left out, in log order. */
export function loggedEvents(
  rows: readonly { readonly row: number; readonly body: Uint8Array }[],
  incarnation = 1,
): LoggedEvent[] {
  return rows.flatMap(({ row, body }) => {
    let index = 0;
    return decodeLogRow(body).chunks.flatMap(({ bytes, verdicts }) => {
      const { header, columns } = decodeChunk(bytes);
      return Array.from({ length: header.count }, (_, i): LoggedEvent[] => {
        const at = index++;
        if (verdicts?.[i] === DUPLICATE) return [];
        const kind = verdicts?.[i] === LATE ? 'late' : 'counted';
        return [{ event: eventAt(columns, i), kind, incarnation, row, index: at }];
      }).flat();
    });
  });
}

/** One part per event hour and kind, as sealing a range of the log makes them. */
export function partsOf(logged: readonly LoggedEvent[], region: string, groupRows = 50): MadePart[] {
  const lots = new Map<string, LoggedEvent[]>();
  for (const one of logged) {
    const key = `${one.incarnation} ${hourOf(one)} ${one.kind}`;
    lots.set(key, [...(lots.get(key) ?? []), one]);
  }
  return [...lots.values()].map((events) => {
    const [first] = events as [LoggedEvent];
    const { incarnation, kind } = first;
    const rows = events.map(({ row }) => row);
    const range = { firstRow: Math.min(...rows), lastRow: Math.max(...rows) };
    const address = { region, shard: 0, incarnation, ...range, hour: hourOf(first), kind };
    const groups: LakeRows[] = [];
    for (let at = 0; at < events.length; at += groupRows)
      groups.push(lakeRows(events.slice(at, at + groupRows)));
    return { address, events, groups };
  });
}

export const hourOf = ({ event }: LoggedEvent): number => Math.floor(event.timeMs / 3_600_000);

/** At most chunkEventsMax events, sorted by content as a row group is. */
export function lakeRows(logged: readonly LoggedEvent[]): LakeRows {
  const sorted = logged.toSorted((a, b) => (String(a.event.contentId) < String(b.event.contentId) ? -1 : 1));
  const count = sorted.length;
  const header: ChunkHeader = {
    regionNumber: 1,
    shard: 0,
    door: '000000000000000a',
    doorBirthMs: 0,
    receivedAtMs: 0,
    firstNumber: 0,
    count,
    producer: 'local',
    pseudonymVersion: 1,
    twins: 0,
    voids: [],
  };
  const one = (text: string): TextColumn => ({ texts: [text], codes: new Uint16Array(count).fill(1) });
  return {
    count,
    columns: decodeChunk(
      encodeChunk(
        header,
        sorted.map(({ event }) => event),
      ),
    ).columns,
    logRow: Float64Array.from(sorted, ({ row }) => row),
    index: Uint32Array.from(sorted, ({ index }) => index),
    receivedAtMs: Float64Array.from(sorted, ({ event }) => event.timeMs),
    door: one('000000000000000a'),
    doorNumber: new Float64Array(count),
    producer: one('local'),
    pseudonymVersion: new Uint32Array(count).fill(1),
  };
}

function eventAt(columns: ChunkColumns, i: number): AcceptedEvent {
  const text = ({ texts, codes }: TextColumn): string | null => texts[(codes[i] as number) - 1] ?? null;
  const nullable = (values: Float64Array): number | null => (values[i] ? (values[i] as number) - 1 : null);
  return {
    identityHi: columns.identity.hi[i] as number,
    identityLo: columns.identity.lo[i] as number,
    userHi: columns.user.hi[i] as number,
    userLo: columns.user.lo[i] as number,
    sessionHi: columns.session.hi[i] as number,
    sessionLo: columns.session.lo[i] as number,
    timeMs: epochMs(columns.timeMs[i] as number),
    type: columns.type[i] as number,
    status: columns.status[i] as number,
    contentId: text(columns.contentId),
    contentType: text(columns.contentType),
    title: text(columns.title),
    country: text(columns.country),
    deviceType: text(columns.deviceType),
    quality: text(columns.quality),
    subscriptionType: text(columns.subscriptionType),
    errorCode: text(columns.errorCode),
    ext: text(columns.ext),
    durationMs: nullable(columns.durationMs),
    completionMilli: nullable(columns.completionMilli),
    ratingMilli: nullable(columns.ratingMilli),
    bufferingCount: nullable(columns.bufferingCount),
    speedKbps: nullable(columns.speedKbps),
    bytes: nullable(columns.bytes),
  };
}
