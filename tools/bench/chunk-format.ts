// JSON columns against binary columns: bytes, and how fast they are made and read (docs/decisions/0003).

import { decodeChunk, encodeChunk } from '../../core/protocol/chunk.ts';
import { nullableColumns, textColumns } from '../../core/protocol/chunk-columns.ts';
import type { ChunkHeader } from '../../core/protocol/chunk-header.ts';
import { headerOf, type PlayedEvent, playedEvents } from '../bench-events.ts';
import { median, rounded, roundsOf } from '../bench-rate.ts';
import type { Bench, Report } from '../bench-report.ts';

const nowMs = 1_800_000_000_000;
const sizes = [500, 50, 7, 1];
const rounds = 11;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Distinct texts, and of each event the place of its text among them; -1 for none. */
interface Dictionary {
  readonly texts: readonly string[];
  readonly codes: readonly number[];
}

/** The rival: columns as JSON, with dictionaries and times as differences; ids and hashes are texts. */
interface JsonChunk {
  readonly header: ChunkHeader;
  readonly ids: readonly string[];
  readonly startMs: number;
  readonly elapsedMs: readonly number[];
  readonly types: readonly number[];
  readonly statuses: readonly number[];
  readonly texts: Readonly<Record<string, Dictionary | null>>;
  readonly numbers: Readonly<Record<string, readonly (number | null)[] | null>>;
}

function dictionaryOf(values: readonly (string | null)[]): Dictionary | null {
  const places = new Map<string, number>();
  const codes = values.map((value) => {
    if (value === null) return -1;
    const place = places.get(value) ?? places.size;
    places.set(value, place);
    return place;
  });
  return places.size === 0 ? null : { texts: [...places.keys()], codes };
}

function encodeJson(header: ChunkHeader, events: readonly PlayedEvent[]): Uint8Array {
  let beforeMs = events[0]?.timeMs ?? 0;
  const startMs = beforeMs;
  const elapsedMs = events.map(({ timeMs }) => {
    const elapsed = timeMs - beforeMs;
    beforeMs = timeMs;
    return elapsed;
  });
  const texts: Record<string, Dictionary | null> = {
    user: dictionaryOf(events.map(({ userHash }) => userHash)),
    session: dictionaryOf(events.map(({ sessionHash }) => sessionHash)),
  };
  for (const name of textColumns) texts[name] = dictionaryOf(events.map((event) => event[name]));
  const numbers: Record<string, (number | null)[] | null> = {};
  for (const name of nullableColumns) {
    const values = events.map((event) => event[name]);
    numbers[name] = values.every((value) => value === null) ? null : values;
  }
  const chunk: JsonChunk = {
    header,
    ids: events.map(({ eventId }) => eventId),
    startMs,
    elapsedMs,
    types: events.map(({ type }) => type),
    statuses: events.map(({ status }) => status),
    texts,
    numbers,
  };
  return encoder.encode(JSON.stringify(chunk));
}

/** Reads it into what can be counted from; as little is checked as can be. */
function decodeJson(bytes: Uint8Array): { readonly chunk: JsonChunk; readonly timeMs: Float64Array } {
  const chunk = JSON.parse(decoder.decode(bytes)) as JsonChunk;
  const timeMs = new Float64Array(chunk.ids.length);
  let atMs = chunk.startMs;
  for (let i = 0; i < timeMs.length; i++) {
    atMs += chunk.elapsedMs[i] as number;
    timeMs[i] = atMs;
  }
  return { chunk, timeMs };
}

function measure(size: number): Report['rows'] {
  const events = playedEvents(1, size, nowMs);
  const header = headerOf(1, 1_000_000, size, nowMs);
  const formats = [
    { format: 'JSON columns', encode: () => encodeJson(header, events), decode: decodeJson },
    { format: 'binary columns', encode: () => encodeChunk(header, events), decode: decodeChunk },
  ];
  return formats.map(({ format, encode, decode }) => {
    const bytes = encode();
    const rate = (work: () => void): number => rounded(median(roundsOf(rounds, work)) * size);
    return {
      'events a chunk': size,
      format,
      'B an event': Math.round((bytes.length / size) * 10) / 10,
      'encoded, events/s': rate(encode),
      'decoded, events/s': rate(() => decode(bytes)),
    };
  });
}

const bench: Bench = {
  name: 'chunk-format',
  describe: 'JSON columns with ids and hashes as texts against binary columns with 64-bit identities.',
  run: () =>
    Promise.resolve({
      settings: { rounds: `${rounds} of 120 ms after 400 ms of warm-up, medians` },
      rows: sizes.flatMap(measure),
    }),
};

export default bench;
