// A shard with as many identities, sessions and keys as it may hold: what that takes, in the runtime.
import { setTimeout as sleep } from 'node:timers/promises';
import { dimensionKeysMax, identitiesMax, sessionsMax } from '../../../core/protocol/limits.ts';
import { filledTotal, fillRegion, inFilledWorld } from '../harness/filled-world.ts';
import { withoutTraffic } from '../harness/lot.ts';
import type { Section } from './section.ts';

const mbMax = 64;
/** What was under way is over by then. */
const settleMs = 5_000;
/** Nearly as long as windows live. */
const spanMs = 9 * 60_000;

export const memory: Section = {
  name: 'memory',
  unit: 'identities in one shard',
  trials: identitiesMax,
  lotTrials: identitiesMax,
  run: async (context, trials) =>
    await inFilledWorld(context, async (world) => {
      // Awake and warm before it is measured.
      await fillRegion(
        world,
        { events: 1_000, spanMs: 1_000, keys: 1, kinds: 1, sessions: 1 },
        () => undefined,
      );
      const before = await world.held();
      // The sealer holds events of its own while it seals: here it finds R2 away and lets go of them.
      await world.lay({ target: 'r2', mode: 'throw', forMs: 3_600_000 });
      const keys = dimensionKeysMax + 1;
      const fill = { events: trials, spanMs, keys, kinds: keys, sessions: sessionsMax + 1 };
      await fillRegion(world, fill, context.say);
      const events = await filledTotal(world);
      await sleep(settleMs);
      const after = await world.held();
      const taken = Math.ceil(after.heap + after.buffers - before.heap - before.buffers);
      const counts = {
        MB_of_a_shard_at_its_caps: taken,
        MB_in_JavaScript: Math.ceil(after.heap - before.heap),
        MB_in_buffers: Math.ceil(after.buffers - before.buffers),
        MB_of_the_whole_isolate: Math.ceil(after.heap + after.buffers),
        MB_resident_of_the_process: Math.ceil(after.resident ?? 0),
        events_counted: events,
      };
      context.say(`  ${JSON.stringify(counts)}`);
      const faults = taken > mbMax ? [`a shard at its caps holds ${taken} MB`] : [];
      return { trials, result: withoutTraffic, counts, faults };
    }),
};
