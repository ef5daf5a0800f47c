// Producers whose clocks are wrong: a day ahead and behind, in 1970 and in 2099, and a region that falls silent. No
// window of a healthy producer may be wrong for it, nor close too early.
import { setTimeout as sleep } from 'node:timers/promises';
import { runLot } from '../harness/lot.ts';
import type { Oracle } from '../harness/oracle.ts';
import { fireRegions } from '../harness/producers.ts';
import type { Section } from './section.ts';

const dayMs = 86_400_000;
const hourMs = dayMs / 24;
/** A record of each goes with every request, into the regions of the healthy. */
const wrong = [() => Date.now() + dayMs, () => Date.UTC(2099, 6, 1), () => Date.UTC(1970, 0, 2)];
const [, ...talking] = fireRegions;

export const clocks: Section = {
  name: 'clocks',
  unit: 'records with a wrong clock',
  trials: 3_000,
  lotTrials: 3_000,
  run: async ({ configs, ...context }, trials) => {
    const startedMs = Date.now();
    // A producer that is a day behind: its events count in the batch layer, and in no window of the stream.
    const traffic = { pastHours: [Math.floor((startedMs - dayMs) / hourMs)], pauseMs: 120 };
    let oracle: Pick<Oracle, 'events'> = { events: [] };
    const { result } = await runLot(
      { ...context, configPath: configs.durable, traffic },
      async ({ producers, ...lot }) => {
        ({ oracle } = lot);
        producers.start();
        for (let sent = 0; sent < trials; sent += wrong.length) {
          if (sent * 2 >= trials) producers.change({ regions: talking });
          const region = fireRegions[sent % fireRegions.length] ?? '';
          const bad = wrong.map((timeMs) => ({
            event_type: 'view',
            region,
            content_id: 'title-1',
            timestamp: new Date(timeMs()).toISOString(),
          }));
          const [healthy = ''] = talking;
          await producers.send([{ region: healthy, content: 'title-1', timeMs: Date.now() }], bad);
          await sleep(20);
        }
      },
    );
    const behind = oracle.events.filter(({ timeMs }) => timeMs < startedMs - 2 * hourMs).length;
    // A window that closed too early would have made late what was in time.
    const faults =
      result.late > behind ? [`${result.late - behind} events of right clocks came too late`] : [];
    return { trials, result, counts: { events_a_day_behind: behind, late: result.late }, faults };
  },
};
