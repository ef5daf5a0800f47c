import { mkdirSync } from 'node:fs';
import { type WarehouseTable, warehouseTables } from '../../core/warehouse/rows.ts';
import { makeDataSet } from './data-set.ts';
import type { GenerateSettings } from './settings.ts';
import { openTableFile } from './table-file.ts';

export interface WrittenTable {
  readonly table: WarehouseTable;
  readonly path: string;
  readonly rows: number;
}

/** Sessions between two reports: a tenth of a second. */
const reportEvery = 10_000;

/** Makes a data set's files, in the order in which they are to be imported. `onShare`: of the sessions, 0 to 1. */
export function writeDataSet(
  { data, format, folder }: GenerateSettings,
  onShare: (share: number) => void = () => {},
): WrittenTable[] {
  mkdirSync(folder, { recursive: true });
  const files = warehouseTables.map((table) => ({
    table,
    path: `${folder}/${table}.${format}`,
    file: openTableFile(folder, table, format),
    rows: 0,
  }));
  const byTable = Object.fromEntries(files.map((file) => [file.table, file])) as Record<
    WarehouseTable,
    (typeof files)[number]
  >;
  for (const { table, row } of makeDataSet(data)) {
    const to = byTable[table];
    to.file.write(row);
    to.rows++;
    if (table === 'viewing_sessions' && to.rows % reportEvery === 0) onShare(to.rows / data.sessions);
  }
  for (const { file } of files) file.close();
  return files.map(({ table, path, rows }) => ({ table, path, rows }));
}
