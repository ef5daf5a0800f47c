import { introspectWorkflow } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { batchHoursBackMax, batchRunsMax } from '../../../core/protocol/batch-limits.ts';
import { computableBefore } from '../../../storage/batch-due.ts';
import { endRun } from '../../../storage/batch-store.ts';
import { clearBatch } from '../../storage/batch-rows.ts';
import { ask, problemOf } from './ask.ts';
import { askAs, cookieFor, host, newPerson } from './people.ts';

const hourMs = 3_600_000;
const path = '/api/admin/batch/runs';
/** The first hour that still takes events. */
const end = computableBefore(Date.now());

interface RunRow {
  readonly id: string;
  readonly region: string;
  readonly hour_start: string;
  readonly state: string;
}
interface Begun {
  readonly data: readonly RunRow[];
  readonly count: number;
  readonly held_off: readonly { readonly region: string; readonly hour_start: string }[];
}

beforeEach(async () => {
  await clearBatch();
  const workflow = await introspectWorkflow(env.HOUR_BATCH);
  // They are about the API: no run gets further than to wait for the hour to be sealed.
  await workflow.modifyAll((modifier) => modifier.mockStepResult({ name: 'seal' }, { is: 'over' }));
  onTestFinished(() => workflow.dispose());
});

const at = (hour: number): string => new Date(hour * hourMs).toISOString();
const post = (body: unknown, address = path) => ask(address, { method: 'POST', body: JSON.stringify(body) });
const london = (from: number, to: number) => ({ from: at(from), to: at(to), regions: ['EU-London'] });
const list = async (query = '') =>
  await (await ask(`${path}${query}`)).json<{ data: RunRow[]; meta: { next_cursor: string | null } }>();

