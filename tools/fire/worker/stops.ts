/** Places around the platform's calls at which a run stops so that it can be killed there, once for each folder. */
import { failpointsOf } from '../../../storage/failpoint.ts';
import type { StopPoint } from '../protocol.ts';
import type { FireEnv } from './fire-env.ts';

/** Reached in this process: the mark in R2 is looked at once. */
const reached = new Set<string>();

export type Stop = (point: StopPoint) => Promise<void>;

export function stopsOf(env: FireEnv): Stop | null {
  const stop = failpointsOf(env);
  if (!stop) return null;
  return async (point) => {
    if (reached.has(point)) return;
    reached.add(point);
    await stop(point);
  };
}

/** The marks of all points are taken away: they are stopped at anew. */
export async function clearStops(bucket: R2Bucket): Promise<void> {
  reached.clear();
  const { objects } = await bucket.list({ prefix: 'failpoints/' });
  if (objects.length > 0) await bucket.delete(objects.map(({ key }) => key));
}
