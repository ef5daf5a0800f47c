/** The hourly check of the accounts (ING-6d): alerts into D1, and to whoever watches. */
import { errorFields, logLine } from '../../core/protocol/log-line.ts';
import { hubObjectName, shardObjectName } from '../../core/protocol/region.ts';
import type { ShardAddress } from '../../core/window/verdict.ts';
import type { ShardLog } from '../../storage/account-reader.ts';
import { checkAccounts } from '../../storage/loss-check.ts';
import { loadRegions } from '../../storage/region-registry.ts';
import type { Env } from '../env.ts';

export async function checkLosses({ DB, LAKE, REGION_WINDOW, LIVE_HUB }: Env, nowMs: number): Promise<void> {
  const shard = ({ regionNumber, shard: number }: ShardAddress): ShardLog => {
    const id = REGION_WINDOW.idFromName(shardObjectName(regionNumber, number));
    return REGION_WINDOW.get(id) as unknown as ShardLog;
  };
  const regions = await loadRegions(DB, nowMs);
  const changed = await checkAccounts({ db: DB, bucket: LAKE, shard }, regions, nowMs);
  if (changed.length === 0) return;
  console.warn(logLine('warn', 'data_loss', { alerts: changed.map(({ record }) => record.id) }));
  try {
    await LIVE_HUB.get(LIVE_HUB.idFromName(hubObjectName)).alerted(changed);
  } catch (error) {
    // A hub that cannot be told reads them from D1 when it wakes.
    console.warn(logLine('warn', 'hub_untold', errorFields(error)));
  }
}
