import { introspectWorkflow } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { computableBefore } from '../../../storage/batch-due.ts';
import { clearBatch } from '../../storage/batch-rows.ts';
import { ask, problemOf } from './ask.ts';
import { askAs, cookieFor, host, newPerson } from './people.ts';

const hourMs = 3_600_000;
/** The first hour that still takes events. */
const end = computableBefore(Date.now());
const at = (hour: number): string => new Date(hour * hourMs).toISOString();
const post = (body: unknown) => ask('/api/admin/replay', { method: 'POST', body: JSON.stringify(body) });
const london = (from: number, to: number) => ({ from: at(from), to: at(to), regions: ['EU-London'] });

interface ReplayRow {
  readonly id: string;
  readonly state: string;
  readonly regions: readonly string[];
}
const begun = async (body: unknown): Promise<ReplayRow> =>
  (await (await post(body)).json<{ data: ReplayRow }>()).data;
const list = async (query = '') =>
  await (await ask(`/api/admin/replays${query}`)).json<{
    data: ReplayRow[];
    meta: { next_cursor: string | null };
  }>();

beforeEach(async () => {
  await clearBatch();
  await env.DB.exec('DELETE FROM replays');
  const workflow = await introspectWorkflow(env.REPLAY);
  // They are about the API: no replay gets on.
  await workflow.modifyAll((modifier) => modifier.mockStepResult({ name: 'round 0' }, 'over'));
  onTestFinished(() => workflow.dispose());
});

