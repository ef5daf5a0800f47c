// An isolate that knew the registry before a region came, and gets the region's first events.
import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import { packEnvelopes } from '../../../core/protocol/envelope.ts';
import { loadRegions } from '../../../storage/region-registry.ts';
import { handleQueue } from '../../../workers/consumer/handle-queue.ts';
import { buildChunk, buildEvent } from '../../support/build-chunk.ts';

async function outcomeOf(regionNumber: number): Promise<string[]> {
  const outcomes: string[] = [];
  const [body] = packEnvelopes([buildChunk([buildEvent()], { regionNumber, firstNumber: 0 })], []);
  const message = {
    id: `m${regionNumber}`,
    attempts: 1,
    timestamp: new Date(),
    body,
    ack: () => outcomes.push('ack'),
    retry: () => outcomes.push('retry'),
  };
  const batch = { queue: 'q', messages: [message], retryAll: () => outcomes.push('retry all') };
  await handleQueue(batch as unknown as MessageBatch, env);
  return outcomes;
}

const deadLetters = async () => (await env.LAKE.list({ prefix: 'dead/' })).objects.length;

test('[CAT-4] takes them, and buries what is of no region at all', async () => {
  await loadRegions(env.DB, Date.now());
  await env.DB.prepare(
    "INSERT INTO regions (number, name, continent, latitude, longitude) VALUES (77, 'EU-New', 'Europe', 1, 2)",
  ).run();
  const before = await deadLetters();
  expect(await outcomeOf(77)).toEqual(['ack']);
  expect(await deadLetters()).toBe(before);
  expect(await outcomeOf(78)).toEqual(['ack']);
  expect(await deadLetters()).toBe(before + 1);
});
