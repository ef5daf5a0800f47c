import type { KeyMeter } from '../durable-objects/key-meter/key-meter.ts';
import type { LakeSealer } from '../durable-objects/lake-sealer/lake-sealer.ts';
import type { LiveHub } from '../durable-objects/live-hub/live-hub.ts';
import type { RegionWindow } from '../durable-objects/region-window/region-window.ts';
import type { BatchParams } from '../storage/batch-dispatch.ts';
import type { DayParams } from '../storage/day-store.ts';
import type { EtlParams } from '../storage/etl/etl-dispatch.ts';
import type { ReplayParams } from '../storage/replay-dispatch.ts';
import type { SessionParams } from '../storage/warehouse/session-hours.ts';

/** Bindings and variables of the Worker; wrangler.toml declares them. */
export interface Env {
  readonly DB: D1Database;
  /** Dead letters (`dead/`), the Parquet lake (`lake/`), heads of the audit log (`audit/`), files to load (`imports/`) and runs that do (`etl/`). */
  readonly LAKE: R2Bucket;
  readonly EVENTS: Queue<Uint8Array>;
  readonly REGION_WINDOW: DurableObjectNamespace<RegionWindow>;
  readonly LIVE_HUB: DurableObjectNamespace<LiveHub>;
  /** One object a producer's key, named by the key's id. */
  readonly KEY_METER: DurableObjectNamespace<KeyMeter>;
  /** One instance a day of a region, named by what it is made of. */
  readonly DAY_BATCH: Workflow<DayParams>;
  /** One instance a run of the batch layer, named by the run's id. */
  readonly HOUR_BATCH: Workflow<BatchParams>;
  /** Instances of an ETL run, one after the other, named by its id and their number. */
  readonly ETL_RUN: Workflow<EtlParams>;
  /** One instance an hour of a region's sessions, named by what it is made of. */
  readonly SESSION_BATCH: Workflow<SessionParams>;
  /** Instances of a replay, one after the other, named by its id and their number. */
  readonly REPLAY: Workflow<ReplayParams>;
  /** One object a shard, named as the shard's own. */
  readonly LAKE_SEALER: DurableObjectNamespace<LakeSealer>;
  readonly ASSETS: Fetcher;
  /** "local" or "production". A local run keeps keys of its own in D1, and takes its own machine's names for safe. */
  readonly ENVIRONMENT: string;
  /** Of a local run alone: storage/failpoint.ts. */
  readonly FAILPOINTS?: string;
  /** Origins of other sites whose pages may use the API, comma separated; none where it is empty or missing. */
  readonly CORS_ORIGINS?: string;
  /** Of whose stitched sessions D1 has rows (SES-6): of one user in so many, "1" for all. */
  readonly SESSION_USERS_ONE_IN?: string;
  /** 32 hex digits. Required in a deployment; a local run keeps its own in D1. Never rotated (IDN-1). */
  readonly IDENTITY_KEY?: string;
  /** "VERSION:32 hex digits", e.g. "1:00..". Required in a deployment. */
  readonly PSEUDONYM_KEY?: string;
  /** Of the one issuer of bearer tokens (docs/operations.md): a secret of at least 32 bytes (HS256), */
  readonly JWT_SECRET?: string;
  /** or the address of its public keys, with the one algorithm that it signs by, RS256 or ES256. */
  readonly JWT_JWKS_URL?: string;
  readonly JWT_ALGORITHM?: string;
  readonly JWT_ISSUER?: string;
  readonly JWT_AUDIENCE?: string;
  /** Names of claims: `role`, `regions` and `name` where they are not given. */
  readonly JWT_ROLE_CLAIM?: string;
  readonly JWT_REGIONS_CLAIM?: string;
  readonly JWT_NAME_CLAIM?: string;
  /** Cloudflare Access: TEAM of TEAM.cloudflareaccess.com, audience tag, and JSON of roles by address or group. */
  readonly ACCESS_TEAM?: string;
  readonly ACCESS_AUDIENCE?: string;
  readonly ACCESS_ROLES?: string;
}
