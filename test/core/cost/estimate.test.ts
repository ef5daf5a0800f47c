import { expect, test } from 'vitest';
import { type CountedWork, estimateCost } from '../../../core/cost/estimate.ts';
import { type Traffic, trafficOf } from '../../../core/cost/requests.ts';
import { vitalsSpanMs } from '../../../core/protocol/system-limits.ts';
import type { RecentCommits } from '../../../core/system/recent-commits.ts';

const near = (value: number): unknown => expect.closeTo(value, 6);

const none: RecentCommits = {
  fromMs: 1_000,
  spanMs: vitalsSpanMs,
  commits: 0,
  bytes: 0,
  counted: 0,
  late: 0,
  duplicates: 0,
  sample: [],
  isWholeSample: true,
  waitMsMean: null,
  waitMsMax: null,
};
const commit = (atMs: number, events: number, ...requests: string[]) => ({ atMs, events, requests });

const quiet: Traffic = {
  events: 0,
  requests: 0,
  isCounted: true,
  messages: { low: 0, high: 0 },
  batches: { low: 0, high: 0 },
  commits: 0,
};
const work = (fields: Partial<CountedWork>): CountedWork => ({
  spanMs: 60_000,
  traffic: quiet,
  windows: 0,
  shardsAwake: 0,
  watchedCommits: 0,
  isHubAwake: false,
  sealed: null,
  ...fields,
});

test('[SYS-4] a POST of two regions is one request and at most one message, which others may share, and a commit in each', () => {
  const a = { ...none, commits: 1, bytes: 500, counted: 6, sample: [commit(9_000, 6, 'd/1', 'd/2')] };
  const b = {
    ...none,
    commits: 2,
    bytes: 700,
    counted: 3,
    late: 1,
    sample: [commit(9_000, 2, 'd/1'), commit(8_000, 2, 'e/1')],
  };
  expect(trafficOf([a, b, none])).toEqual({
    events: 10,
    requests: 3,
    isCounted: true,
    messages: { low: 1, high: 3 },
    batches: { low: 2, high: 3 },
    commits: 3,
  });
});

test('[SYS-4] large requests take more messages: the bounds are bytes / 63,800, and POSTs beside', () => {
  const big = {
    ...none,
    commits: 4,
    bytes: 63_800 * 10,
    counted: 9_000,
    sample: [commit(9_000, 9_000, 'd/1', 'd/2', 'd/3')],
  };
  expect(trafficOf([big]).messages).toEqual({ low: 10, high: 13 });
});

test('[SYS-4] where headers of a part of the time were read, requests are scaled by events over what all samples reach', () => {
  const cut = { ...none, isWholeSample: false };
  // b reaches back to 8,000 only: the older commit of a is left out.
  const a = {
    ...cut,
    commits: 4,
    counted: 300,
    sample: [commit(9_000, 50, 'd/9'), commit(7_000, 50, 'd/7')],
  };
  const b = {
    ...cut,
    commits: 4,
    counted: 100,
    sample: [commit(9_500, 20, 'd/9'), commit(8_000, 30, 'd/8')],
  };
  const traffic = trafficOf([a, b]);
  expect(traffic).toMatchObject({ isCounted: false, events: 400, requests: (2 * 400) / 100 });
});

test('[SYS-4] a shard that tells of 15 s is scaled to the minute', () => {
  const busy = { ...none, spanMs: 15_000, commits: 10, counted: 100, sample: [commit(9_000, 100, 'd/1')] };
  expect(trafficOf([busy])).toMatchObject({ events: 400, commits: 40 });
});

test('[SYS-4] one event a POST and a message: $1.66 a million for doors and queue, as computed by hand', () => {
  // A million in a day, each with a POST, a message and a batch of its own; one commit of one region each.
  const traffic: Traffic = {
    events: 1_000_000,
    requests: 1_000_000,
    isCounted: true,
    messages: { low: 1_000_000, high: 1_000_000 },
    batches: { low: 10_000, high: 1_000_000 },
    commits: 1_000_000,
  };
  const { lines, usdPerMillion, eventsPerDay } = estimateCost(
    work({ spanMs: 86_400_000, traffic, shardsAwake: 1 }),
  );
  const usd = Object.fromEntries(lines.map(({ item, usdPerDay }) => [item, usdPerDay]));
  const close = (low: number, high = low) => ({ low: near(low), high: near(high) });
  expect(eventsPerDay).toBe(1_000_000);
  expect(usd).toEqual({
    'Requests to the doors': close(0.3),
    'Batches of the queue': close(0.003, 0.3),
    'CPU of the Worker': close(0.006),
    'Queue operations': close(1.2),
    'Commits of regions': close(0.15),
    // 0.128 GB for 86,400 s at $12.50 a million.
    'Objects awake': close(0.13824),
    'Rows written': close(1),
    'Rows read': close(0.002),
  });
  expect(usdPerMillion?.low).toBeCloseTo(0.3 + 0.003 + 0.006 + 1.2 + 0.15 + 0.13824 + 1 + 0.002);
  expect(usdPerMillion?.high).toBeCloseTo(0.3 + 0.3 + 0.006 + 1.2 + 0.15 + 0.13824 + 1 + 0.002);
});

test('[SYS-4] sealing is of its own hour, a month of an awake object is $4.15, and without events there is no price of a million', () => {
  const month = estimateCost(work({ shardsAwake: 1 }));
  expect((month.usdPerDay.low * 30) as number).toBeCloseTo(4.147, 3);
  expect(month.usdPerMillion).toBeNull();
  const { lines } = estimateCost(work({ sealed: { spanMs: 3_600_000, parts: 48, bytes: 1e9 / 24 } }));
  const perDay = Object.fromEntries(lines.map((line) => [line.item, line.perDay.high]));
  expect(perDay).toEqual({
    'Rows written': 48 * 24 * 8,
    'Objects written to R2': 48 * 24,
    'Objects read from R2': 48 * 24 * 2,
    'Lake, once it is full': near(400),
  });
  // 400 GB at $0.015 a month.
  expect(lines.at(-1)?.usdPerDay.high).toBeCloseTo((400 * 0.015 * 12) / 365);
});
