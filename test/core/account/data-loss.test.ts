import { describe, expect, it } from 'vitest';
import { judgeLosses, type Loss, lossId } from '../../../core/account/data-loss.ts';
import type { AlertRecord } from '../../../core/alert/alert-record.ts';

const hour = 494_000;
const nowMs = (hour + 3) * 3_600_000;
const loss: Loss = { regionNumber: 4, region: 'EU-London', hour, events: 5, why: ['5 events are missing'] };
const known = (...records: readonly AlertRecord[]) => new Map(records.map((record) => [record.id, record]));
const only = (records: readonly AlertRecord[]): AlertRecord => {
  expect(records).toHaveLength(1);
  return records[0] as AlertRecord;
};

describe('[ING-6d] the alert DATA_LOSS', () => {
  const first = only(judgeLosses([loss], [], known(), nowMs));

  it('fires for an hour of a region that does not add up, once', () => {
    expect(first).toMatchObject({
      id: 'DATA_LOSS.1.4.494000',
      state: 'firing',
      severity: 'CRITICAL',
      message: 'The accounts of EU-London do not add up, 2026-05-10 08:00 UTC: 5 events are missing.',
      metricValue: 5,
      resolvedAtMs: null,
    });
    expect(judgeLosses([loss], [loss], known(first), nowMs + 1)).toEqual([]);
    expect(lossId({ ...loss, hour: hour + 1 })).not.toBe(first.id);
  });

  it('says when it becomes more, and is over when the hour adds up again', () => {
    const more = only(
      judgeLosses([{ ...loss, events: 6, why: ['6 events are missing'] }], [loss], known(first), nowMs + 1),
    );
    expect(more).toMatchObject({ id: first.id, createdAtMs: nowMs, metricValue: 6, revision: { change: 2 } });
    const over = only(judgeLosses([], [loss], known(more), nowMs + 2));
    expect(over).toMatchObject({ state: 'resolved', resolution: 'healthy', resolvedAtMs: nowMs + 2 });
    expect(judgeLosses([], [loss], known(over), nowMs + 3)).toEqual([]);
    const again = only(judgeLosses([loss], [loss], known(over), nowMs + 4));
    expect(again).toMatchObject({
      state: 'firing',
      resolvedAtMs: null,
      resolution: null,
      revision: { change: 4 },
    });
    expect(again.history.map(({ state }) => state)).toEqual(['firing', 'resolved', 'firing']);
  });

  it('is not resolved by a check that has not looked at its hour, and stays closed if a person closed it', () => {
    expect(judgeLosses([], [{ regionNumber: 4, hour: hour + 1 }], known(first), nowMs)).toEqual([]);
    const closed: AlertRecord = { ...first, state: 'resolved', resolution: 'closed', resolvedAtMs: nowMs };
    expect(judgeLosses([loss], [loss], known(closed), nowMs)).toEqual([]);
  });
});
