/** The breakdowns that viewers want, each made at most every breakdownEveryMs and shared by all who want it (LIV-5). */
import { breakdownEveryMs } from '../protocol/limits.ts';
import { breakdownFromMinute, breakdownOf } from './breakdown.ts';
import type { HubLife } from './hub-state.ts';
import type { RegionCells } from './region-cells.ts';
import { maySee, type Subscription } from './subscription.ts';

/**
 * Makes the breakdown of a subscription, kept under `key`, anew if it may have changed; the hub's seq rises if it has. Returns when to try
 * again, ms, where it was made too short a time ago; else null.
 */
export function refreshBreakdown(
  life: HubLife,
  key: string,
  subscription: Subscription,
  now: number,
): number | null {
  const regions = regionsOf(life, subscription);
  if (!regions) return null;
  const held = life.breakdowns.get(key);
  const keyedSeq = regions.reduce((newest, cells) => Math.max(newest, cells.keyedSeq), 0);
  if (held?.keyedSeq === keyedSeq && held.value.from_minute === breakdownFromMinute(life.at)) return null;
  const elapsed = held ? now - held.madeAt : breakdownEveryMs;
  // Negative: the clock was set back, and nobody shall wait for it to catch up.
  if (held && elapsed >= 0 && elapsed < breakdownEveryMs) return held.madeAt + breakdownEveryMs;
  const value = breakdownOf(subscription.breakdown ?? '*', regions, life.at);
  const text = JSON.stringify(value);
  const seq = held?.text === text ? held.seq : ++life.seq;
  life.breakdowns.set(key, { value, text, seq, madeAt: now, keyedSeq });
  return null;
}

/** null where the registry has no such region, or not for this subscription. */
function regionsOf(life: HubLife, subscription: Subscription): RegionCells[] | null {
  const { breakdown } = subscription;
  const numbers = life.registry.filter(
    ({ name }) => maySee(subscription, name) && (breakdown === '*' || name === breakdown),
  );
  if (numbers.length === 0) return null;
  return numbers.flatMap(({ number }) => life.regions.get(number) ?? []);
}
