// SQL over a folder of parts, by DuckDB.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance, type DuckDBResult } from '@duckdb/node-api';
import { eventsPrefix } from '../../core/lake/part-name.ts';
import { sessionsPrefix } from '../../storage/warehouse/session-files.ts';

export const formats = ['table', 'csv', 'json'] as const;
export type Format = (typeof formats)[number];
type Value = Awaited<ReturnType<DuckDBResult['getRowsJson']>>[number][number];

/** What a table shows; csv and json give all. */
const tableRowsMax = 1_000;
const cellWidthMax = 60;

/** DuckDB with the views `events`, over the parts under `folder`, of which there must be one, and `viewing_sessions`. */
export async function openLake(folder: string): Promise<DuckDBConnection> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const filesUnder = (prefix: string) => `${folder}/${prefix}**/*.parquet`.replaceAll("'", "''");
  await connection.run(
    `CREATE VIEW events AS SELECT * FROM read_parquet('${filesUnder(eventsPrefix)}', union_by_name = true,
       hive_partitioning = true, hive_types = {'date': DATE, 'hour': INTEGER, 'region': VARCHAR})`,
  );
  // There are none before the first hour is computed.
  if (existsSync(join(folder, sessionsPrefix)))
    await connection.run(
      `CREATE VIEW viewing_sessions AS SELECT * FROM read_parquet('${filesUnder(sessionsPrefix)}',
         hive_partitioning = true, hive_types = {'date': DATE, 'region': VARCHAR})`,
    );
  return connection;
}

/** Runs one statement and writes what it gives, piece by piece. */
export async function runQuery(
  connection: DuckDBConnection,
  sql: string,
  format: Format,
  write: (text: string) => void,
): Promise<void> {
  const result = await connection.stream(sql);
  const names = result.deduplicatedColumnNames();
  if (format === 'table') await writeTable(result, names, write);
  else if (format === 'csv') await writeCsv(result, names, write);
  else await writeJson(result, names, write);
}

async function writeCsv(result: DuckDBResult, names: string[], write: (text: string) => void): Promise<void> {
  const line = (cells: readonly Value[]): string => `${cells.map(csvCell).join(',')}\n`;
  write(line(names));
  for await (const rows of result.yieldRowsJson()) write(rows.map(line).join(''));
}

function csvCell(value: Value): string {
  const text = textOf(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** One array. Integers of 64 bits are texts, since JSON's readers would round them. */
async function writeJson(
  result: DuckDBResult,
  names: string[],
  write: (text: string) => void,
): Promise<void> {
  let before = '[';
  for await (const rows of result.yieldRowsJson()) {
    for (const row of rows) {
      const object = Object.fromEntries(names.map((name, n) => [name, row[n] ?? null]));
      write(`${before}\n${JSON.stringify(object)}`);
      before = ',';
    }
  }
  write(before === '[' ? '[]\n' : '\n]\n');
}

async function writeTable(
  result: DuckDBResult,
  names: string[],
  write: (text: string) => void,
): Promise<void> {
  const rows: string[][] = [];
  let more = false;
  for await (const lot of result.yieldRowsJson()) {
    const room = tableRowsMax - rows.length;
    rows.push(...lot.slice(0, room).map((row) => row.map((value) => shortened(textOf(value)))));
    more = lot.length > room;
    if (more) break;
  }
  const widths = names.map((name, n) => Math.max(name.length, ...rows.map((row) => row[n]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `${cells
      .map((cell, n) => cell.padEnd(widths[n] ?? 0))
      .join('  ')
      .trimEnd()}\n`;
  write(line(names));
  write(line(widths.map((width) => '-'.repeat(width))));
  write(rows.map(line).join(''));
  if (more) write(`... the first ${tableRowsMax} rows; --format csv gives all\n`);
}

const shortened = (text: string): string =>
  text.length > cellWidthMax ? `${text.slice(0, cellWidthMax - 3)}...` : text;

function textOf(value: Value): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
