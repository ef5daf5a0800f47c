// From the last request to the last number: the queue is drained, live frames and API are held against each other, the
// clock goes on to where every hour is over, and the batch layer computes them.
import { setTimeout as sleep } from 'node:timers/promises';
import { readWranglerConfig } from '../../wrangler-config.ts';
import { type Cells, contentsOfApi, differences, minuteMs, minutesOfApi, minutesOfD1 } from './cells.ts';
import type { Oracle } from './oracle.ts';
import { fireRegions } from './producers.ts';
import type { FireViewer } from './viewer.ts';
import { until, type World } from './world.ts';

const [, watchCron = ''] = readWranglerConfig().triggers.crons ?? [];
const hourMs = 60 * minuteMs;
/** Past H, the hold-back and the batch layer's own margin. */
const overMs = 12 * minuteMs;
/** Looks at the runs until one that stands is revived: half a minute, since on a busy machine a run takes as long. */
const revivesEvery = 120;
/** Longer than a run may stand still before the watchdog takes it for dead. */
const stalledMs = 7 * minuteMs;
/** Contents leave a viewer's sight after 15 minutes. */
const contentsSureMinutes = 13;

export interface LiveNumbers {
  /** Cells of the stream: D1 and the regions together, as the API has them. */
  readonly minutes: Cells;
  readonly contents: Cells;
  /** What of the live frames was not so. */
  readonly faults: readonly string[];
}

/** Once the stand-in has nothing left. Ms it took. */
export async function drainQueue(world: World, withinMs: number): Promise<number> {
  const startedAt = performance.now();
  const isEmpty = async () => {
    const { depth, sendsUnderWay } = await world.queue();
    return depth === 0 && sendsUnderWay === 0;
  };
  await until('the queue is drained', isEmpty, withinMs);
  return performance.now() - startedAt;
}

const totalOf = (cells: Cells): number => [...cells.values()].reduce((sum, events) => sum + events, 0);

/** Once the API stands still: what it says, and what a viewer sees that differs. */
export async function readLive(world: World, viewer: FireViewer, fromMs: number): Promise<LiveNumbers> {
  const fromMinute = Math.floor(fromMs / minuteMs) - 1;
  const read = async () => await minutesOfApi(world, fromMinute, Math.floor(world.now() / minuteMs) + 1);
  let minutes = await read();
  for (let still = 0, before = -1; still < 3; ) {
    await sleep(300);
    minutes = await read();
    still = totalOf(minutes) === before ? still + 1 : 0;
    before = totalOf(minutes);
  }
  const contents = await contentsOfApi(world, minutes.keys());
  const faultsNow = (): string[] => {
    const inSight = (cell: string) =>
      Number(cell.split(' ')[1]) > world.now() / minuteMs - contentsSureMinutes;
    const filtered = (cells: Cells): Cells => new Map([...cells].filter(([cell]) => inSight(cell)));
    return [
      ...differences('live frames', filtered(viewer.minutes()), filtered(minutes)),
      ...differences('live contents', filtered(viewer.contents()), filtered(contents)),
    ];
  };
  // What it has seen lately may still be under way to it.
  await until('', async () => Promise.resolve(faultsNow().length === 0), 10_000).catch(() => undefined);
  return { minutes, contents, faults: faultsNow() };
}

/** How far the clock must go on so that every hour of the events is over. */
export function aheadOf(oracle: Oracle): number {
  const last = oracle.events.reduce((latest, { timeMs }) => Math.max(latest, timeMs), 0);
  const wanted = (Math.floor(last / hourMs) + 1) * hourMs + overMs;
  return Math.max(0, wanted - Date.now()) + 1_000;
}

