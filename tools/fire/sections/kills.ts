// Random SIGKILLs of everything under traffic, and how long it takes until events are taken and counted again.
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../../../test/e2e/traffic.ts';
import { type Lot, runLot } from '../harness/lot.ts';
import { until, type World } from '../harness/world.ts';
import type { Section } from './section.ts';

export const kills: Section = {
  name: 'kills',
  unit: 'kills',
  trials: 200,
  lotTrials: 25,
  run: async ({ configs, ...context }, trials) => {
    const random = seededRandom(context.seed);
    const pastHours = [Math.floor(Date.now() / 3_600_000) - 3];
    const options = { ...context, configPath: configs.durable, traffic: { pastHours } };
    const { result, of } = await runLot(options, async (lot) => {
      const times: Recovery[] = [];
      lot.producers.start();
      for (let kill = 0; kill < trials; kill++) {
        await sleep(200 + random() * 1_800);
        times.push(await killAndRecover(lot));
        context.say(
          `  kill ${kill + 1} of ${trials}: ready, taken, counted ${Object.values(times.at(-1) ?? {}).join(', ')} ms`,
        );
      }
      await sleep(500);
      return times;
    });
    const all = (of_: keyof Recovery) => of.map((time) => time[of_]);
    return { trials, result, ms: { ready: all('ready'), taken: all('taken'), counted: all('counted') } };
  },
};

/** From the start of the restart, ms. */
interface Recovery {
  /** The first 200 of /health. */
  readonly ready: number;
  /** The first 202. */
  readonly taken: number;
  /** The first time that the API shows more events than at its first answer. */
  readonly counted: number;
}

export async function countedNow(world: World): Promise<number> {
  return (await world.data<{ total_events: number }>('/api/stats/realtime?minutes=60')).total_events;
}

async function killAndRecover({ world, producers }: Lot): Promise<Recovery> {
  await world.kill();
  const startedAt = performance.now();
  const since = (at: number): number => Math.round(at - startedAt);
  const nextOk = producers.nextOk();
  await world.start();
  const ready = since(performance.now());
  let first: number | null = null;
  const grows = async () => {
    const counted = await countedNow(world);
    first ??= counted;
    return counted > first;
  };
  await until('events are counted again', grows, 60_000);
  const counted = since(performance.now());
  return { ready, taken: since(await nextOk), counted };
}
