import { describe, expect, test } from 'vitest';
import type { AlertRule } from '../../../core/alert/alert-rule.ts';
import { AlertBook } from '../../../core/alert/book.ts';
import { emptyBase } from '../../../core/alert/fold.ts';
import { alertHistoryMax, alertTracksMax, OTHER_KEY } from '../../../core/protocol/limits.ts';
import { logRowHeadBytesMax } from '../../../core/window/log-row.ts';
import { type Downloads, highError, latenessCut, lowSuccess, m0, noData, Shard } from './alert-fixture.ts';

const bad: Downloads = [40, 20];
const well: Downloads = [40, 0];
/** 9.5 % failed: neither in breach nor healthy. */
const between: Downloads = [200, 19];
/** Too few to decide. */
const few: Downloads = [19, 19];
const contentRule: AlertRule = { ...lowSuccess, dimension: 'content', windows: 2, attemptsMin: 2 };

describe('[ALR-1] the life of an alert', () => {
  test('one window below the limit fires at once; two healthy ones in a row resolve it', () => {
    const shard = new Shard(lowSuccess).see(well, bad);
    expect(shard.lives).toEqual(['LOW_SUCCESS_RATE 1 firing']);
    expect(shard.see(well).lives).toEqual(['LOW_SUCCESS_RATE 1 firing']);
    expect(shard.see(well, well).lives).toEqual(['LOW_SUCCESS_RATE 1 healthy 3']);
    expect(shard.see(bad).lives).toEqual(['LOW_SUCCESS_RATE 1 healthy 3', 'LOW_SUCCESS_RATE 5 firing']);
  });

  test('three windows in a row are needed, and the value is the mean of the three', () => {
    const shard = new Shard(highError).see([20, 10], [40, 10]);
    expect(shard.lives).toEqual([]);
    expect(shard.see([100, 15]).first).toMatchObject({
      windowMinute: m0 + 2,
      pendingMinute: m0,
      metricValue: (0.5 + 0.25 + 0.15) / 3,
      thresholdValue: 0.1,
      attempts: 160,
    });
    expect(shard.first.history.map(({ state, minute }) => [state, minute - m0])).toEqual([
      ['pending', 0],
      ['firing', 2],
    ]);
  });

  test('what lies between the limits neither fires nor heals: it ends a run of either kind', () => {
    expect(new Shard(highError).see(bad, bad, between, bad, bad).lives).toEqual([]);
    expect(new Shard(lowSuccess).see(bad, well, between, well, between, bad, well).lives).toEqual([
      'LOW_SUCCESS_RATE 0 firing',
    ]);
  });

  test('windows without enough attempts decide nothing, also in the middle of a run', () => {
    const shard = new Shard(highError).see(bad, few, bad, null, null, bad);
    expect(shard.lives).toEqual(['HIGH_ERROR_RATE 5 firing']);
    expect(shard.see(well, few, null, well).lives).toEqual(['HIGH_ERROR_RATE 5 healthy 9']);
  });

  test('a firing region that falls silent goes on firing, and NO_DATA says that it is silent', () => {
    const shard = new Shard(lowSuccess, noData).see(bad, null, null, null, null, null, null);
    expect(shard.lives).toEqual(['LOW_SUCCESS_RATE 0 firing', 'NO_DATA 5 firing']);
  });

  test('history keeps how it began and the newest steps', () => {
    const shard = new Shard(lowSuccess).see(bad, null);
    for (let i = 0; i < 20; i++) {
      shard.put(0, i % 2 === 0 ? well : bad);
      shard.judge();
    }
    const { history, corrections } = shard.first;
    expect(corrections).toBe(20);
    expect(history).toHaveLength(alertHistoryMax);
    expect(history.slice(0, 3).map(({ state, cause }) => `${state} ${cause}`)).toEqual([
      'pending window',
      'firing window',
      'resolved late_data',
    ]);
    expect(history.at(-1)).toMatchObject({ state: 'firing', cause: 'late_data', metricValue: 0.5 });
  });
});

