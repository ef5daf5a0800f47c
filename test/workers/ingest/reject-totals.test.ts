import { describe, expect, test } from 'vitest';
import { rejectSamplesMax } from '../../../core/protocol/limits.ts';
import type { RejectReport } from '../../../core/protocol/reject-report.ts';
import { RejectTotals, type RequestRejects } from '../../../workers/ingest/reject-totals.ts';

const sample = (index: number) => ({ index, id: null, code: 'a', pointer: '', message: 'a' });

function rejects(rejectedByCode: Record<string, number>, minute = 100, producer = 'local'): RequestRejects {
  const total = Object.values(rejectedByCode).reduce((sum, count) => sum + count, 0);
  return { producer, minute, rejectedByCode, samples: Array.from({ length: total }, (_, i) => sample(i)) };
}

const short = ({ producer, minute, seq, rejected }: RejectReport) => ({ producer, minute, seq, ...rejected });

describe('[ING-6] reports of rejects', () => {
  test('hold totals by producer and minute, with a rising seq, and only where something changed', () => {
    const totals = new RejectTotals('door');
    totals.add(rejects({ a: 2 }));
    totals.add(rejects({ a: 1 }, 101));
    totals.add(rejects({ a: 1 }, 100, 'other'));
    expect(totals.takeDue(101).map(short)).toEqual([
      { producer: 'local', minute: 100, seq: 1, a: 2 },
      { producer: 'local', minute: 101, seq: 2, a: 1 },
      { producer: 'other', minute: 100, seq: 3, a: 1 },
    ]);
    expect(totals.takeDue(101)).toEqual([]);
    totals.add(rejects({}));
    expect(totals.takeDue(101)).toEqual([]);
    totals.add(rejects({ a: 1, b: 4 }));
    expect(totals.takeDue(101).map(short)).toEqual([{ producer: 'local', minute: 100, seq: 4, a: 3, b: 4 }]);
  });

  test('of a failed send are taken back, and what went with it is reported again', () => {
    const totals = new RejectTotals('door');
    totals.add(rejects({ a: 2 }, 99));
    const failed = rejects({ a: 3, b: 1 });
    totals.add(failed);
    const reports = totals.takeDue(100);
    expect(reports).toHaveLength(2);
    totals.withdraw(failed, reports);
    expect(totals.takeDue(100).map(short)).toEqual([
      { producer: 'local', minute: 99, seq: 3, a: 2 },
      { producer: 'local', minute: 100, seq: 4 },
    ]);
  });

  test('a report that another request carried meanwhile is corrected', () => {
    const totals = new RejectTotals('door');
    const failed = rejects({ a: 2 });
    totals.add(failed);
    const first = totals.takeDue(100);
    totals.add(rejects({ a: 1 }));
    expect(totals.takeDue(100).map(short)).toEqual([{ producer: 'local', minute: 100, seq: 2, a: 3 }]);
    totals.withdraw(failed, first);
    expect(totals.takeDue(100).map(short)).toEqual([{ producer: 'local', minute: 100, seq: 3, a: 1 }]);
  });

  test('[ING-3] keep so many samples and no more, those of a failed send excepted', () => {
    const totals = new RejectTotals('door');
    const failed = rejects({ a: rejectSamplesMax - 1 });
    totals.add(failed);
    totals.add(rejects({ a: 5 }));
    const [report] = totals.takeDue(100);
    expect(report?.samples).toHaveLength(rejectSamplesMax);
    totals.withdraw(failed, [report!]);
    expect(totals.takeDue(100)[0]?.samples).toEqual([sample(0)]);
    totals.add(rejects({ a: rejectSamplesMax - 1 }));
    expect(totals.takeDue(100)[0]?.samples).toHaveLength(rejectSamplesMax);
  });

  test('old minutes are forgotten once reported', () => {
    const totals = new RejectTotals('door');
    totals.add(rejects({ a: 1 }));
    expect(totals.takeDue(100)).toHaveLength(1);
    totals.takeDue(111);
    // Forgotten: a late withdrawal finds nothing to take back.
    totals.withdraw(rejects({ a: 1 }), []);
    expect(totals.takeDue(111).map(short)).toEqual([{ producer: 'local', minute: 100, seq: 2 }]);
  });
});
