// A rule that somebody changes by the API, and the objects that judge by it.
import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { DOWNLOAD, FAILED, SUCCESS } from '../../../core/protocol/event-type.ts';
import { shardObjectName } from '../../../core/protocol/region.ts';
import { minuteOf, minuteStartMs } from '../../../core/window/time.ts';
import { loadRegions } from '../../../storage/region-registry.ts';
import { buildChunk, buildEvent } from '../../support/build-chunk.ts';
import { askAs, cookieFor, deployment, newPerson } from './people.ts';

let cookie = '';
const path = '/api/alerts/rules';
const rule = {
  alert_type: 'HALF_FAIL',
  severity: 'CRITICAL',
  metric: 'success_rate',
  breach: 'below',
  threshold: 0.5,
  windows: 1,
  attempts_min: 20,
  resolve_threshold: 0.6,
  resolve_windows: 2,
  dimension: 'region',
  enabled: true,
  regions: ['EU-London'],
};

beforeAll(async () => {
  cookie = await cookieFor(await newPerson('analyst'), Date.now());
});
beforeEach(async () => {
  await env.DB.exec('DELETE FROM alert_rules WHERE from_minute > 0');
});
afterEach(() => {
  vi.useRealTimers();
});

async function shardOf(regionName: string) {
  const region = (await loadRegions(env.DB, Date.now())).find((one) => one.name === regionName);
  if (!region) throw new Error(`no region ${regionName}`);
  const name = shardObjectName(region.number, 0);
  const stub = env.REGION_WINDOW.get(env.REGION_WINDOW.idFromName(name));
  const address = { regionNumber: region.number, shard: 0 };
  let sent = 0;
  return {
    stub,
    sealer: env.LAKE_SEALER.get(env.LAKE_SEALER.idFromName(name)),
    /** Downloads of a minute, the first of which fail. */
    send: async (minute: number, count: number, failed: number) => {
      const events = Array.from({ length: count }, (_, i) =>
        buildEvent({
          timeMs: minuteStartMs(minute) + 1000 + i,
          identityHi: minute % 1000,
          identityLo: i + 1,
          type: DOWNLOAD,
          status: i < failed ? FAILED : SUCCESS,
        }),
      );
      const fields = { regionNumber: region.number, firstNumber: sent, receivedAtMs: Date.now() };
      sent += count;
      await stub.receive(address, [buildChunk(events, fields)]);
    },
    alerts: async (alertType: string) =>
      (await stub.live(address)).alerts.filter((alert) => alert.alertType === alertType),
    alarmMs: async () => await runInDurableObject(stub, (_object, state) => state.storage.getAlarm()),
  };
}

type Shard = Awaited<ReturnType<typeof shardOf>>;

/** Lets time pass, with nothing but the alarms that the object has set itself. */
async function waitUntil({ stub, alarmMs }: Shard, untilMs: number): Promise<void> {
  for (let atMs = await alarmMs(); atMs !== null && atMs <= untilMs; atMs = await alarmMs()) {
    vi.setSystemTime(Math.max(atMs, Date.now() + 1));
    await runDurableObjectAlarm(stub);
  }
  vi.setSystemTime(untilMs);
}

/** The same, and the shard's log is sealed: an alarm of another object does that. */
async function untilAsleep(shard: Shard, fromMs: number): Promise<void> {
  await waitUntil(shard, fromMs);
  await runDurableObjectAlarm(shard.sealer);
  await waitUntil(shard, Date.now() + 3_600_000);
  expect(await shard.alarmMs()).toBeNull();
}

async function write(method: string, id: string, body: object): Promise<number> {
  const init = { method, body: JSON.stringify(body) };
  const response = await askAs(cookie, method === 'POST' ? path : `${path}/${id}`, init);
  expect([response.status, response.status === 200 ? '' : await response.clone().text()]).toEqual([200, '']);
  const { data } = await response.json<{ data: { from: string } }>();
  return Date.parse(data.from);
}

