// Twice as much as the service takes: a producer is told 429 by the limit of its key, or 503, and nothing that was
// acknowledged is lost.
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../../../test/e2e/traffic.ts';
import { type Lot, runLot } from '../harness/lot.ts';
import { drainQueue } from '../harness/settle.ts';
import { percentile } from '../results.ts';
import type { Section } from './section.ts';

const eventsMax = 50;
const measuredMs = 8_000;
const underWay = 8;
/** Requests that may stand at once: beyond it nobody would wait for an answer either. */
const standingMax = 400;

export const overload: Section = {
  name: 'overload',
  unit: 'seconds at twice the capacity',
  trials: 60,
  lotTrials: 60,
  run: async ({ configs, ...context }, trials) => {
    const traffic = { eventsMax };
    const options = { ...context, configPath: configs.durable, traffic };
    const { result, of } = await runLot(options, async (lot) => await overloaded(lot, trials));
    return { trials, result, ...of };
  },
};

async function overloaded({ world, producers, oracle, options }: Lot, seconds: number) {
  const random = seededRandom(options.seed);
  const capacity = await measured(producers, oracle, random);
  // What an operator does who knows it: the key has no more than that, and so much of it at once after a pause.
  const body = JSON.stringify({
    account: 'local',
    name: 'overload',
    events_per_second: Math.max(1, Math.floor(capacity.events)),
    bytes_per_second: 1_000_000_000,
  });
  const { key } = await world.read<{ key: string }>('/api/admin/keys', { method: 'POST', body });
  producers.change({ key });
  const refusedBefore = new Map(oracle.statuses);
  const times: number[] = [];
  const standing = new Set<Promise<void>>();
  let [offered, unsent] = [0, 0];
  const startedAt = performance.now();
  const wanted = () => ((performance.now() - startedAt) / 1000) * 2 * capacity.requests;
  while (performance.now() - startedAt < seconds * 1000) {
    for (; offered + unsent < wanted(); ) {
      if (standing.size >= standingMax) {
        unsent++;
        continue;
      }
      offered++;
      const request = producers.offer(random).then(({ is, ms }) => {
        if (is === 'ok') times.push(ms);
        standing.delete(request);
      });
      standing.add(request);
    }
    await sleep(5);
  }
  await Promise.all(standing);
  await drainQueue(world, 600_000);
  const refused: Record<string, number> = {};
  for (const [status, count] of oracle.statuses)
    refused[`answered_${status}`] = count - (refusedBefore.get(status) ?? 0);
  const counts: Record<string, number> = {
    capacity_events_per_second: Math.round(capacity.events),
    capacity_requests_per_second: Math.round(capacity.requests),
    offered_requests_per_second: Math.round(offered / seconds),
    not_even_sent: unsent,
    answered_202: times.length,
    ...refused,
    accepted_p50_ms: Math.round(percentile(times, 0.5)),
    accepted_p99_ms: Math.round(percentile(times, 0.99)),
    accepted_worst_ms: Math.round(Math.max(0, ...times)),
  };
  const others = [...oracle.statuses.keys()].filter((status) => status !== 429 && status !== 503);
  const faults = others.map((status) => `overload was answered ${status}`);
  return { counts, faults };
}

/** What is taken when each request waits for the one before, of a few producers. */
async function measured(
  producers: Lot['producers'],
  oracle: Lot['oracle'],
  random: () => number,
): Promise<{ readonly requests: number; readonly events: number }> {
  const [requestsBefore, eventsBefore] = [oracle.requests.ok, oracle.answered.accepted];
  const startedAt = performance.now();
  const send = async (): Promise<void> => {
    while (performance.now() - startedAt < measuredMs) await producers.offer(random);
  };
  await Promise.all(Array.from({ length: underWay }, send));
  const seconds = (performance.now() - startedAt) / 1000;
  const requests = (oracle.requests.ok - requestsBefore) / seconds;
  return { requests, events: (oracle.answered.accepted - eventsBefore) / seconds };
}
