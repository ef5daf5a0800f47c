// A queue at its worst: of the messages 30 % come twice, 5 % ten times, shuffled over 20 s, and acknowledgements are lost.
import { setTimeout as sleep } from 'node:timers/promises';
import { runLot } from '../harness/lot.ts';
import type { Section } from './section.ts';

export const disorder = { twice: 0.3, tenfold: 0.05, delayMsMax: 20_000, lostAcks: 0.02 };
/** Many small messages. */
const traffic = { producers: 10, eventsMax: 2, pauseMs: 0, resends: 0 };

export const deliveries: Section = {
  name: 'deliveries',
  unit: 'deliveries',
  trials: 100_000,
  lotTrials: 20_000,
  run: async ({ configs, ...context }, trials) => {
    const options = { ...context, configPath: configs.durable, disorder, traffic };
    const { result } = await runLot(options, async ({ world, producers }) => {
      producers.start();
      for (let said = 0; ; await sleep(200)) {
        const { depth, deliveries: made } = await world.queue();
        if (depth + made >= trials) return;
        if (performance.now() - said < 10_000) continue;
        said = performance.now();
        context.say(`  ${made} deliveries of ${trials}, ${depth} wait`);
      }
    });
    const { messages, lostAcks } = result;
    return { trials: result.deliveries, result, counts: { messages, lostAcks } };
  },
};
