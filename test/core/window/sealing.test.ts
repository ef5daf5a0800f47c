import { describe, expect, test } from 'vitest';
import {
  sealAfterMs,
  sealEventsMin,
  sealPartsMax,
  sealRetryMs,
  trimRowsMax,
} from '../../../core/protocol/limits.ts';
import { planOfRest } from '../../support/seal-all.ts';
import { day, hour, minute, Shard, second, t0 } from './shard-fixture.ts';

const rowsOf = (shard: Shard): number[] => shard.store.neededRows.map(({ row }) => row);

describe('what is sealed', () => {
  test('[LAK-1] a plan is stored before it is carried out, and stands over deaths until it is', () => {
    const shard = new Shard();
    shard.see(t0, t0);
    const plan = planOfRest(shard.region);
    shard.carryOut(shard.region.log.keepPlan(plan).effects);
    shard.see(t0 + second, t0);
    shard.crash(t0 + minute);
    expect(shard.region.log.standing.plan).toEqual(plan);
    const other = shard.region.log.keepPlan(planOfRest(shard.region));
    expect(other).toEqual({ plan, effects: [] });
    shard.carryOut(shard.region.log.sealed(plan, t0 + second));
    shard.crash(t0 + 2 * minute);
    expect(shard.region.log.standing).toMatchObject({ plan: null, throughRow: 0, lastRow: 1 });
  });

  test('[LAK-1] of two sealers the one that comes late changes nothing', () => {
    const shard = new Shard();
    shard.see(t0, t0);
    const plan = planOfRest(shard.region);
    shard.seal(t0 + minute);
    const stale = shard.region.log.keepPlan(plan);
    expect(stale).toEqual({ plan: null, effects: [] });
    expect(shard.region.log.sealed(plan, null)).toEqual([]);
    shard.see(t0 + second, t0);
    shard.carryOut(shard.region.log.keepPlan(planOfRest(shard.region)).effects);
    expect(shard.region.log.sealed(plan, null)).toEqual([]);
    expect(shard.region.log.standing).toMatchObject({ throughRow: 0, lastRow: 1 });
  });

  test('[LAK-1] a row of more parts than a plan has is sealed when the last of them is made', () => {
    const shard = new Shard();
    shard.see(t0, t0);
    const parts = (count: number) =>
      Array.from({ length: count }, (_, hour) => ({ hour, kind: 'late' as const }));
    const first = { ...planOfRest(shard.region), parts: parts(sealPartsMax), partsAfter: 7 };
    shard.carryOut(shard.region.log.keepPlan(first).effects);
    shard.carryOut(shard.region.log.sealed(first, null));
    shard.crash(t0 + minute);
    expect(shard.region.log.standing).toMatchObject({ throughRow: -1, partsDone: sealPartsMax });
    expect(shard.region.log.keepPlan(first).plan).toBeNull();
    const rest = { ...planOfRest(shard.region), parts: parts(7) };
    shard.carryOut(shard.region.log.keepPlan(rest).effects);
    shard.carryOut(shard.region.log.sealed(rest, null));
    expect(shard.region.log.standing).toMatchObject({ throughRow: 0, partsDone: 0 });
    shard.see(t0 + minute, t0 + minute);
    const tooMany = { ...planOfRest(shard.region), parts: parts(sealPartsMax + 1) };
    expect(() => shard.region.log.keepPlan(tooMany)).toThrow('so many parts');
  });
});

describe('when a sealer is told', () => {
  //  row 0 ------------ 15 min ------------ told ---- 1 min ---- told again
  test('[LAK-1] after a quarter of an hour, once, and again after a minute if nothing came of it', () => {
    const shard = new Shard();
    shard.see(t0, t0);
    const dueMs = t0 + sealAfterMs;
    const wakes: number[] = [];
    for (let atMs = t0; ; ) {
      const next = shard.region.nextWakeMs(atMs);
      if (next === null || next > dueMs + sealRetryMs) break;
      atMs = next;
      shard.alarm(atMs);
      wakes.push(atMs);
      if (shard.region.log.tellSealer(atMs)) expect([dueMs, dueMs + sealRetryMs]).toContain(atMs);
    }
    expect(wakes.slice(-2)).toEqual([dueMs, dueMs + sealRetryMs]);
    expect(wakes.length).toBeLessThanOrEqual(4);
    shard.seal(dueMs + sealRetryMs);
    expect(shard.region.log.tellSealer(t0 + day)).toBe(false);
  });

  test('[LAK-1] at once when the log holds so many events that are not sealed, twins included', () => {
    const shard = new Shard();
    const chunks = Array.from({ length: sealEventsMin / 1000 }, (_, c) =>
      shard.chunk(
        t0,
        ...Array.from({ length: 1000 }, (__, i) => ({ timeMs: t0, identityHi: (c * 1000 + i) % 2000 })),
      ),
    );
    shard.receive(t0, ...chunks.slice(1));
    expect(shard.region.log.tellSealer(t0)).toBe(false);
    shard.receive(t0, chunks[0] as Uint8Array);
    expect(shard.region.nextWakeMs(t0)).toBe(t0 + 1);
    shard.crash(t0);
    expect(shard.region.log.tellSealer(t0)).toBe(true);
    shard.seal(t0);
    expect(shard.region.log.tellSealer(t0 + day)).toBe(false);
  });

  test('[LAK-1] who wakes knows how old the oldest row is, and a clock set back does not make it wait longer', () => {
    const shard = new Shard();
    shard.see(t0, t0);
    shard.see(t0 + 10 * minute, t0);
    shard.crash(t0 + 14 * minute);
    expect(shard.region.log.tellSealer(t0 + sealAfterMs - 1)).toBe(false);
    expect(shard.region.log.tellSealer(t0 + sealAfterMs)).toBe(true);
    expect(shard.region.log.nextWakeMs(t0 - day)).toBeLessThanOrEqual(t0 - day + sealAfterMs);
  });
});

