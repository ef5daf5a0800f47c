// Alerts of a region's object: judged as windows close, stored in D1, told to the hub.
import { runDurableObjectAlarm } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { expect, it } from 'vitest';
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
  expect(await stub.closeAlert(address, id)).toBe('closed');
  expect(await stub.closeAlert(address, id)).toBe('resolved');
  expect(await stub.closeAlert(address, 'another')).toBe('absent');
  await runDurableObjectAlarm(stub);
  expect((await readAlert(env.DB, id))?.record).toMatchObject({ state: 'resolved', resolution: 'closed' });
});
