// What head and peers of a region must not do when one of them lags, dies or does not answer (ALR-3).
import { describe, expect, test } from 'vitest';
import { builtInRules } from '../../core/alert/built-in-rules.ts';
import type { AcceptedEvent } from '../../core/protocol/accepted-event.ts';
import { DOWNLOAD, FAILED, SUCCESS } from '../../core/protocol/event-type.ts';
import { shardSilenceMinutesMax } from '../../core/protocol/limits.ts';
import { buildEvent } from '../support/build-chunk.ts';
import { ShardedRegion } from './sharded-region.ts';

const minute = 60_000;
const t0 = 1_800_000_000_000;
const plan = [{ fromHour: t0 / 3_600_000, shards: 2 }];
const rules = builtInRules.filter(({ id }) => id === 'LOW_SUCCESS_RATE');

let identity = 0;

/** Downloads of shard 0 or 1. */
function downloads(shard: number, timeMs: number, count: number, status: number): AcceptedEvent[] {
  const one = (): AcceptedEvent =>
    buildEvent({ type: DOWNLOAD, status, timeMs, identityHi: 1, identityLo: 2 * ++identity + shard });
  return Array.from({ length: count }, one);
}

class Calls {
  isDown = false;
  dies = (): boolean => false;
  fails = (): boolean => this.isDown;
}

/** Half of what fails came to each shard: neither has the 20 attempts that the rule asks for. */
function failing(calls = new Calls()): ShardedRegion {
  const region = new ShardedRegion(plan, rules, t0, calls);
  region.deliver([...downloads(0, t0, 12, FAILED), ...downloads(1, t0, 12, FAILED)]);
  region.passTo(t0 + 2 * minute);
  return region;
}

const lives = ({ alerts }: ShardedRegion): string[] =>
  [...alerts.alerts.values()].map(
    ({ state, attempts, corrections }) => `${state} ${attempts} ${corrections}`,
  );

describe('two shards of a region', () => {
  test('[ALR-3] fire together, where neither would alone', () => {
    expect(lives(failing())).toEqual(['firing 24 0']);
  });

  test('[ALR-3] what was judged is not taken back by a head that wakes and cannot ask', () => {
    const calls = new Calls();
    const region = failing(calls);
    region.kill(region.head);
    calls.isDown = true;
    region.deliver(downloads(0, t0 + minute, 3, SUCCESS));
    region.passTo(t0 + 6 * minute);
    region.alarm(region.head);
    expect(lives(region)).toEqual(['firing 24 0']);
    calls.isDown = false;
    region.passTo(t0 + 9 * minute);
    expect(lives(region)).toEqual(['firing 24 0']);
  });

  test('[ALR-3] a minute is folded for good once it is dead at the shard that lags', () => {
    const region = new ShardedRegion(plan, rules, t0, new Calls());
    // What shard 1 is told of is nine minutes old: it waits for it to pass the clock, and shard 0 does not.
    const fromMs = t0 + 60 * minute;
    const late = fromMs - 8.5 * minute;
    for (let nowMs = fromMs; nowMs < fromMs + 8 * minute; nowMs += 3000) {
      region.passTo(nowMs);
      if (nowMs === fromMs) region.deliver(downloads(0, late, 12, FAILED));
      region.deliver([
        buildEvent({ timeMs: nowMs - 9 * minute, identityHi: 2, identityLo: 2 * ++identity + 1 }),
      ]);
    }
    expect(lives(region)).toEqual([]);
    expect(region.head.region?.answer(region.nowMs).windows).toEqual([]);
    region.deliver(downloads(1, late, 40, FAILED));
    region.passTo(region.nowMs + 20_000);
    expect(lives(region)).toEqual(['firing 52 1']);
  });

  test('[ALR-3] without a peer that never answers the head goes on, half an hour behind', () => {
    const calls = new Calls();
    const region = new ShardedRegion(plan, rules, t0, calls);
    calls.isDown = true;
    region.deliver([...downloads(0, t0, 24, FAILED), ...downloads(1, t0, 24, SUCCESS)]);
    region.passTo(t0 + shardSilenceMinutesMax * minute);
    expect(lives(region)).toEqual([]);
    region.passTo(t0 + (shardSilenceMinutesMax + 14) * minute);
    expect(lives(region)).toEqual(['firing 24 0']);
  });

  test('[IDN-2b, WIN-8] take together what makes one shard end lateness early', () => {
    const cuts = [[], plan].map((shardPlan) => {
      const region = new ShardedRegion(shardPlan, rules, t0, new Calls(), { identitiesMax: 500 });
      for (let at = 0; at < 30; at++) {
        region.passTo(t0 + at * minute);
        region.deliver([0, 1].flatMap((shard) => downloads(shard, region.nowMs, 35, SUCCESS)));
      }
      return region.shards.map((shard) => shard.region?.totals.horizonCuts ?? 0);
    });
    expect(cuts).toEqual([[expect.any(Number)], [0, 0]]);
    expect(cuts[0]?.[0]).toBeGreaterThan(10);
  });

  test('[ALR-3, IDN-2b] a region of one shard asks nobody, before the plan begins and after it ends', () => {
    const hour = t0 / 3_600_000;
    const region = new ShardedRegion(
      [
        { fromHour: hour + 1, shards: 2 },
        { fromHour: hour + 2, shards: 1 },
      ],
      rules,
      t0,
    );
    const rounds: number[] = [];
    for (let at = 0; at < 180; at++) {
      region.passTo(t0 + at * minute);
      if (at % 60 === 0) rounds.push(region.rounds);
      if (at === 75) region.rounds = 0;
      region.deliver(downloads(0, region.nowMs, 1, SUCCESS));
      if (at === 140) rounds.push(region.rounds);
    }
    const [, atOne, atTwo, afterwards] = rounds;
    expect([atOne, (atTwo ?? 0) > 0, region.rounds]).toEqual([0, true, afterwards]);
  });
});
