/** Places around the platform's calls at which a run stops so that it can be killed there, once for each folder. */
import { failpointsOf } from '../../../storage/failpoint.ts';
import { type StopPoint, stopPoints } from '../protocol.ts';
import type { FireEnv } from './fire-env.ts';

/** Reached in this process: the mark in R2 is looked at once. */
const reached = new Set<string>();

/** Points that are on no list are passed. */
export type Stop = (point: string) => Promise<void>;

export function stopsOf(env: FireEnv): Stop | null {
  const stop = failpointsOf(env);
  if (!stop) return null;
  return async (point) => {
    if (reached.has(point) || !stopPoints.includes(point as StopPoint)) return;
    reached.add(point);
    await stop(point);
  };
}

/** Points at which something has stood since the folder was new. */
export async function reachedStops(bucket: R2Bucket): Promise<string[]> {
  const prefix = 'failpoints/';
  const { objects } = await bucket.list({ prefix });
  return objects.map(({ key }) => key.slice(prefix.length));
}
