/** Names of files to import: the table, what the sender likes, and the format (IMP-1). */
import { importNameLengthMax } from '../protocol/import-limits.ts';
import { type WarehouseTable, warehouseTables } from './rows.ts';

export const importFormats = ['csv', 'ndjson', 'parquet'] as const;
export type ImportFormat = (typeof importFormats)[number];

export interface ImportName {
  readonly name: string;
  readonly table: WarehouseTable;
  readonly format: ImportFormat;
}

/** Where they lie in R2. */
export const importFolder = 'imports/';

/** As JSON Schema has it too: `users.csv`, `viewing_sessions-2026-11.parquet`. */
export const importNamePattern = new RegExp(
  `^(${warehouseTables.join('|')})((?:[-_.][-_.a-z0-9]*)?)\\.(${importFormats.join('|')})$`,
);

export const importKey = (name: string): string => `${importFolder}${name}`;

/** What a name tells; null for what is no such name. */
export function parseImportName(name: string): ImportName | null {
  if (name.length > importNameLengthMax) return null;
  const [, table, , format] = importNamePattern.exec(name) ?? [];
  return table && format ? { name, table: table as WarehouseTable, format: format as ImportFormat } : null;
}
