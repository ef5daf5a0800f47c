// Objects that die in the middle of everything: their memory and what they had not committed are gone.
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../../../test/e2e/traffic.ts';
import { runLot } from '../harness/lot.ts';
import { fireRegions } from '../harness/producers.ts';
import { objectKinds } from '../protocol.ts';
import type { Section } from './section.ts';

export const evictions: Section = {
  name: 'evictions',
  unit: 'aborted objects',
  trials: 500,
  lotTrials: 250,
  run: async ({ configs, ...context }, trials) => {
    const random = seededRandom(context.seed);
    const counts: Record<string, number> = {};
    const { result } = await runLot(
      { ...context, configPath: configs.durable },
      async ({ world, producers }) => {
        producers.start();
        for (let aborted = 0; aborted < trials; ) {
          await sleep(20 + random() * 120);
          const kind = objectKinds[Math.floor(random() * objectKinds.length)] ?? 'region';
          const region = fireRegions[Math.floor(random() * fireRegions.length)] ?? '';
          const of = kind === 'meter' ? world.runtime.credentials.ingest_key : region;
          if (!(await world.abort(kind, of))) continue;
          counts[kind] = (counts[kind] ?? 0) + 1;
          if (++aborted % 50 === 0) context.say(`  ${aborted} of ${trials} aborted`);
        }
        await sleep(500);
      },
    );
    return { trials, result, counts };
  },
};
