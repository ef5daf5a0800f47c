import { introspectWorkflowInstance } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { partName } from '../../../core/lake/part-name.ts';
import { packedKey } from '../../../core/protocol/region.ts';
import { readDayMark, readDueDays } from '../../../storage/day-store.ts';
import { encodePart } from '../../../storage/lake/encode-part.ts';
import { savePart } from '../../../storage/part-store.ts';
import { dayRunId } from '../../../workers/batch/day-run.ts';
import { beginDueDays, daysToLookAt } from '../../../workers/batch/days-due.ts';
import { day, loggedDay, naiveUsers } from '../../support/day-events.ts';
import { type LoggedEvent, lakeRows, partsOf } from '../../support/logged-events.ts';

const region = 'US-California';
const place = { regionNumber: 1, day };
const regions = [{ number: 1, name: region, continent: '', latitude: 0, longitude: 0 }];
/** The morning of the day after. */
const nowMs = (day + 1) * 86_400_000 + 3 * 3_600_000;

beforeEach(async () => {
  vi.spyOn(console, 'log').mockImplementation(() => undefined);
  const tables = ['lake_parts', 'batch_hours', 'batch_days', 'region_days'];
  await env.DB.exec(tables.map((table) => `DELETE FROM ${table}`).join('; '));
});

/** Puts the day into the lake, and says of its hours that they are computed. */
async function putDay(logged: readonly LoggedEvent[], generation: number): Promise<void> {
  for (const { address, events } of partsOf(logged, region)) {
    const { bytes, digest, ...content } = await encodePart(lakeRows(events), address);
    await env.LAKE.put(partName(address), bytes);
    await savePart(env.DB, 1, address, { ...content, digest, bytes: bytes.length }, nowMs);
  }
  await env.DB.prepare(
    `INSERT INTO batch_hours (key, run_id, generation, parts, parts_digest, events, late_added, late_twins, computed_at)
     SELECT ?1 + hour, 'run', ?2, count(*), '', 0, 0, 0, '2026-11-21T00:00:00.000Z' FROM lake_parts GROUP BY hour`,
  )
    .bind(packedKey(1, 0, 0), generation)
    .run();
}

describe('[BAT-3] the Workflow of a day', () => {
  test('is begun when the day is due, reads the lake, and the day is due no more', async () => {
    const logged = loggedDay(41, 300);
    await putDay(logged, 1);
    const instance = await introspectWorkflowInstance(
      env.DAY_BATCH,
      dayRunId({ ...place, ...(await readDayMark(env.DB, place)) }),
    );
    onTestFinished(() => instance.dispose());
    expect(await beginDueDays(env.DB, env.DAY_BATCH, regions, nowMs)).toBe(1);
    await instance.waitForStatus('complete');
    const expected = naiveUsers(logged);
    expect(await env.DB.prepare('SELECT users FROM batch_days').first('users')).toBe(expected.length);
    const { results } = await env.DB.prepare('SELECT user, total_events FROM batch_user_stats').all();
    expect(new Map(results.map((row) => [row.user, row.total_events]))).toEqual(
      new Map(expected.map((row) => [row.user, row.total_events])),
    );
    expect(await beginDueDays(env.DB, env.DAY_BATCH, regions, nowMs)).toBe(0);
  });

  test('that failed is begun anew at the next look', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    await putDay(loggedDay(42, 100), 5);
    const id = dayRunId({ ...place, ...(await readDayMark(env.DB, place)) });
    const instance = await introspectWorkflowInstance(env.DAY_BATCH, id);
    onTestFinished(() => instance.dispose());
    await instance.modify(async (modifier) => {
      await modifier.disableRetryDelays();
      await modifier.mockStepError({ name: 'write' }, new Error('D1 is away'));
    });
    expect(await beginDueDays(env.DB, env.DAY_BATCH, regions, nowMs)).toBe(1);
    await instance.waitForStatus('errored');
    expect(await readDueDays(env.DB, [1], [[day, day + 1]], 1)).toHaveLength(1);
    expect(await beginDueDays(env.DB, env.DAY_BATCH, regions, nowMs)).toBe(1);
  });
});

test('[BAT-3] only days that are over are looked at', () => {
  expect(daysToLookAt(nowMs)[0]).toEqual([day - 2, day + 1]);
  // A minute after midnight the last hour of the day still takes late events.
  expect(daysToLookAt((day + 1) * 86_400_000 + 60_000)[0]?.[1]).toBe(day);
});
