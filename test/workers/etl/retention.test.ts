import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import { etlKeptMs, etlWorkKeptMs } from '../../../core/protocol/warehouse-limits.ts';
import { removeEtlRuns, removeEtlWork } from '../../../storage/etl/etl-retention.ts';
import { readEtlRun } from '../../../storage/etl/etl-store.ts';
import { begin, clearEtl, drive } from './etl-world.ts';

const at = (nowMs: number) => ({ db: env.DB, bucket: env.LAKE, regions: [], nowMs });
const keysOf = async (prefix: string) => (await env.LAKE.list({ prefix })).objects.map(({ key }) => key);

test('[RET-1] an ETL run and its rejects go 30 days after it was over, and not before', async () => {
  await clearEtl();
  const bad = { 'users.csv': 'id,age\nx,-1\ny,7\n' };
  const id = await begin(bad, { errorShareMax: 1 });
  const { finishedAtMs } = await drive(id);
  const overMs = (finishedAtMs ?? 0) + etlKeptMs;
  const goesOn = await begin(bad, { startedAtMs: 1 });
  expect(await removeEtlRuns(at(overMs))).toEqual({ removed: 0, more: false });
  expect(await keysOf('etl/rejects/')).toHaveLength(1);
  expect(await removeEtlRuns(at(overMs + 1))).toEqual({ removed: 1, more: false });
  expect(await keysOf('etl/rejects/')).toEqual([]);
  expect([await readEtlRun(env.DB, id), (await readEtlRun(env.DB, goesOn))?.state]).toEqual([
    null,
    'running',
  ]);
});

test('[RET-1] what a run that never ended has put by goes after 7 days', async () => {
  await clearEtl();
  await drive(await begin({ 'users.csv': 'id\nx\n' }), {}, (kind) => kind === 'load');
  const nowMs = Date.now();
  expect(await removeEtlWork(at(nowMs + etlWorkKeptMs - 60_000))).toMatchObject({ removed: 0 });
  expect((await removeEtlWork(at(nowMs + etlWorkKeptMs + 60_000))).removed).toBeGreaterThan(0);
  expect(await keysOf('etl/work/')).toEqual([]);
});
