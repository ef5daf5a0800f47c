// A table as a file, written row by row: what is held in memory is one piece of it.
import { closeSync, openSync, renameSync, writeSync } from 'node:fs';
import { fileWriter, ParquetWriter } from 'hyparquet-writer';
import type { WarehouseTable } from '../../core/warehouse/rows.ts';

export const fileFormats = ['csv', 'ndjson', 'parquet'] as const;
export type FileFormat = (typeof fileFormats)[number];

type Cell = string | number | boolean | null;
/** In the order of the table's columns. */
export type Row = readonly Cell[];
type Kind = 'text' | 'integer' | 'real' | 'boolean';

/** The columns of docs/imports.md. Times and dates are ISO 8601, in Parquet too. */
const columns = {
  users: {
    id: 'text',
    username: 'text',
    email: 'text',
    age: 'integer',
    gender: 'text',
    country: 'text',
    subscription_type: 'text',
    signup_date: 'text',
    is_active: 'boolean',
    preferred_genre: 'text',
  },
  movies: {
    id: 'text',
    title: 'text',
    genre: 'text',
    duration_minutes: 'integer',
    release_date: 'text',
    director: 'text',
    cast: 'text',
    country: 'text',
    language: 'text',
    content_type: 'text',
  },
  ratings: {
    id: 'text',
    user_id: 'text',
    movie_id: 'text',
    rating: 'integer',
    review_text: 'text',
    helpful_count: 'integer',
    rating_date: 'text',
  },
  viewing_sessions: {
    id: 'text',
    user_id: 'text',
    movie_id: 'text',
    start_time: 'text',
    end_time: 'text',
    watch_duration_minutes: 'real',
    completion_rate: 'real',
    device_type: 'text',
    quality: 'text',
    buffering_count: 'integer',
    user_country: 'text',
    subscription_type: 'text',
    region: 'text',
  },
} as const satisfies Record<WarehouseTable, Record<string, Kind>>;

export interface TableFile {
  write(row: Row): void;
  /** Until then the file has another name: what bears its name is whole. */
  close(): void;
}

export function openTableFile(folder: string, table: WarehouseTable, format: FileFormat): TableFile {
  const path = `${folder}/${table}.${format}`;
  const writing = `${path}.part`;
  const kinds = Object.entries<Kind>(columns[table]);
  const file = format === 'parquet' ? parquetFile(writing, kinds) : textFile(writing, kinds, format);
  return {
    write: (row) => file.write(row),
    close() {
      file.close();
      renameSync(writing, path);
    },
  };
}

type Kinds = readonly (readonly [name: string, kind: Kind])[];

/** Characters that go to the file at once. */
const textPiece = 256 * 1024;

function textFile(path: string, kinds: Kinds, format: 'csv' | 'ndjson'): TableFile {
  const names = kinds.map(([name]) => name);
  const file = openSync(path, 'w');
  let text = format === 'csv' ? `${names.join(',')}\n` : '';
  const flush = () => {
    writeSync(file, text);
    text = '';
  };
  const line = format === 'csv' ? csvLine : (row: Row) => jsonLine(names, row);
  return {
    write(row) {
      text += line(row);
      if (text.length > textPiece) flush();
    },
    close() {
      flush();
      closeSync(file);
    },
  };
}

/** RFC 4180; null is an empty field. */
function csvLine(row: Row): string {
  return `${row.map(csvField).join(',')}\n`;
}

function csvField(cell: Cell): string {
  const text = String(cell ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function jsonLine(names: readonly string[], row: Row): string {
  return `${JSON.stringify(Object.fromEntries(names.map((name, n) => [name, row[n]])))}\n`;
}

/** As in the lake: some MB of memory for whoever reads one. */
const rowGroupRows = 20_000;
type Element = ParquetWriter['schema'][number];

const elements: Readonly<Record<Kind, Omit<Element, 'name'>>> = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  integer: { type: 'INT32' },
  real: { type: 'DOUBLE' },
  boolean: { type: 'BOOLEAN' },
};

function parquetFile(path: string, kinds: Kinds): TableFile {
  const leaves = kinds.map(
    ([name, kind]): Element => ({ name, repetition_type: 'OPTIONAL', ...elements[kind] }),
  );
  const schema: Element[] = [{ name: 'root', num_children: leaves.length }, ...leaves];
  const parquet = new ParquetWriter({ writer: fileWriter(path), schema, createdBy: 'marquee generate' });
  let rows: Row[] = [];
  const flush = () => {
    const columnData = kinds.map(([name], n) => ({ name, data: rows.map((row) => row[n]) }));
    if (rows.length > 0) void parquet.write({ columnData, rowGroupSize: rowGroupRows });
    rows = [];
  };
  return {
    write(row) {
      if (rows.push(row) === rowGroupRows) flush();
    },
    close() {
      flush();
      void parquet.finish();
    },
  };
}
