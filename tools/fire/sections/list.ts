// All sections, in the order of a full run: what is quick to fail first.
import { deliveries } from './deliveries.ts';
import { evictions } from './evictions.ts';
import { failpoints } from './failpoints.ts';
import { kills } from './kills.ts';
import { d1Down, lateWrites, queueFlaky, queueRefuses, r2Down } from './outages.ts';
import type { Section } from './section.ts';
import { stockQueue } from './stock-queue.ts';

export const sections: readonly Section[] = [
  queueRefuses,
  queueFlaky,
  lateWrites,
  evictions,
  deliveries,
  d1Down,
  r2Down,
  kills,
  failpoints,
  stockQueue,
];
