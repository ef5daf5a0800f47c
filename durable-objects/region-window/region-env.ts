import type { RegionUpdate } from '../../core/window/region-answer.ts';
import type { ShardAddress } from '../../core/window/verdict.ts';

/** The hub as a region sees it. */
export interface HubLink {
  /** Takes changed cells; `wanted` is false when nobody watches, and the region stops pushing. */
  update(update: RegionUpdate): Promise<{ readonly wanted: boolean }>;
}

/** The sealer of a shard as its region sees it. */
export interface SealerLink {
  /** Something is to be sealed; it is done in the sealer's own time. */
  kick(address: ShardAddress): Promise<void>;
}

/** What a region shard needs of the Worker's environment. */
export interface RegionEnv {
  readonly DB: D1Database;
  readonly REGION_WINDOW: DurableObjectNamespace;
  readonly LIVE_HUB: DurableObjectNamespace;
  readonly LAKE_SEALER: DurableObjectNamespace;
}
