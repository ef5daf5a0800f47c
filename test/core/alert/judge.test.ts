import { expect, test } from 'vitest';
import { counterIndex, emptyCounters } from '../../../core/aggregate/counters.ts';
import type { AlertRule } from '../../../core/alert/alert-rule.ts';
import { judge } from '../../../core/alert/judge.ts';
import { counters, type Downloads, highError, latenessCut, lowSuccess, noData } from './alert-fixture.ts';

const verdict = (rule: AlertRule, downloads: Downloads) =>
  judge(rule, { counters: counters(downloads), silentMinutes: 0, latenessCuts: 0 })?.verdict ?? null;

test.each([
  // At the limit is no breach; one download more that fails is.
  [lowSuccess, [20, 2], 'between'],
  [lowSuccess, [20, 3], 'breach'],
  [lowSuccess, [1000, 100], 'between'],
  [lowSuccess, [1000, 101], 'breach'],
  [lowSuccess, [1000, 91], 'between'],
  [lowSuccess, [1000, 90], 'healthy'],
  [highError, [20, 2], 'between'],
  [highError, [20, 3], 'breach'],
  [highError, [1000, 91], 'between'],
  [highError, [1000, 90], 'healthy'],
  // Too few attempts decide nothing, however bad they are.
  [lowSuccess, [19, 19], null],
  [lowSuccess, [20, 20], 'breach'],
  [highError, [19, 19], null],
  [highError, [20, 20], 'breach'],
  [{ ...lowSuccess, attemptsMin: 0 }, [0, 0], null],
] as const)('[ALR-1] $0.id: of %j downloads that failed', (rule, downloads, expected) => {
  expect(verdict(rule, downloads)).toBe(expected);
});

test('[ALR-1] a slow download did arrive, one without an outcome neither arrived nor failed', () => {
  const of = emptyCounters();
  of[counterIndex.downloads] = 40;
  of[counterIndex.downloads_slow] = 36;
  const measured = { counters: of, silentMinutes: 0, latenessCuts: 0 };
  expect(judge(lowSuccess, measured)).toEqual({ verdict: 'between', value: 0.9, attempts: 40 });
  expect(judge(highError, measured)).toEqual({ verdict: 'healthy', value: 0, attempts: 40 });
});

test('[ALR-1] a region is silent from the fifth minute on, and never before it was heard', () => {
  const of = (silentMinutes: number | null) =>
    judge(noData, { counters: null, silentMinutes, latenessCuts: 0 })?.verdict;
  expect([0, 1, 4, 5, 6, null].map(of)).toEqual([
    'healthy',
    'between',
    'between',
    'breach',
    'breach',
    undefined,
  ]);
});

test('[ALR-1] a window without an event says nothing about rates, and that no lateness was cut', () => {
  const measured = { counters: null, silentMinutes: null, latenessCuts: 0 };
  expect([lowSuccess, highError].map((rule) => judge(rule, measured))).toEqual([null, null]);
  expect(judge(latenessCut, measured)?.verdict).toBe('healthy');
  expect(judge(latenessCut, { ...measured, latenessCuts: 1 })?.verdict).toBe('breach');
});
