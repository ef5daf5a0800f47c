// What the platform would bill for the real pipeline, counted, against what stands in cost-baseline.json. It is written by
// COST_BASELINE=write npx vitest run --project e2e test/e2e/cost.test.ts
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { billOf } from '../../core/cost/bill.ts';
import { type Operation, type Operations, operations } from '../../core/cost/operations.ts';
import { planUsdPerMonth } from '../../core/cost/prices.ts';
import { unitCostsOf } from '../../core/cost/unit-work.ts';
import { buildCounting } from '../../tools/cost/config.ts';
import { type CountedDay, countDay, idleHours, startOfDay, unitsOf } from '../../tools/cost/counted-day.ts';
import { whileWatching } from '../../tools/cost/counted-viewing.ts';
import { CountedWorld } from '../../tools/cost/counted-world.ts';
import { addCounts, operationsOf } from '../../tools/cost/counts.ts';

interface Baseline {
  readonly events: number;
  readonly operations: Operations;
}

const folder = mkdtempSync(join(tmpdir(), 'marquee-cost-'));
const baselinePath = new URL('cost-baseline.json', import.meta.url);
const hourMs = 3_600_000;
/** Nothing that is counted may rise by more. */
const riseMax = 0.05;
let world: CountedWorld;
let day: CountedDay;
let left: Awaited<ReturnType<typeof watchAndLeave>>;

beforeAll(async () => {
  const configPath = buildCounting(join(folder, 'build'));
  const startMs = startOfDay(Date.now());
  world = await CountedWorld.start(join(folder, 'data'), configPath, startMs - 26 * hourMs);
  left = await watchAndLeave();
  await world.setClock(startMs);
  await world.take();
  day = await countDay(world, { posts: 40, eventsPerPost: 96 });
}, 300_000);

afterAll(async () => {
  await world.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** What is awake while somebody watches who then leaves, and what is asked of the platform in the day behind it. */
async function watchAndLeave() {
  const namesOfAlarms = async () => (await world.pendingAlarms()).map(({ className }) => className);
  const whileWatched = await whileWatching(world, async () => {
    await world.settle();
    return await namesOfAlarms();
  });
  await world.setClock(world.nowMs + hourMs);
  await world.settle();
  const anHourLater = await namesOfAlarms();
  await world.take();
  await world.setClock(world.nowMs + 24 * hourMs);
  return { whileWatched, anHourLater, ofTheDayBehind: await world.take() };
}

test('[SYS-7] an event, from the door to the lake, its batch tables and its end, takes no more operations than it did', () => {
  const counted: Baseline = {
    events: day.events,
    operations: operationsOf(addCounts(day.stream, day.batch, day.retention)),
  };
  if (process.env.COST_BASELINE === 'write')
    writeFileSync(baselinePath, `${JSON.stringify(counted, null, 2)}\n`);
  const baseline = JSON.parse(readFileSync(baselinePath, 'utf8')) as Baseline;
  expect(counted.events).toBe(baseline.events);
  const risen = operations.flatMap((operation: Operation) => {
    const [now = 0, before = 0] = [counted, baseline].map((of) => of.operations[operation]);
    return now > before * (1 + riseMax) ? [`${operation}: ${now}, and was ${before}`] : [];
  });
  expect(risen).toEqual([]);
});

test('[SYS-7] every operation that is counted belongs to a unit of work that a bill has', () => {
  const costs = unitCostsOf(addCounts(day.stream, day.batch, day.retention), unitsOf(day));
  expect(costs.post.workerRequests).toBe(1);
  expect(costs.queuePiece.queueOperations).toBe(3);
  expect(costs.commit.objectRequests).toBe(1);
  expect(costs.session.rowsWritten).toBeGreaterThan(0);
});

test('[SYS-6] when nobody sends or watches, no alarm waits, and a month costs the base price', async () => {
  expect(day.alarmsWhenIdle).toBe(0);
  const { workerRequests = 0, objectRequests = 0 } = operationsOf(day.idle);
  // The crons look, an object of each region is asked once an hour, and nothing else happens.
  expect(workerRequests).toBe(idleHours * 13);
  expect(objectRequests).toBeLessThanOrEqual(idleHours * 12);
  const month = Object.fromEntries(
    Object.entries(operationsOf(day.idle)).map(([operation, value]) => [
      operation,
      (value / idleHours) * 730,
    ]),
  );
  const awake = { workerCpuMs: 13 * 730 * 100, objectGbSeconds: 12 * 730 * 0.128, r2GbMonths: 0 };
  expect(billOf({ ...month, ...awake }).monthUsd).toBe(planUsdPerMonth);
});

test('[SYS-6] once a viewer has left, the hub and the regions go to sleep', () => {
  expect(left.whileWatched).toContain('LiveHub');
  expect(left.anHourLater).toEqual([]);
  expect(left.ofTheDayBehind).toEqual({});
});
