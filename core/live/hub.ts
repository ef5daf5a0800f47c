/**
 * The live hub as a pure state machine: it hears of viewers, updates, answers and time, and says what to send, close,
 * fetch and when to be woken. LIV-1 is kept by frames.ts and the journal, LIV-2 by viewer.ts, LIV-3 here and in
 * feed.ts, DUP-2 by cell.ts and region-fields.ts.
 */
import type { AlertRecord } from '../alert/alert-record.ts';
import { unreachable } from '../protocol/assert.ts';
import { leaseRenewMs, pullWaitMsMax } from '../protocol/limits.ts';
import type { RegionEntry } from '../protocol/region.ts';
import { shardsOf } from '../protocol/shard-plan.ts';
import { takeAcknowledgement, takeAlert } from './alert-board.ts';
import { deliver, flush, flushReaders, flushWhenDue, wakeBy } from './feed.ts';
import {
  type Hub,
  type HubEffect,
  type HubInput,
  type HubLife,
  type KnownAlert,
  newHubLife,
} from './hub-state.ts';
import { addressOf, alarmWhenNeeded, renewWhenDue, retryWhenDue, start } from './job-effects.ts';
import { allSettled, type HubJob, jobDone, jobFailed } from './jobs.ts';
import { greet } from './reader.ts';
import { newReader } from './reader-state.ts';
import {
  applyAnswerCells,
  applyUpdateCells,
  applyWindow,
  type Change,
  newRegionCells,
  putMinute,
  type RegionCells,
} from './region-cells.ts';
import { applyAnswerFields, applyUpdateFields } from './region-fields.ts';
import { type Subscription, wholeSubscription } from './subscription.ts';
import { newViewer } from './viewer.ts';
import { hear } from './viewer-message.ts';

/** Takes in what happened at `now` (ms) and returns what is to be done, in order. Changes `hub`. */
export function step(hub: Hub, input: HubInput, now: number): HubEffect[] {
  const before = hub.life;
  if (before) before.at = Math.max(before.at, now);
  const effects = react(hub, input, now);
  if (hub.life) effects.push(...flushReaders(hub, hub.life, now));
  if (hub.life && hub.viewers.size + hub.readers.size === 0) hub.life = null;
  // What was begun for viewers that have gone since is not wanted any more: no lease for nobody.
  if (before && !hub.life) return [...effects.filter(isForViewer), { type: 'sleep' }];
  if (hub.life) effects.push(...alarmWhenNeeded(hub.life));
  return effects;
}

function isForViewer({ type }: HubEffect): boolean {
  return type === 'send' || type === 'close' || type === 'write' || type === 'end';
}

function react(hub: Hub, input: HubInput, now: number): HubEffect[] {
  if (input.type === 'connected') return connect(hub, input.viewer, input.subscription, now);
  if (input.type === 'reader_came') return admit(hub, input.reader, input.subscription, now);
  const { life } = hub;
  if (!life) return [];
  switch (input.type) {
    case 'message':
      return hear(hub, life, input.viewer, input.text, now);
    case 'disconnected':
      hub.viewers.delete(input.viewer);
      return [];
    case 'reader_drained': {
      const reader = hub.readers.get(input.reader);
      if (reader) reader.busySince = null;
      return [];
    }
    case 'reader_left':
      hub.readers.delete(input.reader);
      return [];
    case 'update': {
      const { update } = input;
      const taken = takeFrom(life, update.regionNumber, (region, change) => {
        applyUpdateCells(region, update, change);
        takeAlerts(life, update.alerts, change.seq);
        return applyUpdateFields(region.fields, update, change.seq);
      });
      return taken ? flushWhenDue(hub, life, now) : [];
    }
    case 'registry':
      return takeRegistry(hub, life, input.regions, now);
    case 'answer': {
      const { answer } = input;
      jobDone(life.jobs, { job: 'shard', address: addressOf(answer) });
      takeFrom(life, answer.regionNumber, (region, change) => {
        applyAnswerCells(region, answer, change);
        takeAlerts(life, answer.alerts, change.seq);
        return applyAnswerFields(region.fields, answer, change.seq);
      });
      return settle(hub, life, now);
    }
    case 'history':
      jobDone(life.jobs, { job: 'history' });
      takeHistory(life, input);
      return settle(hub, life, now);
    case 'alerts':
      jobDone(life.jobs, { job: 'alerts' });
      takeKnownAlerts(life, input.alerts);
      return settle(hub, life, now);
    case 'told':
      takeKnownAlerts(life, input.alerts);
      return flushWhenDue(hub, life, now);
    case 'acknowledged': {
      const { id, acknowledgement } = input;
      if (!takeAcknowledgement(life.alerts, id, acknowledgement, life.seq + 1, life.at)) return [];
      life.seq++;
      return flushWhenDue(hub, life, now);
    }
    case 'failed':
      jobFailed(life.jobs, input.job, now);
      return settle(hub, life, now);
    case 'woken':
      life.wakeAt = null;
      return settle(hub, life, now);
    case 'alarm':
      life.alarmAt = null;
      return [...renewWhenDue(life, now), ...retryWhenDue(life, now), ...flush(hub, life, now)];
    default:
      return unreachable(input);
  }
}

