// The check of the audit log, as the page asks for it and says what came of it.
import { describe, expect, test } from 'vitest';
import type { ServiceAnswer } from '../../site/access/service.ts';
import { type CheckAnswer, checkWhole, verdictOf } from '../../site/admin/audit-check.ts';

const piece = (change: Partial<CheckAnswer> = {}): CheckAnswer => ({
  ok: true,
  rows: 4_211,
  total: 4_211,
  removed: 0,
  done: true,
  next: null,
  fault: null,
  newest_anchor: { seq: 4_205, at: '2026-11-21T10:00:00.000Z' },
  ...change,
});

/** Answers in order; an answer that is a text is a failure. */
function service(answers: readonly (CheckAnswer | string)[]) {
  const asked: string[] = [];
  const ask = async (path: string): Promise<ServiceAnswer<{ readonly data: CheckAnswer }>> => {
    asked.push(path);
    const answer = answers[asked.length - 1] ?? 'asked too often';
    if (typeof answer === 'string') return { ok: false, status: 503, text: answer, problem: null };
    return { ok: true, value: { data: answer } };
  };
  return { asked, ask };
}

describe('the log is asked for piece by piece', () => {
  const first = piece({ rows: 1_000, done: false, next: '1000.ab' });

  test('until the end, and each piece is heard', async () => {
    const { asked, ask } = service([first, piece()]);
    const heard: number[] = [];
    expect(await checkWhole(ask, ({ rows }) => heard.push(rows))).toEqual(piece());
    expect(asked).toEqual(['/api/admin/audit/check', '/api/admin/audit/check?cursor=1000.ab']);
    expect(heard).toEqual([1_000, 4_211]);
  });

  test('until a fault, or until there is no answer', async () => {
    const fault = piece({ ok: false, rows: 1_200, done: false, fault: { seq: 1_201, kind: 'changed' } });
    expect(await checkWhole(service([first, fault]).ask, () => {})).toEqual(fault);
    expect(await checkWhole(service([first, 'No database.']).ask, () => {})).toEqual({
      failure: 'No database.',
    });
  });

  test('and never for the same piece again', async () => {
    const { asked, ask } = service([first, first, first]);
    expect(await checkWhole(ask, () => {})).toHaveProperty('failure');
    expect(asked).toHaveLength(2);
  });
});

describe('what came of it', () => {
  test('whole: up to which line, and against what', () => {
    expect(verdictOf(piece())).toEqual({
      isWhole: true,
      title: 'The log is whole up to line 4,211',
      remarks: [
        '4,211 lines were checked.',
        'They agree with what is noted outside of the log, up to line 4,205.',
      ],
    });
  });

  test('lines that were removed for their age are said, and places go on from them', () => {
    const { title, remarks } = verdictOf(piece({ removed: 10_000 }));
    expect(title).toBe('The log is whole up to line 14,211');
    expect(remarks).toContain('10,000 before them were removed for their age.');
  });

  test('nothing noted outside is said, as it proves less', () => {
    const { isWhole, remarks } = verdictOf(piece({ newest_anchor: null }));
    expect([isWhole, remarks.at(-1)]).toEqual([
      true,
      'Nothing is noted outside of the log yet: that all of it was written anew cannot be told.',
    ]);
  });

  test('a fault: where, what, and what is right before it', () => {
    const at = (kind: string, rows = 811) => verdictOf(piece({ ok: false, rows, fault: { seq: 812, kind } }));
    expect(at('changed')).toMatchObject({
      isWhole: false,
      title: 'Line 812 is not what was written',
      remarks: ['Lines 1 to 811 are right.', expect.stringMatching(/^Keep a copy/)],
    });
    expect(at('truncated_end').title).toBe('The end of the log is missing, from line 812 on');
    expect(at('truncated_start', 0).remarks[0]).toBe('No line is right.');
    expect(at('something new').title).toBe('At line 812: something new');
  });
});
