/** Where a local run stops so that a test can kill it (core/lake/failpoints.ts). A deployment has none. */
import { logLine } from '../core/protocol/log-line.ts';

/** What of the Worker's environment is used. */
export interface FailpointEnv {
  readonly LAKE: R2Bucket;
  readonly ENVIRONMENT: string;
  /** Of a local run alone: `all`, or names with commas between (`wrangler dev --var "FAILPOINTS:before put"`). */
  readonly FAILPOINTS?: string;
}

/** Stops for good where a point is reached for the first time; null unless a local run asks for it. */
export function failpointsOf(env: FailpointEnv): ((point: string) => Promise<void>) | null {
  const { ENVIRONMENT, FAILPOINTS, LAKE } = env;
  if (ENVIRONMENT !== 'local' || !FAILPOINTS) return null;
  const named = new Set(FAILPOINTS.split(','));
  return async (point) => {
    if (!named.has('all') && !named.has(point)) return;
    // Outlives the kill, so that the next run gets further.
    const marked = await LAKE.put(`failpoints/${point}`, '', { onlyIf: { etagDoesNotMatch: '*' } });
    if (!marked) return;
    console.warn(logLine('warn', 'failpoint', { point }));
    await new Promise(() => undefined);
  };
}
