// Messages that nobody can read and chunks at which a shard always throws: what is beside them counts, they end in the
// dead-letter store, and what was sent again counts once.
import { setTimeout as sleep } from 'node:timers/promises';
import { type Lot, runLot } from '../harness/lot.ts';
import { fireRegions } from '../harness/producers.ts';
import { drainQueue } from '../harness/settle.ts';
import type { World } from '../harness/world.ts';
import { poisonPrefix } from '../protocol.ts';
import type { Section } from './section.ts';

const junkShare = 0.01;
const throwingMax = 10;
const drainMs = 300_000;

interface Letter {
  readonly key: string;
  readonly code: string;
}

export const poison: Section = {
  name: 'poison',
  unit: 'messages, 1 % unreadable',
  trials: 3_000,
  lotTrials: 3_000,
  run: async ({ configs, ...context }, trials) => {
    const throwing = Math.min(throwingMax, Math.ceil(trials / 50));
    let junk = 0;
    // What cannot be read stays where it is, whatever is sent again.
    const also = async ({ world }: Lot) => unlike('dead letters in the end', await letters(world), junk);
    const options = { ...context, configPath: configs.durable, traffic: { eventsMax: 4 }, also };
    const { result, of } = await runLot(options, async ({ world, producers }) => {
      await choke(world, true);
      producers.start();
      for (let n = 0; n < throwing; n++)
        await producers.send([
          {
            region: fireRegions[n % fireRegions.length] ?? '',
            content: `${poisonPrefix}${n}`,
            timeMs: Date.now(),
          },
        ]);
      for (let messages = 0; messages < trials || junk < trials * junkShare; await sleep(50)) {
        ({ messages } = await world.queue());
        if (junk < messages * junkShare) junk += await sendJunk(world, junk);
      }
      await producers.stop();
      await drainQueue(world, drainMs);
      return await sendAgain(world, throwing, junk);
    });
    const counts = { unreadable: junk, always_throwing: throwing, sent_again: throwing };
    return { trials: result.messages, result, counts, faults: of };
  },
};

async function choke(world: World, on: boolean): Promise<void> {
  await world.ask('/fire/choke', { method: 'POST', body: JSON.stringify({ on }) });
}

async function sendJunk(world: World, first: number): Promise<number> {
  const body = JSON.stringify({ first });
  return (await world.read<{ sent: number }>('/fire/junk', { method: 'POST', body })).sent;
}

async function letters(world: World): Promise<Letter[]> {
  return await world.data<Letter[]>('/api/admin/dead-letters?limit=1000');
}

const unlike = (what: string, found: readonly unknown[], wanted: number): string[] =>
  found.length === wanted ? [] : [`${what}: ${found.length}, not ${wanted}`];

/** Twice, of which the second must do nothing. Faults. */
async function sendAgain(world: World, throwing: number, junk: number): Promise<string[]> {
  const held = await letters(world);
  const thrown = held.filter(({ code }) => code === 'always_throws');
  await choke(world, false);
  const body = JSON.stringify({ keys: thrown.map(({ key }) => key) });
  const redrive = async () =>
    await world.data<{ outcome: string }[]>('/api/admin/dead-letters/redrive', { method: 'POST', body });
  const [first, second] = [await redrive(), await redrive()];
  await drainQueue(world, drainMs);
  return [
    ...unlike('letters that always throw', thrown, throwing),
    ...unlike(
      'letters that cannot be read',
      held.filter(({ code }) => code === 'undecodable'),
      junk,
    ),
    ...unlike(
      'letters sent again',
      first.filter(({ outcome }) => outcome === 'sent'),
      throwing,
    ),
    ...unlike(
      'letters known to be sent',
      second.filter(({ outcome }) => outcome === 'sent_before'),
      throwing,
    ),
  ];
}
