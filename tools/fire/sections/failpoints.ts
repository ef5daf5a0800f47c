// A kill at each named place: between the steps of sealing and of the batch layer, and around everything that the
// product asks of the queue, of D1 and of R2.
import { setTimeout as sleep } from 'node:timers/promises';
import { failpoints as productPoints } from '../../../core/lake/failpoints.ts';
import { readWranglerConfig } from '../../wrangler-config.ts';
import { type Lot, runLot } from '../harness/lot.ts';
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
    const options = { ...context, configPath: configs.durable, traffic, stops };
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

async function killAtEach({ world, producers, options }: Lot, stops: readonly string[], hour: number) {
  const at = new Set<string>();
  let kills = 0;
  producers.start();
  for (let idle = 0, press = 0; at.size < stops.length && idle < idleMax; press++) {
    const pressing = beginRuns(world, [hour])
      .catch(() => undefined)
      .then(async () => await world.fireCron(watchCron, press * stalledMs))
      .catch(() => undefined);
    const reached = await firstReached(world, at);
    idle = reached.length === 0 ? idle + 1 : 0;
    if (reached.length === 0) continue;
    for (const point of reached) at.add(point);
    options.say(`  ${at.size} of ${stops.length}: ${reached.join(', ')}`);
    kills++;
    await world.kill();
    await pressing;
    await world.start({ stops });
  }
  // What is left hangs for good where nothing is killed: this one stops nowhere.
  await world.kill();
  await world.start();
  return { at, kills };
}

/** Places at which something stands and nothing was killed yet, once there is one; others come along. */
async function firstReached(world: Lot['world'], known: ReadonlySet<string>): Promise<string[]> {
  const found = new Set<string>();
  for (const endMs = performance.now() + standsWithinMs; performance.now() < endMs; ) {
    for (const [, point = ''] of world.takeOutput().matchAll(/"event":"failpoint"[^\n]*?"point":"([^"]+)"/g))
      if (!known.has(point)) found.add(point);
    if (found.size > 0) break;
    await sleep(50);
  }
  return [...found];
}
