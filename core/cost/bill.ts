/** Operations to dollars, by the one table of prices: a line for each, and the sum as a month of the plan has it. */
import type { Operations } from './operations.ts';
import {
  includedPerMonth,
  planUsdPerMonth,
  prices,
  rowsWrittenIncludedPerMonth,
  socketMessagesPerRequest,
} from './prices.ts';

/** Of a month: what was counted, and what follows from time and size rather than from a count. */
export interface MonthWork extends Operations {
  readonly workerCpuMs: number;
  readonly objectGbSeconds: number;
  /** Of the lake, once it is full. */
  readonly r2GbMonths: number;
}

export interface BillLine {
  readonly item: string;
  readonly amount: number;
  /** At the price of each, as if nothing were included. */
  readonly usd: number;
  /** Beyond what the plan includes. */
  readonly billedUsd: number;
}

export interface Bill {
  readonly lines: readonly BillLine[];
  /** All but what is kept in the lake, as if nothing were included. */
  readonly operationsUsd: number;
  readonly storageUsd: number;
  /** With the base price, beyond what the plan includes. */
  readonly monthUsd: number;
}

const storageItem = 'Lake kept, GB';

export function billOf(work: MonthWork): Bill {
  const { objectRequests = 0, socketMessages = 0 } = work;
  const requests = objectRequests + socketMessages / socketMessagesPerRequest;
  const lines = [
    line('Requests to the Worker', work.workerRequests, 'workerRequest'),
    line('CPU, ms', work.workerCpuMs, 'workerCpuMs'),
    line('Queue operations', work.queueOperations, 'queueOperation'),
    line('Requests to objects', requests, 'objectRequest'),
    line('Objects awake, GB-s', work.objectGbSeconds, 'objectGbSecond'),
    line('Rows written by objects', work.objectRowsWritten, 'rowWritten', rowsWrittenIncludedPerMonth),
    line('Rows written to D1', work.rowsWritten, 'rowWritten', rowsWrittenIncludedPerMonth),
    line('Rows read', work.rowsRead, 'rowRead'),
    line('R2 writes and lists', work.r2Writes, 'r2Write'),
    line('R2 reads', work.r2Reads, 'r2Read'),
    line(storageItem, work.r2GbMonths, 'r2GbMonth'),
  ];
  const [storage] = lines.filter(({ item }) => item === storageItem);
  const storageUsd = storage?.usd ?? 0;
  return {
    lines,
    operationsUsd: sum(lines.map(({ usd }) => usd)) - storageUsd,
    storageUsd,
    monthUsd: planUsdPerMonth + sum(lines.map(({ billedUsd }) => billedUsd)),
  };
}

function line(
  item: string,
  amount = 0,
  price: keyof typeof prices,
  included = includedPerMonth[price] ?? 0,
): BillLine {
  const usd = amount * prices[price];
  return { item, amount, usd, billedUsd: Math.max(0, amount - included) * prices[price] };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
