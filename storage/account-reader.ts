/** Gathers what a statement of accounts is made of (ING-6b), from D1, the dead letters and the shards. */
import { fateOf } from '../core/account/hole-fate.ts';
import { ShardAccount } from '../core/account/shard-account.ts';
import {
  type AccountedRows,
  reportOf,
  type ShardDoors,
  type ShardReport,
} from '../core/account/shard-report.ts';
import type { AccountSources, DeadChunk, Hole } from '../core/account/statement.ts';
import { deadLettersReadMax, holesReadMax, reportBytesMax, windowMs } from '../core/protocol/limits.ts';
import { errorFields, logLine } from '../core/protocol/log-line.ts';
import type { RegionEntry } from '../core/protocol/region.ts';
import { shardsOf } from '../core/protocol/shard-plan.ts';
import type { StoredLogRow } from '../core/window/log-row.ts';
import type { ShardAddress } from '../core/window/verdict.ts';
import { readAccountedRows, readShardAccounts, type StoredAccount } from './account-store.ts';
import { listDeadLetters, type StoredDeadLetter } from './dead-letters.ts';
import { readHoles, type StoredHole } from './hole-store.ts';
import { readRejectLines } from './reject-store.ts';

export interface AccountPorts {
  readonly db: D1Database;
  readonly bucket: R2Bucket;
  readonly shard: (address: ShardAddress) => ShardLog;
}

/** A region's shard, as far as its accounts go. */
export interface ShardLog {
  /** Null from one that has never taken anything. */
  doors(): Promise<ShardDoors | null>;
  /** Rows, both inclusive, as many as travel at once. */
  logPage(fromRow: number, throughRow: number): Promise<readonly StoredLogRow[]>;
}

export interface AccountQuestion {
  readonly regions: readonly RegionEntry[];
  /** Whether rejects are told too, and letters of which no region is known: they are of no region. */
  readonly isOfAll: boolean;
  /** Minutes of receipt, half-open. */
  readonly fromMinute: number;
  readonly toMinute: number;
}

export interface Gathered extends AccountSources {
  /** Messages among the dead letters of which nothing could be read: their events show as holes. */
  readonly unreadMessages: number;
  readonly warnings: readonly string[];
}

interface Told extends ShardAddress {
  readonly report: ShardReport | null;
  readonly failed: boolean;
}

export async function gatherAccounts(
  ports: AccountPorts,
  question: AccountQuestion,
  nowMs: number,
): Promise<Gathered> {
  const { regions, isOfAll, fromMinute, toMinute } = question;
  const numbers = regions.map(({ number }) => number);
  const accounted = await readAccountedRows(ports.db, numbers);
  // The shards before the table: what is sealed meanwhile is in the shards' words, and passed over in the table.
  const told = await Promise.all(shardsOf(regions).map((address) => ask(ports, address, accounted)));
  const time = { fromMs: fromMinute * windowMs, toMs: toMinute * windowMs };
  const [stored, rejects, letters, holes] = await Promise.all([
    readShardAccounts(ports.db, numbers, fromMinute, toMinute),
    isOfAll ? readRejectLines(ports.db, fromMinute, toMinute) : [],
    lettersOf(ports.bucket, time),
    readHoles(ports.db, numbers, { ...time, limit: holesReadMax }),
  ]);
  const known = new Set(numbers);
  return {
    accounts: [...stored.filter((row) => isBefore(row, accounted, told)), ...reported(told)],
    rejects,
    deadChunks: letters.read
      .flatMap((letter) => deadChunk(letter))
      .filter((one) => known.has(one.regionNumber)),
    holes: holesOf(told, holes, nowMs),
    unreadMessages: isOfAll ? letters.read.filter(({ chunk }) => chunk === null).length : 0,
    warnings: [
      ...warningsOf(told, regions),
      ...(letters.more ? [`More than ${deadLettersReadMax} dead letters: the rest count as holes`] : []),
      ...(holes.length === holesReadMax ? [`More than ${holesReadMax} holes: the rest are left out`] : []),
    ],
  };
}

type Accounted = Awaited<ReturnType<typeof readAccountedRows>>;

const isSameShard = (a: ShardAddress, b: ShardAddress): boolean =>
  a.regionNumber === b.regionNumber && a.shard === b.shard;

