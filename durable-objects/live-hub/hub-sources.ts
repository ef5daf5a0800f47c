import type { HubEffect, KnownAlert, MinuteTotals } from '../../core/live/hub-state.ts';
import { hubObjectName, type RegionEntry, shardObjectName } from '../../core/protocol/region.ts';
import type { PackedWindow } from '../../core/window/packed-window.ts';
import type { RegionAnswer } from '../../core/window/region-answer.ts';
import type { ShardAddress } from '../../core/window/verdict.ts';
import { readLiveAlerts } from '../../storage/alert-store.ts';
import { loadRegions } from '../../storage/region-registry.ts';
import { readTotals, readWindows } from '../../storage/window-store.ts';
import { type ToldAnswer, wholeAnswer } from './told-by-region.ts';

/** What a hub needs of the Worker's environment. */
export interface HubEnv {
  readonly DB: D1Database;
  readonly REGION_WINDOW: DurableObjectNamespace;
}

/** A region shard as a hub sees it. */
interface RegionLink {
  lease(address: ShardAddress, hub: string, untilMs: number): Promise<ToldAnswer>;
}

type HistoryRange = Extract<HubEffect, { type: 'read_history' }>;

/** Where a waking hub gets its picture from. Calls may fail, and are made again by the hub. */
export interface HubSources {
  registry(): Promise<readonly RegionEntry[]>;
  /** The last hour as D1 has it. */
  history(range: HistoryRange): Promise<{ windows: PackedWindow[]; totals: MinuteTotals[] }>;
  /** Alerts that fire, and those that were resolved since then. */
  alerts(sinceMs: number): Promise<readonly KnownAlert[]>;
  /** The state of a shard, and a lease on it: until then it pushes its updates. */
  lease(address: ShardAddress, untilMs: number): Promise<RegionAnswer>;
}

/** `hubName`: under which a region finds the hub again. */
export function platformSources(env: HubEnv, hubName: string = hubObjectName): HubSources {
  return {
    registry: () => loadRegions(env.DB, Date.now()),
    async history({ shards, fromMinute, wholeFromMinute, toMinute }) {
      const [totals, windows] = await Promise.all([
        readTotals(env.DB, shards, fromMinute, wholeFromMinute),
        readWindows(env.DB, shards, wholeFromMinute, toMinute),
      ]);
      return { windows, totals };
    },
    alerts: (sinceMs) => readLiveAlerts(env.DB, sinceMs),
    async lease(address, untilMs) {
      // The address is of the registry (ING-4).
      const id = env.REGION_WINDOW.idFromName(shardObjectName(address.regionNumber, address.shard));
      const link = env.REGION_WINDOW.get(id) as unknown as RegionLink;
      return wholeAnswer(await link.lease(address, hubName, untilMs));
    },
  };
}