test('[ALR-2] a change takes effect within 60 s, also where nothing but the change wakes the shard', async () => {
  const nowMs = minuteStartMs(minuteOf(Date.now())) + 20_000;
  vi.useFakeTimers({ toFake: ['Date'], now: nowMs });
  const shard = await shardOf('EU-Frankfurt');
  await shard.send(minuteOf(nowMs) - 3, 40, 8);
  await runDurableObjectAlarm(shard.stub);
  expect(await shard.alerts('LOW_SUCCESS_RATE')).toMatchObject([{ state: 'firing', ruleVersion: 1 }]);
  // Silent for long, NO_DATA fires, and no alarm is left that would read the rules.
  await untilAsleep(shard, nowMs + 3 * 3_600_000);
  expect(await shard.alerts('LOW_SUCCESS_RATE')).toMatchObject([{ state: 'firing' }]);
  const off = { ...rule, version: 1, alert_type: 'LOW_SUCCESS_RATE', regions: null, enabled: false };
  const askedMs = Date.now();
  const fromMs = await write('PUT', 'LOW_SUCCESS_RATE', off);
  expect(fromMs - askedMs).toBeGreaterThan(0);
  expect(fromMs - askedMs).toBeLessThanOrEqual(60_000);
  expect(await shard.alarmMs()).toBeLessThanOrEqual(fromMs + 66_000);
  // The first window under the new version closes, and is judged.
  await waitUntil(shard, fromMs + 66_000);
  expect(await shard.alerts('LOW_SUCCESS_RATE')).toMatchObject([
    { state: 'resolved', resolution: 'rule_changed', resolvedMinute: minuteOf(fromMs) },
  ]);
});

test('[ALR-2] a new rule judges the first minute that begins after it, in its regions alone', async () => {
  const nowMs = minuteStartMs(minuteOf(Date.now())) + 20_000;
  vi.useFakeTimers({ toFake: ['Date'], now: nowMs });
  const shards = await Promise.all(['EU-London', 'EU-Paris'].map(shardOf));
  const minute = minuteOf(nowMs);
  for (const shard of shards) {
    await shard.send(minute - 1, 40, 0);
    await waitUntil(shard, nowMs);
    await runDurableObjectAlarm(shard.stub);
  }
  expect(await write('POST', '', { id: 'HALF_FAIL', ...rule })).toBe(minuteStartMs(minute + 1));
  const found = [];
  for (const shard of shards) {
    vi.setSystemTime(nowMs + 1_000);
    await shard.send(minute, 40, 30);
    // Less than a minute after the change: no alarm has renewed the copy yet.
    await waitUntil(shard, minuteStartMs(minute + 1) + 6_000);
    await shard.send(minute + 1, 40, 30);
    await waitUntil(shard, minuteStartMs(minute + 2) + 6_000);
    found.push((await shard.alerts('HALF_FAIL')).map((alert) => [alert.state, alert.windowMinute - minute]));
  }
  expect(found).toEqual([[['firing', 1]], []]);
});

test('[ALR-2] telling of a change makes no shard that has never been', async () => {
  const shard = await shardOf('SA-SaoPaulo');
  await write('POST', '', { id: 'HALF_FAIL', ...rule });
  const rows = await runInDurableObject(shard.stub, (_object, state) =>
    state.storage.sql.exec('SELECT * FROM state').toArray(),
  );
  expect([rows, await shard.alarmMs()]).toEqual([[], null]);
});

test('[ALR-2] a shard that cannot be told is passed over, and the change stands', async () => {
  const said = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const REGION_WINDOW = new Proxy(env.REGION_WINDOW, {
    get: (real, name) => {
      if (name === 'get') return () => ({ renewRules: () => Promise.reject(new Error('away')) });
      const member = Reflect.get(real, name) as unknown;
      return typeof member === 'function' ? (member.bind(real) as unknown) : member;
    },
  });
  const init = { method: 'POST', body: JSON.stringify({ id: 'HALF_FAIL', ...rule }) };
  expect((await askAs(cookie, path, init, { ...deployment, REGION_WINDOW })).status).toBe(200);
  expect(said.mock.calls.join()).toContain('shard_untold');
  said.mockRestore();
});
