// A kill at each named place: between the steps of sealing and of the batch layer, and around everything that the
// product asks of the queue, of D1 and of R2.
import { setTimeout as sleep } from 'node:timers/promises';
import { failpoints as productPoints } from '../../../core/lake/failpoints.ts';
import { hourOfParts, storeParts } from '../../lake-hour.ts';
import { readWranglerConfig } from '../../wrangler-config.ts';
import { type Lot, runLot } from '../harness/lot.ts';
import { fireRegions } from '../harness/producers.ts';
import { beginRuns } from '../harness/settle.ts';
import { stopPoints } from '../protocol.ts';
import type { Section } from './section.ts';

/** Those of the way of an event first: a small run has these. */
const points: readonly string[] = [
  ...stopPoints.toSorted((a, b) => Number(b.startsWith('behind')) - Number(a.startsWith('behind'))),
  ...productPoints,
];
const timesEach = 10;
const hourMs = 3_600_000;
const stalledMs = 7 * 60_000;
const standsWithinMs = 4_000;
/** Of so many kills one takes wrangler along; the others only the process that runs the Worker, which is quicker. */
const wholeEvery = 8;
/** What else stands by then dies with it. */
const othersWithinMs = 400;
/** Rounds without a new place, after which what is left counts as not reached. */
const idleMax = 8;
const [, watchCron = ''] = readWranglerConfig().triggers.crons ?? [];

/** The last hour of the last day of UTC that is over: with it the day is computed too. */
function lastHourOfDay(): number {
  const settled = Math.floor((Date.now() - 12 * 60_000) / hourMs);
  return Math.floor(settled / 24) * 24 - 1;
}

export const failpoints: Section = {
  name: 'failpoints',
  unit: 'kills at named places',
  trials: points.length * timesEach,
  lotTrials: points.length,
  run: async ({ configs, ...context }, trials) => {
    const stops = points.slice(0, trials);
    const hour = lastHourOfDay();
    const traffic = { pastHours: [hour] };
    // What the stream counted of a past hour cannot be made within minutes: parts of it, with late twins, are there.
    const prepare = async (folder: string) => await storeParts(folder, hourOfParts(hour, 1000, 1000, 1000));
    const options = { ...context, configPath: configs.durable, traffic, stops, prepare };
    const { result, of } = await runLot(options, async (lot) => await killAtEach(lot, stops, hour));
    const missed = stops.filter((point) => !of.at.has(point));
    return {
      trials: of.at.size,
      result,
      counts: { kills: of.kills, places: stops.length },
      faults: missed.length === 0 ? [] : [`not reached: ${missed.join(', ')}`],
    };
  },
};

async function killAtEach(lot: Lot, stops: readonly string[], hour: number) {
  const { world, producers, options } = lot;
  const at = new Set<string>();
  let kills = 0;
  producers.start();
  for (let idle = 0, presses = 0; at.size < stops.length && idle < idleMax; presses++) {
    const left = stops.filter((point) => !at.has(point));
    // It may stand at a place itself: nobody waits for it.
    void press(lot, hour, presses * stalledMs, left.every(isOfReplay)).catch(() => undefined);
    const reached = await firstReached(world, at);
    // What it printed may be lost, or died with another; its mark is there. Only here, before the kill: one that was
    // reached since stands there now, and waits to be killed.
    if (reached.length === 0)
      reached.push(...(await world.reachedStops().catch(() => [])).filter((point) => !at.has(point)));
    idle = reached.length === 0 ? idle + 1 : 0;
    if (reached.length === 0) continue;
    for (const point of reached) at.add(point);
    options.say(`  ${at.size} of ${stops.length}: ${reached.join(', ')}`);
    kills++;
    if (kills % wholeEvery > 0) await world.killRuntime();
    else {
      await world.kill();
      await world.start({ stops });
    }
  }
  // What is left hangs for good where nothing is killed: this one stops nowhere.
  await world.kill();
  await world.start();
  return { at, kills };
}

const isOfReplay = (point: string): boolean => point.includes(' replay ');

/** Asks for what has the steps in it; a replay takes the hour away from every other run, so it comes last. */
async function press({ world }: Lot, hour: number, laterMs: number, replays: boolean): Promise<void> {
  const regions = [...fireRegions, 'EU-London'];
  const [from, to] = [hour, hour + 1].map((at) => new Date(at * hourMs).toISOString());
  const body = JSON.stringify({ from, to, regions });
  if (replays) await world.ask('/api/admin/replay', { method: 'POST', body });
  else await beginRuns(world, [hour], regions).catch(() => undefined);
  await world.fireCron(watchCron, laterMs);
}

/** Places at which something stands and nothing was killed yet, once there is one; others come along. */
async function firstReached(world: Lot['world'], known: ReadonlySet<string>): Promise<string[]> {
  const found = new Set<string>();
  const startedAt = performance.now();
  let firstAt = Number.POSITIVE_INFINITY;
  for (let now = startedAt; now < startedAt + standsWithinMs && now < firstAt + othersWithinMs; ) {
    for (const [, point = ''] of world.takeOutput().matchAll(/"event":"failpoint"[^\n]*?"point":"([^"]+)"/g))
      if (!known.has(point)) found.add(point);
    await sleep(50);
    now = performance.now();
    if (found.size > 0) firstAt = Math.min(firstAt, now);
  }
  return [...found];
}
