// A region is given four shards for an hour and then one again, over the API, while events come by the real door's core
// into real objects that call each other, die and wake, with a D1 that takes their windows and alerts.
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { AlertRecord } from '../../core/alert/alert-record.ts';
import { builtInRules } from '../../core/alert/built-in-rules.ts';
import { splitIntoChunks } from '../../core/protocol/chunk.ts';
import { DOWNLOAD, FAILED, SUCCESS } from '../../core/protocol/event-type.ts';
import { epochMs } from '../../core/protocol/ids.ts';
import { judgeBody } from '../../core/protocol/judge-body.ts';
import { type RegionEntry, shardObjectName } from '../../core/protocol/region.ts';
import { RegionDirectory } from '../../core/protocol/region-directory.ts';
import { readAlertsById } from '../../storage/alert-store.ts';
import { loadRegions } from '../../storage/region-registry.ts';
import { Door } from '../../workers/ingest/door.ts';
import { recountAlerts } from '../sim/naive-alerts.ts';
import { Random } from '../sim/random.ts';
import { buildEvent } from '../support/build-chunk.ts';
import { testIdentifier } from '../support/judge-context.ts';
import { askAs, cookieFor, newPerson } from '../workers/api/people.ts';

const minuteMs = 60_000;
const hourMs = 3_600_000;
const name = 'EU-Frankfurt';
/** In years to come, so that no alarm is due by the clock of the runtime. */
const hotMs = Math.ceil(Date.parse('2031-05-01') / hourMs) * hourMs;
const beginMs = hotMs - 6 * minuteMs;
const endMs = hotMs + hourMs + 10 * minuteMs;

interface Sent {
  readonly text: string;
  readonly timeMs: number;
  readonly failed: boolean;
}

const random = new Random(20_310_501);
const door = new Door('00000000000000d1', beginMs);
const identifier = testIdentifier();
/** Without twins: what is to be counted. */
const sent: Sent[] = [];
const shardsUsed = new Map<number, Set<number>>();
let region: RegionEntry;

const objectOf = (shard: number) =>
  env.REGION_WINDOW.get(env.REGION_WINDOW.idFromName(shardObjectName(region.number, shard)));

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: hotMs - 2 * hourMs });
  const admin = await cookieFor(await newPerson('admin'));
  for (const [shards, fromMs] of [
    [4, hotMs],
    [1, hotMs + hourMs],
  ] as const) {
    const body = JSON.stringify({ shards, from: new Date(fromMs).toISOString() });
    const address = `/api/admin/regions/${name}/shards`;
    expect((await askAs(admin, address, { method: 'PUT', body })).status).toBe(200);
  }
  region = (await loadRegions(env.DB, Date.now())).find((one) => one.name === name) as RegionEntry;
});
afterAll(() => {
  vi.useRealTimers();
});

/** Downloads of the last minutes, some of them sent before; of each quarter of an hour four minutes go wrong. */
function someRecords(nowMs: number): Sent[] {
  return Array.from({ length: 32 }, () => {
    if (sent.length > 0 && random.chance(0.15)) return random.pick(sent.slice(-400));
    const ageMs = random.chance(0.1) ? random.below(8 * minuteMs) : random.below(50_000);
    const timeMs = nowMs - ageMs;
    const failed = Math.floor(timeMs / minuteMs) % 15 < 4 && random.chance(0.6);
    const event = {
      event_id: `e${sent.length}`,
      event_type: 'download',
      content_id: 'film',
      timestamp: timeMs,
      region: name,
      session_id: `s${random.below(200)}`,
      status: failed ? 'failed' : 'success',
    };
    const one = { text: JSON.stringify(event), timeMs, failed };
    sent.push(one);
    return one;
  });
}

