// A region that has one shard, then four, then one again, beside the same region in one shard, and beside a naive recount
// over seeded histories in which objects die and calls fail. SIM_SEED and SIM_SHARD_HISTORIES choose others.
import { describe, expect, test } from 'vitest';
import type { AlertRecord } from '../../core/alert/alert-record.ts';
import type { AcceptedEvent } from '../../core/protocol/accepted-event.ts';
import type { ShardPlan } from '../../core/protocol/shard-plan.ts';
import { AlertCheck } from './alert-check.ts';
import { type Crowd, Downloads, makeCrowd, makeEvent } from './crowd.ts';
import { minuteOf } from './naive.ts';
import { recountWindow } from './naive-window.ts';
import { Random } from './random.ts';
import { baseSeed } from './search.ts';
import { ShardedRegion, type SimShard, type Troubles } from './sharded-region.ts';
import { simRules } from './sim-rules.ts';

const seed = baseSeed();
const histories = Number(process.env.SIM_SHARD_HISTORIES ?? 12);
const hourMs = 3_600_000;
const minuteMs = 60_000;
const hourOf = (ms: number): number => Math.floor(ms / hourMs);
const startMs = 1_800_000_000_000;
const startHour = startMs / hourMs;

console.info(`shards: ${histories} histories, SIM_SEED=${seed}`);

/** One shard, after some minutes four, and after more than an hour one again. */
const plan: ShardPlan = [
  { fromHour: startHour + 1, shards: 4 },
  { fromHour: startHour + 2, shards: 1 },
];
const beginMs = startMs + 40 * minuteMs;
const endMs = startMs + 2 * hourMs + 25 * minuteMs;

class Traffic {
  readonly random: Random;
  readonly #crowd: Crowd;
  readonly #isOnTime: boolean;
  readonly #downloads: Downloads;
  readonly #sent: AcceptedEvent[] = [];

  constructor(seedOf: number, isOnTime: boolean) {
    this.random = new Random(seedOf);
    this.#isOnTime = isOnTime;
    const crowd = makeCrowd(this.random);
    this.#crowd = isOnTime ? { ...crowd, lagMs: 0 } : crowd;
    this.#downloads = new Downloads(this.random);
  }

