import { errorFields, logLine } from '../../core/protocol/log-line.ts';
import { type RegionEntry, shardObjectName } from '../../core/protocol/region.ts';
import { shardsOf } from '../../core/protocol/shard-plan.ts';
import { storeDeadLetter } from '../../storage/dead-letters.ts';
import { loadRegions, renewRegions } from '../../storage/region-registry.ts';
import { saveRejectReports } from '../../storage/reject-store.ts';
import type { Env } from '../env.ts';
import { type ConsumerPorts, consume, type Delivery, retryDelaySeconds } from './consume.ts';
import { inOneBuffer } from './shard-batch.ts';

/** The queue's door: binds the consumer to the platform. */
export async function handleQueue(batch: MessageBatch, env: Env): Promise<void> {
  try {
    // It asks the registry before it takes anything: what throws here has done nothing.
    await consume(batch.messages.map(delivery), await bind(env));
  } catch (error) {
    console.error(logLine('error', 'registry_unavailable', errorFields(error)));
    const attempts = Math.max(...batch.messages.map((message) => message.attempts));
    batch.retryAll({ delaySeconds: retryDelaySeconds(attempts) });
  }
}

async function bind(env: Env): Promise<ConsumerPorts> {
  const known = shardNames(await loadRegions(env.DB, Date.now()));
  let newest: Promise<ReadonlySet<string>> | undefined;
  return {
    // A door may know a new region or shard before this isolate does: its events must not end as dead letters.
    async isShard({ regionNumber, shard }) {
      const name = shardObjectName(regionNumber, shard);
      if (known.has(name)) return true;
      newest ??= renewRegions(env.DB, Date.now()).then(shardNames);
      return (await newest).has(name);
    },
    receive: async ({ regionNumber, shard }, chunks) => {
      const id = env.REGION_WINDOW.idFromName(shardObjectName(regionNumber, shard));
      return env.REGION_WINDOW.get(id).receive({ regionNumber, shard }, inOneBuffer(chunks));
    },
    storeDeadLetter: (letter) => storeDeadLetter(env.LAKE, letter),
    saveRejectReports: (reports) => saveRejectReports(env.DB, reports),
  };
}

const shardNames = (regions: readonly RegionEntry[]): ReadonlySet<string> =>
  new Set(shardsOf(regions).map(({ regionNumber, shard }) => shardObjectName(regionNumber, shard)));

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
