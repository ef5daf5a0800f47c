import { expect, test } from 'vitest';
import type { AuditEntry } from '../../../core/access/audit-entry.ts';
import { RefusalCounts } from '../../../core/access/refusal-counts.ts';
import { auditRefusalKindsMax } from '../../../core/protocol/limits.ts';

const minuteMs = 60_000;
const refusal = (atMs: number, actor = 'nobody', target = 'GET /api/x'): AuditEntry => ({
  atMs,
  actor,
  role: '',
  action: 'request.refuse',
  target,
  country: '',
  result: 'refused',
  details: { status: '401' },
});

test('[AUD-3] a flood of refusals is two lines a minute, with how many there were', () => {
  const counts = new RefusalCounts();
  const written = Array.from({ length: 1_000 }, (_, n) => counts.note(refusal(minuteMs + n))).flat();
  expect(written).toEqual([refusal(minuteMs)]);
  const later = counts.note(refusal(2 * minuteMs, 'someone'));
  expect(later).toEqual([
    { ...refusal(minuteMs + 999), details: { status: '401', more: '999' } },
    refusal(2 * minuteMs, 'someone'),
  ]);
});

test('[AUD-3] who asks and what for are told apart', () => {
  const counts = new RefusalCounts();
  for (const asked of [refusal(0), refusal(1, 'a'), refusal(2, 'nobody', 'GET /api/y')])
    expect(counts.note(asked)).toEqual([asked]);
});

test('[AUD-3] beyond the cap of kinds the rest is one kind', () => {
  const counts = new RefusalCounts();
  for (let n = 0; n < auditRefusalKindsMax; n++)
    expect(counts.note(refusal(0, `p${n}`))[0]?.actor).toBe(`p${n}`);
  expect(counts.note(refusal(0, 'one more'))).toEqual([{ ...refusal(0, 'others'), target: '' }]);
  expect(counts.note(refusal(0, 'another'))).toEqual([]);
});