  events(nowMs: number, count: number): AcceptedEvent[] {
    return Array.from({ length: count }, () => {
      const twin = this.#sent.length > 0 && this.random.chance(0.1) ? this.random.pick(this.#sent) : null;
      // A twin from an hour of more shards goes to one that the head does not ask any more: it ends no silence (0024).
      if (twin && (!this.#isOnTime || hourOf(twin.timeMs) === hourOf(nowMs))) return twin;
      const event = this.#downloads.apply(makeEvent(this.random, this.#crowd, nowMs));
      this.#sent.push(event);
      return event;
    });
  }
}

describe('[ALR-3, IDN-2b] one region, in one shard and in four', () => {
  test.each(Array.from({ length: histories }, (_, i) => seed + i))(
    'tells the same alerts, with the same causes and values: seed %i',
    (of) => {
      const traffic = new Traffic(of, true);
      const { random } = traffic;
      const headDies = random.chance(0.5);
      const alone = new ShardedRegion([], simRules(beginMs), beginMs);
      const sharded = new ShardedRegion(plan, simRules(beginMs), beginMs);
      for (let nowMs = beginMs; nowMs < endMs; nowMs += 10_000 + random.below(40_000)) {
        if (random.chance(0.03)) nowMs += 7 * minuteMs;
        for (const region of [alone, sharded]) {
          region.passTo(nowMs);
          for (const shard of region.shards.toReversed()) region.alarm(shard);
        }
        const events = traffic.events(nowMs, random.below(20));
        alone.deliver(events);
        sharded.deliver(events);
        const dying = headDies ? random.pick(sharded.shards) : random.pick(sharded.shards.slice(1));
        if (random.chance(0.1)) sharded.kill(dying);
        if (random.chance(0.05)) alone.kill(alone.head);
      }
      for (const region of [alone, sharded]) drain(region);
      expect(sharded.rounds).toBeGreaterThan(60);
      expect(told(sharded, headDies)).toEqual(told(alone, headDies));
      expect(windowsOf(sharded)).toEqual(windowsOf(alone));
    },
  );
});

describe('[ALR-3, LOG-2, SYS-6] four shards whose objects die and whose calls fail', () => {
  test.each(Array.from({ length: histories }, (_, i) => seed + i))(
    'tell what a naive recount of all that they counted tells, each alert once: seed %i',
    (of) => {
      const traffic = new Traffic(of, false);
      const { random } = traffic;
      const share = random.pick([0.002, 0.02, 0.1]);
      let isTrouble = true;
      const happens = () => isTrouble && random.chance(share);
      const troubles: Troubles = { dies: happens, fails: happens };
      const rules = simRules(beginMs).filter(({ metric }) => metric !== 'silent_minutes');
      const check = new AlertCheck(rules, (what, is, should) => expect(is, what).toEqual(should));
      const region = new ShardedRegion(plan, rules, beginMs, troubles);
      for (let nowMs = beginMs; nowMs < endMs; nowMs += random.below(30_000)) {
        if (random.chance(0.01)) nowMs += random.below(15 * minuteMs);
        region.passTo(nowMs);
        region.deliver(traffic.events(nowMs, random.below(12)), nowMs - random.below(2000));
        if (random.chance(0.02)) {
          const closed = region.close((firing) => firing[random.below(Math.max(1, firing.length))]);
          if (closed) check.noteClosing(closed);
        }
      }
      isTrouble = false;
      drain(region);
      expect(region.deaths).toBeGreaterThan(0);
      const events = region.shards.flatMap(({ counted }) => counted);
      const throughMinute = minuteOf({ timeMs: region.nowMs } as AcceptedEvent);
      const situation = { events, received: [], cuts: [], throughMinute };
      check.checkAll('alerts', [...region.alerts.alerts.values()], situation, Number.NEGATIVE_INFINITY);
      for (const shard of region.shards) expectWindows(shard);
    },
  );
});

/** All alarms are played until nothing wants to wake (SYS-6): no log is left, and nothing is held. */
function drain(region: ShardedRegion): void {
  region.passTo(region.nowMs + 3 * 24 * hourMs);
  for (const { alarmAtMs, store, region: held } of region.shards) {
    expect(alarmAtMs).toBeNull();
    expect(store.neededRows).toEqual([]);
    expect(held?.shared.holdsAny ?? false).toBe(false);
  }
}

/** But when it was told, and in which change. A head that has died may take for new what it had judged before. */
function told(region: ShardedRegion, headDied: boolean): unknown[] {
  const all = [...region.alerts.alerts.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  const nothing = { createdAtMs: 0, resolvedAtMs: 0, revision: null };
  return all.map((record: AlertRecord) => ({
    ...record,
    ...nothing,
    ...(headDied && { corrections: 0 }),
    history: record.history.map((step) => ({ ...step, atMs: 0, ...(headDied && { cause: null }) })),
  }));
}

function windowsOf(region: ShardedRegion): unknown[] {
  const windows = region.shards.flatMap(({ database }) => [...database.windows.values()]);
  return [...Map.groupBy(windows, ({ minute }) => minute)]
    .map(([minute, of]) => ({
      minute,
      counters: of.reduce<number[]>(
        (sum, { counters }) => counters.map((value, i) => value + (sum[i] ?? 0)),
        [],
      ),
    }))
    .sort((a, b) => a.minute - b.minute);
}

function expectWindows({ counted, database }: SimShard): void {
  const byMinute = Map.groupBy(counted, minuteOf);
  expect(new Set(database.windows.keys())).toEqual(new Set(byMinute.keys()));
  for (const [minute, events] of byMinute)
    expect(database.windows.get(minute)).toMatchObject(recountWindow(events));
}
