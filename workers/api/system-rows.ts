/** The parts of the answer of /api/system. */
import type * as z from 'zod';
import type { Traffic } from '../../core/cost/requests.ts';
import { windowMs } from '../../core/protocol/limits.ts';
import {
  deadLetterKindsMax,
  regionSilentMs,
  rejectKindsMax,
  vitalsSpanMs,
} from '../../core/protocol/system-limits.ts';
import { type RegionLook, regionStateOf } from '../../core/system/judge.ts';
import type { ShardVitals } from '../../core/system/shard-vitals.ts';
import type { WorkUnderWay } from '../../storage/system/work-under-way.ts';
import { hourStart } from './asked-hours.ts';
import { isoTime } from './figures.ts';
import type { regionSchema, systemAnswer } from './system-schema.ts';
import type { Rejects, SystemSources } from './system-sources.ts';

type Answer = z.output<typeof systemAnswer>['data'];
type NameOf = (regionNumber: number) => string;

const spanSeconds = vitalsSpanMs / 1000;

export function doorsRow(rejects: Rejects | null, { requests, isCounted }: Traffic): Answer['doors'] {
  const kinds = (rejects?.totals ?? []).flatMap(({ producer, rejected }) =>
    [...rejected].map(([code, records]) => ({ producer, code, records })),
  );
  kinds.sort((a, b) => b.records - a.records);
  return {
    requests_per_second: requests / spanSeconds,
    requests_counted: isCounted,
    rejected: rejects && kinds.reduce((sum, { records }) => sum + records, 0),
    rejects: kinds.slice(0, rejectKindsMax),
    samples: (rejects?.samples ?? []).map(({ minute, producer, code, id, pointer, message }) => ({
      at: isoTime(minute * windowMs),
      producer,
      code,
      id,
      pointer,
      message,
    })),
  };
}

export function queueRow(vitals: readonly ShardVitals[], { messages }: Traffic): Answer['queue'] {
  const waits = vitals.flatMap(({ recent }) => (recent.waitMsMean === null ? [] : [recent]));
  const events = sum(waits.map((one) => sampledEvents(one)));
  const waited = sum(waits.map((one) => (one.waitMsMean ?? 0) * sampledEvents(one)));
  return {
    messages_per_second: { low: messages.low / spanSeconds, high: messages.high / spanSeconds },
    wait_ms: events === 0 ? null : Math.round(waited / events),
    wait_ms_max: waits.length === 0 ? null : Math.max(...waits.map(({ waitMsMax }) => waitMsMax ?? 0)),
    in_flight: sum(vitals.map(({ inFlight }) => inFlight)),
    overdue: sum(vitals.map(({ overdue }) => overdue)),
  };
}

const sampledEvents = ({ sample }: ShardVitals['recent']): number => sum(sample.map(({ events }) => events));

export function regionRow(look: RegionLook, nowMs: number): z.output<typeof regionSchema> {
  const { name, vitals } = look;
  const seconds = (vitals?.recent.spanMs ?? vitalsSpanMs) / 1000;
  const { counted = 0, late = 0, duplicates = 0, commits = 0, waitMsMean = null } = vitals?.recent ?? {};
  const heardMs = vitals?.lastReceivedAtMs ?? null;
  return {
    region: name,
    state: regionStateOf(look, nowMs),
    events_per_second: (counted + late + duplicates) / seconds,
    late_per_second: late / seconds,
    duplicates_per_second: duplicates / seconds,
    commits_per_second: commits / seconds,
    last_received_at: heardMs === null ? null : isoTime(heardMs),
    // Of a region that hears nothing the watermark says nothing.
    watermark_behind_ms:
      vitals && heardMs !== null && nowMs - heardMs <= regionSilentMs ? age(vitals.watermarkMs, nowMs) : null,
    queue_wait_ms: waitMsMean === null ? null : Math.round(waitMsMean),
    in_flight: vitals?.inFlight ?? 0,
    overdue: vitals?.overdue ?? 0,
    d1_windows_due: vitals?.owed.windows ?? 0,
    d1_behind_ms: age(vitals?.owed.sinceMs ?? null, nowMs),
    lake_behind_ms: age(vitals?.unsealedAtMs ?? null, nowMs),
  };
}

export function storesRow(
  { lake, audience }: SystemSources,
  vitals: readonly ShardVitals[],
  nowMs: number,
): Pick<Answer, 'd1' | 'lake' | 'hubs'> {
  const watched = vitals.filter(({ isWatched }) => isWatched);
  return {
    d1: {
      windows_per_second: sum(vitals.map(({ windowsConfirmed }) => windowsConfirmed)) / spanSeconds,
      windows_due: sum(vitals.map(({ owed }) => owed.windows)),
      behind_ms: oldest(vitals.map(({ owed }) => age(owed.sinceMs, nowMs))),
    },
    lake: {
      parts: lake?.parts ?? null,
      events: lake?.events ?? null,
      bytes: lake?.bytes ?? null,
      behind_ms: oldest(vitals.map(({ unsealedAtMs }) => age(unsealedAtMs, nowMs))),
    },
    hubs: {
      viewers: audience?.viewers ?? null,
      readers: audience?.readers ?? null,
      changes_per_second: sum(watched.map(({ recent }) => recent.commits / (recent.spanMs / 1000))),
    },
  };
}

export function deadLettersRow(
  letters: SystemSources['deadLetters'],
  nameOf: NameOf,
): Answer['dead_letters'] {
  if (!letters) return null;
  return {
    count: letters.count,
    whole: letters.isWhole,
    at: isoTime(letters.atMs),
    kinds: letters.kinds.slice(0, deadLetterKindsMax).map((kind) => ({
      code: kind.code,
      message: kind.message,
      region: kind.regionNumber === null ? null : nameOf(kind.regionNumber) || null,
      producer: kind.producer,
      letters: kind.letters,
      events: kind.events,
      sendable: kind.isSendable,
      newest_at: isoTime(kind.atMs),
    })),
  };
}

export function accountsRow(accounts: SystemSources['accounts']): Answer['accounts'] {
  if (!accounts) return null;
  return { adds_up: accounts.addsUp, explanation: accounts.explanation, at: isoTime(accounts.atMs) };
}

export function workRow(work: WorkUnderWay, nameOf: NameOf): NonNullable<Answer['runs']>[number] {
  const { kind, id, state, isFailed, isOver, shareDone, error, progressedAtMs } = work;
  return {
    kind,
    id,
    state,
    failed: isFailed,
    over: isOver,
    what: whatOf(work, nameOf),
    share_done: shareDone,
    error,
    progressed_at: isoTime(progressedAtMs),
  };
}

function whatOf({ over }: WorkUnderWay, nameOf: NameOf): string {
  if ('files' in over) return over.files.join(', ');
  if ('regionNumber' in over) return `${nameOf(over.regionNumber)}, hour of ${hourText(over.hour)}`;
  return `${over.hours} hours of regions, ${hourText(over.fromHour)} to ${hourText(over.toHour)}`;
}

/** 2026-11-21 09:00 UTC */
const hourText = (hour: number): string => `${hourStart(hour).slice(0, 16).replace('T', ' ')} UTC`;

const age = (atMs: number | null, nowMs: number): number | null =>
  atMs === null ? null : Math.max(0, Math.round(nowMs - atMs));

function oldest(ages: readonly (number | null)[]): number | null {
  const known = ages.filter((one) => one !== null);
  return known.length === 0 ? null : Math.max(...known);
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
