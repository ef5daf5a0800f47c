import { describe, expect, it } from 'vitest';
import { decodeChunkHeader } from '../../../core/protocol/chunk.ts';
import { packEnvelopes } from '../../../core/protocol/envelope.ts';
import type { RejectReport } from '../../../core/protocol/reject-report.ts';
import type { ChunkVerdict, ShardAddress } from '../../../core/window/verdict.ts';
import type { DeadLetter } from '../../../storage/dead-letters.ts';
import { type ConsumerPorts, consume, type Delivery } from '../../../workers/consumer/consume.ts';
import { buildChunk, buildEvent } from '../../support/build-chunk.ts';

const chunk = (regionNumber: number, firstNumber: number): Uint8Array =>
  buildChunk([buildEvent()], { regionNumber, firstNumber });

/** A shard that commits everything except what `poison` says, and writes down its calls. */
class Bench implements ConsumerPorts {
  readonly calls: string[] = [];
  readonly letters: DeadLetter[] = [];
  readonly reports: RejectReport[] = [];
  readonly outcomes = new Map<string, string>();
  onReceive: (numbers: readonly number[]) => readonly ChunkVerdict[] = (numbers) =>
    numbers.map(() => ({ verdict: 'committed' }));
  storeIsDown = false;

  isShard = async ({ regionNumber, shard }: ShardAddress): Promise<boolean> =>
    Promise.resolve(regionNumber <= 12 && shard === 0);
  receive: ConsumerPorts['receive'] = async ({ regionNumber }, chunks) => {
    const numbers = chunks.map((bytes) => decodeChunkHeader(bytes).firstNumber);
    this.calls.push(`${regionNumber}: ${numbers.join(' ')}`);
    return this.onReceive(numbers);
  };
  storeDeadLetter = async (letter: DeadLetter): Promise<void> => {
    if (this.storeIsDown) throw new Error('R2 is down');
    this.letters.push(letter);
  };
  saveRejectReports = async (reports: readonly RejectReport[]): Promise<void> => {
    if (this.storeIsDown) throw new Error('D1 is down');
    this.reports.push(...reports);
  };

  delivery(id: string, body: Uint8Array | undefined, attempts = 1): Delivery {
    return {
      id,
      attempts,
      sentAtMs: 1_700_000_000_000,
      body: body as Uint8Array,
      ack: () => void this.outcomes.set(id, 'ack'),
      retry: ({ delaySeconds }) => void this.outcomes.set(id, `retry in ${delaySeconds} s`),
    };
  }
}

const envelope = (...chunks: Uint8Array[]): Uint8Array | undefined => packEnvelopes(chunks, [])[0];

