// Two shards of a region: real objects, which call each other (ALR-3).
import { evictDurableObject, runDurableObjectAlarm } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeAll, expect, it } from 'vitest';
import { DOWNLOAD, FAILED } from '../../core/protocol/event-type.ts';
import { shardObjectName } from '../../core/protocol/region.ts';
import { minuteOf, minuteStartMs } from '../../core/window/time.ts';
import { renewRegions } from '../../storage/region-registry.ts';
import { buildChunk, buildEvent } from '../support/build-chunk.ts';

const region = 3;
const minute = minuteOf(Date.now()) - 3;

const addressOf = (shard: number) => ({ regionNumber: region, shard });
const objectOf = (shard: number) =>
  env.REGION_WINDOW.get(env.REGION_WINDOW.idFromName(shardObjectName(region, shard)));

/** Failed downloads of a minute: with those of one shard alone there are too few attempts for the rule. */
async function receive(shard: number, count: number): Promise<void> {
  const events = Array.from({ length: count }, (_, i) =>
    buildEvent({
      timeMs: minuteStartMs(minute) + i,
      identityHi: shard,
      identityLo: i + 1,
      type: DOWNLOAD,
      status: FAILED,
    }),
  );
  const header = { regionNumber: region, shard, receivedAtMs: Date.now() };
  await objectOf(shard).receive(addressOf(shard), [buildChunk(events, header)]);
}

interface AlertLine {
  readonly id: string;
  readonly state: string;
}

async function alerts(): Promise<readonly AlertLine[]> {
  const query = env.DB.prepare('SELECT id, state FROM alerts WHERE region_number = ?1').bind(region);
  return (await query.all<AlertLine>()).results;
}

beforeAll(async () => {
  const plan = JSON.stringify([[Math.floor(minute / 60) - 1, 2]]);
  await env.DB.prepare('UPDATE regions SET shard_plan = ?1 WHERE number = ?2').bind(plan, region).run();
  await renewRegions(env.DB, Date.now());
});

it('[ALR-3] what fails in two shards fires once, told by the shard that has closed it', async () => {
  await receive(0, 12);
  await runDurableObjectAlarm(objectOf(0));
  expect(await alerts()).toEqual([]);
  await receive(1, 12);
  // The peer calls its head, which asks it back while it waits.
  await runDurableObjectAlarm(objectOf(1));
  const head = await objectOf(0).live(addressOf(0));
  const told = { id: `LOW_SUCCESS_RATE.1.${region}.${minute}`, attempts: 24, state: 'firing' };
  expect(head.alerts).toEqual([expect.objectContaining(told)]);
  expect((await objectOf(1).live(addressOf(1))).alerts).toEqual([]);
  await runDurableObjectAlarm(objectOf(0));
  expect(await alerts()).toEqual([{ id: told.id, state: 'firing' }]);
});

it('[ALR-3, LOG-2] objects that die and wake tell nothing twice and take nothing back', async () => {
  const before = await objectOf(0).live(addressOf(0));
  for (const shard of [0, 1]) await evictDurableObject(objectOf(shard));
  await runDurableObjectAlarm(objectOf(1));
  await runDurableObjectAlarm(objectOf(0));
  const after = await objectOf(0).live(addressOf(0));
  expect(after.alerts).toEqual(before.alerts);
  expect(await alerts()).toHaveLength(1);
});

it('[ALR-3] a person closes it in the head, whatever shard is asked', async () => {
  const id = `LOW_SUCCESS_RATE.1.${region}.${minute}`;
  expect(await objectOf(1).closeAlert(addressOf(1), id, 'ada')).toBe('absent');
  expect(await objectOf(0).closeAlert(addressOf(0), id, 'ada')).toBe('closed');
});

it('[ALR-3] a shard that has never been says so, and stays so', async () => {
  const request = { afterMinute: 0, judgedMinute: 0, byKey: false };
  for (let asked = 0; asked < 2; asked++) expect(await objectOf(2).report(addressOf(2), request)).toBeNull();
});
