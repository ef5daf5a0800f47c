// The number of a region's shards, announced by admins.
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, test } from 'vitest';
import { earliestShardHour, shardStepsMax } from '../../../core/protocol/shard-plan.ts';
import { readShardsOf } from '../../../storage/region-registry.ts';
import { regionShardsRoute } from '../../../workers/api/admin-shards.ts';
import { problemOf } from './ask.ts';
import { askAs, cookieFor, newPerson } from './people.ts';

const hourMs = 3_600_000;
const london = '/api/admin/regions/EU-London/shards';
let admin = '';
let parisian = '';

beforeAll(async () => {
  admin = await cookieFor(await newPerson('admin'));
  parisian = await cookieFor(await newPerson('admin', ['EU-Paris']));
});

const put = async (body: unknown, address = london, cookie = admin) =>
  await askAs(cookie, address, { method: 'PUT', body: JSON.stringify(body) });
const hour = (ahead: number): string =>
  new Date((earliestShardHour(Date.now()) + ahead) * hourMs).toISOString();

async function planOf(response: Response): Promise<unknown> {
  expect(response.status).toBe(200);
  const answer = await response.json<{ data: { from: string; shards: number }[] }>();
  regionShardsRoute.doc.answer?.parse(answer);
  return answer.data.map(({ from, shards }) => [new Date(from).toISOString(), shards]);
}

describe('[IDN-2c] the shards of a region', () => {
  test('are announced, told, changed for later hours, and noted', async () => {
    expect(await planOf(await askAs(admin, london))).toEqual([]);
    const four = [hour(0), 4];
    expect(await planOf(await put({ shards: 4 }))).toEqual([four]);
    expect(await planOf(await put({ shards: 4 }))).toEqual([four]);
    expect(await planOf(await put({ shards: 2, from: hour(3) }))).toEqual([four, [hour(3), 2]]);
    expect(await planOf(await put({ shards: 1, from: hour(1) }))).toEqual([four, [hour(1), 1]]);
    expect(await planOf(await askAs(admin, london))).toEqual([four, [hour(1), 1]]);
    const [row] = (await env.DB.prepare("SELECT number FROM regions WHERE name = 'EU-London'").all()).results;
    expect(await readShardsOf(env.DB, (row as { number: number }).number)).toHaveLength(4);
    const sql =
      "SELECT count(*) AS lines FROM audit_log WHERE action = 'region.shards' AND target = 'EU-London'";
    await expect.poll(async () => (await env.DB.prepare(sql).first<{ lines: number }>())?.lines).toBe(4);
  });

  test.each([
    ['too near', { shards: 2, from: hour(-1) }, '/from'],
    ['no whole hour', { shards: 2, from: hour(1).replace(':00:00', ':30:00') }, '/from'],
    ['no time', { shards: 2, from: 'soon' }, '/from'],
    ['none', { shards: 0 }, '/shards'],
    ['too many', { shards: 65 }, '/shards'],
    ['no whole number', { shards: 1.5 }, '/shards'],
    ['missing', {}, '/shards'],
    ['something else', { shards: 2, until: hour(4) }, ''],
  ])('are refused with the field where it is %s', async (_what, body, pointer) => {
    const before = await (await askAs(admin, london)).text();
    const { status, code, errors } = await problemOf(await put(body));
    expect([status, code, errors?.[0]?.pointer]).toEqual([400, 'invalid_parameter', pointer]);
    expect(await (await askAs(admin, london)).text()).toBe(before);
  });

  test('are refused beyond a number of steps, and for a region that is not seen', async () => {
    const steps = JSON.stringify(Array.from({ length: shardStepsMax }, (_, i) => [i, 1 + (i % 2)]));
    await env.DB.prepare("UPDATE regions SET shard_plan = ?1 WHERE name = 'EU-Paris'").bind(steps).run();
    const answer = await put({ shards: 7 }, '/api/admin/regions/EU-Paris/shards');
    expect((await problemOf(answer)).code).toBe('limit_reached');
    for (const name of ['EU-London', 'Nowhere']) {
      const unseen = await put({ shards: 2 }, `/api/admin/regions/${name}/shards`, parisian);
      expect((await problemOf(unseen)).code).toBe('not_found');
    }
  });
});
