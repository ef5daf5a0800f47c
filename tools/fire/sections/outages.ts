// Stores that are away for longer than an alarm's own retries last, and a queue that takes nothing.
import { setTimeout as sleep } from 'node:timers/promises';
import { type Lot, type LotOptions, runLot } from '../harness/lot.ts';
import { beginRuns } from '../harness/settle.ts';
import type { Fault } from '../protocol.ts';
import { countedNow } from './kills.ts';
import type { LotContext, LotFigures, Section } from './section.ts';

const minuteMs = 60_000;
const pastHour = (): number => Math.floor(Date.now() / 3_600_000) - 3;
/** Fewer requests, since an outage is long. */
const slowTraffic = { pauseMs: 600 };

async function outage(
  { configs, ...context }: LotContext,
  options: Partial<LotOptions>,
  act: (lot: Lot) => Promise<Readonly<Record<string, number>>>,
): Promise<LotFigures> {
  const { result, of } = await runLot({ ...context, configPath: configs.durable, ...options }, act);
  return { trials: 1, result, counts: of, ms: { drain: [Math.round(result.drainMs)] } };
}

const statusCounts = ({ oracle }: Lot): Record<string, number> =>
  Object.fromEntries([...oracle.statuses].map(([status, count]) => [`answered_${status}`, count]));

async function during(lot: Lot, fault: Fault, each?: () => Promise<unknown>): Promise<void> {
  await lot.world.lay(fault);
  const endMs = performance.now() + fault.forMs;
  for (let said = 0; performance.now() < endMs; await sleep(1_000)) {
    await each?.().catch(() => undefined);
    if (performance.now() - said < 15_000) continue;
    said = performance.now();
    const { ok, fail, unknown } = lot.oracle.requests;
    lot.options.say(
      `  ${Math.round((endMs - said) / 1000)} s left: ${ok} ok, ${fail} refused, ${unknown} unknown`,
    );
  }
}

export const d1Down: Section = {
  name: 'd1-down',
  unit: 'outages',
  trials: 1,
  lotTrials: 1,
  run: async (context) =>
    await outage(context, { traffic: slowTraffic }, async (lot) => {
      lot.producers.start();
      await sleep(3_000);
      await during(lot, { target: 'd1', mode: 'throw', forMs: context.minutes * minuteMs });
      await sleep(3_000);
      return statusCounts(lot);
    }),
};

export const r2Down: Section = {
  name: 'r2-down',
  unit: 'outages',
  trials: 1,
  lotTrials: 1,
  run: async (context) =>
    await outage(context, { traffic: { ...slowTraffic, pastHours: [pastHour()] } }, async (lot) => {
      lot.producers.start();
      await sleep(3_000);
      // Hours are asked for, so that there is something to seal.
      const press = async () => await beginRuns(lot.world, [pastHour()]);
      await during(lot, { target: 'r2', mode: 'throw', forMs: context.minutes * minuteMs }, press);
      await sleep(3_000);
      return statusCounts(lot);
    }),
};

export const queueRefuses: Section = {
  name: 'queue-refuses',
  unit: 'refused requests',
  trials: 500,
  lotTrials: 500,
  run: async (context, trials) => {
    const before = { refused: 0, hits: 0 };
    const figures = await outage(context, { traffic: { resends: 0.3 } }, async (lot) => {
      const { world, producers, oracle } = lot;
      producers.start();
      await sleep(1_000);
      await world.lay({ target: 'queue', mode: 'refuse', forMs: 30 * minuteMs });
      while (oracle.requests.fail < trials) await sleep(100);
      await world.lift();
      before.refused = oracle.requests.fail;
      await sleep(1_000);
      return { ...statusCounts(lot), counted_after: await countedNow(world) };
    });
    const { counts = {}, result } = figures;
    const others = Object.keys(counts).filter(
      (name) => name.startsWith('answered_') && name !== 'answered_503',
    );
    const faults = [
      ...others.map((name) => `${counts[name]} requests were ${name.replace('_', ' ')}`),
      ...(result.refusedCounted === 0 ? [] : [`${result.refusedCounted} refused events count`]),
    ];
    return { ...figures, trials: before.refused, faults };
  },
};

/** Half of the failed sends went through all the same. */
export const queueFlaky: Section = {
  name: 'queue-flaky',
  unit: 'failed sends',
  trials: 500,
  lotTrials: 500,
  run: async (context, trials) => {
    const figures = await outage(context, { traffic: { resends: 0.6 } }, async (lot) => {
      const { world, producers, oracle } = lot;
      producers.start();
      const fault = { target: 'queue', mode: 'flaky', share: 0.4, seed: context.seed } as const;
      await world.lay({ ...fault, forMs: 30 * minuteMs });
      while (oracle.requests.fail < trials) await sleep(100);
      await world.lift();
      await sleep(1_000);
      return statusCounts(lot);
    });
    return { ...figures, trials: figures.result.requests.fail };
  },
};

/** Writes to D1 that are told to have failed and go through seconds later, behind newer ones. */
export const lateWrites: Section = {
  name: 'late-writes',
  unit: 'writes let through late',
  trials: 100,
  lotTrials: 100,
  run: async (context, trials) => {
    let late = 0;
    const figures = await outage(context, {}, async ({ world, producers }) => {
      producers.start();
      const fault = { target: 'd1', mode: 'late', writesOnly: true, share: 0.5, delayMs: 6_000 } as const;
      await world.lay({ ...fault, seed: context.seed, forMs: 30 * minuteMs });
      for (; late < trials; await sleep(500)) late = await world.faultHits();
      await world.lift();
      // The last of them go through.
      await sleep(8_000);
      return {};
    });
    return { ...figures, trials: late };
  },
};
