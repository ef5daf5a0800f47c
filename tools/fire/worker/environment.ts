/** The product's environment with faults and stops around what it asks of the platform. */
import type { Env } from '../../../workers/env.ts';
import { throughFault } from './faults.ts';
import { faultyD1, type Owner } from './faulty-d1.ts';
import { faultyR2 } from './faulty-r2.ts';
import { type FireEnv, queueObjectName } from './fire-env.ts';
import { sendChecked } from './queue-limits.ts';
import { type Stop, stopsOf } from './stops.ts';

const wrapped = new WeakMap<object, Map<Owner, FireEnv>>();

/** One wrapping for each owner, since caches of the product hang on its bindings. */
export function fireEnv(env: FireEnv, owner: Owner): FireEnv {
  const known = wrapped.get(env) ?? new Map<Owner, FireEnv>();
  wrapped.set(env, known);
  const made = known.get(owner) ?? wrap(env, owner);
  known.set(owner, made);
  return made;
}

function wrap(env: FireEnv, owner: Owner): FireEnv {
  const stop = stopsOf(env);
  return {
    ...env,
    DB: faultyD1(env.DB, owner, stop),
    LAKE: faultyR2(env.LAKE, owner, stop),
    EVENTS: queueOf(env, stop),
    ...(owner === 'consumer' && stop ? { REGION_WINDOW: stoppedRegions(env.REGION_WINDOW, stop) } : {}),
  };
}

/** Messages are in SQLite when a send resolves; without the stand-in the emulated queue takes them. */
function queueOf({ QUEUE_STAND_IN, EVENTS }: FireEnv, stop: Stop | null): Env['EVENTS'] {
  const sendBatch = async (messages: Iterable<MessageSendRequest<Uint8Array>>): Promise<void> => {
    const bodies = [...messages].map(({ body }) => body);
    sendChecked(bodies);
    await stop?.('before queue send');
    await throughFault('queue', true, async () => {
      if (QUEUE_STAND_IN) await QUEUE_STAND_IN.getByName(queueObjectName).enqueue(bodies);
      else await EVENTS.sendBatch(bodies.map((body) => ({ body, contentType: 'bytes' })));
    });
    await stop?.('behind queue send');
  };
  const send = async (body: Uint8Array): Promise<void> => await sendBatch([{ body }]);
  return { send, sendBatch } as unknown as Env['EVENTS'];
}

type Regions = Env['REGION_WINDOW'];

/** As the consumer uses them. */
function stoppedRegions(regions: Regions, stop: Stop): Regions {
  const get = (id: DurableObjectId) => {
    const region = regions.get(id);
    const receive: typeof region.receive = (async (...args: Parameters<typeof region.receive>) => {
      await stop('before receive');
      const verdicts = await region.receive(...args);
      await stop('behind receive');
      return verdicts;
    }) as typeof region.receive;
    return { receive };
  };
  const stopped = { idFromName: (name: string) => regions.idFromName(name), get };
  return stopped as unknown as Regions;
}
