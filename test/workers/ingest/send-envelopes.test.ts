import { expect, test } from 'vitest';
import { envelopeBytesMax } from '../../../core/protocol/limits.ts';
import { groupEnvelopes } from '../../../workers/ingest/send-envelopes.ts';

const sizes = (...lengths: number[]) =>
  groupEnvelopes(lengths.map((n) => new Uint8Array(n))).map((g) => g.length);

test('[ING-3] a group has at most 100 messages', () => {
  expect(sizes(...Array.from({ length: 100 }, () => 1))).toEqual([100]);
  expect(sizes(...Array.from({ length: 101 }, () => 1))).toEqual([100, 1]);
});

test('[ING-3] a group has at most 256,000 B, 100 of them metadata for each message', () => {
  expect(sizes(100_000, 155_800)).toEqual([2]);
  expect(sizes(100_000, 155_801)).toEqual([1, 1]);
});

test('four full envelopes go together', () => {
  expect(sizes(...Array.from({ length: 9 }, () => envelopeBytesMax))).toEqual([4, 4, 1]);
  expect(sizes()).toEqual([]);
});
