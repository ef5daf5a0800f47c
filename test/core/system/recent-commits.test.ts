import { expect, test } from 'vitest';
import { vitalsRequestsMax, vitalsSampleBytesMax } from '../../../core/protocol/system-limits.ts';
import { recentCommits } from '../../../core/system/recent-commits.ts';
import { buildChunk, buildEvent } from '../../support/build-chunk.ts';
import { minute, Shard, second, t0 } from '../window/shard-fixture.ts';

/** What the shell reads of a shard's log: rows since a time, newest first. */
function look(shard: Shard, fromMs: number, nowMs: number, bytes?: number) {
  const { rows } = shard.store;
  return recentCommits({
    rows: rows
      .filter(({ atMs }) => atMs >= fromMs)
      .map(({ row, atMs, body }) => ({ row, atMs, bytes: bytes ?? body.length }))
      .reverse(),
    fromMs,
    nowMs,
    totals: shard.region.totals,
    body: (wanted) => rows.find(({ row }) => row === wanted)?.body ?? null,
  });
}

//  t0 (2 events) -------- span: 60 s, 70 s (3 events, one a twin) -------- now
test('[SYS-2] the last minute is what the totals have risen by since the row before it', () => {
  const shard = new Shard();
  shard.see(t0, t0, t0 + 1);
  const twin = buildEvent({ timeMs: t0 + minute, identityHi: 99 });
  const chunk = (firstNumber: number) =>
    buildChunk([twin], { firstNumber, receivedAtMs: t0 + minute - second });
  shard.receive(t0 + minute, chunk(50));
  shard.receive(
    t0 + 70 * second,
    chunk(60),
    buildChunk([buildEvent({ timeMs: t0 + minute, identityHi: 98 })], {
      firstNumber: 70,
      receivedAtMs: t0 + 68 * second,
    }),
  );
  const recent = look(shard, t0 + 20 * second, t0 + 80 * second);
  expect(recent).toMatchObject({
    commits: 2,
    counted: 2,
    duplicates: 1,
    late: 0,
    spanMs: minute,
    isWholeSample: true,
  });
  // 1 s, 11 s and 2 s on their way.
  expect(recent.waitMsMax).toBe(11 * second);
  expect(recent.waitMsMean).toBeCloseTo((14 * second) / 3);
  expect(recent.sample.map(({ events, requests }) => [events, requests.length])).toEqual([
    [2, 2],
    [1, 1],
  ]);
  // All of the log: its first row has none before it.
  expect(look(shard, 0, t0 + 80 * second)).toMatchObject({ commits: 3, counted: 4, duplicates: 1 });
  expect(look(shard, t0 + 75 * second, t0 + 80 * second)).toMatchObject({
    commits: 0,
    counted: 0,
    waitMsMean: null,
  });
});

test('[SYS-2] headers are read of so many bytes, and requests named so many, at most', () => {
  const shard = new Shard();
  for (let i = 0; i < 4; i++) shard.see(t0 + i * second, t0);
  const sampled = (bytes: number) => look(shard, 0, t0 + minute, bytes);
  expect(sampled(vitalsSampleBytesMax / 4)).toMatchObject({ isWholeSample: true });
  expect(sampled(vitalsSampleBytesMax / 4 + 1)).toMatchObject({
    isWholeSample: false,
    commits: 4,
    counted: 4,
  });
  // One is always read, however large.
  expect(sampled(vitalsSampleBytesMax * 2).sample).toHaveLength(1);
  const many = Array.from({ length: vitalsRequestsMax }, (_, i) =>
    buildChunk([buildEvent({ timeMs: t0, identityHi: 1_000 + i })], {
      firstNumber: 100 + i,
      receivedAtMs: t0 + i,
    }),
  );
  shard.receive(t0 + 5 * second, ...many);
  expect(look(shard, 0, t0 + minute, 1)).toMatchObject({ isWholeSample: false, commits: 5 });
  expect(look(shard, 0, t0 + minute, 1).sample).toHaveLength(1);
});