describe('the queue consumer', () => {
  it('[LOG-1, LOG-3] makes one call a shard for the whole batch and acknowledges after the verdicts', async () => {
    const bench = new Bench();
    const deliveries = [
      bench.delivery('a', envelope(chunk(1, 0), chunk(2, 0))),
      bench.delivery('b', envelope(chunk(1, 1), chunk(2, 1))),
    ];
    await consume(deliveries, bench);
    expect(bench.calls.sort()).toEqual(['1: 0 1', '2: 0 1']);
    expect([...bench.outcomes]).toEqual([
      ['a', 'ack'],
      ['b', 'ack'],
    ]);
  });

  it('[LOG-1] a message whose shard fails is tried again later, and only that one', async () => {
    const bench = new Bench();
    bench.onReceive = (numbers) => {
      if (numbers.includes(7)) throw Object.assign(new Error('overloaded'), { overloaded: true });
      return numbers.map(() => ({ verdict: 'committed' }));
    };
    const deliveries = [
      bench.delivery('a', envelope(chunk(1, 7)), 3),
      bench.delivery('b', envelope(chunk(2, 0))),
    ];
    await consume(deliveries, bench);
    expect(Object.fromEntries(bench.outcomes)).toEqual({ a: 'retry in 4 s', b: 'ack' });
    expect(bench.calls).toHaveLength(2);
  });

  it('[LOG-1] after a call that throws, chunks are tried singly: a poison chunk sinks no neighbour', async () => {
    const bench = new Bench();
    bench.onReceive = (numbers) => {
      if (numbers.includes(1)) throw new Error('poison');
      return numbers.map(() => ({ verdict: 'committed' }));
    };
    const bodies = [0, 1, 2].map((number) => envelope(chunk(1, number)));
    await consume(
      bodies.map((body, i) => bench.delivery(`m${i}`, body)),
      bench,
    );
    expect(Object.fromEntries(bench.outcomes)).toEqual({ m0: 'ack', m1: 'retry in 1 s', m2: 'ack' });
    await consume([bench.delivery('m1', bodies[1], 5)], bench);
    expect(bench.outcomes.get('m1')).toBe('ack');
    expect(bench.letters.map(({ code, message }) => [code, message])).toEqual([
      ['always_throws', 'Error: poison'],
    ]);
    expect(bench.letters[0]?.bytes).toEqual(chunk(1, 1));
  });

  it('[LOG-1] a full shard is no poison: its chunks wait however long', async () => {
    const bench = new Bench();
    bench.onReceive = () => {
      throw new Error('the log of this shard is full');
    };
    await consume([bench.delivery('a', envelope(chunk(1, 0)), 50)], bench);
    expect(bench.outcomes.get('a')).toBe('retry in 300 s');
    expect(bench.letters).toEqual([]);
  });

  it('[LOG-1] a refused chunk is stored before its message is acknowledged', async () => {
    const bench = new Bench();
    bench.onReceive = (numbers) =>
      numbers.map(() => ({ verdict: 'refused', code: 'undecodable', message: 'cut short' }));
    bench.storeIsDown = true;
    await consume([bench.delivery('a', envelope(chunk(1, 0)))], bench);
    expect(bench.outcomes.get('a')).toBe('retry in 1 s');
    bench.storeIsDown = false;
    await consume([bench.delivery('a', envelope(chunk(1, 0)), 2)], bench);
    expect(bench.outcomes.get('a')).toBe('ack');
    expect(bench.letters).toHaveLength(1);
  });

  it('[LOG-1] what is no envelope, and a chunk without a readable header, go to the dead letters', async () => {
    const bench = new Bench();
    const garbage = new Uint8Array([9, 9, 9]);
    await consume([bench.delivery('a', garbage), bench.delivery('b', envelope(garbage, chunk(1, 0)))], bench);
    expect(Object.fromEntries(bench.outcomes)).toEqual({ a: 'ack', b: 'ack' });
    expect(bench.letters.map(({ bytes }) => bytes)).toEqual([garbage, garbage]);
    expect(bench.calls).toEqual(['1: 0']);
  });

  it('[ING-4] a chunk of a region that the registry does not hold reaches no object', async () => {
    const bench = new Bench();
    await consume([bench.delivery('a', envelope(chunk(4242, 0)))], bench);
    expect(bench.calls).toEqual([]);
    expect(bench.letters[0]?.code).toBe('wrong_shard');
  });

  it('[ING-6] reject reports are saved before their message is acknowledged', async () => {
    const bench = new Bench();
    const report = {
      door: 'd',
      producer: 'p',
      minute: 1,
      seq: 1,
      rejected: { too_deep: 2 },
      twins: 0,
      samples: [],
    };
    const [body] = packEnvelopes([], [report]);
    bench.storeIsDown = true;
    await consume([bench.delivery('a', body)], bench);
    expect(bench.outcomes.get('a')).toBe('retry in 1 s');
    bench.storeIsDown = false;
    await consume([bench.delivery('a', body, 2)], bench);
    expect(bench.outcomes.get('a')).toBe('ack');
    expect(bench.reports).toEqual([report]);
  });
});