describe('[BAT-1] runs are asked for', () => {
  test('one for each region and hour, rounded outward; a few begin, the others wait', async () => {
    const body = { from: at(end - 3.5), to: at(end - 1.5), regions: ['EU-London', 'EU-Paris'] };
    const response = await post(body);
    expect(response.status).toBe(202);
    const { data, count, held_off } = await response.json<Begun>();
    expect(data.map(({ region, hour_start }) => [region, hour_start])).toEqual(
      [-4, -3, -2].flatMap((n) => ['EU-London', 'EU-Paris'].map((region) => [region, at(end + n)])),
    );
    expect([count, held_off]).toEqual([6, []]);
    expect(data.filter(({ state }) => state === 'running')).toHaveLength(4);
    const [first] = data;
    const one = await (await ask(`${path}/${first?.id}`)).json<{ data: RunRow }>();
    expect(one.data).toMatchObject({ id: first?.id, reason: 'demand', parts: 0, error: null });
  });

  test('hours over which one goes on are held off, and where all are it is 409', async () => {
    await post(london(end - 2, end - 1));
    const { data, held_off } = await (await post(london(end - 3, end - 1))).json<Begun>();
    expect(data.map(({ hour_start }) => hour_start)).toEqual([at(end - 3)]);
    expect(held_off).toEqual([{ region: 'EU-London', hour_start: at(end - 2) }]);
    const refused = await Promise.all([1, 2, 3].map(() => post(london(end - 3, end - 1))));
    for (const response of refused)
      expect(await problemOf(response)).toMatchObject({ status: 409, code: 'run_in_progress' });
  });

  test('two that ask at once: one gets it', async () => {
    const asked = await Promise.all(Array.from({ length: 8 }, () => post(london(end - 5, end - 4))));
    expect(asked.map(({ status }) => status).sort((a, b) => a - b)).toEqual([
      202, 409, 409, 409, 409, 409, 409, 409,
    ]);
  });

  test.each([
    ['empty', { from: at(end - 1), to: at(end - 1) }, '/from must be before to'],
    ['inverted', { from: at(end - 1), to: at(end - 2) }, '/from must be before to'],
    ['in the future', { from: at(end - 1), to: at(end + 1) }, '/to must be at most'],
    ['a thousand days long', { from: at(end - 24_000), to: at(end) }, '/from must be at most 400 days ago'],
    [
      'of hours whose parts are gone',
      { from: at(end - batchHoursBackMax - 1), to: at(end - batchHoursBackMax) },
      '/from',
    ],
    ['one hour too long', london(end - batchRunsMax - 1, end), `/to must be at most ${batchRunsMax} hours`],
    [
      'of a region that is none',
      { ...london(end - 2, end - 1), regions: ['EU-Nowhere'] },
      '/regions must be names',
    ],
    ['of no region', { ...london(end - 2, end - 1), regions: [] }, '/regions must not be empty'],
    ['without an end', { from: at(end - 2) }, '/to'],
    ['of no times', { from: 'yesterday', to: 'now' }, '/from must be an ISO 8601 time'],
  ])('a range that is %s is told what is wrong with it', async (_, body, detail) => {
    const problem = await problemOf(await post(body));
    expect(problem).toMatchObject({ status: 400, code: 'invalid_parameter' });
    expect(problem.detail).toContain(detail);
    expect((await list()).data).toEqual([]);
  });

  test('the longest range is taken', async () => {
    const { count } = await (await post(london(end - batchRunsMax, end))).json<Begun>();
    expect(count).toBe(batchRunsMax);
  });

  test('they are listed in pages, newest first, by region, state, reason and hour', async () => {
    for (const n of [1, 2, 3, 4, 5]) await post(london(end - n - 1, end - n));
    const first = await list('?limit=3');
    const rest = await list(`?limit=3&cursor=${first.meta.next_cursor}`);
    expect([...first.data, ...rest.data].map(({ hour_start }) => hour_start)).toEqual(
      [5, 4, 3, 2, 1].map((n) => at(end - n - 1)),
    );
    expect(rest.meta.next_cursor).toBeNull();
    expect((await list('?region=EU-Paris')).data).toEqual([]);
    expect((await list('?state=cancelled')).data).toEqual([]);
    expect((await list('?reason=cron')).data).toEqual([]);
    expect((await list(`?from=${at(end - 3)}&to=${at(end - 1)}`)).data).toHaveLength(2);
    for (const wrong of ['?state=odd', '?limit=0', '?cursor=x', '?from=odd', '?region=EU-Nowhere'])
      expect((await ask(`${path}${wrong}`)).status, wrong).toBe(400);
  });

  test('one is cancelled, once, and noted in the audit log', async () => {
    const { data } = await (await post(london(end - 2, end - 1))).json<Begun>();
    const address = `${path}/${data[0]?.id}/cancel`;
    expect(await (await ask(address, { method: 'POST' })).json()).toMatchObject({
      data: { state: 'cancelled' },
    });
    expect(await problemOf(await ask(address, { method: 'POST' }))).toMatchObject({ code: 'run_is_over' });
    expect(await problemOf(await ask(`${path}/none/cancel`, { method: 'POST' }))).toMatchObject({
      status: 404,
    });
    expect((await ask(`${path}/none`)).status).toBe(404);
    const noted = await env.DB.prepare(
      "SELECT action FROM audit_log WHERE action LIKE 'batch.%' ORDER BY seq",
    ).all();
    expect(noted.results.slice(-2).map(({ action }) => action)).toEqual(['batch.start', 'batch.cancel']);
  });

  test('[ACC-2] an admin who is limited to regions has to do with runs over these alone', async () => {
    const { data } = await (await post(london(end - 2, end - 1))).json<Begun>();
    const cookie = await cookieFor(await newPerson('admin', ['EU-Paris']));
    const init = { method: 'POST', headers: { origin: host } };
    const own = await askAs(cookie, path, {
      ...init,
      body: JSON.stringify({ from: at(end - 3), to: at(end - 2) }),
    });
    expect((await own.json<Begun>()).data.map(({ region }) => region)).toEqual(['EU-Paris']);
    const other = await askAs(cookie, path, { ...init, body: JSON.stringify(london(end - 4, end - 3)) });
    expect(other.status).toBe(400);
    expect((await askAs(cookie, `${path}/${data[0]?.id}`)).status).toBe(404);
    expect((await askAs(cookie, `${path}/${data[0]?.id}/cancel`, init)).status).toBe(404);
    const listed = await (await askAs(cookie, path)).json<{ data: RunRow[] }>();
    expect(listed.data.map(({ region }) => region)).toEqual(['EU-Paris']);
    await endRun(env.DB, data[0]?.id ?? '', 'cancelled', null, Date.now());
  });
});
