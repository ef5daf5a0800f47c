// Alerts of a region's object: judged as windows close, stored in D1, told to the hub.
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, expect, it, vi } from 'vitest';
import { DOWNLOAD, FAILED, SUCCESS } from '../../core/protocol/event-type.ts';
import { shardObjectName } from '../../core/protocol/region.ts';
import { minuteEndMs, minuteOf, minuteStartMs } from '../../core/window/time.ts';
import { readAlert } from '../../storage/alert-store.ts';
import { loadRegions } from '../../storage/region-registry.ts';
import { buildChunk, buildEvent } from '../support/build-chunk.ts';

async function shardOf(name: string) {
  const region = (await loadRegions(env.DB, Date.now())).find((one) => one.name === name);
  if (!region) throw new Error(`no region ${name}`);
  const address = { regionNumber: region.number, shard: 0 };
  return {
    address,
    stub: env.REGION_WINDOW.get(env.REGION_WINDOW.idFromName(shardObjectName(region.number, 0))),
  };
}

/** Downloads of a minute, the first of which fail. */
function downloads(minute: number, count: number, failed: number, regionNumber: number, firstNumber = 0) {
  const events = Array.from({ length: count }, (_, i) =>
    buildEvent({
      timeMs: minuteStartMs(minute) + 1000 + i,
      identityHi: minute % 1000,
      identityLo: firstNumber + i + 1,
      type: DOWNLOAD,
      status: i < failed ? FAILED : SUCCESS,
    }),
  );
  return buildChunk(events, { regionNumber, firstNumber, receivedAtMs: Date.now() });
}

/** As if D1 were down for all that needs the table. */
async function without(table: string, during: () => Promise<void>): Promise<void> {
  await env.DB.exec(`ALTER TABLE ${table} RENAME TO ${table}_away`);
  try {
    await during();
  } finally {
    await env.DB.exec(`ALTER TABLE ${table}_away RENAME TO ${table}`);
  }
}

afterEach(() => {
  vi.useRealTimers();
});

// The first of the file: later ones find the rules in the cache of the isolate.
it('[ALR-1] without rules nothing is judged, and everything that lives is once they are read', async () => {
  const { address, stub } = await shardOf('AF-Johannesburg');
  const minute = minuteOf(Date.now()) - 3;
  await without('alert_rules', async () => {
    await stub.receive(address, [downloads(minute, 40, 8, address.regionNumber)]);
    await runDurableObjectAlarm(stub);
    expect((await stub.live(address)).alerts).toEqual([]);
    const alarmMs = await runInDurableObject(stub, (_object, state) => state.storage.getAlarm());
    expect((alarmMs ?? 0) - Date.now()).toBeLessThanOrEqual(60_000);
  });
  await runDurableObjectAlarm(stub);
  expect((await stub.live(address)).alerts).toMatchObject([
    { alertType: 'LOW_SUCCESS_RATE', windowMinute: minute, state: 'firing', corrections: 0 },
  ]);
});

it('[ALR-1] a window below the limit fires when it closes, and D1 has it with the values that caused it', async () => {
  const { address, stub } = await shardOf('EU-London');
  const minute = minuteOf(Date.now()) - 3;
  await stub.receive(address, [downloads(minute, 40, 8, address.regionNumber)]);
  await stub.receive(address, [downloads(minute + 2, 1, 0, address.regionNumber, 40)]);
  await runDurableObjectAlarm(stub);
  const id = `LOW_SUCCESS_RATE.1.${address.regionNumber}.${minute}`;
  const stored = await readAlert(env.DB, id);
  expect(stored?.record).toMatchObject({
    state: 'firing',
    severity: 'CRITICAL',
    region: 'EU-London',
    metricValue: 0.8,
    thresholdValue: 0.9,
    attempts: 40,
    windowMinute: minute,
  });
  expect(stored?.record.createdAtMs).toBeGreaterThan(minuteEndMs(minute));
  const { alerts } = await stub.live(address);
  expect(alerts.map((alert) => alert.id)).toContain(id);
  expect(await stub.closeAlert(address, id, 'ada')).toBe('closed');
  expect(await stub.closeAlert(address, id, 'ada')).toBe('resolved');
  expect(await stub.closeAlert(address, 'another', 'ada')).toBe('absent');
  await runDurableObjectAlarm(stub);
  const { record } = (await readAlert(env.DB, id)) ?? {};
  expect(record).toMatchObject({ state: 'resolved', resolution: 'closed' });
  expect(record?.history.at(-1)).toMatchObject({ cause: 'person', by: 'ada' });
});

