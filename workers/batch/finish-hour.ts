/** The end of a run: what it counted against what D1 holds, and one transaction that puts right what differs. */

import { differencesOf } from '../../core/batch/differences.ts';
import { windowsKeptMs } from '../../core/protocol/batch-limits.ts';
import { mergeWindows } from '../../core/window/merge-windows.ts';
import type { PackedWindow } from '../../core/window/packed-window.ts';
import { WindowState } from '../../core/window/window-state.ts';
import type { BatchParams } from '../../storage/batch-dispatch.ts';
import { contentText, type HourWrite, writeHour } from '../../storage/batch-hour-store.ts';
import { type BatchRun, readRun } from '../../storage/batch-store.ts';
import { type PackedHour, readHours } from '../../storage/hour-store.ts';
import { readShardsOf } from '../../storage/region-registry.ts';
import { readWindows } from '../../storage/window-store.ts';
import type { StoredPlan } from './hour-run.ts';
import { type BatchPorts, done, failed, over, type StepOutcome } from './ports.ts';

/** What the parts of one shard hold. */
export interface ShardResult {
  readonly shard: number;
  readonly windows: readonly PackedWindow[];
  readonly counted: number;
  readonly lateAdded: number;
  readonly lateTwins: number;
  /** Events that the stream counted, twins of another incarnation among them. */
  readonly streamed: number;
}

const hourMs = 3_600_000;

export async function finishHour(
  ports: BatchPorts,
  params: BatchParams,
  plan: StoredPlan,
  results: readonly ShardResult[],
): Promise<StepOutcome<null>> {
  const { runId, regionNumber, hour } = params;
  const shards = await readShardsOf(ports.db, regionNumber);
  const held = await readWindows(ports.db, shards, hour * 60, hour * 60 + 60);
  const heldHours = await readHours(ports.db, shards, hour, hour + 1);
  const run = await readRun(ports.db, runId);
  const lost = run ? whatIsMissing(run, { windows: held, hours: heldHours }, results) : null;
  if (lost !== null) return failed(lost);
  const { generation } = plan;
  const windows = settle(
    held,
    results.flatMap((result) => result.windows),
    generation,
  );
  const hours = mergeHours(windows.all, heldHours, params, generation);
  // After the windows' retention the hours stand for them.
  const windowsExpired = held.length === 0 && ports.now() - (hour + 1) * hourMs > windowsKeptMs;
  const sum = (of: 'counted' | 'lateAdded' | 'lateTwins') =>
    results.reduce((total, result) => total + result[of], 0);
  const write: HourWrite = {
    runId,
    regionNumber,
    hour,
    generation,
    parts: plan.parts.length,
    partsDigest: plan.partsDigest,
    events: sum('counted') + sum('lateAdded'),
    lateAdded: sum('lateAdded'),
    lateTwins: sum('lateTwins'),
    computedAtMs: ports.now(),
    windows: windowsExpired ? [] : windows.changed,
    hours: hours.changed,
    differences: [
      ...(windowsExpired ? [] : differencesOf('region_windows', held, windows.all)),
      ...(heldHours.length > 0 ? differencesOf('region_hours', heldHours, hours.all) : []),
    ],
  };
  return await carryOut(ports, write);
}

async function carryOut({ db }: BatchPorts, write: HourWrite): Promise<StepOutcome<null>> {
  if ((await writeHour(db, write)).written) return done(null);
  const run = await readRun(db, write.runId);
  // An earlier try of this step has written, and was not heard.
  if (run?.state === 'done') return done(null);
  if (run?.state !== 'running') return over;
  return failed('the hour was frozen, or a newer run has written it');
}

/**
 * Every event that the stream counted lies in a part (LAK-1). Where parts hold fewer than the stream's windows say,
 * some are missing, and what D1 has is the better account. A replay puts right windows that counted wrongly, but it
 * never takes the absence of all parts for the absence of events.
 */
function whatIsMissing(run: BatchRun, held: Held, results: readonly ShardResult[]): string | null {
  if (run.reason === 'replay') {
    const rows = [...held.windows, ...held.hours].filter(({ counters }) => (counters[0] as number) > 0);
    const bare = rows.find(({ shard }) => !results.some((result) => result.shard === shard));
    return bare
      ? `events were counted and no part of shard ${bare.shard} is there: nothing was written`
      : null;
  }
  const ofStream = held.windows.filter(({ revision }) => revision.generation === 0);
  const counted = ofStream.reduce((sum, { counters }) => sum + (counters[0] as number), 0);
  const streamed = results.reduce((sum, result) => sum + result.streamed, 0);
  if (streamed >= counted) return null;
  return `the stream counted ${counted} events and the parts hold ${streamed}: nothing was written`;
}

/** What D1 has. */
interface Held {
  readonly windows: readonly PackedWindow[];
  readonly hours: readonly PackedHour[];
}

interface Settled<T> {
  /** What D1 will say. */
  readonly all: readonly T[];
  /** Of it what D1 does not say yet. */
  readonly changed: readonly T[];
}

function settle(
  held: readonly PackedWindow[],
  computed: readonly PackedWindow[],
  generation: number,
): Settled<PackedWindow> {
  const keyOf = ({ shard, minute }: PackedWindow): string => `${shard}/${minute}`;
  const before = new Map(held.map((window) => [keyOf(window), window]));
  const all = computed.map((window) => {
    const old = before.get(keyOf(window));
    before.delete(keyOf(window));
    return old && contentText(old) === contentText(window) ? old : revised(window, generation);
  });
  // Of these no part holds an event.
  for (const window of before.values()) all.push(emptied(window, generation));
  return { all, changed: all.filter(({ revision }) => revision.generation === generation) };
}

function emptied(window: PackedWindow, generation: number): PackedWindow {
  const empty = new WindowState(window.minute, window.revision.logRow);
  empty.closed = true;
  const packed = empty.pack({ ...window, ...window.revision });
  return contentText(packed) === contentText(window) ? window : revised(packed, generation);
}

const revised = (window: PackedWindow, generation: number): PackedWindow => ({
  ...window,
  revision: { ...window.revision, generation },
});

function mergeHours(
  windows: readonly PackedWindow[],
  held: readonly PackedHour[],
  { regionNumber, hour }: BatchParams,
  generation: number,
): Settled<PackedHour> {
  const shards = [...new Set(windows.map(({ shard }) => shard))];
  const all = shards.map((shard): PackedHour => {
    const merged = mergeWindows(windows.filter((window) => window.shard === shard));
    const row = { ...merged, regionNumber, shard, hour };
    const old = held.find((other) => other.shard === shard);
    if (old && contentText(old) === contentText(row)) return old;
    return { ...row, revision: { ...row.revision, generation } };
  });
  return { all, changed: all.filter(({ revision }) => revision.generation === generation) };
}
