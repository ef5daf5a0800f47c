/** The end of a part: where its columns lie, what they may hold, and whether its bytes are those that were written. */
import { type ColumnMetaData, parquetMetadata, type SchemaElement } from 'hyparquet';
import { parsePartName, partName } from '../../core/lake/part-name.ts';
import { partFooterBytesMax, partTailBytes } from '../../core/protocol/limits.ts';
import { partFormatVersion } from '../../core/protocol/version.ts';
import { PartError } from './part-error.ts';
import { crcsKey, factsOf, footerCrc, noCrc, type PartFacts } from './part-metadata.ts';
import type { PartSource } from './part-source.ts';

/** One column of one row group. */
export interface ColumnChunk {
  readonly element: SchemaElement;
  readonly meta: ColumnMetaData;
  /** Its bytes in the part, half-open, and their CRC-32 in hex. */
  readonly from: number;
  readonly to: number;
  readonly crc: string;
}

export interface RowGroup {
  readonly rows: number;
  /** By name in SQL. */
  readonly columns: ReadonlyMap<string, ColumnChunk>;
}

export interface PartFooter extends PartFacts {
  readonly groups: readonly RowGroup[];
}

/** Reads the footer alone. Throws PartError unless it is whole, of the part of that name, and of a known version. */
export async function readPartFooter(
  source: PartSource,
  newestFormat: number = partFormatVersion,
): Promise<PartFooter> {
  const { name } = source;
  const footer = await footerBytes(source);
  checkCrc(name, footer);
  const metadata = parquetMetadata(footer, { geoparquet: false });
  const pairs = metadata.key_value_metadata ?? [];
  const facts = factsOf(pairs);
  if (!facts) throw new PartError(name, 'its metadata is not that of a part');
  const { formatVersion, address } = facts;
  if (formatVersion > newestFormat || formatVersion < 1) {
    throw new PartError(
      name,
      `it is of format ${formatVersion}; this reader knows formats 1 to ${newestFormat}`,
    );
  }
  const own = parsePartName(name);
  if (!own || partName(address) !== name)
    throw new PartError(name, `it holds what is called ${partName(address)}`);
  const crcs = pairs.find(({ key }) => key === crcsKey)?.value ?? '';
  const leaves = metadata.schema.slice(1);
  const groups = metadata.row_groups.map((group, g): RowGroup => {
    const columns = group.columns.map(({ meta_data: meta, file_offset }, c): [string, ColumnChunk] => {
      const at = (g * leaves.length + c) * noCrc.length;
      if (!meta) throw new PartError(name, 'a column without metadata');
      const from = Number(file_offset);
      const to = from + Number(meta.total_compressed_size);
      const element = leaves[c] as SchemaElement;
      return [element.name, { element, meta, from, to, crc: crcs.slice(at, at + noCrc.length) }];
    });
    return { rows: Number(group.num_rows), columns: new Map(columns) };
  });
  if (groups.reduce((sum, { rows }) => sum + rows, 0) !== facts.events)
    throw new PartError(name, `its row groups do not hold ${facts.events} events`);
  return { ...facts, groups };
}

/** The footer with its length and the magic word behind it. */
async function footerBytes(source: PartSource): Promise<Uint8Array> {
  const tail = await source.tail(partTailBytes);
  const { bytes } = tail;
  const end = bytes.length;
  const magic = new TextDecoder().decode(bytes.subarray(end - 4));
  if (end < 12 || magic !== 'PAR1')
    throw new PartError(source.name, 'it does not end as a Parquet file does');
  const view = new DataView(bytes.buffer, bytes.byteOffset, end);
  const length = view.getUint32(end - 8, true) + 8;
  if (length > partFooterBytesMax || length > tail.size)
    throw new PartError(source.name, `a footer of ${length} bytes`);
  if (length <= end) return bytes.subarray(end - length);
  return await source.range(tail.size - length, tail.size);
}

function checkCrc(name: string, footer: Uint8Array): void {
  const own = footerCrc(footer);
  if (!own) throw new PartError(name, 'its footer has no checksum');
  if (new TextDecoder().decode(own.place) !== own.crc) throw new PartError(name, 'its footer is corrupt');
}
