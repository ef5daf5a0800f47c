import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, test } from 'vitest';
import type { RejectReport } from '../../core/protocol/reject-report.ts';
import { readRejectTotals, rejectTotalsSql, saveRejectReports } from '../../storage/reject-store.ts';
import { midnight } from './packed-windows.ts';

beforeEach(async () => {
  await env.DB.exec('DELETE FROM reject_reports');
});

const report = (changes: Partial<RejectReport>): RejectReport => ({
  door: '00112233aabbccdd',
  producer: 'local',
  minute: midnight,
  seq: 1,
  twins: 0,
  rejected: { unknown_region: 1 },
  samples: [
    { index: 0, id: 'e1', code: 'unknown_region', pointer: '/region', message: 'not in the registry' },
  ],
  ...changes,
});

const totals = async (from = midnight, to = midnight + 1) =>
  (await readRejectTotals(env.DB, from, to)).map(({ producer, rejected, twins }) => [
    producer,
    Object.fromEntries(rejected),
    twins,
  ]);

describe('[ING-6] reject reports count once', () => {
  test('a report delivered twice, or overtaken by a later one, adds nothing', async () => {
    const first = report({ rejected: { unknown_region: 1 } });
    const second = report({ seq: 2, rejected: { unknown_region: 3, bad_time: 1 }, twins: 2 });
    for (const order of [[first, second, second, first], [second], [first]])
      await saveRejectReports(env.DB, order);
    expect(await totals()).toEqual([['local', { unknown_region: 3, bad_time: 1 }, 2]]);
  });

  test('doors and minutes add up, producers stay apart, ranges are half-open', async () => {
    await saveRejectReports(env.DB, [
      report({}),
      report({ door: 'ffffffffffffffff', rejected: { unknown_region: 4, bad_json: 2 } }),
      report({ minute: midnight + 1, twins: 5 }),
      report({ minute: midnight + 2 }),
      report({ minute: midnight - 1 }),
      report({ producer: 'a:b', rejected: {}, twins: 7 }),
    ]);
    expect(await totals(midnight, midnight + 2)).toEqual([
      ['a:b', {}, 7],
      ['local', { bad_json: 2, unknown_region: 6 }, 5],
    ]);
  });

  test('a range of minutes is a search of the key', async () => {
    const plan = await env.DB.prepare(`EXPLAIN QUERY PLAN ${rejectTotalsSql}`)
      .bind('1', '2')
      .all<{ detail: string }>();
    expect(plan.results.filter(({ detail }) => detail.startsWith('SEARCH'))).toHaveLength(2);
  });
});
