import type { SealPlan } from '../../core/lake/seal-plan.ts';
import type { SealStanding } from '../../core/window/log-keeper.ts';
import type { StoredLogRow } from '../../core/window/log-row.ts';
import type { ShardAddress } from '../../core/window/verdict.ts';

/** A region's shard as its sealer sees it (durable-objects/region-window). */
export interface ShardLink {
  sealStanding(): Promise<SealStanding | null>;
  logPage(fromRow: number, throughRow: number): Promise<readonly StoredLogRow[]>;
  keepSealPlan(address: ShardAddress, plan: SealPlan): Promise<SealPlan | null>;
  sealed(address: ShardAddress, plan: SealPlan): Promise<void>;
}

/** What a sealer needs of the Worker's environment. */
export interface SealerEnv {
  readonly DB: D1Database;
  readonly LAKE: R2Bucket;
  readonly REGION_WINDOW: DurableObjectNamespace;
  readonly ENVIRONMENT: string;
  /** Of a local run alone (`wrangler dev --var "SEAL_FAILPOINT:before put"`): tests kill it there. */
  readonly SEAL_FAILPOINT?: string;
}
