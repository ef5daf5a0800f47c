import type { RegionUpdate } from '../../core/window/region-answer.ts';

/** The hub as a region sees it. */
export interface HubLink {
  /** Takes changed cells; `wanted` is false when nobody watches, and the region stops pushing. */
  update(update: RegionUpdate): Promise<{ readonly wanted: boolean }>;
}

/** What a region shard needs of the Worker's environment. */
export interface RegionEnv {
  readonly DB: D1Database;
  readonly LIVE_HUB: DurableObjectNamespace;
}
