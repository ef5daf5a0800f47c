import { describe, expect, it } from 'vitest';
import { decodeChunkHeader } from '../../../core/protocol/chunk.ts';
import type { ChunkHeader } from '../../../core/protocol/chunk-header.ts';
import { queueRetentionMs } from '../../../core/protocol/limits.ts';
import { DoorLedger } from '../../../core/window/door-ledger.ts';
import { buildChunk, buildEvent } from '../../support/build-chunk.ts';

const header = (firstNumber: number, count: number, more: Partial<ChunkHeader> = {}): ChunkHeader =>
  decodeChunkHeader(buildChunk(Array(count).fill(buildEvent()), { firstNumber, ...more }));

describe('the ledger of door numbers', () => {
  it('[LOG-4] knows a chunk that is delivered again, in whatever order chunks came', () => {
    const ledger = new DoorLedger();
    for (const [first, count] of [
      [10, 5],
      [0, 5],
      [5, 5],
    ] as const) {
      expect(ledger.standing(header(first, count))).toBe('new');
      ledger.commit(header(first, count));
      expect(ledger.standing(header(first, count))).toBe('seen');
    }
    expect(ledger.standing(header(15, 1))).toBe('new');
    expect(ledger.standing(header(0, 5, { door: '00000000000000ff' }))).toBe('new');
  });

  it('[LOG-4] numbers that clash with committed ones are no redelivery', () => {
    const ledger = new DoorLedger();
    ledger.commit(header(0, 5));
    expect(ledger.standing(header(3, 5))).toBe('overlap');
  });

  //  door:   send 0..5 fails, answer 503      next chunk declares [0, 5) void
  //  shard:                                   committed 5..6        then 0..5 arrives after all: void
  it('[LOG-4] a chunk that its door declared void is refused when it arrives later', () => {
    const ledger = new DoorLedger();
    ledger.commit(header(5, 1, { voids: [[0, 5]] }));
    expect(ledger.standing(header(0, 5))).toBe('voided');
    expect(ledger.standing(header(6, 1))).toBe('new');
  });

  it('[LOG-4] a voided chunk that came earlier cancels the void', () => {
    const ledger = new DoorLedger();
    ledger.commit(header(0, 5));
    ledger.commit(header(5, 1, { voids: [[0, 5]] }));
    expect(ledger.standing(header(0, 5))).toBe('seen');
  });

  it('[LOG-4] survives being stored, at any age within the retention of the queue, and is then forgotten', () => {
    const ledger = new DoorLedger();
    ledger.commit(header(5, 1, { receivedAtMs: 1_000, voids: [[0, 5]] }));
    ledger.refuse(header(6, 1, { receivedAtMs: 1_000 }));
    const again = new DoorLedger(structuredClone(ledger.stored(1_000 + queueRetentionMs)));
    expect(again.standing(header(5, 1))).toBe('seen');
    expect(again.standing(header(0, 5))).toBe('voided');
    expect(again.stored(1_000 + queueRetentionMs + 1)).toEqual([]);
    expect(again.size).toBe(0);
  });

  //  door a:  0..5 seen   5..8 lost   8..10 void   10..12 seen (declares the void)   12..20 on its way   20..21 seen
  it('[ING-6b, LOG-4] shows numbers that were given out and not seen, as old as the first chunk behind them', () => {
    const ledger = new DoorLedger();
    ledger.commit(header(0, 5, { receivedAtMs: 1_000 }));
    expect(ledger.holes()).toEqual([]);
    ledger.commit(header(10, 2, { receivedAtMs: 2_000, producer: 'p', voids: [[8, 10]] }));
    ledger.commit(header(20, 1, { receivedAtMs: 3_000, producer: 'q' }));
    const lost = { door: '000000000000000a', from: 5, to: 8, producer: 'p', receivedAtMs: 2_000 };
    expect(ledger.holes()).toEqual([lost, { ...lost, from: 12, to: 20, producer: 'q', receivedAtMs: 3_000 }]);
    ledger.commit(header(14, 2, { receivedAtMs: 2_500, producer: 'r' }));
    ledger.refuse(header(16, 4, { receivedAtMs: 2_600 }));
    expect(ledger.holes()).toEqual([lost, { ...lost, from: 12, to: 14, producer: 'r', receivedAtMs: 2_500 }]);
    const again = new DoorLedger(structuredClone(ledger.stored(3_000)));
    expect(again.holes()).toEqual(ledger.holes());
    again.commit(header(12, 2, { receivedAtMs: 2_400 }));
    again.commit(header(5, 3, { receivedAtMs: 1_500 }));
    expect(again.holes()).toEqual([]);
    expect(again.stored(3_000)[0]).toHaveLength(6);
    again.refuse(header(30, 1, { receivedAtMs: 4_000 }));
    expect(again.holes()).toMatchObject([{ from: 21, to: 30, receivedAtMs: 4_000 }]);
  });

  it('[ING-6b] a hole before a refused chunk is as old as that chunk, though the door goes on', () => {
    const ledger = new DoorLedger();
    ledger.commit(header(0, 5, { receivedAtMs: 1_000 }));
    ledger.refuse(header(7, 1, { receivedAtMs: 2_000, producer: 'p' }));
    ledger.refuse(header(8, 1, { receivedAtMs: 9_000 }));
    expect(ledger.holes()).toMatchObject([{ from: 5, to: 7, producer: 'p', receivedAtMs: 2_000 }]);
  });

  it('[ING-6b] a door that was forgotten and comes again leaves no hole behind; one that is new does', () => {
    const ledger = new DoorLedger();
    const late = queueRetentionMs + 1;
    ledger.commit(header(7, 1, { doorBirthMs: 0, receivedAtMs: late }));
    ledger.commit(header(7, 1, { door: '00000000000000bb', doorBirthMs: late, receivedAtMs: late }));
    expect(ledger.holes()).toMatchObject([{ door: '00000000000000bb', from: 0, to: 7 }]);
  });
});
