import { version } from '../../package.json';
import { isMigrated, NotMigratedError } from '../../storage/migrated.ts';
import { loadRegions } from '../../storage/region-registry.ts';
import { isoTime } from './figures.ts';
import { jsonResponse } from './problem-response.ts';
import type { ApiContext } from './stats-query.ts';

/** GET /health: whether the service can work. Once it could, this isolate never asks the database again. */
export function healthDoor(): (context: ApiContext) => Promise<Response> {
  let migrated = false;
  return async (context) => {
    migrated ||= await isMigrated(context.env.DB);
    if (!migrated) throw new NotMigratedError();
    return jsonResponse({ status: 'ok', version, migrated });
  };
}

/** GET /api/health: the parts, each asked now. */
export async function partsHealth(context: ApiContext): Promise<Response> {
  const startedMs = Date.now();
  if (!(await isMigrated(context.env.DB))) throw new NotMigratedError();
  const answeredMs = Date.now();
  const regions = await loadRegions(context.env.DB, startedMs);
  return jsonResponse({
    status: 'ok',
    version,
    environment: context.env.ENVIRONMENT,
    time: isoTime(startedMs),
    components: {
      d1: { status: 'ok', migrated: true, latency_ms: answeredMs - startedMs },
      regions: { status: 'ok', count: regions.length },
    },
  });
}
