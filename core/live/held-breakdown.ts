/** The breakdowns that viewers want, each made at most every breakdownEveryMs and shared by all who want it (LIV-5). */
import { breakdownEveryMs } from '../protocol/limits.ts';
import { breakdownFromMinute, breakdownOf } from './breakdown.ts';
import type { HubLife } from './hub-state.ts';
import type { RegionCells } from './region-cells.ts';

/**
 * Makes the breakdown of `region` anew if it may have changed; the hub's seq rises if it has. Returns when to try
 * again, ms, where it was made too short a time ago; else null.
 */
export function refreshBreakdown(life: HubLife, region: string, now: number): number | null {
  const regions = regionsOf(life, region);
  if (!regions) return null;
  const held = life.breakdowns.get(region);
  const keyedSeq = regions.reduce((newest, cells) => Math.max(newest, cells.keyedSeq), 0);
  if (held?.keyedSeq === keyedSeq && held.value.from_minute === breakdownFromMinute(life.at)) return null;
  const elapsed = held ? now - held.madeAt : breakdownEveryMs;
  // Negative: the clock was set back, and nobody shall wait for it to catch up.
  if (held && elapsed >= 0 && elapsed < breakdownEveryMs) return held.madeAt + breakdownEveryMs;
  const value = breakdownOf(region, regions, life.at);
  const text = JSON.stringify(value);
  const seq = held?.text === text ? held.seq : ++life.seq;
  life.breakdowns.set(region, { value, text, seq, madeAt: now, keyedSeq });
  return null;
}

/** null where the registry has no such region. */
function regionsOf(life: HubLife, region: string): RegionCells[] | null {
  const numbers = life.registry.filter(({ name }) => region === '*' || name === region);
  if (numbers.length === 0) return null;
  return numbers.flatMap(({ number }) => life.regions.get(number) ?? []);
}
