import { expect, test } from 'vitest';
import { billOf, type MonthWork } from '../../../core/cost/bill.ts';
import { planUsdPerMonth } from '../../../core/cost/prices.ts';
import { dayWorkOf, postsPerMessage, type Traffic, usersOneInFor } from '../../../core/cost/traffic-model.ts';
import { ownerOf, unitCostsOf, type WorkUnit, workUnits } from '../../../core/cost/unit-work.ts';

const nothing: MonthWork = { workerCpuMs: 0, objectGbSeconds: 0, r2GbMonths: 0 };
const traffic: Traffic = {
  eventsPerDay: 1e10,
  eventsPerPost: 300,
  regions: 12,
  queueBytesPerEvent: 50,
  viewerHoursPerDay: 0,
  usersOneIn: 1,
  viewerHour: {},
};

test('[SYS-7] a month of nothing costs the base price, and what is included is not billed', () => {
  expect(billOf(nothing).monthUsd).toBe(planUsdPerMonth);
  const included = billOf({ ...nothing, workerRequests: 10e6, rowsWritten: 50e6, objectRowsWritten: 50e6 });
  expect(included.monthUsd).toBe(planUsdPerMonth);
  expect(included.operationsUsd).toBeCloseTo(3 + 100, 9);
  expect(billOf({ ...nothing, rowsWritten: 51e6 }).monthUsd).toBeCloseTo(planUsdPerMonth + 1, 9);
});

test('[SYS-7] twenty messages of a socket are one request of an object', () => {
  const [messages, requests] = [{ socketMessages: 20e6 }, { objectRequests: 1e6 }].map(
    (work) => billOf({ ...nothing, ...work }).operationsUsd,
  );
  expect(messages).toBeCloseTo(requests as number, 9);
});

test('[SYS-7] 10 billion events a day need four shards a region at the mean, and fill batches', () => {
  const day = dayWorkOf(traffic);
  expect(day.post).toBeCloseTo(33_333_333, 0);
  expect(day.queuePiece).toBeCloseTo(day.post / postsPerMessage(traffic), 3);
  // 115,741 a second, twice that at the peak, by 12 regions and 2,000,000 identities in 665 s.
  expect(day.shardsPerRegion).toBe(7);
  expect(day.messagesPerBatch).toBeCloseTo(77.2 / postsPerMessage(traffic), 1);
  expect(dayWorkOf({ ...traffic, eventsPerPost: 1500 }).queuePiece).toBeCloseTo((2 * 1e10) / 1500, 0);
});

test('[SYS-7, SES-6] where D1 has the sessions of one user in so many, 90 days of them are within its cap', () => {
  expect(usersOneInFor(138_000)).toBe(1);
  for (const eventsPerDay of [1e6, 1e7, 1e10]) {
    const usersOneIn = usersOneInFor(eventsPerDay);
    const all = dayWorkOf({ ...traffic, eventsPerDay });
    const some = dayWorkOf({ ...traffic, eventsPerDay, usersOneIn });
    expect(some.session * 90).toBeLessThanOrEqual(500_000);
    expect(some.session * 90).toBeGreaterThan(430_000);
    expect(some.session * usersOneIn).toBeCloseTo(all.session, 3);
    expect({ ...some, session: 0, newcomer: 0, filmHour: 0 }).toEqual({
      ...all,
      session: 0,
      newcomer: 0,
      filmHour: 0,
    });
  }
});

test('[SYS-7, ING-8] POSTs share messages as far as they come together and fit', () => {
  const of = (eventsPerDay: number, eventsPerPost: number) =>
    postsPerMessage({ ...traffic, eventsPerDay, eventsPerPost });
  // 32 a second at each of 12 isolates: 85 % come while another is sent, and 0.8 more within 25 ms.
  expect(of(1e10, 300)).toBeCloseTo(1 + 0.855 * 0.804, 2);
  // 100 a second at each of 1,158.
  expect(of(1e10, 1)).toBeCloseTo(3.49, 2);
  // Two of 600 fill a message; one of 1,500 needs two.
  expect(of(1e11, 600)).toBe(2);
  expect(of(1e11, 1500)).toBe(1);
  expect(of(1e4, 1)).toBeCloseTo(1, 3);
});

test('[SYS-7] a trickle makes no more commits, windows and hours than it has events', () => {
  const day = dayWorkOf({ ...traffic, eventsPerDay: 100, eventsPerPost: 1 });
  expect(day.commit).toBeLessThanOrEqual(100);
  expect(day.window).toBeLessThanOrEqual(100);
  expect(day.regionHour).toBeLessThanOrEqual(100);
});

test('[SYS-7] a count goes to the unit that it is of, and one that nothing owns is said', () => {
  const had = Object.fromEntries(workUnits.map((unit) => [unit, 2])) as Record<WorkUnit, number>;
  const costs = unitCostsOf(
    { 'objectRequests RegionWindow.receive': 4, 'rowsWritten d1 insert lake_parts': 6 },
    had,
  );
  expect(costs.commit).toEqual({ objectRequests: 2 });
  expect(costs.part).toEqual({ rowsWritten: 3 });
  expect(ownerOf('rowsWritten d1 insert viewing_sessions')).toBe('session');
  expect(() => unitCostsOf({ 'rowsWritten d1 insert surprise': 1 }, had)).toThrow('surprise');
});