async function ask(ports: AccountPorts, address: ShardAddress, accounted: Accounted): Promise<Told> {
  try {
    const mine = accounted.filter((row) => isSameShard(row, address));
    return { ...address, report: await readReport(ports.shard(address), mine), failed: false };
  } catch (error) {
    console.warn(logLine('warn', 'shard_unaccounted', { ...address, ...errorFields(error) }));
    return { ...address, report: null, failed: true };
  }
}

/** The doors first: an event that comes meanwhile is in the rows, and the statement does not call it a hole. */
async function readReport(log: ShardLog, accounted: readonly AccountedRows[]): Promise<ShardReport | null> {
  const told = await log.doors();
  if (!told) return null;
  const { incarnation, lastRow } = told;
  const before = accounted.find((rows) => rows.incarnation === incarnation)?.lastRow ?? -1;
  const rows: StoredLogRow[] = [];
  let bytes = 0;
  for (let fromRow = before + 1; fromRow <= lastRow && bytes < reportBytesMax; ) {
    const page = await log.logPage(fromRow, lastRow);
    rows.push(...page);
    bytes += page.reduce((sum, { body }) => sum + body.length, 0);
    fromRow = (page.at(-1)?.row ?? lastRow) + 1;
  }
  return reportOf(incarnation, rows, told, bytes < reportBytesMax);
}

/** Whether the row was there when its shard was asked; all are where it did not answer. */
function isBefore(row: StoredAccount, accounted: Accounted, told: readonly Told[]): boolean {
  const { report } = told.find((shard) => isSameShard(shard, row)) ?? { report: null };
  if (report?.incarnation !== row.incarnation) return true;
  const known = accounted.find((other) => isSameShard(other, row) && other.incarnation === row.incarnation);
  return row.firstRow <= (known?.lastRow ?? -1);
}

function reported(told: readonly Told[]): AccountSources['accounts'] {
  return told.flatMap(({ report, regionNumber, shard }) =>
    report ? [{ regionNumber, shard, account: ShardAccount.decode(report.account) }] : [],
  );
}

/** What the shards know, and what is noted of doors that they have forgotten. */
function holesOf(told: readonly Told[], stored: readonly StoredHole[], nowMs: number): Hole[] {
  const live = told.flatMap(({ regionNumber, shard, report }) =>
    (report?.holes ?? []).map((hole) => ({
      ...hole,
      regionNumber,
      shard,
      fate: fateOf(hole.receivedAtMs, nowMs),
    })),
  );
  const noted = stored.flatMap((hole) => {
    const shard = told.find((other) => isSameShard(other, hole));
    if (shard?.report?.doors.includes(hole.door)) return [];
    return [{ ...hole, fate: fateOf(hole.receivedAtMs, nowMs, shard !== undefined && !shard.failed) }];
  });
  return [...live, ...noted];
}

function warningsOf(told: readonly Told[], regions: readonly RegionEntry[]): string[] {
  const nameOf = (number: number) => regions.find((region) => region.number === number)?.name ?? '';
  return told.flatMap(({ regionNumber, report, failed }) => {
    if (failed)
      return [`${nameOf(regionNumber)} does not answer: its newest events and what is under way are missing`];
    return report && !report.isWhole
      ? [`${nameOf(regionNumber)} has much to seal: its newest events are missing`]
      : [];
  });
}

const dayMs = 86_400_000;

/** Letters of the days of a range, by the time at which their chunks were received. */
async function lettersOf(
  bucket: R2Bucket,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): Promise<{ readonly read: readonly StoredDeadLetter[]; readonly more: boolean }> {
  const read: StoredDeadLetter[] = [];
  for (let day = Math.floor(fromMs / dayMs); day * dayMs < toMs; day++) {
    const date = new Date(day * dayMs).toISOString().slice(0, 10);
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof listDeadLetters>> = await listDeadLetters(bucket, {
        date,
        limit: 1000,
        ...(cursor === null ? {} : { cursor }),
      });
      read.push(...page.letters);
      cursor = page.cursor;
      if (read.length >= deadLettersReadMax) return { read, more: true };
    } while (cursor !== null);
  }
  return { read, more: false };
}

function deadChunk({ chunk, atMs }: StoredDeadLetter): DeadChunk[] {
  if (!chunk) return [];
  const { region, ...rest } = chunk;
  return [{ ...rest, regionNumber: region, receivedAtMs: atMs }];
}
