// Hundreds of viewers, a fifth of whom read nothing, and a hub that dies again and again: whoever reads sees the same
// as D1 in the end, and no number ever goes back.
import { setTimeout as sleep } from 'node:timers/promises';
import { differences } from '../harness/cells.ts';
import { type Lot, runLot } from '../harness/lot.ts';
import { drainQueue } from '../harness/settle.ts';
import { StalledViewer } from '../harness/stalled-viewer.ts';
import { FireViewer } from '../harness/viewer.ts';
import { until } from '../harness/world.ts';
import type { Section } from './section.ts';

const sockets = 500;
const stalledShare = 0.2;
const killsFull = 20;
const growthMbMax = 24;

export const viewers: Section = {
  name: 'viewers',
  unit: `hubs killed under up to ${sockets} sockets`,
  trials: killsFull,
  lotTrials: killsFull,
  run: async ({ configs, ...context }, trials) => {
    // A small run has as many fewer viewers.
    const total = Math.max(20, Math.ceil((sockets * Math.min(trials, killsFull)) / killsFull));
    const traffic = { pauseMs: 300 };
    const options = { ...context, configPath: configs.durable, traffic };
    const { result, of } = await runLot(options, async (lot) => {
      const stalled = Array.from({ length: total * stalledShare }, () => new StalledViewer(lot.world));
      const reading = Array.from(
        { length: total - stalled.length },
        (_, n) => new FireViewer(lot.world, { contents: n % 20 === 0 }),
      );
      try {
        return await killHubs(lot, reading, stalled, trials);
      } finally {
        for (const viewer of [...reading, ...stalled]) viewer.close();
      }
    });
    return { trials, result, ...of };
  },
};

async function killHubs(
  { world, producers, viewer, options: { say } }: Lot,
  reading: readonly FireViewer[],
  stalled: readonly StalledViewer[],
  trials: number,
) {
  const seeing = async () => Promise.resolve(reading.every(({ state }) => state.epoch !== ''));
  await until('all viewers see something', seeing, 120_000);
  const connected = async () => Promise.resolve(stalled.every(({ connections }) => connections > 0));
  await until('the stalled ones are there', connected, 60_000);
  const before = await world.held();
  producers.start();
  const backMs: number[] = [];
  for (let kill = 0; kill < trials; kill++) {
    await sleep(2_000);
    const connections = reading.map((one) => one.connections);
    const isBack = (one: FireViewer, n: number) => one.connections > (connections[n] ?? 0);
    const startedAt = performance.now();
    while (!(await world.abort('hub'))) await sleep(100);
    await until('all viewers are back', async () => Promise.resolve(reading.every(isBack)), 120_000);
    backMs.push(Math.round(performance.now() - startedAt));
    say(`  hub ${kill + 1} of ${trials}: all ${reading.length} back in ${backMs.at(-1)} ms`);
  }
  await producers.stop();
  await drainQueue(world, 300_000);
  const after = await world.held();
  const grown = after.heap + after.buffers - before.heap - before.buffers;
  const unlike = () =>
    reading.filter((one) => differences('', one.minutes(), viewer.minutes()).length > 0).length;
  await until('all see the same', async () => Promise.resolve(unlike() === 0), 60_000).catch(() => undefined);
  const stepsBack = reading.flatMap((one) => one.stepsBack);
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  return {
    ms: { 'all viewers back': backMs },
    counts: {
      sockets: reading.length + stalled.length,
      stalled: stalled.length,
      frames: sum(reading.map(({ frames }) => frames)),
      gaps_seen_and_mended: sum(reading.map(({ resyncs }) => resyncs)),
      MB_before: before.heap + before.buffers,
      MB_after: after.heap + after.buffers,
    },
    faults: [
      ...(unlike() === 0 ? [] : [`${unlike()} viewers see other numbers in the end`]),
      ...stepsBack.slice(0, 5).map((step) => `stepped back: ${step}`),
      ...(grown > growthMbMax ? [`it holds ${grown} MB more than before`] : []),
    ],
  };
}
