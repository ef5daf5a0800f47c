/** The binary form of a chunk's header: everything up to the columns, so that it decodes without them (LOG-4). */
import type { ByteReader } from './byte-reader.ts';
import { type ByteWriter, FormatError } from './bytes.ts';
import type { ChunkHeader } from './chunk-header.ts';
import { chunkEventsMax } from './limits.ts';
import { chunkVersion } from './version.ts';

export function writeHeader(out: ByteWriter, header: ChunkHeader): void {
  out.u8(chunkVersion);
  out.varint(header.regionNumber);
  out.varint(header.shard);
  out.u32(Number.parseInt(header.door.slice(0, 8), 16));
  out.u32(Number.parseInt(header.door.slice(8, 16), 16));
  out.u48(header.doorBirthMs);
  out.u48(header.receivedAtMs);
  out.varint(header.firstNumber);
  out.varint(header.count);
  out.text(header.producer);
  out.varint(header.pseudonymVersion);
  out.varint(header.twins);
  out.varint(header.voids.length);
  for (const [from, to] of header.voids) {
    out.varint(from);
    out.varint(to - from);
  }
}

function hex32(value: number): string {
  return value.toString(16).padStart(8, '0');
}

/** Throws FormatError. */
export function readHeader(input: ByteReader): ChunkHeader {
  const version = input.u8();
  if (version !== chunkVersion) throw new FormatError(`chunk version ${version} is not known`);
  const regionNumber = input.varint();
  const shard = input.varint();
  const door = hex32(input.u32()) + hex32(input.u32());
  const doorBirthMs = input.u48();
  const receivedAtMs = input.u48();
  const firstNumber = input.varint();
  const count = input.varint();
  const producer = input.text();
  const pseudonymVersion = input.varint();
  const twins = input.varint();
  const voids: [number, number][] = [];
  const voidCount = input.varint();
  if (voidCount > input.left) throw new FormatError(`${voidCount} voids in ${input.left} bytes`);
  for (let i = 0; i < voidCount; i++) {
    const from = input.varint();
    voids.push([from, from + input.varint()]);
  }
  const ends = [firstNumber + count, ...voids.map(([, to]) => to)];
  if (!ends.every(Number.isSafeInteger)) throw new FormatError('door numbers beyond 2^53');
  if (count < 1 || count > chunkEventsMax) throw new FormatError(`a chunk of ${count} events`);
  return {
    regionNumber,
    shard,
    door,
    doorBirthMs,
    receivedAtMs,
    firstNumber,
    count,
    producer,
    pseudonymVersion,
    twins,
    voids,
  };
}
