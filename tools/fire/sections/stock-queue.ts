// The emulated queue as it is, which forgets when it is killed: producers that send everything again since the last
// confirmed count lose nothing, and what the emulation itself loses is counted.
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../../../test/e2e/traffic.ts';
import { type Lot, runLot } from '../harness/lot.ts';
import { until, type World } from '../harness/world.ts';
import { countedNow } from './kills.ts';
import type { Section } from './section.ts';

export const stockQueue: Section = {
  name: 'stock-queue',
  unit: 'kills',
  trials: 50,
  lotTrials: 25,
  run: async ({ configs, ...context }, trials) => {
    const random = seededRandom(context.seed);
    const traffic = { remembers: true, pauseMs: 20 };
    const options = { ...context, configPath: configs.stock, hasStandIn: false, traffic };
    const { result, of } = await runLot(options, async (lot) => {
      let forgotten = 0;
      let resent = 0;
      for (let kill = 0; kill < trials; kill++) {
        lot.producers.start();
        await sleep(300 + random() * 1_500);
        // Just behind an answer: what the queue took then is still in its memory.
        await lot.producers.nextOk();
        await lot.world.kill();
        await lot.producers.stop();
        await lot.world.start();
        const lost = Math.max(0, lot.oracle.ok.size - (await untilStill(lot.world)));
        forgotten += lost;
        resent += await lot.producers.resendAll();
        await untilAllCounted(lot);
        lot.producers.confirm();
        context.say(`  kill ${kill + 1} of ${trials}: the emulated queue had forgotten ${lost} events`);
      }
      return { forgotten_by_the_emulation: forgotten, requests_sent_again: resent };
    });
    return { trials, result, counts: of };
  },
};

async function untilStill(world: World): Promise<number> {
  for (let before = -1; ; await sleep(400)) {
    const counted = await countedNow(world);
    if (counted === before) return counted;
    before = counted;
  }
}

async function untilAllCounted({ world, oracle }: Lot): Promise<void> {
  await until('all is counted', async () => (await countedNow(world)) >= oracle.ok.size, 60_000);
}
