// What the consumer sends to a shard.
import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import { packEnvelopes } from '../../../core/protocol/envelope.ts';
import { handleQueue } from '../../../workers/consumer/handle-queue.ts';
import { buildChunk, buildEvent } from '../../support/build-chunk.ts';

test('[LOG-1] a call carries the chunks of its shard, from all messages, and not a byte of the others', async () => {
  const chunkOf = (regionNumber: number, firstNumber: number) =>
    buildChunk([buildEvent({ title: `${regionNumber} ${firstNumber}` })], { regionNumber, firstNumber });
  const sent = [0, 1, 2].map((firstNumber) => [1, 2, 3].map((region) => chunkOf(region, firstNumber)));
  const calls: (readonly Uint8Array[])[] = [];
  const shard = {
    receive: async (_: unknown, chunks: readonly Uint8Array[]) => {
      calls.push(chunks);
      return Promise.resolve(chunks.map(() => ({ verdict: 'committed' })));
    },
  };
  const messages = sent.map((chunks, n) => ({
    id: `m${n}`,
    attempts: 1,
    timestamp: new Date(),
    body: packEnvelopes(chunks, [])[0],
    ack: () => undefined,
  }));
  const REGION_WINDOW = { idFromName: (name: string) => name, get: () => shard };
  await handleQueue(
    { queue: 'q', messages } as unknown as MessageBatch,
    { ...env, REGION_WINDOW } as unknown as typeof env,
  );
  expect(calls).toEqual([0, 1, 2].map((region) => sent.map((chunks) => chunks[region])));
  for (const chunks of calls) {
    const bytes = chunks.reduce((sum, { length }) => sum + length, 0);
    expect(new Set(chunks.map(({ buffer }) => buffer)).size).toBe(1);
    expect(chunks[0]?.buffer.byteLength).toBe(bytes);
  }
});
