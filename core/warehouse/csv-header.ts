/** The header of a CSV file (or the columns of a Parquet one) against the columns of its table. */
import { importColumns } from './import-columns.ts';
import type { WarehouseTable } from './rows.ts';

export type HeaderFault =
  | { readonly code: 'duplicate_column' | 'missing_column'; readonly column: string }
  | { readonly code: 'wrong_header' };

export interface Header {
  /** By place; null for a column that is not read. */
  readonly columns: readonly (string | null)[];
  /** Names that are not known and so not read, as far as they are good to show. */
  readonly strange: readonly string[];
}

const strangeShownMax = 10;

/** Case and blanks around a name do not matter. A column without a name, as spreadsheets leave them, is passed over. */
export function judgeHeader(table: WarehouseTable, names: readonly string[]): Header | HeaderFault {
  const { required, optional, ignored } = importColumns[table];
  const known = new Set([...required, ...optional]);
  const columns: (string | null)[] = [];
  const strange: string[] = [];
  for (const sent of names) {
    const name = sent.trim().toLowerCase();
    if (known.has(name) && columns.includes(name)) return { code: 'duplicate_column', column: name };
    columns.push(known.has(name) ? name : null);
    const isStrange = name !== '' && !known.has(name) && !ignored.includes(name);
    if (isStrange && strange.length < strangeShownMax && /^[\w .-]{1,64}$/.test(name)) strange.push(name);
  }
  if (columns.every((name) => name === null)) return { code: 'wrong_header' };
  const missing = required.find((name) => !columns.includes(name));
  return missing === undefined ? { columns, strange } : { code: 'missing_column', column: missing };
}
