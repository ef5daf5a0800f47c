// A Marquee without producers, one of whose shards is filled from inside.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Fill } from '../protocol.ts';
import type { LotContext } from '../sections/section.ts';
import { World } from './world.ts';

export const filledRegion = 'OC-Sydney';
const eventsAtOnce = 20_000;

export async function inFilledWorld<T>(
  { configs, name, work, say }: LotContext,
  act: (world: World) => Promise<T>,
): Promise<T> {
  const folder = join(work, 'lots', name);
  rmSync(folder, { recursive: true, force: true });
  const world = new World({ folder, configPath: configs.durable });
  await world.start();
  try {
    return await act(world);
  } finally {
    await world.stop();
    rmSync(folder, { recursive: true, force: true });
    say('  the folder is gone');
  }
}

/** So many events with so many sessions in the region, over the minutes in which windows live. */
export async function fillRegion(
  world: World,
  wanted: Omit<Fill, 'first'>,
  say: (text: string) => void,
): Promise<void> {
  for (let first = 0; first < wanted.events; first += eventsAtOnce) {
    const events = Math.min(eventsAtOnce, wanted.events - first);
    if ((await world.fill(filledRegion, { ...wanted, first, events })) !== events)
      throw new Error(`${filledRegion} was not filled`);
    if (first % 200_000 === 0) say(`  ${first} of ${wanted.events} events are in`);
  }
}

/** Of the region, in the minutes that it still holds. */
export async function filledTotal(world: World): Promise<number> {
  const query = new URLSearchParams({ region: filledRegion, minutes: '30' });
  return (await world.data<{ total_events: number }>(`/api/stats/realtime?${query}`)).total_events;
}
