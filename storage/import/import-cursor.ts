import type { RowFault } from '../../core/warehouse/row-fault.ts';

/** Where the reading of a file stands, at a boundary of records: plain JSON, good for as long as the file is the same. */
export interface ImportCursor {
  /** Of the object when it was first looked at: a file that is replaced meanwhile is not read on. */
  readonly etag: string | null;
  /** Bytes of the whole file. */
  readonly size: number;
  /** Of the next record in a text file, in bytes. */
  readonly offset: number;
  /** Of the next record, from 1: the line of a text file, with its header; the row of a Parquet file. */
  readonly line: number;
  /** Columns by place, after the header of a CSV file was read; null for those that are not. */
  readonly header: readonly (string | null)[] | null;
  /** The line at `offset` belongs to a record that was rejected already. */
  readonly isSkipping: boolean;
  /** Bytes of a record so far, on average; 0 before the first. */
  readonly recordBytes: number;
}

/** The beginning of any file. */
export const importStart: ImportCursor = {
  etag: null,
  size: 0,
  offset: 0,
  line: 1,
  header: null,
  isSkipping: false,
  recordBytes: 0,
};

export type ImportItem =
  | { readonly line: number; readonly record: Readonly<Record<string, unknown>> }
  | { readonly line: number; readonly fault: RowFault };

export interface ImportSlice {
  /** In the order of the file; may be empty where more is to come. */
  readonly items: readonly ImportItem[];
  /** Null at the end of the file. */
  readonly next: ImportCursor | null;
  /** What this read has fetched. */
  readonly bytesRead: number;
  /** How much of the file is done with, 0 to 1. */
  readonly share: number;
  /** For people, about the file as a whole; told by its first slice. */
  readonly warnings: readonly string[];
}
