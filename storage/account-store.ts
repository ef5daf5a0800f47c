/** Accounts of ranges of shards' logs in D1 (ING-6b). */
import { ShardAccount } from '../core/account/shard-account.ts';
import { queueRetentionMs, windowMs } from '../core/protocol/limits.ts';
import type { ShardAddress } from '../core/window/verdict.ts';
import { needsMigration } from './migrated.ts';
import { StoredDataError } from './stored-data-error.ts';

/** A range of a shard's log; rows both inclusive. */
export interface LogRange extends ShardAddress {
  readonly incarnation: number;
  readonly firstRow: number;
  readonly lastRow: number;
}

export interface StoredAccount extends LogRange {
  readonly account: ShardAccount;
}

/**
 * A row may hold what waited for long in the queue, or in a log that could not be sealed: rows are looked for whose
 * newest minute lies up to so many minutes behind the range.
 */
const spanMinutesMax = (2 * queueRetentionMs) / windowMs;

const insertSql = `INSERT INTO shard_accounts
    (region_number, shard, incarnation, first_row, last_row, from_minute, to_minute, account)
  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING`;

/**
 * When it returns, D1 holds the account of these rows; to be called before they may be trimmed (LOG-5b). Saving it again
 * changes nothing: a plan stays as it is, and so does what its rows hold.
 */
export async function saveShardAccount(
  db: D1Database,
  range: LogRange,
  account: ShardAccount,
): Promise<void> {
  const { fromMinute, toMinute } = account.span ?? { fromMinute: 0, toMinute: 0 };
  const { regionNumber, shard, incarnation, firstRow, lastRow } = range;
  await needsMigration(() =>
    db
      .prepare(insertSql)
      .bind(regionNumber, shard, incarnation, firstRow, lastRow, fromMinute, toMinute, account.encode())
      .run(),
  );
}

const readSql = `SELECT region_number, shard, incarnation, first_row, last_row, account FROM shard_accounts
  WHERE to_minute >= ?1 AND to_minute < ?2 AND from_minute < ?3
    AND region_number IN (SELECT value FROM json_each(?4))
  ORDER BY region_number, shard, incarnation, first_row`;

/** Accounts that hold minutes of receipt with fromMinute <= minute < toMinute, and others. Throws StoredDataError. */
export async function readShardAccounts(
  db: D1Database,
  regions: readonly number[],
  fromMinute: number,
  toMinute: number,
): Promise<StoredAccount[]> {
  const rows = await needsMigration(() =>
    db
      .prepare(readSql)
      .bind(fromMinute, toMinute + spanMinutesMax, toMinute, JSON.stringify(regions))
      .raw<[number, number, number, number, number, string]>(),
  );
  return rows.map(([regionNumber, shard, incarnation, firstRow, lastRow, text]) => {
    try {
      const account = ShardAccount.decode(text);
      return { regionNumber, shard, incarnation, firstRow, lastRow, account };
    } catch {
      throw new StoredDataError(
        'shard_accounts',
        `${regionNumber}/${shard}/${incarnation}/${firstRow}`,
        'cannot be read',
      );
    }
  });
}

const lastRowsSql = `SELECT region_number, shard, incarnation, max(last_row) FROM shard_accounts
  WHERE region_number IN (SELECT value FROM json_each(?1)) GROUP BY region_number, shard, incarnation`;

/** The last row of each log of which D1 has the account. */
export async function readAccountedRows(
  db: D1Database,
  regions: readonly number[],
): Promise<Pick<LogRange, 'regionNumber' | 'shard' | 'incarnation' | 'lastRow'>[]> {
  const rows = await needsMigration(() =>
    db.prepare(lastRowsSql).bind(JSON.stringify(regions)).raw<[number, number, number, number]>(),
  );
  return rows.map(([regionNumber, shard, incarnation, lastRow]) => ({
    regionNumber,
    shard,
    incarnation,
    lastRow,
  }));
}
