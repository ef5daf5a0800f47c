/** Tables of the accounts (ING-6b); a part of the schema (schema.ts). Times are ISO 8601 in UTC unless they say ms. */
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

function integerColumn(name: string) {
  return integer(name).notNull();
}

/** What became of the events of a range of a shard's log: one row a seal plan, written before the shard may trim. */
export const shardAccounts = sqliteTable(
  'shard_accounts',
  {
    region_number: integerColumn('region_number'),
    shard: integerColumn('shard'),
    incarnation: integerColumn('incarnation'),
    /** Log rows, both inclusive. */
    first_row: integerColumn('first_row'),
    last_row: integerColumn('last_row'),
    /** Minutes of receipt (epoch minutes), both inclusive. */
    from_minute: integerColumn('from_minute'),
    to_minute: integerColumn('to_minute'),
    /** JSON: ShardAccount.encode(). */
    account: text('account').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.region_number, table.shard, table.incarnation, table.first_row] }),
    index('shard_accounts_by_minute').on(table.to_minute),
  ],
);

/**
 * Door numbers that were given out and not seen for long (LOG-4). A row goes when its numbers come; those of a door that
 * its shard has forgotten stay: nothing can bring them any more.
 */
export const doorHoles = sqliteTable(
  'door_holes',
  {
    region_number: integerColumn('region_number'),
    shard: integerColumn('shard'),
    door: text('door').notNull(),
    /** Half-open. */
    from_number: integerColumn('from_number'),
    to_number: integerColumn('to_number'),
    /** Of the first chunk behind the hole, as is the time: the hole was received no later, and mostly just before. */
    producer: text('producer').notNull(),
    received_at: text('received_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.region_number, table.shard, table.door, table.from_number] }),
    index('door_holes_by_time').on(table.received_at),
  ],
);