describe('[RPL-1] a replay is asked for', () => {
  test('over the hours of regions, rounded outward, by somebody', async () => {
    const person = await newPerson('admin');
    const response = await askAs(await cookieFor(person), '/api/admin/replay', {
      method: 'POST',
      headers: { origin: host },
      body: JSON.stringify({ from: at(end - 3.5), to: at(end - 1.5), regions: ['EU-Paris', 'EU-London'] }),
    });
    expect(response.status).toBe(202);
    const { data } = await response.json<{ data: ReplayRow }>();
    expect(data).toMatchObject({ state: 'running', from: at(end - 4), to: at(end - 1), hours: 6 });
    expect(data).toMatchObject({ hours_done: 0, seconds_left: null, started_by: person.id });
    expect([...data.regions].sort()).toEqual(['EU-London', 'EU-Paris']);
    const { data: report } = await (await ask(`/api/admin/replays/${data.id}`)).json<{ data: ReplayRow }>();
    expect(report).toMatchObject({ id: data.id, failures: [], skipped: [], differences: [] });
  });

  test('without regions it is over all that the caller may see', async () => {
    const { regions } = await begun({ from: at(end - 2), to: at(end) });
    expect(regions.length).toBeGreaterThan(5);
  });

  test.each([
    ['empty', { from: at(end - 1), to: at(end - 1) }, '/from', 'must be before to'],
    ['inverted', { from: at(end - 1), to: at(end - 2) }, '/from', 'must be before to'],
    ['in the future', { from: at(end + 9), to: at(end + 10) }, '/from', `must be before ${at(end)}`],
    ['partly of hours that still take events', london(end - 1, end + 1), '/to', `must be at most ${at(end)}`],
    [
      'a thousand days long',
      { from: at(end - 24_000), to: at(end) },
      '/from',
      'must be at most 400 days ago',
    ],
    [
      'of unknown regions',
      { ...london(end - 2, end), regions: ['EU-London', 'EU-No'] },
      '/regions/1',
      'must',
    ],
    ['of no region', { ...london(end - 2, end), regions: [] }, '/regions', 'must not be empty'],
    ['without an end', { from: at(end - 2) }, '/to', ''],
    ['of no times', { from: 'yesterday', to: at(end) }, '/from', 'must be an ISO 8601 time'],
    ['with more', { ...london(end - 2, end), force: true }, '', ''],
  ])('a range that is %s is told what is wrong with it', async (_, body, pointer, message) => {
    const problem = await problemOf(await post(body));
    expect(problem).toMatchObject({ status: 400, code: 'invalid_parameter' });
    expect(problem.errors?.map((error) => error.pointer)).toEqual([pointer]);
    expect(problem.errors?.[0]?.message).toContain(message);
    expect((await list()).data).toEqual([]);
  });

  test('of two over the same hours the second is refused, and told of the first', async () => {
    const first = await begun(london(end - 10, end - 5));
    for (const body of [london(end - 6, end - 4), london(end - 11, end - 9), london(end - 8, end - 7)]) {
      const problem = await problemOf(await post(body));
      expect(problem).toMatchObject({ status: 409, code: 'replay_in_progress' });
      expect(problem.detail).toContain(first.id);
    }
    const others = [london(end - 5, end - 4), london(end - 11, end - 10)];
    for (const body of [...others, { ...london(end - 8, end - 7), regions: ['EU-Paris'] }])
      expect((await post(body)).status).toBe(202);
  });

  test('of many that ask at once one gets it, and the others are told of it', async () => {
    const asked = await Promise.all(
      Array.from({ length: 8 }, (_, n) => post(london(end - 9 - (n % 3), end - 5 + (n % 2)))),
    );
    const got = asked.filter(({ status }) => status === 202);
    expect(got).toHaveLength(1);
    const { data } = await (got[0] as Response).json<{ data: ReplayRow }>();
    for (const response of asked.filter(({ status }) => status !== 202))
      expect((await problemOf(response)).detail).toContain(data.id);
  });

  test('they are listed in pages, newest first', async () => {
    const ids = [];
    for (const n of [1, 2, 3, 4, 5]) ids.push((await begun(london(end - n - 1, end - n))).id);
    const first = await list('?limit=3');
    const rest = await list(`?limit=3&cursor=${first.meta.next_cursor}`);
    expect(first.data).toHaveLength(3);
    expect([...first.data, ...rest.data].map(({ id }) => id).sort()).toEqual(ids.sort());
    expect(rest.meta.next_cursor).toBeNull();
    for (const wrong of ['?limit=0', '?cursor=x'])
      expect((await ask(`/api/admin/replays${wrong}`)).status, wrong).toBe(400);
  });

  test('one is cancelled, once, and its range is free again; both are noted in the audit log', async () => {
    const { id } = await begun(london(end - 2, end - 1));
    const address = `/api/admin/replays/${id}/cancel`;
    expect(await (await ask(address, { method: 'POST' })).json()).toMatchObject({
      data: { id, state: 'cancelled', seconds_left: 0 },
    });
    const again = await problemOf(await ask(address, { method: 'POST' }));
    expect(again).toMatchObject({ code: 'run_is_over', detail: 'The replay is over: cancelled.' });
    const noted = await env.DB.prepare(
      "SELECT action, target FROM audit_log WHERE action LIKE 'replay.%' ORDER BY seq",
    ).all();
    expect(noted.results.slice(-2)).toEqual([
      { action: 'replay.start', target: id },
      { action: 'replay.cancel', target: id },
    ]);
    expect((await post(london(end - 2, end - 1))).status).toBe(202);
    for (const [path, method] of [
      ['/api/admin/replays/none', 'GET'],
      ['/api/admin/replays/none/cancel', 'POST'],
    ] as const)
      expect(await problemOf(await ask(path, { method }))).toMatchObject({ status: 404 });
  });

  test('[ACC-2] an admin who is limited to regions has to do with replays of these alone', async () => {
    const { id } = await begun({ ...london(end - 2, end), regions: ['EU-London', 'EU-Paris'] });
    const cookie = await cookieFor(await newPerson('admin', ['EU-Paris', 'EU-Milan']));
    const init = { method: 'POST', headers: { origin: host } };
    const asking = (body: unknown) =>
      askAs(cookie, '/api/admin/replay', { ...init, body: JSON.stringify(body) });
    expect((await asking(london(end - 9, end - 8))).status).toBe(400);
    const refused = await problemOf(await asking({ from: at(end - 2), to: at(end) }));
    expect(refused).toMatchObject({ status: 409 });
    expect(refused.detail).not.toContain(id);
    expect((await askAs(cookie, `/api/admin/replays/${id}`)).status).toBe(404);
    expect((await askAs(cookie, `/api/admin/replays/${id}/cancel`, init)).status).toBe(404);
    const own = await asking({ from: at(end - 5), to: at(end - 4) });
    expect(own.status).toBe(202);
    const listed = await (await askAs(cookie, '/api/admin/replays')).json<{ data: ReplayRow[] }>();
    expect(listed.data).toHaveLength(1);
    expect(listed.data[0]?.regions).not.toContain('EU-London');
  });
});
