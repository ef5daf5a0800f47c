// A region of several shards in the tables of the batch layer: all of its shards are counted, whatever they are read from.
import { env } from 'cloudflare:workers';
import { beforeAll, expect, test } from 'vitest';
import { packedKey } from '../../../core/protocol/region.ts';
import { shardPlanText } from '../../../core/protocol/shard-plan.ts';
import { rollUpHour } from '../../../storage/hour-store.ts';
import { mergeDue } from '../../../storage/merge-contents.ts';
import { loadRegions } from '../../../storage/region-registry.ts';
import { saveWindows } from '../../../storage/window-store.ts';
import { midnight, modelEvents, windowsOf } from '../../storage/packed-windows.ts';
import { rowsOf } from './ask.ts';

const firstHour = midnight / 60;
const hours = 3;
const events = modelEvents(11, 3000, hours * 60, 2);
const shards = [...new Set(events.map(({ shard }) => shard))];
const range = `from=${new Date(firstHour * 3_600_000).toISOString()}&to=${new Date((firstHour + hours) * 3_600_000).toISOString()}`;

beforeAll(async () => {
  const plan = shardPlanText([{ fromHour: firstHour, shards: shards.length }]);
  await env.DB.prepare('UPDATE regions SET shard_plan = ?1 WHERE number IN (1, 2)').bind(plan).run();
  await saveWindows(env.DB, windowsOf(events));
  for (const regionNumber of [1, 2]) {
    for (let hour = firstHour; hour < firstHour + hours; hour++) {
      for (const shard of shards) await rollUpHour(env.DB, regionNumber, shard, hour);
      await env.DB.prepare(
        `INSERT INTO batch_hours (key, run_id, generation, parts, parts_digest, events, late_added, late_twins, computed_at)
         VALUES (?1, 'run', 1, 1, '', 0, 0, 0, '2026-11-21T05:00:00.000Z')`,
      )
        .bind(packedKey(regionNumber, 0, hour))
        .run();
    }
  }
});

test('[BAT-6, IDN-2b] all shards of a region are in its tables, before its contents are merged and after', async () => {
  expect(shards.length).toBeGreaterThan(1);
  const views = events.filter(({ type }) => type === 'view').length;
  for (const merged of [0, hours]) {
    if (merged > 0) {
      const regions = await loadRegions(env.DB, Date.now());
      expect(await mergeDue(env.DB, regions, firstHour + hours, 24)).toMatchObject({ hours: merged });
    }
    const hourly = await rowsOf(`/api/batch/hourly-stats?${range}`);
    expect(hourly.data.reduce((sum, row) => sum + Number(row.total_events), 0)).toBe(events.length);
    expect(hourly.meta).toMatchObject({ hours: { computed: 2 * hours, of: 2 * hours } });
    const movies = await rowsOf(`/api/batch/popular-movies?${range}`);
    expect(movies.data.reduce((sum, row) => sum + Number(row.view_count), 0)).toBe(views);
  }
});