/** All windows are dead: D1 must have each as the API had it when it was alive. Faults, in words. */
export async function compareD1(world: World, live: LiveNumbers): Promise<string[]> {
  const wrong = (): string[] =>
    differences('D1', streamOnly(minutesOfD1(world.folder), live.minutes), live.minutes);
  const wake = async () => {
    for (const region of fireRegions) await world.read(`/api/stats/realtime?region=${region}&minutes=5`);
    return wrong().length === 0;
  };
  await until('', wake, 30_000).catch(() => undefined);
  return wrong();
}

/** Late events of hours that are long over have windows of the batch layer, of which the stream says nothing. */
function streamOnly(cells: Cells, stream: Cells): Cells {
  const first = Math.min(...[...stream.keys()].map((cell) => Number(cell.split(' ')[1])));
  return new Map([...cells].filter(([cell]) => Number(cell.split(' ')[1]) >= first));
}

interface Run {
  readonly id: string;
  readonly state: string;
  readonly error: string | null;
}

const runsPath = '/api/admin/batch/runs';

/** Epoch hours of the events. */
export const hoursOf = (oracle: Oracle): number[] => [
  ...new Set(oracle.events.map(({ timeMs }) => Math.floor(timeMs / hourMs))),
];

/** Hours over which a run goes on are passed over; whether any was. */
export async function beginRuns(
  world: World,
  hours: readonly number[],
  regions = fireRegions,
): Promise<boolean> {
  let heldOff = false;
  for (const hour of hours) {
    const [from, to] = [hour, hour + 1].map((at) => new Date(at * hourMs).toISOString());
    const response = await world.ask(runsPath, {
      method: 'POST',
      body: JSON.stringify({ from, to, regions }),
    });
    if (!response.ok && response.status !== 409)
      throw new Error(`${runsPath} answered ${response.status}: ${await response.text()}`);
    const { held_off = [] } = (await response.json()) as { readonly held_off?: readonly unknown[] };
    heldOff ||= response.status === 409 || held_off.length > 0;
  }
  return heldOff;
}

/** Computes the hours, once nothing more comes. What of it did not end well, in words. */
export async function computeHours(world: World, hours: readonly number[]): Promise<string[]> {
  const heldOff = await beginRuns(world, hours);
  const faults = await untilRunsOver(world);
  if (!heldOff) return faults;
  // A run that went on already may have been planned before the last events were sealed.
  await beginRuns(world, hours);
  return await untilRunsOver(world);
}

async function allRuns(world: World): Promise<Run[]> {
  return await world.data<Run[]>(`${runsPath}?from=${world.now() - 72 * hourMs}&limit=500`);
}

async function allReplays(world: World): Promise<Pick<Run, 'state'>[]> {
  return await world.data<Pick<Run, 'state'>[]>('/api/admin/replays');
}

/** Those that did not end well, in words. A replay takes an hour from the run that stands over it, and computes it (RPL-2). */
export const badlyEnded = (runs: readonly Run[]): string[] =>
  runs
    .filter(({ state, error }) => state !== 'done' && !(state === 'cancelled' && isTakenOver(error)))
    .map((run) => `batch: ${JSON.stringify(run)}`);

const isTakenOver = (error: string | null): boolean => /^replay \S+ computes this hour$/.test(error ?? '');

/** Until no run waits or goes on. Those that did not end well, in words. */
export async function untilRunsOver(world: World, withinMs = 300_000): Promise<string[]> {
  const endMs = performance.now() + withinMs;
  for (let tries = 1; ; tries++) {
    const [runs, replays] = await Promise.all([allRuns(world), allReplays(world)]).catch(() => []);
    const standing =
      runs && replays && [...runs, ...replays].filter(({ state }) => /waiting|running/.test(state));
    if (runs && standing?.length === 0) return badlyEnded(runs);
    if (performance.now() > endMs) return [`batch: ${standing?.length ?? 'unknown'} runs stand`];
    if (tries % revivesEvery === 0)
      await world.fireCron(watchCron, stalledMs * (tries / revivesEvery)).catch(() => undefined);
    await sleep(250);
  }
}
