/** What a part says of itself, in the key-value metadata of its footer. */

import { crc32 } from 'node:zlib';
import { isPartKind } from '../../core/lake/lake-rows.ts';
import type { PartAddress } from '../../core/lake/part-name.ts';

/** Known before the row groups are written. */
export interface PartFacts {
  readonly address: PartAddress;
  readonly formatVersion: number;
  readonly events: number;
  /** Of the content (partDigest). */
  readonly digest: string;
}

export interface KeyValue {
  readonly key: string;
  readonly value?: string;
}

/** CRC-32 of each column chunk's bytes, by row group and column; so a reader can vouch for whatever part of it it reads. */
export const crcsKey = 'marquee.column_crc32';
/** CRC-32 of the footer, over 8 zeros in its own place. */
const footerCrcKey = 'marquee.footer_crc32';
export const noCrc = '00000000';
const noCrcBytes = new TextEncoder().encode(noCrc);
const footerCrcKeyBytes = new TextEncoder().encode(footerCrcKey);

export function crcHex(crc: number): string {
  return crc.toString(16).padStart(8, '0');
}

export function metadataOf({ address, formatVersion, events, digest }: PartFacts, crcs: string): KeyValue[] {
  const { region, shard, incarnation, firstRow, lastRow, hour, kind } = address;
  const pairs = {
    'marquee.format': formatVersion,
    'marquee.region': region,
    'marquee.shard': shard,
    'marquee.log_incarnation': incarnation,
    'marquee.first_log_row': firstRow,
    'marquee.last_log_row': lastRow,
    'marquee.hour': hour,
    'marquee.verdict': kind,
    'marquee.events': events,
    'marquee.digest_sha256': digest,
    [crcsKey]: crcs,
    [footerCrcKey]: noCrc,
  };
  return Object.entries(pairs).map(([key, value]) => ({ key, value: String(value) }));
}

/** Null if something is missing or has another form. */
export function factsOf(pairs: readonly KeyValue[]): PartFacts | null {
  const values = new Map(pairs.map(({ key, value = '' }) => [key, value]));
  const text = (name: string): string => values.get(`marquee.${name}`) ?? '';
  const integer = (name: string): number => (/^\d+$/.test(text(name)) ? Number(text(name)) : Number.NaN);
  const kind = text('verdict');
  if (!isPartKind(kind) || text('region') === '' || !/^[0-9a-f]{64}$/.test(text('digest_sha256')))
    return null;
  const numbers = {
    shard: integer('shard'),
    incarnation: integer('log_incarnation'),
    firstRow: integer('first_log_row'),
    lastRow: integer('last_log_row'),
    hour: integer('hour'),
  };
  const events = integer('events');
  const formatVersion = integer('format');
  if (![...Object.values(numbers), events, formatVersion].every(Number.isSafeInteger)) return null;
  const address = { region: text('region'), ...numbers, kind };
  return { address, formatVersion, events, digest: text('digest_sha256') };
}

/** Where a footer's own CRC stands in it, as a view; and what it must be. Null for a footer without that key. */
export function footerCrc(footer: Uint8Array): { readonly place: Uint8Array; readonly crc: string } | null {
  for (let at = footer.length - footerCrcKeyBytes.length - noCrc.length - 2; at >= 0; at--) {
    if (!footerCrcKeyBytes.every((byte, i) => footer[at + i] === byte)) continue;
    // A value follows its key behind one byte of type and one of length.
    const from = at + footerCrcKeyBytes.length + 2;
    const blank = footer.slice();
    blank.set(noCrcBytes, from);
    return { place: footer.subarray(from, from + noCrc.length), crc: crcHex(crc32(blank)) };
  }
  return null;
}
