/** The product's environment, counted. */
import { queueUnitBytes } from '../../../core/cost/prices.ts';
import type { Env } from '../../../workers/env.ts';
import { countedD1 } from './counted-d1.ts';
import { countedObjects, countedWorkflow } from './counted-objects.ts';
import { countedR2 } from './counted-r2.ts';
import { passGate } from './queue-gate.ts';
import { begin, count, during } from './tally.ts';

const wrapped = new WeakMap<object, Env>();

/** Always the same for the same bindings, since caches of the product hang on them. */
export function countedEnv(env: Env): Env {
  const made = wrapped.get(env.DB) ?? wrap(env);
  wrapped.set(env.DB, made);
  return made;
}

export const queueUnits = (bytes: number): number => Math.ceil((bytes + 100) / queueUnitBytes);

function wrap(env: Env): Env {
  return {
    ...env,
    DB: countedD1(env.DB),
    LAKE: countedR2(env.LAKE),
    EVENTS: queueOf(env.EVENTS),
    REGION_WINDOW: countedObjects(env.REGION_WINDOW, 'RegionWindow'),
    LIVE_HUB: countedObjects(env.LIVE_HUB, 'LiveHub'),
    KEY_METER: countedObjects(env.KEY_METER, 'KeyMeter'),
    LAKE_SEALER: countedObjects(env.LAKE_SEALER, 'LakeSealer'),
    HOUR_BATCH: countedWorkflow(env.HOUR_BATCH, 'HourBatch'),
    DAY_BATCH: countedWorkflow(env.DAY_BATCH, 'DayBatch'),
    SESSION_BATCH: countedWorkflow(env.SESSION_BATCH, 'SessionBatch'),
  };
}

/** A message is under way until the consumer has had it. */
function queueOf(queue: Env['EVENTS']): Env['EVENTS'] {
  const sendBatch = async (messages: Iterable<MessageSendRequest<Uint8Array>>): Promise<void> => {
    const sent = [...messages];
    await passGate();
    for (const { body } of sent) {
      count('queueOperations', 'queue write', queueUnits(body.byteLength));
      count('queueMessages', 'queue write');
      count('queueBytes', 'queue write', body.byteLength);
      begin();
    }
    await during(async () => await queue.sendBatch(sent));
  };
  const send = async (body: Uint8Array): Promise<void> => await sendBatch([{ body, contentType: 'bytes' }]);
  return { send, sendBatch } as unknown as Env['EVENTS'];
}