function connect(
  hub: Hub,
  id: string,
  subscription: Subscription = wholeSubscription,
  now: number,
): HubEffect[] {
  const viewer = newViewer(id, subscription, now);
  hub.viewers.set(id, viewer);
  return hub.life ? deliver(hub, hub.life, viewer, now) : begin(hub, now);
}

function admit(hub: Hub, id: string, subscription: Subscription, now: number): HubEffect[] {
  const reader = newReader(id, subscription, now);
  hub.readers.set(id, reader);
  return [greet(reader, now), ...(hub.life ? [] : begin(hub, now))];
}

function begin(hub: Hub, now: number): HubEffect[] {
  hub.lives++;
  hub.life = newHubLife(`${hub.incarnation}.${hub.lives}`, now, now + leaseRenewMs);
  return start(hub.life, [{ job: 'registry' }], now);
}

/** What the regions hold is stamped with one seq and entered in the journal; true when anything shown changed. */
function takeFrom(
  life: HubLife,
  regionNumber: number,
  apply: (region: RegionCells, change: Change) => boolean,
): boolean {
  // Of a number that the registry did not have when it was read last: renewal reads it again and pulls the region.
  const region = life.regions.get(regionNumber);
  if (!region) return false;
  const change: Change = { seq: life.seq + 1, at: life.at, cells: [] };
  const fieldsChanged = apply(region, change);
  const changed = fieldsChanged || change.cells.length > 0 || region.keyedSeq === change.seq;
  if (!changed && life.urgentSeq !== change.seq) return false;
  life.seq = change.seq;
  if (change.cells.length > 0) life.journal.push(change);
  return true;
}

function takeAlerts(life: HubLife, records: readonly AlertRecord[], seq: number): void {
  for (const record of records) if (takeAlert(life.alerts, record, seq, life.at)) life.urgentSeq = seq;
}

function takeKnownAlerts(life: HubLife, alerts: readonly KnownAlert[]): void {
  const seq = life.seq + 1;
  takeAlerts(
    life,
    alerts.map(({ record }) => record),
    seq,
  );
  let acknowledged = false;
  for (const { record, acknowledgement } of alerts) {
    if (acknowledgement && takeAcknowledgement(life.alerts, record.id, acknowledgement, seq, life.at))
      acknowledged = true;
  }
  if (acknowledged || life.urgentSeq === seq) life.seq = seq;
}

function takeRegistry(hub: Hub, life: HubLife, regions: readonly RegionEntry[], now: number): HubEffect[] {
  jobDone(life.jobs, { job: 'registry' });
  const first = life.readyBy === null;
  if (JSON.stringify(regions) !== JSON.stringify(life.registry)) {
    life.registry = regions;
    // Facts travel in snapshots only.
    for (const viewer of hub.viewers.values()) viewer.sent = null;
  }
  const added = regions.filter(({ number }) => !life.regions.has(number));
  for (const { number } of added) life.regions.set(number, newRegionCells(number));
  life.readyBy ??= now + pullWaitMsMax;
  const jobs: HubJob[] = shardsOf(added).map((address) => ({ job: 'shard', address }));
  const started = start(life, first ? [...jobs, { job: 'history' }, { job: 'alerts' }] : jobs, now);
  return [...started, ...settle(hub, life, now)];
}

function takeHistory(life: HubLife, { windows, totals }: Extract<HubInput, { type: 'history' }>): void {
  for (const window of windows) {
    takeFrom(life, window.regionNumber, (region, change) => {
      applyWindow(region, window, change);
      return false;
    });
  }
  for (const minute of totals) {
    takeFrom(life, minute.regionNumber, (region, change) => {
      putMinute(region, minute, minute.minute, minute.counters, change);
      return false;
    });
  }
}

/** Becomes ready when every job was tried once, or at readyBy. */
function settle(hub: Hub, life: HubLife, now: number): HubEffect[] {
  if (life.ready) return flushWhenDue(hub, life, now);
  if (life.readyBy === null) return [];
  if (!allSettled(life.jobs) && now < life.readyBy) return wakeBy(life, life.readyBy);
  life.ready = true;
  return flush(hub, life, now);
}
