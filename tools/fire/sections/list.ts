// All sections, in the order of a full run: what is quick to fail first.
import { bombs } from './bombs.ts';
import { clocks } from './clocks.ts';
import { deliveries } from './deliveries.ts';
import { evictions } from './evictions.ts';
import { failpoints } from './failpoints.ts';
import { identities } from './identities.ts';
import { kills } from './kills.ts';
import { memory } from './memory.ts';
import { d1Down, lateWrites, queueFlaky, queueRefuses, r2Down } from './outages.ts';
import { overload } from './overload.ts';
import { poison } from './poison.ts';
import type { Section } from './section.ts';
import { stockQueue } from './stock-queue.ts';
import { upgrade } from './upgrade.ts';
import { viewers } from './viewers.ts';
import { wake } from './wake.ts';

export const sections: readonly Section[] = [
  queueRefuses,
  queueFlaky,
  lateWrites,
  poison,
  clocks,
  wake,
  memory,
  upgrade,
  evictions,
  deliveries,
  d1Down,
  r2Down,
  kills,
  failpoints,
  stockQueue,
  viewers,
  overload,
  identities,
  bombs,
];