describe('[ALR-1] silence', () => {
  test('is told in its fifth minute, once, and resolves with the first window that has events', () => {
    const shard = new Shard(noData).see(well, null, null, null, null);
    expect(shard.lives).toEqual([]);
    expect(shard.see(null).lives).toEqual(['NO_DATA 5 firing']);
    for (let i = 0; i < 30; i++) shard.see(null);
    expect(shard.lives).toEqual(['NO_DATA 5 firing']);
    expect(shard.see(few).lives).toEqual(['NO_DATA 5 healthy 36']);
  });

  test('of a region that never had traffic is no news', () => {
    expect(new Shard(noData).see(...new Array<null>(60).fill(null)).lives).toEqual([]);
  });

  test('a region that receives a back-fill is not silent', () => {
    const shard = new Shard(noData).see(well);
    for (let minute = 1; minute < 20; minute++) {
      if (minute < 12) shard.book.noteReceived(m0 + minute + 1, Number.POSITIVE_INFINITY);
      shard.see(null);
    }
    expect(shard.lives).toEqual(['NO_DATA 16 firing']);
  });

  test('what was received is of all minutes from its oldest event on: none of them was silent', () => {
    const shard = new Shard(noData).see(well, null, null, null, null, null);
    expect(shard.lives).toEqual(['NO_DATA 5 firing']);
    shard.book.noteReceived(m0 + 7, m0 + 3);
    expect(shard.book.isBehind(m0 + 5)).toBe(true);
    shard.judge();
    expect(shard.lives).toEqual(['NO_DATA 5 corrected 5']);
    shard.see(...new Array<null>(5).fill(null));
    expect(shard.lives).toEqual(['NO_DATA 5 corrected 5']);
    expect(shard.see(null).lives.at(-1)).toBe('NO_DATA 11 firing');
  });

  test('a clock that jumps by years folds the first day of the silence, and says the same wherever it begins', () => {
    const shard = new Shard(noData).see(well);
    shard.judge(3_000_000);
    expect(shard.lives).toEqual(['NO_DATA 5 firing']);
    shard.advance(2_999_990).judge(3_000_001);
    expect(shard.lives).toEqual(['NO_DATA 5 firing']);
    expect(shard.first.corrections).toBe(0);
  });

  test('it wants to be woken when a silence would be told, and no more once it is', () => {
    const shard = new Shard(noData, lowSuccess).see(well);
    expect(shard.book.nextMinute).toBe(m0 + 5);
    expect(shard.see(null, null).book.nextMinute).toBe(m0 + 5);
    expect(shard.see(null, null, null).book.nextMinute).toBeNull();
  });
});

describe('[WIN-8b] windows whose lateness was ended early', () => {
  test('fire in the minute in which it was done, and resolve after ten without', () => {
    const shard = new Shard(latenessCut).see(well);
    shard.book.noteCut(m0 + 1);
    shard.book.noteCut(m0 + 1);
    expect(shard.book.nextMinute).toBe(m0 + 1);
    shard.see(well);
    expect(shard.first).toMatchObject({ state: 'firing', metricValue: 2, windowMinute: m0 + 1 });
    expect(shard.book.nextMinute).toBe(m0 + 11);
    shard.see(...new Array<null>(9).fill(null));
    expect(shard.first.state).toBe('firing');
    expect(shard.see(null).lives).toEqual(['LATENESS_CUT 1 healthy 11']);
  });
});

describe('[ALR-1] by content', () => {
  test('each is judged for itself, and what the others have in common is none', () => {
    const shard = new Shard(contentRule);
    for (const minute of [0, 1]) {
      shard.put(minute, bad, { a: [4, 4], b: [4, 0], c: [1, 1], [OTHER_KEY]: [9, 9] });
      shard.judge(minute);
    }
    expect(shard.lives).toEqual(['LOW_SUCCESS_RATE a 1 firing']);
    expect(shard.first).toMatchObject({
      dimension: 'content',
      dimensionKey: 'a',
      metricValue: 0,
      attempts: 8,
    });
    expect(shard.first.id).toBe(`LOW_SUCCESS_RATE.1.3.${m0 + 1}.a`);
  });

  const titles = (count: number, from = 0): Record<string, Downloads> =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`t${from + i}`, [4, 4] as const]));

  test('of more than the cap in trouble at once the later ones are left out; rules of the region are not', () => {
    const rule = { ...contentRule, windows: 1 };
    const shard = new Shard({ ...rule, id: 'BY_TITLE' }, lowSuccess);
    shard.put(0, bad, titles(alertTracksMax + 1));
    shard.judge(0);
    expect(shard.lives).toHaveLength(alertTracksMax + 1);
    expect(shard.lives.at(-1)).toBe('LOW_SUCCESS_RATE 0 firing');
  });

  test('one that was in breach once and then too rare to decide gives way to another', () => {
    const shard = new Shard(contentRule).put(0, well, titles(alertTracksMax));
    shard.judge(0);
    for (const minute of [1, 2]) {
      shard.put(minute, well, { late: [4, 4] });
      shard.judge(minute);
    }
    expect(shard.lives).toEqual(['LOW_SUCCESS_RATE late 2 firing']);
  });

  test('as many as the cap fit into the head of a log row, however they are called', () => {
    const shard = new Shard({ ...contentRule, windows: 1 });
    const names = Array.from({ length: alertTracksMax }, (_, i) => `${'\u0001'.repeat(126)}${i + 10}`);
    shard.put(0, well, Object.fromEntries(names.map((name) => [name, [40, 27]])));
    shard.judge(0);
    expect(shard.advance(0).book.base.tracks).toHaveLength(alertTracksMax);
    expect(JSON.stringify(shard.book.base).length).toBeLessThan(logRowHeadBytesMax);
  });
});