it('[ALR-1] while D1 is down the alert is live, and D1 gets it later, once', async () => {
  const { address, stub } = await shardOf('EU-Paris');
  const minute = minuteOf(Date.now()) - 3;
  const id = `LOW_SUCCESS_RATE.1.${address.regionNumber}.${minute}`;
  // The rules are read while D1 works: afterwards their copy serves.
  await stub.receive(address, [downloads(minute - 1, 40, 0, address.regionNumber)]);
  await runDurableObjectAlarm(stub);
  await without('alerts', async () => {
    await stub.receive(address, [downloads(minute, 40, 8, address.regionNumber, 40)]);
    await runDurableObjectAlarm(stub);
    expect((await stub.live(address)).alerts).toMatchObject([{ id, state: 'firing' }]);
    await evictDurableObject(stub);
    expect((await stub.live(address)).alerts).toMatchObject([{ id, state: 'firing' }]);
  });
  expect(await readAlert(env.DB, id)).toBeNull();
  await runDurableObjectAlarm(stub);
  const stored = await readAlert(env.DB, id);
  expect(stored?.record).toMatchObject({ state: 'firing', windowMinute: minute });
  const { createdAtMs, revision } = stored?.record ?? {};
  await evictDurableObject(stub);
  await stub.live(address);
  await runDurableObjectAlarm(stub);
  expect((await readAlert(env.DB, id))?.record).toMatchObject({ createdAtMs, revision });
});

it('[ALR-1, LOG-2] an object that dies before it judges late data, and again behind it, fires once', async () => {
  const { address, stub } = await shardOf('US-Texas');
  const minute = minuteOf(Date.now()) - 3;
  await stub.receive(address, [downloads(minute - 1, 40, 0, address.regionNumber)]);
  await runDurableObjectAlarm(stub);
  await stub.receive(address, [downloads(minute, 40, 8, address.regionNumber, 40)]);
  await evictDurableObject(stub);
  await runDurableObjectAlarm(stub);
  await evictDurableObject(stub);
  await runDurableObjectAlarm(stub);
  const { results } = await env.DB.prepare('SELECT id, change FROM alerts WHERE region_number = ?')
    .bind(address.regionNumber)
    .all();
  expect(results).toEqual([{ id: `LOW_SUCCESS_RATE.1.${address.regionNumber}.${minute}`, change: 1 }]);
});

it('[ALR-1] a new version of a rule is read with an alarm, and judges from the next window on', async () => {
  const { address, stub } = await shardOf('OC-Sydney');
  const startMs = Date.now();
  vi.useFakeTimers({ toFake: ['Date'], now: startMs });
  const minute = minuteOf(startMs) - 3;
  await stub.receive(address, [downloads(minute, 40, 8, address.regionNumber)]);
  await runDurableObjectAlarm(stub);
  expect((await stub.live(address)).alerts).toMatchObject([{ state: 'firing', ruleVersion: 1 }]);
  await env.DB.exec(
    "INSERT INTO alert_rules SELECT 'LOW_SUCCESS_RATE.2', id, 2, alert_type, severity, metric, breach, 0.5, windows, " +
      "attempts_min, 0.6, resolve_windows, dimension, enabled, 0, created_at, created_by, regions, deleted FROM alert_rules WHERE key = 'LOW_SUCCESS_RATE.1'",
  );
  try {
    vi.setSystemTime(startMs + 61_000);
    await stub.live(address);
    await stub.receive(address, [downloads(minute + 1, 1, 0, address.regionNumber, 40)]);
    await runDurableObjectAlarm(stub);
    vi.setSystemTime(startMs + 122_000);
    await stub.receive(address, [downloads(minute + 5, 40, 8, address.regionNumber, 41)]);
    vi.setSystemTime(startMs + 250_000);
    const { alerts } = await stub.live(address);
    expect(alerts.filter(({ alertType }) => alertType === 'LOW_SUCCESS_RATE')).toMatchObject([
      { ruleVersion: 1, state: 'resolved', resolution: 'rule_changed' },
    ]);
  } finally {
    await env.DB.exec("DELETE FROM alert_rules WHERE key = 'LOW_SUCCESS_RATE.2'");
  }
});
