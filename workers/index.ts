/** The doors of the one Worker script (docs/decisions/0001): HTTP, the queue, and the classes of the objects. */
import { createApp } from './api/app.ts';
import { scheduled } from './batch/scheduled.ts';
import { handleQueue } from './consumer/handle-queue.ts';
import type { Env } from './env.ts';
import { watchEtlRuns } from './etl/watchdog.ts';
import { handleEvents } from './ingest/handle-events.ts';

export { KeyMeter } from '../durable-objects/key-meter/key-meter.ts';
export { LakeSealer } from '../durable-objects/lake-sealer/lake-sealer.ts';
export { LiveHub } from '../durable-objects/live-hub/live-hub.ts';
export { RegionWindow } from '../durable-objects/region-window/region-window.ts';
export { DayBatch } from './batch/day-batch.ts';
export { HourBatch } from './batch/hour-batch.ts';
export { Replay } from './batch/replay.ts';
export { SessionBatch } from './batch/session-batch.ts';
export { EtlRun } from './etl/etl-run.ts';

const app = createApp({ events: handleEvents });

export default {
  fetch: (request, env, ctx) => app.fetch(request, env, ctx),
  queue: (batch, env) => handleQueue(batch, env),
  scheduled: async (controller, env) => {
    await watchEtlRuns(controller, env);
    await scheduled(controller, env);
  },
} satisfies ExportedHandler<Env>;
