import { errorFields, logLine } from '../../core/protocol/log-line.ts';
import { shardObjectName } from '../../core/protocol/region.ts';
import type { ShardAddress } from '../../core/window/verdict.ts';
import type { RegionEnv, SealerLink } from './region-env.ts';

/** Tells a shard's sealer that something is to be sealed. */
export async function kickSealer(
  { LAKE_SEALER }: Pick<RegionEnv, 'LAKE_SEALER'>,
  address: ShardAddress,
): Promise<void> {
  try {
    const id = LAKE_SEALER.idFromName(shardObjectName(address.regionNumber, address.shard));
    await (LAKE_SEALER.get(id) as unknown as SealerLink).kick(address);
  } catch (error) {
    // Told again in a minute.
    console.warn(logLine('warn', 'sealer_not_told', { ...address, ...errorFields(error) }));
  }
}
