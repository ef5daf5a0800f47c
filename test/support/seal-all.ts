/** A sealer whose lake takes everything at once. */
import type { SealPlan } from '../../core/lake/seal-plan.ts';
import type { RegionEffect } from '../../core/window/effect.ts';
import type { Region } from '../../core/window/region.ts';

/** A plan for all that the log holds and no plan before has sealed. */
export function planOfRest({ log, totals }: Region): SealPlan {
  const { throughRow, partsDone, incarnation, lastRow } = log.standing;
  const { counted, late, duplicates } = totals;
  return {
    region: 'Nowhere',
    shard: 0,
    incarnation,
    firstRow: throughRow + 1,
    lastRow,
    parts: [],
    partsBefore: partsDone,
    partsAfter: 0,
    loggedThrough: counted + late + duplicates,
    formatVersion: 1,
  };
}

/** Seals what the log holds. */
export function sealAll(region: Region): RegionEffect[] {
  const { plan, effects } = region.log.keepPlan(planOfRest(region));
  return plan ? [...effects, ...region.log.sealed(plan, null)] : effects;
}
