import { expect, test } from 'vitest';
import {
  judgeSystem,
  type RegionLook,
  regionStateOf,
  type SystemLook,
  spanText,
} from '../../../core/system/judge.ts';
import type { ShardVitals } from '../../../core/system/shard-vitals.ts';

const nowMs = Date.UTC(2026, 10, 21, 12);

type Changed = Partial<Omit<ShardVitals, 'recent'>> & { readonly recent?: Partial<ShardVitals['recent']> };

function look(name: string, { recent, ...fields }: Changed = {}): RegionLook {
  const vitals: ShardVitals = {
    regionNumber: 1,
    shard: 0,
    atMs: nowMs,
    watermarkMs: nowMs - 6_000,
    lastReceivedAtMs: nowMs - 500,
    totals: { counted: 10, late: 0, duplicates: 0, horizonCuts: 0 },
    owed: { windows: 0, sinceMs: null },
    windowsConfirmed: 1,
    unsealedAtMs: nowMs - 600_000,
    inFlight: 0,
    overdue: 0,
    missing: 0,
    isWatched: false,
    ...fields,
    recent: {
      fromMs: nowMs - 60_000,
      spanMs: 60_000,
      commits: 12,
      bytes: 900,
      counted: 10,
      late: 0,
      duplicates: 0,
      sample: [],
      isWholeSample: true,
      waitMsMean: 2_000,
      waitMsMax: 5_000,
      ...recent,
    },
  };
  return { name, vitals, failed: false };
}

const judge = (fields: Partial<SystemLook>) =>
  judgeSystem({
    regions: [look('EU-London'), { name: 'EU-Paris', vitals: null, failed: false }],
    nowMs,
    deadLetters: { count: 0, isWhole: true },
    accounts: { addsUp: true, explanation: '', received: 1_000, rejected: 50 },
    failedRuns: 0,
    unread: [],
    ...fields,
  });
const texts = (fields: Partial<SystemLook>) => judge(fields).findings.map(({ text }) => text);

test('[SYS-3] a normal day is well and says nothing; silence of all is idle', () => {
  expect(judge({})).toEqual({ state: 'well', findings: [] });
  const asleep = look('EU-London', { lastReceivedAtMs: nowMs - 3_600_001, recent: { commits: 0 } });
  expect(judge({ regions: [asleep] })).toEqual({ state: 'idle', findings: [] });
});

//  received ----- 60 s ----- silent ----- 1 h ----- idle
test.each([
  [60_000, 'well'],
  [60_001, 'silent'],
  [3_600_000, 'silent'],
  [3_600_001, 'idle'],
] as const)('[SYS-3] a region that was heard %d ms ago is %s', (agoMs, state) => {
  const region = look('EU-London', { lastReceivedAtMs: nowMs - agoMs, recent: { commits: 0 } });
  expect(regionStateOf(region, nowMs)).toBe(state);
});

test('[SYS-3] D1 is behind after 60 s and not at 60 s; the worst comes first', () => {
  const owing = (ms: number) => look('EU-London', { owed: { windows: 2, sinceMs: nowMs - ms } });
  expect(judge({ regions: [owing(60_000)] }).state).toBe('well');
  const { state, findings } = judge({
    regions: [owing(60_001)],
    deadLetters: { count: 1, isWhole: true },
    unread: [{ part: 'runs', text: 'Runs could not be read.' }],
  });
  expect(state).toBe('failing');
  expect(findings.map(({ level, part }) => [level, part])).toEqual([
    ['failing', 'd1'],
    ['warning', 'dead_letters'],
    ['unknown', 'runs'],
  ]);
  expect(findings[0]?.text).toBe('D1 lacks minutes of EU-London, for 60 s by now. The regions keep them.');
  expect(regionStateOf(owing(60_001), nowMs)).toBe('behind');
});

test('[SYS-3] each trouble has its sentence', () => {
  const dead = ['A', 'B', 'C', 'D'].map((name) => ({ name, vitals: null, failed: true }));
  expect(texts({ regions: dead })).toEqual(['A, B, C and 1 more do not answer. Events wait in the queue.']);
  expect(texts({ regions: [look('A', { recent: { waitMsMean: 90_000 }, overdue: 1_200 })] })).toEqual([
    'Events wait 90 s in the queue before they count.',
    '1,200 events accepted and overdue: the queue may still bring them.',
  ]);
  expect(texts({ regions: [look('A', { watermarkMs: nowMs - 240_000 })] })).toEqual([
    'The watermark of A is 4 min behind.',
  ]);
  expect(texts({ regions: [look('A', { unsealedAtMs: nowMs - 26 * 60_000 })] })).toEqual([
    'A: not sealed for 26 min. The logs keep what the lake lacks.',
  ]);
  expect(
    texts({ accounts: { addsUp: false, explanation: 'It does not.', received: 100, rejected: 6 } }),
  ).toEqual(['It does not.', '6 % of what came in the last hour was rejected.']);
  expect(texts({ deadLetters: { count: 1_000, isWhole: false }, failedRuns: 2 })).toEqual([
    'More than 1,000 dead letters: not counted until sent again.',
    '2 runs failed within a day.',
  ]);
});

test('a span is written in one unit', () => {
  expect([119_000, 120_000, 7_199_000, 7_200_000].map(spanText)).toEqual([
    '119 s',
    '2 min',
    '120 min',
    '2 h',
  ]);
});
