/** How much work a day of traffic makes, and what a month of it costs: unit costs as counted, times how many there are. */
import { partsKeptMs } from '../protocol/batch-limits.ts';
import { joinWaitMsMax } from '../protocol/join-limits.ts';
import { envelopeBytesMax, sealEventsMin } from '../protocol/limits.ts';
import { sessionRowsMax, sessionsKeptMs } from '../protocol/warehouse-limits.ts';
import * as assumed from './assumed-work.ts';
import { type Bill, billOf, type MonthWork } from './bill.ts';
import type { Operation } from './operations.ts';
import { objectGb, queueUnitBytes } from './prices.ts';
import { type UnitCosts, type WorkUnit, workUnits } from './unit-work.ts';

export interface Traffic {
  readonly eventsPerDay: number;
  readonly eventsPerPost: number;
  /** All regions are mixed in each POST. */
  readonly regions: number;
  /** Bytes of an event in the queue, as counted. */
  readonly queueBytesPerEvent: number;
  readonly viewerHoursPerDay: number;
  /** D1 has the sessions of one user in so many (SES-6). */
  readonly usersOneIn: number;
  /** Operations of a viewer-hour, as counted. */
  readonly viewerHour: Partial<Record<Operation, number>>;
}

export interface DayWork extends Readonly<Record<WorkUnit, number>> {
  readonly shardsPerRegion: number;
  readonly messagesPerBatch: number;
}

const daySeconds = 86_400;
const dayMs = daySeconds * 1000;
const monthDays = 365 / 12;

/** Of one user in so many D1 has the sessions for as long as it keeps any, below its cap (docs/sessions.md). */
export function usersOneInFor(eventsPerDay: number): number {
  const kept = (eventsPerDay / assumed.eventsPerSitting) * (sessionsKeptMs / dayMs);
  return Math.max(1, Math.ceil(kept / sessionRowsMax));
}

const isolatesOf = (postsPerSecond: number, regions: number): number =>
  Math.max(regions, Math.ceil(postsPerSecond / assumed.postsPerIsolate));

/**
 * ING-8: a POST that comes while another one's send is under way opens a lot, which gathers for joinWaitMsMax. Where more
 * come it gathers for longer, which is left out here, and so is the time that a body takes to come.
 */
export function postsPerMessage(traffic: Traffic): number {
  const { eventsPerDay, eventsPerPost, regions, queueBytesPerEvent } = traffic;
  const perSecond = eventsPerDay / eventsPerPost / daySeconds;
  const perMs = perSecond / isolatesOf(perSecond, regions) / 1000;
  const gathering = 1 - Math.exp(-perMs * assumed.queueSendMs);
  const fit = Math.floor(envelopeBytesMax / (eventsPerPost * queueBytesPerEvent + 100));
  return clamp(1 + gathering * perMs * joinWaitMsMax, 1, Math.max(1, fit));
}

export function dayWorkOf(traffic: Traffic): DayWork {
  const { eventsPerDay: events, eventsPerPost, regions } = traffic;
  const perSecond = events / daySeconds;
  const posts = events / eventsPerPost;
  const piecesPerPost = Math.ceil((eventsPerPost * traffic.queueBytesPerEvent + 100) / queueUnitBytes);
  const pieces = (posts * piecesPerPost) / postsPerMessage(traffic);
  const messagesPerSecond = pieces / daySeconds;
  const messagesPerBatch = clamp(
    (messagesPerSecond * assumed.batchTurnMs) / 1000,
    1,
    assumed.batchMessagesMax,
  );
  const shardsPerRegion = Math.ceil(
    Math.max(1, (perSecond * assumed.peakFactor) / regions / assumed.shardEventsPerSecond),
  );
  const shards = regions * shardsPerRegion;
  const batches = pieces / messagesPerBatch;
  // A shard that a batch has no event of is not called.
  const touched = shards * (1 - (1 - 1 / shards) ** (events / batches));
  // An empty minute makes no window.
  const perMinute = events / 1440;
  const windows = shards * 1440 * (1 - Math.exp(-perMinute / shards));
  const sessions = events / assumed.eventsPerSitting / traffic.usersOneIn;
  const regionHours = regions * 24 * (1 - Math.exp(-events / 24 / regions));
  const isolates = isolatesOf(posts / daySeconds, regions);
  return {
    shardsPerRegion,
    messagesPerBatch,
    post: posts,
    lease: Math.min(posts, daySeconds * isolates),
    keyMinute: Math.min(posts, 1440 * isolates),
    queuePiece: pieces,
    batch: batches,
    commit: Math.min(batches * touched, events),
    window: windows,
    part: Math.max(Math.min(shards * 96, windows), events / sealEventsMin),
    regionHour: regionHours,
    batchStep: regionHours + events / 100_000,
    filmHour: Math.min(regionHours * assumed.titles, sessions),
    regionDay: regions,
    session: sessions,
    newcomer: sessions * assumed.newUsersShare,
    look: 288,
  };
}

/** A month of such days. */
function monthOf(traffic: Traffic, unitCosts: UnitCosts, day = dayWorkOf(traffic)): MonthWork {
  const sums: Partial<Record<Operation, number>> = {};
  const add = (operation: Operation, value: number): void => {
    sums[operation] = (sums[operation] ?? 0) + value * monthDays;
  };
  for (const unit of workUnits)
    for (const [operation, value] of Object.entries(unitCosts[unit]))
      add(operation as Operation, value * day[unit]);
  for (const [operation, value] of Object.entries(traffic.viewerHour))
    add(operation as Operation, value * traffic.viewerHoursPerDay);
  return {
    ...sums,
    workerCpuMs: (day.post * assumed.cpuMsPerPost + traffic.eventsPerDay * assumed.cpuMsPerEvent) * monthDays,
    objectGbSeconds: (awakeMs(traffic, day) / 1000) * objectGb * monthDays,
    r2GbMonths: (traffic.eventsPerDay * assumed.lakeBytesPerEvent * (partsKeptMs / dayMs)) / 1e9,
  };
}

/** Of a day, over all objects: no object is awake for longer than the day. */
function awakeMs({ regions, viewerHoursPerDay }: Traffic, day: DayWork): number {
  const shards = regions * day.shardsPerRegion;
  const working = day.commit * assumed.awakeMsPerCall + day.window * 2 * assumed.awakeMsPerAlarm;
  const watched = Math.min(viewerHoursPerDay, 24) * 3_600_000;
  return (
    Math.min(working, shards * daySeconds * 1000) +
    Math.min(day.part * assumed.awakeMsPerPart, shards * daySeconds * 1000) +
    day.lease * assumed.awakeMsPerCall +
    watched
  );
}

export interface PricedTraffic {
  readonly day: DayWork;
  readonly bill: Bill;
  /** Of operations, as if nothing were included: what one more million costs. */
  readonly usdPerMillion: number;
  readonly storageUsdPerMillion: number;
}

export function priceTraffic(traffic: Traffic, unitCosts: UnitCosts): PricedTraffic {
  const day = dayWorkOf(traffic);
  const bill = billOf(monthOf(traffic, unitCosts, day));
  const millions = (traffic.eventsPerDay * monthDays) / 1e6;
  return {
    day,
    bill,
    usdPerMillion: bill.operationsUsd / millions,
    storageUsdPerMillion: bill.storageUsd / millions,
  };
}

const clamp = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));
