import { shardObjectName } from '../../core/protocol/region.ts';
import type { RegionAnswer } from '../../core/window/region-answer.ts';
import type { ShardAddress } from '../../core/window/verdict.ts';
import { readHours } from '../../storage/hour-store.ts';
import { readPanes, readTotals, readWindows } from '../../storage/window-store.ts';
import type { Env } from '../env.ts';
import type { Sources } from './range-reader.ts';
import { timed } from './request-scope.ts';

/** The call as it is over RPC. Spelled out here, because the platform's mapped type of it is too deep to use. */
interface RegionDoor {
  live(address: ShardAddress, fromMinute: number): Promise<RegionAnswer>;
}

/** Binds Sources to the objects and the database. Addresses come from the registry only (ING-4). */
export function sourcesOf(env: Pick<Env, 'DB' | 'REGION_WINDOW'>): Sources {
  const { DB, REGION_WINDOW } = env;
  return {
    live: (address, fromMinute) => {
      const id = REGION_WINDOW.idFromName(shardObjectName(address.regionNumber, address.shard));
      return timed('shards', (REGION_WINDOW.get(id) as unknown as RegionDoor).live(address, fromMinute));
    },
    totals: (shards, { fromMinute, toMinute }) => timed('d1', readTotals(DB, shards, fromMinute, toMinute)),
    panes: (shards, { fromMinute, toMinute }) => timed('d1', readPanes(DB, shards, fromMinute, toMinute)),
    windows: (shards, { fromMinute, toMinute }) => timed('d1', readWindows(DB, shards, fromMinute, toMinute)),
    hours: (shards, fromHour, toHour) => timed('d1', readHours(DB, shards, fromHour, toHour)),
  };
}
