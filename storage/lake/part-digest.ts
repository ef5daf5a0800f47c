import { createHash } from 'node:crypto';
import type { LakeRows } from '../../core/lake/lake-rows.ts';
import type { LakeField, PartColumn } from '../../core/lake/part-columns.ts';
import type { TextColumn, WideColumn } from '../../core/protocol/chunk.ts';

type FieldData = TextColumn | WideColumn | ArrayLike<number>;

export function fieldOf(rows: LakeRows, field: LakeField): FieldData {
  return field in rows.columns
    ? rows.columns[field as keyof LakeRows['columns']]
    : rows[field as keyof LakeRows as 'logRow'];
}

/**
 * SHA-256 in hex over the events, column by column, in their order: the same whatever the encoding, the compression,
 * the size of row groups and the order of dictionaries are. Hosts are little-endian, as every one that runs this is.
 */
export function partDigest(rows: LakeRows, columns: readonly PartColumn[]): string {
  const hash = createHash('sha256');
  for (const { name, field, kind } of columns) {
    hash.update(`${name} ${kind} ${rows.count}\n`);
    const data = fieldOf(rows, field);
    if ('texts' in data) {
      const { texts, codes } = inOrderOfUse(data);
      hash.update(JSON.stringify(texts));
      hash.update(bytesOf(codes));
    } else if ('hi' in data) {
      hash.update(bytesOf(data.hi));
      hash.update(bytesOf(data.lo));
    } else hash.update(bytesOf(new Float64Array(data)));
  }
  return hash.digest('hex');
}

/** Codes numbered in the order in which events use them; texts that none uses left out. */
function inOrderOfUse({ texts, codes }: TextColumn): { texts: string[]; codes: Uint32Array } {
  const used: string[] = [];
  const renumbered = new Uint32Array(texts.length + 1);
  const result = new Uint32Array(codes.length);
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i] as number;
    if (code > 0 && renumbered[code] === 0) renumbered[code] = used.push(texts[code - 1] as string);
    result[i] = renumbered[code] as number;
  }
  return { texts: used, codes: result };
}

function bytesOf(values: ArrayBufferView): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
