/** What is counted, over the whole Worker: one isolate runs all of it locally. */
import type { Operation } from '../../../core/cost/operations.ts';

const counts = new Map<string, number>();
let underWay = 0;

/** `where` tells what it was for: an object's method, or a statement's table. */
export function count(operation: Operation, where: string, by = 1): void {
  if (by === 0) return;
  const name = `${operation} ${where}`;
  counts.set(name, (counts.get(name) ?? 0) + by);
}

/** By name, since the last time. */
export function takeCounts(): Record<string, number> {
  const taken = Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
  counts.clear();
  return taken;
}

/** Work that has begun and is not over: a run waits for it. */
export function begin(): void {
  underWay++;
}

export function end(): void {
  underWay--;
}

export async function during<T>(work: () => Promise<T>): Promise<T> {
  underWay++;
  try {
    return await work();
  } finally {
    underWay--;
  }
}

const stillTicks = 4;

/** Once nothing is under way for some turns of the loop; false if that takes too long. */
export async function settled(withinMs = 30_000): Promise<boolean> {
  const ticksMax = withinMs;
  for (let still = 0, ticks = 0; ticks < ticksMax; ticks++) {
    still = underWay === 0 ? still + 1 : 0;
    if (still === stillTicks) return true;
    await scheduler.wait(1);
  }
  return false;
}
