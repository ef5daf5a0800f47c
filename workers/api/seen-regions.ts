import { maySeeRegion } from '../../core/access/caller.ts';
import type { RegionEntry } from '../../core/protocol/region.ts';
import { loadRegions } from '../../storage/region-registry.ts';
import type { BodyFault } from './problem-response.ts';
import { person } from './request-scope.ts';

/** Of a body that names a region which is none. */
export const unknownRegions: BodyFault = {
  pointer: '/regions',
  message: 'must be names of the registry, as /api/stats/regions has them',
};

/** The regions of the registry that the caller may see: another is as one that does not exist (ACC-2). */
export async function seenRegions(db: D1Database, nowMs: number): Promise<RegionEntry[]> {
  const asking = person();
  return (await loadRegions(db, nowMs)).filter(({ name }) => maySeeRegion(asking, name));
}
