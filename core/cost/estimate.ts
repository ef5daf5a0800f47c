/**
 * What a day would cost if it went on as in the last minute: operations from counted events, times prices. What is
 * assumed says so. What the plan includes is not taken off, and its base price is not added.
 */
import { partsKeptMs } from '../protocol/batch-limits.ts';
import { objectGb, prices, queueOperationsPerMessage } from './prices.ts';
import type { Bounds, Traffic } from './requests.ts';

/** What was counted, of a span of time. */
export interface CountedWork {
  readonly spanMs: number;
  readonly traffic: Traffic;
  /** Windows that D1 confirmed in the span. */
  readonly windows: number;
  /** Shards to which events came in the span: they do not sleep between them. */
  readonly shardsAwake: number;
  /** Commits of shards of which a hub is told. */
  readonly watchedCommits: number;
  readonly isHubAwake: boolean;
  /** What was sealed in a time of its own, for sealing comes in gusts; null where it is not known. */
  readonly sealed: { readonly spanMs: number; readonly parts: number; readonly bytes: number } | null;
}

/** `counted`: from the log and tables. `derived`: follows from what was counted. `assumed`: as the code does it, not counted. */
export const costBases = ['counted', 'derived', 'assumed'] as const;
export type CostBasis = (typeof costBases)[number];

export interface CostLine {
  readonly item: string;
  readonly unit: string;
  readonly basis: CostBasis;
  /** Of what it is made. */
  readonly why: string;
  readonly perDay: Bounds;
  readonly usdPerDay: Bounds;
}

export interface CostEstimate {
  readonly lines: readonly CostLine[];
  readonly usdPerDay: Bounds;
  /** Null without events. */
  readonly usdPerMillion: Bounds | null;
  readonly eventsPerDay: number;
}

const dayMs = 86_400_000;
const monthDays = 365 / 12;

/** A door's work on a POST and its events; measured as some $0.006 a million POSTs. */
const cpuMsPerRequest = 0.3;
/** An awake shard wakes by alarm to close a minute and to emit it. */
const alarmsPerWindow = 2;
/** Row of the log, written over one that may go (LOG-5b). */
const rowsPerCommit = 1;
/** D1's row, the note that D1 has it, and the alarm. */
const rowsPerWindow = 3;
/** Row of the list and its index; plan, account with two indexes, snapshot and state of the shard. */
const rowsPerPart = 8;
/** The sealer reads what is in the log twice: events, and their account. */
const rowsReadPerCommit = 2;
/** The batch layer reads a part for its hour and for its day. */
const readsPerPart = 2;

export function estimateCost(work: CountedWork): CostEstimate {
  const lines = [...requestLines(work), ...objectLines(work), ...storageLines(work)].filter(
    ({ perDay }) => perDay.high > 0,
  );
  const usdPerDay = {
    low: sum(lines.map((line) => line.usdPerDay.low)),
    high: sum(lines.map((line) => line.usdPerDay.high)),
  };
  const eventsPerDay = work.traffic.events * (dayMs / work.spanMs);
  const million = eventsPerDay / 1e6;
  const usdPerMillion = million > 0 ? { low: usdPerDay.low / million, high: usdPerDay.high / million } : null;
  return { lines, usdPerDay, usdPerMillion, eventsPerDay };
}

function requestLines({ spanMs, traffic }: CountedWork): CostLine[] {
  const { requests, messages, batches, isCounted } = traffic;
  const perDay = dayMs / spanMs;
  const basis = isCounted ? 'counted' : 'derived';
  return [
    line('Requests to the doors', 'requests', basis, exactly(requests * perDay), prices.workerRequest, {
      why: 'POSTs with at least one accepted record, by door and time of receipt',
    }),
    line('Batches of the queue', 'requests', 'derived', times(batches, perDay), prices.workerRequest, {
      why: 'at least as many as the busiest region has commits, at most as many as all have',
    }),
    line(
      'CPU of the Worker',
      'ms',
      'assumed',
      exactly(requests * perDay * cpuMsPerRequest),
      prices.workerCpuMs,
      {
        why: `${cpuMsPerRequest} ms a POST`,
      },
    ),
    line(
      'Queue operations',
      'operations of 64 KB',
      'derived',
      times(messages, perDay * queueOperationsPerMessage),
      prices.queueOperation,
      {
        why: 'three a message; at most one message a POST, but for large ones; POSTs that come together share them',
      },
    ),
  ];
}

