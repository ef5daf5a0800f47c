// WIN-8b on a whole shard, with room for few identities.
import { expect, test } from 'vitest';
import { m0, minute, Shard, second, t0 } from '../window/shard-fixture.ts';
import { latenessCut } from './alert-fixture.ts';

const cuts = (shard: Shard, nowMs: number) =>
  shard.region
    .answer(nowMs)
    .alerts.map(({ alertType, metricValue, state, windowMinute }) => [
      alertType,
      metricValue,
      state,
      windowMinute - m0,
    ]);

test('[WIN-8b] a shard whose windows ended their lateness early fires an alert, once, and it resolves', () => {
  const shard = new Shard(t0, { identitiesMax: 4 });
  shard.carryOut(shard.region.setUpAlerts({ region: 'EU-London', rules: [latenessCut] }));
  shard.see(t0 + 10 * second, t0, t0 + second);
  shard.see(t0 + minute + 10 * second, t0 + minute, t0 + minute + second);
  shard.alarm(t0 + 2 * minute);
  expect(shard.region.totals.horizonCuts).toBe(0);
  shard.see(t0 + 2 * minute + 10 * second, t0 + 2 * minute + second, t0 + 2 * minute + 2 * second);
  expect(shard.region.totals.horizonCuts).toBe(1);
  expect(cuts(shard, t0 + 2 * minute + 20 * second)).toEqual([]);
  // The minute that was open then closes, also for one that has died meanwhile.
  shard.crash(t0 + 3 * minute);
  const nextMs = shard.region.nextWakeMs(t0 + 3 * minute) ?? 0;
  expect(nextMs).toBeLessThanOrEqual(t0 + 3 * minute + 5 * second);
  shard.alarm(t0 + 3 * minute + 5 * second);
  expect(cuts(shard, t0 + 3 * minute + 10 * second)).toEqual([['LATENESS_CUT', 1, 'firing', 2]]);
  shard.alarm(t0 + 20 * minute);
  expect(cuts(shard, t0 + 20 * minute)).toEqual([['LATENESS_CUT', 1, 'resolved', 2]]);
  expect(shard.region.answer(t0 + 20 * minute).alerts[0]?.resolvedMinute).toBe(m0 + 12);
});
