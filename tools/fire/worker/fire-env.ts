import type { Env } from '../../../workers/env.ts';
import type { QueueStandIn } from './queue-stand-in.ts';

/** What a fire run has beside the product's environment. */
export interface FireEnv extends Env {
  /** Missing where the emulated queue is tried as it is. */
  readonly QUEUE_STAND_IN?: DurableObjectNamespace<QueueStandIn>;
  /** JSON of Disorder. */
  readonly FIRE_DISORDER?: string;
  /** The clock of the whole Worker is so far ahead, ms. */
  readonly FIRE_CLOCK_AHEAD_MS?: string;
  /** A smaller cap than the product's (WIN-8). */
  readonly FIRE_IDENTITIES_MAX?: string;
}

/** The one object that stands in for the queue. */
export const queueObjectName = 'queue';
