/** Writing the region registry (CAT-4). */
import { catalogRegionsMax } from '../../core/protocol/catalog-limits.ts';
import type { RegionEntry } from '../../core/protocol/region.ts';
import { needsMigration } from '../migrated.ts';
import { forgetRegions } from '../region-registry.ts';

/** The registry as D1 has it now: whoever has written wants to see what was written. */
export async function readRegions(db: D1Database): Promise<RegionEntry[]> {
  const sql = 'SELECT number, name, continent, latitude, longitude FROM regions ORDER BY number';
  const { results } = await needsMigration(() => db.prepare(sql).all<RegionEntry>());
  return results;
}

/**
 * One statement, so that two new regions never get one number. Numbers are parts of keys: none is changed, and since
 * none is removed, the next one has never been in use.
 */
const putSql = `INSERT INTO regions (number, name, continent, latitude, longitude)
  SELECT last + 1, ?1, ?2, ?3, ?4 FROM (SELECT coalesce(max(number), 0) AS last, count(*) AS held FROM regions)
  WHERE held < ${catalogRegionsMax} OR EXISTS (SELECT 1 FROM regions WHERE name = ?1)
  ON CONFLICT (name) DO UPDATE
  SET continent = excluded.continent, latitude = excluded.latitude, longitude = excluded.longitude`;

/** Makes a region, or gives one another place. False where the registry is full. */
export async function putRegion(db: D1Database, region: Omit<RegionEntry, 'number'>): Promise<boolean> {
  const { name, continent, latitude, longitude } = region;
  const statement = db.prepare(putSql).bind(name, continent, latitude, longitude);
  const { meta } = await needsMigration(() => statement.run());
  forgetRegions(db);
  return meta.changes > 0;
}
