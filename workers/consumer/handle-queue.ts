import { errorFields, logLine } from '../../core/protocol/log-line.ts';
import { shardObjectName } from '../../core/protocol/region.ts';
import { storeDeadLetter } from '../../storage/dead-letters.ts';
import { loadRegions } from '../../storage/region-registry.ts';
import { saveRejectReports } from '../../storage/reject-store.ts';
import type { Env } from '../env.ts';
import { type ConsumerPorts, consume, type Delivery, retryDelaySeconds } from './consume.ts';

/** The queue's door: binds the consumer to the platform. */
export async function handleQueue(batch: MessageBatch, env: Env): Promise<void> {
  let ports: ConsumerPorts;
  try {
    ports = await bind(env);
  } catch (error) {
    console.error(logLine('error', 'registry_unavailable', errorFields(error)));
    const attempts = Math.max(...batch.messages.map((message) => message.attempts));
    batch.retryAll({ delaySeconds: retryDelaySeconds(attempts) });
    return;
  }
  await consume(batch.messages.map(delivery), ports);
}

async function bind(env: Env): Promise<ConsumerPorts> {
  const regions = new Set((await loadRegions(env.DB, Date.now())).map((region) => region.number));
  return {
    isRegion: (number) => regions.has(number),
    receive: async ({ regionNumber, shard }, chunks) => {
      const id = env.REGION_WINDOW.idFromName(shardObjectName(regionNumber, shard));
      return env.REGION_WINDOW.get(id).receive({ regionNumber, shard }, chunks);
    },
    storeDeadLetter: (letter) => storeDeadLetter(env.LAKE, letter),
    saveRejectReports: (reports) => saveRejectReports(env.DB, reports),
  };
}

function delivery(message: Message): Delivery {
  return {
    id: message.id,
    attempts: message.attempts,
    sentAtMs: message.timestamp.getTime(),
    body: bytesOf(message.body),
    ack: () => message.ack(),
    retry: (options) => message.retry(options),
  };
}

/** Bodies are sent as bytes; anything else is not ours and ends in the dead-letter store as it is. */
function bytesOf(body: unknown): Uint8Array {
  if (body instanceof Uint8Array) return body;
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  return new TextEncoder().encode(JSON.stringify(body) ?? '');
}