describe('the log', () => {
  test('[LOG-5b] a row that is not sealed stays, however old', () => {
    const shard = new Shard();
    shard.see(t0, t0);
    for (let atMs = t0; atMs < t0 + 5 * day; atMs += hour) {
      shard.see(atMs, atMs);
      shard.alarm(atMs);
    }
    expect(rowsOf(shard)).toHaveLength(1 + 5 * 24);
  });

  test('[LOG-5b] a sealed row goes when no living window needs it and D1 has what its windows owed', () => {
    const shard = new Shard();
    shard.see(t0, t0);
    shard.see(t0 + 6 * minute, t0 + 6 * minute);
    shard.seal(t0 + 6 * minute);
    shard.alarm(t0 + 10 * minute);
    expect(rowsOf(shard)).toEqual([0, 1]);
    // The first window dies at 11:05; D1 has had it since 10:00.
    shard.alarm(t0 + 15 * minute);
    expect(rowsOf(shard)).toEqual([1]);
    shard.tick(t0 + hour);
    expect(shard.store.parked.size).toBe(0);
    shard.alarm(t0 + hour);
    expect(rowsOf(shard)).toEqual([]);
  });

  test('[LOG-5b] while D1 lacks a dead window no row goes', () => {
    const shard = new Shard();
    shard.see(t0, t0);
    shard.seal(t0);
    shard.tick(t0 + hour);
    shard.carryOut(shard.region.maintain(t0 + hour));
    expect(shard.store.parked.size).toBe(1);
    expect(rowsOf(shard)).toEqual([0]);
    shard.emit(t0 + hour);
    shard.carryOut(shard.region.maintain(t0 + 2 * hour));
    expect(rowsOf(shard)).toEqual([]);
  });

  test('[LOG-5b] a region that falls silent is trimmed all the same, and then sleeps', () => {
    const shard = new Shard();
    for (let atMs = t0; atMs < t0 + 20 * minute; atMs += 20 * second) shard.see(atMs, atMs);
    let wakes = 0;
    for (let atMs = t0 + 20 * minute; ; wakes++) {
      const next = shard.region.nextWakeMs(atMs);
      if (next === null) break;
      atMs = next;
      shard.alarm(atMs);
      if (shard.region.log.tellSealer(atMs)) shard.seal(atMs);
      if (wakes > 20) break;
    }
    expect(shard.store.rows).toEqual([]);
    expect(wakes).toBeLessThan(10);
  });

  test('[LOG-5b] a large log is trimmed in steps', () => {
    const shard = new Shard();
    for (let i = 0; i < trimRowsMax + 5; i++) shard.see(t0, t0);
    shard.alarm(t0 + hour);
    shard.seal(t0 + hour);
    shard.alarm(t0 + hour + 6 * minute);
    expect(rowsOf(shard)).toHaveLength(5);
    expect(shard.region.nextWakeMs(t0 + hour + 6 * minute)).toBe(t0 + hour + 6 * minute + second);
    shard.alarm(t0 + hour + 6 * minute + second);
    expect(rowsOf(shard)).toEqual([]);
    shard.alarm(t0 + 2 * hour);
    expect(shard.region.nextWakeMs(t0 + 2 * hour)).toBeNull();
  });

  test('[LOG-5b, LOG-2] a shard that never lives for five minutes is trimmed, and knows what it knew', () => {
    const shard = new Shard();
    for (let atMs = t0; atMs < t0 + 2 * day; atMs += 10 * minute) {
      shard.crash(atMs);
      shard.see(atMs, atMs);
      shard.alarm(atMs);
      if (shard.region.log.tellSealer(atMs)) shard.seal(atMs);
    }
    expect(shard.store.rows.length).toBeLessThan(8);
    expect(shard.region.totals.counted).toBe(2 * 24 * 6);
  });
});
