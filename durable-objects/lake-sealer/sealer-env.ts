import type { SealPlan } from '../../core/lake/seal-plan.ts';
import type { SealStanding } from '../../core/window/log-keeper.ts';
import type { StoredLogRow } from '../../core/window/log-row.ts';
import type { ShardAddress } from '../../core/window/verdict.ts';
import type { FailpointEnv } from '../../storage/failpoint.ts';

/** A region's shard as its sealer sees it (durable-objects/region-window). */
export interface ShardLink {
  sealStanding(): Promise<SealStanding | null>;
  logPage(fromRow: number, throughRow: number): Promise<readonly StoredLogRow[]>;
  keepSealPlan(address: ShardAddress, plan: SealPlan): Promise<SealPlan | null>;
  sealed(address: ShardAddress, plan: SealPlan): Promise<void>;
}

/** What a sealer needs of the Worker's environment. */
export interface SealerEnv extends FailpointEnv {
  readonly DB: D1Database;
  readonly REGION_WINDOW: DurableObjectNamespace;
}
