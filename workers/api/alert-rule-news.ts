import { errorFields } from '../../core/protocol/log-line.ts';
import { shardObjectName } from '../../core/protocol/region.ts';
import { shardsOf } from '../../core/protocol/shard-plan.ts';
import { loadRegions } from '../../storage/region-registry.ts';
import type { Env } from '../env.ts';
import { logForRequest } from './request-scope.ts';

/** The call as it is over RPC. Spelled out here, because the platform's mapped type of it is too deep to use. */
interface RegionDoor {
  renewRules(): Promise<void>;
}

/** Tells every shard that rules have changed. One that cannot be told reads them with an alarm, as each does (ALR-2). */
export async function tellShards(env: Env): Promise<void> {
  const regions = await loadRegions(env.DB, Date.now());
  const names = shardsOf(regions).map(({ regionNumber, shard }) => shardObjectName(regionNumber, shard));
  await Promise.all(names.map((name) => tell(env, name)));
}

async function tell({ REGION_WINDOW }: Env, name: string): Promise<void> {
  try {
    await (REGION_WINDOW.get(REGION_WINDOW.idFromName(name)) as unknown as RegionDoor).renewRules();
  } catch (error) {
    logForRequest('warn', 'shard_untold', { shard: name, ...errorFields(error) });
  }
}
