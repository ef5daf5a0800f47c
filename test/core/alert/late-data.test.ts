import { describe, expect, test } from 'vitest';
import { type Downloads, highError, lowSuccess, m0, noData, Shard } from './alert-fixture.ts';

const bad: Downloads = [40, 20];
const worse: Downloads = [50, 40];
const well: Downloads = [40, 0];

describe('[ALR-1] late data', () => {
  test('that puts a window in breach makes an alert, and says why', () => {
    const shard = new Shard(lowSuccess).see(well, well, well).put(1, worse);
    expect(shard.judge()).toBe(true);
    expect(shard.lives).toEqual(['LOW_SUCCESS_RATE 1 firing']);
    expect(shard.first).toMatchObject({ metricValue: 0.2, attempts: 50, corrections: 1 });
    expect(shard.first.history.map(({ cause }) => cause)).toEqual(['late_data', 'late_data']);
    expect(shard.judge()).toBe(false);
  });

  test('that heals the window undoes the alert, which stays on record', () => {
    const shard = new Shard(lowSuccess).see(bad, null).put(0, [400, 20]);
    shard.judge();
    expect(shard.lives).toEqual(['LOW_SUCCESS_RATE 0 corrected 0']);
    expect(shard.first.history.at(-1)).toMatchObject({ state: 'resolved', cause: 'late_data', minute: m0 });
    expect(shard.judge()).toBe(false);
  });

  test('that breaks it again lets the same alert fire anew', () => {
    const shard = new Shard(lowSuccess).see(bad, null).put(0, [400, 20]);
    shard.judge();
    const { id, createdAtMs } = shard.first;
    shard.put(0, [800, 420]).judge();
    expect(shard.lives).toEqual(['LOW_SUCCESS_RATE 0 firing']);
    expect(shard.first).toMatchObject({ id, createdAtMs, metricValue: 0.475, corrections: 2 });
  });

  test('that leaves the verdict leaves the values that were recorded', () => {
    const shard = new Shard(lowSuccess).see(bad, null).put(0, worse);
    expect(shard.judge()).toBe(false);
    expect(shard.first).toMatchObject({ metricValue: 0.5, attempts: 40, corrections: 0 });
  });

  test('that completes the condition earlier moves the alert, with the values of its new cause', () => {
    const shard = new Shard(highError).see([5, 5], bad, bad, bad);
    const { id } = shard.first;
    shard.put(0, worse).judge();
    expect(shard.lives).toEqual(['HIGH_ERROR_RATE 2 firing']);
    expect(shard.first).toMatchObject({
      id,
      pendingMinute: m0,
      metricValue: 0.6,
      attempts: 130,
      corrections: 1,
    });
    expect(shard.first.message).toContain('60.0 % of 130 downloads');
  });

  test('that moves an alert leaves its id to it: another that fires where it fired gets one of its own', () => {
    const shard = new Shard(lowSuccess).see(well, null, null, bad, null, null);
    expect(shard.first.id).toBe(`LOW_SUCCESS_RATE.1.3.${m0 + 3}`);
    shard.put(0, bad).judge();
    shard.put(1, well).put(2, well).judge();
    expect(shard.lives).toEqual(['LOW_SUCCESS_RATE 0 healthy 2', 'LOW_SUCCESS_RATE 3 firing']);
    const ids = shard.book.records.map(({ id }) => id);
    expect(ids).toEqual([`LOW_SUCCESS_RATE.1.3.${m0 + 3}`, `LOW_SUCCESS_RATE.1.3.${m0 + 3}~2`]);
  });

  test('that takes away the recovery reopens the alert', () => {
    const shard = new Shard(lowSuccess).see(bad, well, well);
    expect(shard.lives).toEqual(['LOW_SUCCESS_RATE 0 healthy 2']);
    shard.put(2, [80, 40]).judge();
    expect(shard.lives).toEqual(['LOW_SUCCESS_RATE 0 firing']);
    expect(shard.first).toMatchObject({ resolvedAtMs: null, resolution: null, corrections: 1 });
    expect(shard.see(well, well).lives).toEqual(['LOW_SUCCESS_RATE 0 healthy 4']);
    expect(shard.first.history.map(({ state }) => state)).toEqual([
      'pending',
      'firing',
      'resolved',
      'firing',
      'resolved',
    ]);
  });

  test('of a silent minute undoes the silence', () => {
    const shard = new Shard(noData).see(well, null, null, null, null, null).put(3, [1, 0]);
    shard.judge();
    expect(shard.lives).toEqual(['NO_DATA 5 corrected 5']);
    expect(shard.see(null, null).lives).toEqual(['NO_DATA 5 corrected 5']);
    expect(shard.see(null).lives).toEqual(['NO_DATA 5 corrected 5', 'NO_DATA 8 firing']);
  });

  test('after its window is dead changes nothing, and what D1 holds of it is forgotten once that is stored', () => {
    const shard = new Shard(lowSuccess).see(bad, well, well, null).confirmAll().advance(3);
    expect(shard.lives).toEqual(['LOW_SUCCESS_RATE 0 healthy 2']);
    // It dies before the next commit: the windows live again, and so does the alert, as the same.
    expect(shard.crash().judge()).toBe(false);
    expect(shard.lives).toEqual(['LOW_SUCCESS_RATE 0 healthy 2']);
    expect(shard.advance(3).keep().lives).toEqual([]);
    expect(shard.crash().lives).toEqual([]);
    expect(shard.judge()).toBe(false);
  });

  test('judged after a death is late data still', () => {
    const shard = new Shard(lowSuccess).see(well, well).put(0, worse).crash();
    shard.judge();
    expect(shard.first.history.at(-1)?.cause).toBe('late_data');
  });
});

test('[ALR-1] what D1 lacks is due until it confirms that very state', () => {
  const shard = new Shard(lowSuccess).see(bad);
  const { due } = shard.book;
  expect(due).toHaveLength(1);
  shard.see(well, well);
  shard.book.confirm(due);
  expect(shard.book.due).toMatchObject([{ state: 'resolved' }]);
  shard.confirmAll();
  // An answer that comes late changes nothing.
  shard.book.confirm(due);
  expect(shard.book.due).toEqual([]);
});
