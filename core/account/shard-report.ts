import type { DoorsAnswer } from '../window/door-holes.ts';
import { decodeLogRow, type StoredLogRow } from '../window/log-row.ts';
import { ShardAccount } from './shard-account.ts';

export interface ShardDoors extends DoorsAnswer {
  /** Of the log, and its last row; -1 for none. */
  readonly incarnation: number;
  readonly lastRow: number;
}

/** What a shard says of the part of its log of which D1 has no account yet, and of the holes that it knows. */
export interface ShardReport extends DoorsAnswer {
  readonly incarnation: number;
  /** ShardAccount.encode(). */
  readonly account: string;
  /** False where the log is too long to be read at once: its newest rows are left out. */
  readonly isWhole: boolean;
}

/** Rows of which D1 has the account: of the log of this incarnation up to a row. */
export interface AccountedRows {
  readonly incarnation: number;
  readonly lastRow: number;
}

export function reportOf(
  incarnation: number,
  rows: readonly StoredLogRow[],
  { doors, holes }: DoorsAnswer,
  isWhole: boolean,
): ShardReport {
  const account = new ShardAccount();
  for (const { body } of rows) account.addRow(decodeLogRow(body));
  return { incarnation, account: account.encode(), isWhole, doors, holes };
}
