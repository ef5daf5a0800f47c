// The state that another version has written is opened by this one in mid-stream, and the other way round, again and
// again, with a kill each time: what an upgrade and its undoing do.
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../../../test/e2e/traffic.ts';
import { runLot } from '../harness/lot.ts';
import { buildOther, removeOther, versionBefore } from '../harness/other-version.ts';
import type { Section } from './section.ts';

const { name: otherVersion, why } = versionBefore();

export const upgrade: Section = {
  name: 'upgrade',
  unit: `changes between this version and ${otherVersion}`,
  trials: 20,
  lotTrials: 20,
  run: async ({ configs, ...context }, trials) => {
    context.say(`  the other version is ${otherVersion}: ${why}`);
    const other = buildOther(otherVersion, context.work);
    const random = seededRandom(context.seed);
    const pastHours = [Math.floor(Date.now() / 3_600_000) - 3];
    try {
      // Begun by the other version, in its own schema.
      const options = { ...context, configPath: other.durable, traffic: { pastHours } };
      const { result } = await runLot(options, async ({ world, producers }) => {
        producers.start();
        for (let change = 1; change <= trials; change++) {
          await sleep(1_000 + random() * 3_000);
          await world.kill();
          const isNew = change % 2 === 1;
          await world.start({ configPath: (isNew ? configs : other).durable });
          context.say(`  change ${change} of ${trials}: ${isNew ? 'this version' : otherVersion}`);
        }
        await sleep(1_000);
        if (trials % 2 === 1) return;
        await world.kill();
        await world.start({ configPath: configs.durable });
      });
      return { trials, result };
    } finally {
      removeOther(otherVersion, context.work);
    }
  },
};
