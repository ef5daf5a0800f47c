// A shard with a million events in its log that has lost its memory: how long until it answers.
import { filledRegion, filledTotal, fillRegion, inFilledWorld } from '../harness/filled-world.ts';
import { processorMs } from '../harness/held.ts';
import { withoutTraffic } from '../harness/lot.ts';
import type { Section } from './section.ts';

const wokenMsMax = 2_000;
const wakings = 10;
/** All of it in windows that live as long as this takes. */
const fill = { spanMs: 5 * 60_000, keys: 400, kinds: 8, sessions: 50_000 };

export const wake: Section = {
  name: 'wake',
  unit: 'events in the log of a shard that wakes',
  trials: 1_000_000,
  lotTrials: 1_000_000,
  run: async (context, trials) =>
    await inFilledWorld(context, async (world) => {
      await fillRegion(world, { ...fill, events: trials }, context.say);
      const before = await filledTotal(world);
      const times: number[] = [];
      const busy: number[] = [];
      const faults = before === trials ? [] : [`${before} events are in, not ${trials}`];
      for (let waking = 0; waking < wakings; waking++) {
        while (!(await world.abort('region', filledRegion)));
        const busyBefore = processorMs(world.runtime.pid);
        const startedAt = performance.now();
        const found = await filledTotal(world);
        times.push(Math.round(performance.now() - startedAt));
        busy.push(processorMs(world.runtime.pid) - busyBefore);
        context.say(`  awake in ${times.at(-1)} ms, ${busy.at(-1)} ms of a processor`);
        if (found !== before) faults.push(`it woke to ${found} events, not ${before}`);
      }
      if (Math.max(...times) > wokenMsMax) faults.push(`waking took up to ${Math.max(...times)} ms`);
      return {
        trials,
        result: withoutTraffic,
        ms: { 'first answer': times, 'processor time': busy },
        faults,
      };
    }),
};