async function post(records: readonly Sent[]): Promise<void> {
  const receivedAtMs = epochMs(Date.now());
  const regions = new RegionDirectory(await loadRegions(env.DB, Date.now()));
  const bytes = new TextEncoder().encode(`[${records.map(({ text }) => text).join(',')}]`);
  const context = { receivedAtMs, regions, nearest: null, regionScope: null, producer: 'local', identifier };
  const verdicts = judgeBody(bytes, 'json', context);
  if (!verdicts.ok || verdicts.judged.rejected > 0) throw new Error(JSON.stringify(verdicts));
  for (const { shard, events, twins } of verdicts.judged.groups) {
    const { firstNumber, voids } = door.takeNumbers(region.number, shard, events.length);
    const place = { regionNumber: region.number, shard, door: door.id, doorBirthMs: door.birthMs };
    const header = {
      ...place,
      receivedAtMs,
      firstNumber,
      producer: 'local',
      pseudonymVersion: 1,
      twins,
      voids,
    };
    await objectOf(shard).receive({ regionNumber: region.number, shard }, splitIntoChunks(header, events));
    const hour = Math.floor(Date.now() / hourMs);
    shardsUsed.set(hour, (shardsUsed.get(hour) ?? new Set()).add(shard));
  }
}

/** The alarms that are due; whether there was one. */
async function runAlarms(): Promise<boolean> {
  let wasDue = false;
  for (const shard of [1, 2, 3, 0]) {
    const alarmMs = await runInDurableObject(objectOf(shard), (_object, state) => state.storage.getAlarm());
    if (alarmMs === null || alarmMs > Date.now()) continue;
    wasDue = true;
    await runDurableObjectAlarm(objectOf(shard));
  }
  return wasDue;
}

it('[IDN-2b, IDN-2c, ALR-3, DUP-1] 1 -> 4 -> 1 shards under traffic: sums are exact, and each alert is told once', async () => {
  for (let nowMs = beginMs; nowMs < endMs; nowMs += minuteMs) {
    vi.setSystemTime(nowMs);
    await runAlarms();
    await post(someRecords(nowMs));
    if (random.chance(0.1)) await evictDurableObject(objectOf(random.below(4)));
  }
  for (let quiet = 0; quiet < 100; quiet++) {
    vi.setSystemTime(endMs + quiet * minuteMs);
    await runAlarms();
  }
  const hours = [...shardsUsed.values()].map((shards) => shards.size);
  // Late events of the hot hour still go to its shards.
  expect(hours).toEqual([1, 4, expect.any(Number)]);
  const windows = await env.DB.prepare(
    'SELECT window_start AS start, total_events AS events, failed_downloads AS failed FROM region_health WHERE region = ?1',
  )
    .bind(name)
    .all<{ start: string; events: number; failed: number }>();
  const expected = [...Map.groupBy(sent, ({ timeMs }) => Math.floor(timeMs / minuteMs))].map(
    ([minute, of]) => ({
      start: new Date(minute * minuteMs).toISOString().replace('.000', ''),
      events: of.length,
      failed: of.filter(({ failed }) => failed).length,
    }),
  );
  const byStart = (a: { start: string }, b: { start: string }): number => (a.start < b.start ? -1 : 1);
  expect(windows.results.toSorted(byStart)).toEqual(expected.toSorted(byStart));
}, 180_000);

it('[ALR-1, ALR-3] its alerts are those of a recount, each fired once', async () => {
  const rules = builtInRules.filter(({ id }) => id === 'LOW_SUCCESS_RATE' || id === 'HIGH_ERROR_RATE');
  const events = sent.map(({ timeMs, failed }) =>
    buildEvent({ timeMs, type: DOWNLOAD, status: failed ? FAILED : SUCCESS }),
  );
  const history = { events, rules, closings: [], received: [], cuts: [], throughMinute: endMs / minuteMs };
  const lives = recountAlerts(history).map(
    ({ rule, firedMinute, resolvedMinute }) => `${rule} ${firedMinute} ${resolvedMinute}`,
  );
  const ids = await env.DB.prepare('SELECT id FROM alerts WHERE region_number = ?1')
    .bind(region.number)
    .all<{ id: string }>();
  const stored = await readAlertsById(
    env.DB,
    ids.results.map(({ id }) => id),
  );
  const records = stored
    .map(({ record }) => record)
    .filter(({ ruleId }) => rules.some(({ id }) => id === ruleId));
  const told = records.filter(({ resolution }) => resolution !== 'corrected');
  expect(lives.length).toBeGreaterThan(8);
  expect(told.map(lifeOf).sort()).toEqual(lives.sort());
});

const lifeOf = ({ ruleId, windowMinute, resolvedMinute }: AlertRecord): string =>
  `${ruleId} ${windowMinute} ${resolvedMinute}`;