describe('[ALR-1] rules change by new versions', () => {
  const second = { ...lowSuccess, version: 2, threshold: 0.4, resolveThreshold: 0.45 };

  test('one judges from its first window on; what fired under the one before is resolved there', () => {
    const shard = new Shard(lowSuccess, { ...second, fromMinute: m0 + 2 }).see(bad, bad, bad, [40, 30]);
    expect(shard.book.records.map(({ ruleVersion, resolution }) => [ruleVersion, resolution])).toEqual([
      [1, 'rule_changed'],
      [2, null],
    ]);
    expect(shard.lives).toEqual(['LOW_SUCCESS_RATE 0 rule_changed 2', 'LOW_SUCCESS_RATE 3 firing']);
    expect(shard.first.history.at(-1)).toMatchObject({ cause: 'rule', minute: m0 + 2 });
  });

  test('one that is read too late judges from the next window on', () => {
    const shard = new Shard(lowSuccess).see(well, well, well);
    expect(shard.book.setUp({ region: 'EU-London', rules: [lowSuccess, second] })).toBe(true);
    expect(shard.book.setup?.rules[1]?.fromMinute).toBe(m0 + 3);
    expect(shard.book.setUp({ region: 'EU-London', rules: [lowSuccess, second] })).toBe(false);
  });

  test('a version that was copied stays as it is, though D1 has another or none', () => {
    const shard = new Shard(lowSuccess).see(bad);
    const changed = { ...lowSuccess, threshold: 0.1 };
    expect(shard.book.setUp({ region: 'EU-London', rules: [changed] })).toBe(false);
    expect(shard.book.setUp({ region: 'EU-London', rules: [] })).toBe(false);
    expect(shard.see(null).lives).toEqual(['LOW_SUCCESS_RATE 0 firing']);
  });

  test('[ALR-2] versions that were replaced before the stored base ends are dropped, and do not come again', () => {
    const rules = [lowSuccess];
    const shard = new Shard(lowSuccess).see(well);
    for (let version = 2; version <= 200; version++) {
      shard.see(version % 2 ? well : bad);
      rules.push({ ...second, version, fromMinute: m0 + version + 1 });
      shard.advance(version - 2).keep();
      shard.book.setUp({ region: 'EU-London', rules });
      expect(shard.book.setup?.rules.length).toBeLessThan(6);
    }
    expect(shard.book.setup?.rules.at(-1)?.version).toBe(200);
    expect(shard.book.setUp({ region: 'EU-London', rules })).toBe(false);
  });

  test('[ALR-2] one that was replaced may still be judged by while late data may come', () => {
    const shard = new Shard(lowSuccess).see(well, well, well);
    shard.book.setUp({ region: 'EU-London', rules: [lowSuccess, { ...second, fromMinute: m0 + 3 }] });
    shard.see(well, well).put(1, bad).judge();
    expect(shard.book.setup?.rules.map(({ version }) => version)).toEqual([1, 2]);
    expect(shard.book.records).toMatchObject([{ ruleVersion: 1, windowMinute: m0 + 1 }]);
  });

  test('[ALR-2] while no base is stored none is dropped: by a clock that was set back one wakes earlier', () => {
    const rules = [lowSuccess, { ...second, fromMinute: m0 + 3 }];
    const origin = { regionNumber: 3, shard: 0, generation: 0, incarnation: 1 };
    const versions = (keptMinute?: number) => {
      const book = new AlertBook(origin, emptyBase(m0 + 20), null, null, keptMinute);
      book.setUp({ region: 'EU-London', rules });
      return book.setup?.rules.map(({ version }) => version);
    };
    expect(versions(m0 + 20)).toEqual([2]);
    expect(versions(Number.NEGATIVE_INFINITY)).toEqual([1, 2]);
  });

  test('one that is not enabled ends what fires and judges no more', () => {
    const off = { ...second, enabled: false, fromMinute: m0 + 1 };
    expect(new Shard(lowSuccess, off).see(bad, bad, bad).lives).toEqual([
      'LOW_SUCCESS_RATE 0 rule_changed 1',
    ]);
  });
});

describe('[ALR-1] a person closes an alert', () => {
  test('it does not fire again before a healthy window', () => {
    const shard = new Shard(lowSuccess).see(bad);
    expect(shard.close(shard.first.id)).toBe('closed');
    expect(shard.close(shard.first.id)).toBe('resolved');
    expect(shard.close('another')).toBe('absent');
    const closed = 'LOW_SUCCESS_RATE 0 closed 1';
    expect(shard.see(bad, between, few, bad).lives).toEqual([closed]);
    expect(shard.see(well, bad).lives).toEqual([closed, 'LOW_SUCCESS_RATE 6 firing']);
  });

  test('neither late data, nor death, nor judging again undoes it', () => {
    const shard = new Shard(lowSuccess).see(bad, bad);
    shard.close(shard.first.id);
    shard.put(1, [80, 60]);
    expect(shard.judge()).toBe(false);
    expect(shard.crash().judge()).toBe(false);
    expect(shard.advance(1).see(bad, bad).lives).toEqual(['LOW_SUCCESS_RATE 0 closed 2']);
    expect(shard.keep().crash().see(bad).lives).toEqual(['LOW_SUCCESS_RATE 0 closed 2']);
    expect(shard.first.history.at(-1)).toMatchObject({ state: 'resolved', cause: 'person' });
  });
});
