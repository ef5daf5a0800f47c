import type { ShardPlan } from './shard-plan.ts';

/** A row of the region registry (D1 table `regions`, shipped in a migration). */
export interface RegionEntry {
  /** 1 to 65,535, never reused. Part of every packed key. */
  readonly number: number;
  readonly name: string;
  readonly continent: string;
  readonly latitude: number;
  readonly longitude: number;
  /** Absent where it has one shard for ever. */
  readonly shardPlan?: ShardPlan;
}

/** Name of the Durable Object that holds a shard. Only for numbers taken from the registry (ING-4). */
export function shardObjectName(regionNumber: number, shard: number): string {
  return `region-${regionNumber}-shard-${shard}`;
}

/** The hub all viewers share until there are hub shards. */
export const hubObjectName = 'hub-0';

/**
 * Packed INTEGER PRIMARY KEY of a window (epoch minute) or hour (epoch hour) of a shard:
 * (region number x 2^8 + shard) x 2^26 + minute, by arithmetic since it exceeds 32 bits.
 */
export function packedKey(regionNumber: number, shard: number, minuteOrHour: number): number {
  return (regionNumber * 256 + shard) * 67_108_864 + minuteOrHour;
}
