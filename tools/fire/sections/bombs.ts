// A million titles in one region and thousands of regions that there are not: numbers stay exact, memory does not grow
// with them, and no object is made.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Lot, runLot } from '../harness/lot.ts';
import { beginRuns, drainQueue, untilRunsOver } from '../harness/settle.ts';
import { until, type World } from '../harness/world.ts';
import type { Section } from './section.ts';

const region = 'OC-Sydney';
const recordsAtOnce = 2_000;
const inventedShare = 0.01;
const growthMbMax = 64;
const hourMs = 3_600_000;

export const bombs: Section = {
  name: 'bombs',
  unit: 'titles, and 1 % as many invented regions',
  trials: 1_000_000,
  lotTrials: 1_000_000,
  run: async ({ configs, ...context }, trials) => {
    const startedMs = Date.now();
    const counts: Record<string, number> = {};
    const also = async ({ world }: Lot) => {
      const hours = hoursFrom(startedMs, Date.now());
      await beginRuns(world, hours, [region]);
      const runs = await untilRunsOver(world, 600_000);
      return [...runs, ...unlike('the batch layer', await totalOf(world, startedMs), trials)];
    };
    const options = {
      ...context,
      configPath: configs.durable,
      traffic: { pauseMs: 400 },
      hasOthers: true,
      also,
    };
    const { result, of } = await runLot(options, async ({ world, producers }) => {
      producers.start();
      await sleep(2_000);
      const before = await world.held();
      await post(world, trials, inventedShare * trials, context.say);
      await producers.stop();
      await drainQueue(world, 600_000);
      const counted = async () => (await totalOf(world, startedMs)) >= trials;
      await until('every title counts', counted, 120_000).catch(() => undefined);
      const after = await world.held();
      const grown = after.heap + after.buffers - before.heap - before.buffers;
      const regions = (await world.data<unknown[]>('/api/stats/regions')).length;
      counts.objects_of_regions = objectsOf(world.folder);
      counts.MB_before = before.heap + before.buffers;
      counts.MB_after = after.heap + after.buffers;
      return [
        ...unlike('the stream', await totalOf(world, startedMs), trials),
        ...(grown > growthMbMax ? [`it holds ${grown} MB more than before`] : []),
        ...(counts.objects_of_regions > regions
          ? [`${counts.objects_of_regions} objects for ${regions} regions`]
          : []),
      ];
    });
    return { trials, result, counts, faults: of };
  },
};

const unlike = (what: string, found: number, wanted: number): string[] =>
  found === wanted ? [] : [`${what} has ${found} events of the bomb, not ${wanted}`];

const hoursFrom = (fromMs: number, toMs: number): number[] => [
  ...new Set([Math.floor(fromMs / hourMs), Math.floor(toMs / hourMs)]),
];

/** Files of the runtime's emulation: one an object that has ever been. */
function objectsOf(folder: string): number {
  const place = join(folder, 'v3/do');
  const names = existsSync(place) ? readdirSync(place).filter((name) => name.endsWith('RegionWindow')) : [];
  return names.flatMap((name) =>
    readdirSync(join(place, name)).filter((file) => file.endsWith('.sqlite') && file !== 'metadata.sqlite'),
  ).length;
}

async function totalOf(world: World, fromMs: number): Promise<number> {
  const minuteMs = 60_000;
  const from = new Date(Math.floor(fromMs / minuteMs) * minuteMs).toISOString();
  const to = new Date((Math.floor(world.now() / minuteMs) + 1) * minuteMs).toISOString();
  const query = new URLSearchParams({ region, from, to });
  const rows = await world.data<{ total_events: number }[]>(`/api/stats/timeseries?${query}`);
  return rows.reduce((sum, { total_events }) => sum + total_events, 0);
}

async function post(world: World, titles: number, invented: number, say: (text: string) => void) {
  let [sent, made] = [0, 0];
  for (let said = 0; sent < titles; ) {
    const records: object[] = [];
    for (let n = 0; n < recordsAtOnce && sent < titles; n++) {
      const number = sent++;
      records.push(recordOf(number, region));
      if (made < invented && number * inventedShare >= made)
        records.push(recordOf(made++, `XX-Invented-${made}`));
    }
    await taken(world, JSON.stringify(records));
    if (performance.now() - said < 15_000) continue;
    said = performance.now();
    say(`  ${sent} of ${titles} titles, ${made} invented regions`);
  }
}

const recordOf = (number: number, of: string): object => ({
  event_id: `bomb-${of}-${number}`,
  event_type: 'view',
  timestamp: new Date().toISOString(),
  region: of,
  content_id: `bomb-title-${number}`,
});

/** The same body until it is taken: what was taken without an answer are twins. */
async function taken(world: World, body: string): Promise<void> {
  const { url, credentials } = world.runtime;
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${credentials.ingest_key}` };
  for (;;) {
    const response = await fetch(`${url}/v1/events`, { method: 'POST', headers, body }).catch(() => null);
    await response?.body?.cancel();
    if (response?.status === 202) return;
    await sleep(500);
  }
}