function objectLines(work: CountedWork): CostLine[] {
  const { spanMs, traffic, windows, shardsAwake, watchedCommits, isHubAwake } = work;
  const perDay = dayMs / spanMs;
  const awake = shardsAwake + (isHubAwake ? 1 : 0);
  return [
    line(
      'Commits of regions',
      'object requests',
      'counted',
      exactly(traffic.commits * perDay),
      prices.objectRequest,
      {
        why: 'rows of the logs',
      },
    ),
    line(
      'Alarms of regions',
      'object requests',
      'assumed',
      exactly(windows * alarmsPerWindow * perDay),
      prices.objectRequest,
      {
        why: `${alarmsPerWindow} a window that D1 took`,
      },
    ),
    line(
      'Changes told to hubs',
      'object requests',
      'derived',
      { low: 0, high: watchedCommits * perDay },
      prices.objectRequest,
      {
        why: 'one a commit of a watched region at most; a slow hub gets several in one',
      },
    ),
    line(
      'Objects awake',
      'GB-s',
      'derived',
      exactly((awake * objectGb * dayMs) / 1000),
      prices.objectGbSecond,
      {
        why: `${awake} objects at 128 MB that do not sleep while events come`,
      },
    ),
  ];
}

function storageLines({ spanMs, traffic, windows, sealed }: CountedWork): CostLine[] {
  const perDay = dayMs / spanMs;
  const parts = sealed ? sealed.parts * (dayMs / sealed.spanMs) : 0;
  const gbPerDay = sealed ? (sealed.bytes * (dayMs / sealed.spanMs)) / 1e9 : 0;
  const rows = (traffic.commits * rowsPerCommit + windows * rowsPerWindow) * perDay + parts * rowsPerPart;
  const read = traffic.commits * rowsReadPerCommit * perDay;
  const keptMonths = partsKeptMs / dayMs / monthDays;
  return [
    line('Rows written', 'rows', 'assumed', exactly(rows), prices.rowWritten, {
      why: `${rowsPerCommit} a commit, ${rowsPerWindow} a window, ${rowsPerPart} a part, as the code writes them`,
    }),
    line('Rows read', 'rows', 'assumed', exactly(read), prices.rowRead, {
      why: `${rowsReadPerCommit} a commit, for sealing; what people ask for comes on top`,
    }),
    line('Objects written to R2', 'writes', 'counted', exactly(parts), prices.r2Write, {
      why: 'parts that were sealed in the last hour',
    }),
    line('Objects read from R2', 'reads', 'assumed', exactly(parts * readsPerPart), prices.r2Read, {
      why: `${readsPerPart} a part, by the batch layer`,
    }),
    line(
      'Lake, once it is full',
      'GB kept',
      'derived',
      exactly(gbPerDay * (partsKeptMs / dayMs)),
      prices.r2GbMonth / monthDays,
      {
        why: `the parts of ${partsKeptMs / dayMs} days (${keptMonths.toFixed(0)} months), by the bytes of the last hour`,
      },
    ),
  ];
}

function line(
  item: string,
  unit: string,
  basis: CostBasis,
  perDay: Bounds,
  usd: number,
  { why }: { readonly why: string },
): CostLine {
  return { item, unit, basis, why, perDay, usdPerDay: times(perDay, usd) };
}

const exactly = (value: number): Bounds => ({ low: value, high: value });
const times = ({ low, high }: Bounds, factor: number): Bounds => ({ low: low * factor, high: high * factor });
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
