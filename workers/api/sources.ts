import { shardObjectName } from '../../core/protocol/region.ts';
import type { RegionAnswer } from '../../core/window/region-answer.ts';
import type { ShardAddress } from '../../core/window/verdict.ts';
import type { WindowParts } from '../../core/window/window-parts.ts';
import { readAlerts, readAlertsById } from '../../storage/alert-store.ts';
import { computableBefore } from '../../storage/batch-due.ts';
import { readLayers } from '../../storage/layer-store.ts';
import { readMinuteSums, readParts } from '../../storage/range-store.ts';
import type { Env } from '../env.ts';
import type { AlertSources } from './alert-reader.ts';
import type { Sources } from './range-reader.ts';
import { timed } from './request-scope.ts';

/** The call as it is over RPC. Spelled out here, because the platform's mapped type of it is too deep to use. */
interface RegionDoor {
  live(address: ShardAddress, fromMinute: number, wanted: WindowParts): Promise<RegionAnswer>;
}

/** Binds Sources to the objects and the database. Addresses come from the registry only (ING-4). */
export function sourcesOf(env: Pick<Env, 'DB' | 'REGION_WINDOW'>): Sources {
  const { DB, REGION_WINDOW } = env;
  return {
    live: (address, fromMinute, wanted) => {
      const id = REGION_WINDOW.idFromName(shardObjectName(address.regionNumber, address.shard));
      return timed(
        'shards',
        (REGION_WINDOW.get(id) as unknown as RegionDoor).live(address, fromMinute, wanted),
      );
    },
    stored: (plan, want) => timedLots(readParts(DB, plan, want)),
    layers: async (shards, { fromMinute, toMinute }) =>
      // Later hours are the stream's.
      fromMinute >= computableBefore(Date.now()) * 60
        ? { stream: true, batch: false }
        : await timed('d1', readLayers(DB, shards, fromMinute, toMinute)),
    minuteSums: (shards, { fromMinute, toMinute }) =>
      timed('d1', readMinuteSums(DB, shards, fromMinute, toMinute)),
  };
}

/** The same for alerts. */
export function alertSourcesOf(env: Pick<Env, 'DB' | 'REGION_WINDOW'>): AlertSources {
  return {
    live: sourcesOf(env).live,
    storedAlerts: (filter, page) => timed('d1', readAlerts(env.DB, filter, page)),
    storedById: (ids) => timed('d1', readAlertsById(env.DB, ids)),
  };
}

async function* timedLots<T>(lots: AsyncIterator<T>): AsyncGenerator<T> {
  for (;;) {
    const lot = await timed('d1', lots.next());
    if (lot.done) return;
    yield lot.value;
  }
}
