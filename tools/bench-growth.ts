// The way of events without the platform around it: the door's judgement, the consumer, and as many shards as there are
// regions; and how many rows their logs get.
import { splitIntoChunks } from '../core/protocol/chunk.ts';
import { decodeEnvelope, packEnvelopes } from '../core/protocol/envelope.ts';
import { Identifier } from '../core/protocol/identity.ts';
import { epochMs, regionNumber } from '../core/protocol/ids.ts';
import { judgeBody } from '../core/protocol/judge-body.ts';
import type { RegionEntry } from '../core/protocol/region.ts';
import { RegionDirectory } from '../core/protocol/region-directory.ts';
import { sipKey } from '../core/protocol/siphash.ts';
import { Region } from '../core/window/region.ts';
import { byShard, pendingChunk } from '../workers/consumer/shard-batch.ts';
import { Door } from '../workers/ingest/door.ts';
import { emptySource } from './bench-empty-source.ts';

export const regionName = (number: number): string => `growth-${number}`;

export function growthRegions(count: number, first = 1): RegionEntry[] {
  return Array.from({ length: count }, (_, n) => ({
    number: regionNumber(first + n),
    name: regionName(first + n),
    continent: '',
    latitude: n / 10,
    longitude: n / 10,
  }));
}

export interface CountedBatch {
  readonly shards: number;
  readonly rows: number;
  readonly calls: number;
}

/** A batch of the queue after the other: POSTs through the door, the consumer and the shards they touch. */
export class Core {
  readonly #regions: RegionDirectory;
  readonly #shards = new Map<number, Region>();
  readonly #door = new Door('0123456789abcdef', 0);
  readonly #identifier = new Identifier({
    identity: sipKey(new Uint8Array(16).fill(1)),
    pseudonym: sipKey(new Uint8Array(16).fill(2)),
    pseudonymVersion: 1,
  });

  constructor(regions: readonly RegionEntry[]) {
    this.#regions = new RegionDirectory(regions);
  }

  async take(bodies: readonly string[], nowMs: number): Promise<CountedBatch> {
    const messages = bodies.flatMap((body) => this.#packed(body, nowMs));
    const chunks = messages.flatMap((message) => decodeEnvelope(message).chunks);
    const pending = await Promise.all(
      chunks.map(async (bytes) => await pendingChunk(bytes, 1, async () => Promise.resolve(true))),
    );
    const touched = new Set<number>();
    let [rows, calls] = [0, 0];
    for (const [{ regionNumber: number }, group] of byShard(pending)) {
      const shard = this.#shards.get(number) ?? new Region(emptySource(number), nowMs);
      this.#shards.set(number, shard);
      touched.add(number);
      calls++;
      const { verdicts, effects } = shard.receive(
        group.map(({ bytes }) => bytes),
        nowMs,
      );
      if (verdicts.some(({ verdict }) => verdict === 'refused')) throw new Error('a chunk was refused');
      rows += effects.filter(({ kind }) => kind === 'append').length;
    }
    return { shards: touched.size, rows, calls };
  }

  #packed(body: string, nowMs: number): Uint8Array[] {
    const verdicts = judgeBody(new TextEncoder().encode(body), 'json', {
      receivedAtMs: epochMs(nowMs),
      regions: this.#regions,
      nearest: null,
      regionScope: null,
      producer: 'growth',
      identifier: this.#identifier,
    });
    if (!verdicts.ok || verdicts.judged.rejected > 0) throw new Error('not all was accepted');
    const { groups, receivedAtMs } = verdicts.judged;
    const { id: door, birthMs: doorBirthMs } = this.#door;
    const place = { door, doorBirthMs, receivedAtMs, producer: 'growth', pseudonymVersion: 1 };
    const chunks = groups.flatMap(({ region, shard, events, twins }) => {
      const { firstNumber, voids } = this.#door.takeNumbers(region.number, shard, events.length);
      return splitIntoChunks(
        { ...place, regionNumber: region.number, shard, firstNumber, twins, voids },
        events,
      );
    });
    return packEnvelopes(chunks, []);
  }
}
