import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from 'cloudflare:workers';
import { pseudonymText } from '../../core/protocol/identity.ts';
import { etlChunkRowsMax, etlPauseMs } from '../../core/protocol/warehouse-limits.ts';
import { BatchWork } from '../../storage/batch-work.ts';
import type { EtlParams } from '../../storage/etl/etl-dispatch.ts';
import { SeenKeys } from '../../storage/etl/seen-keys.ts';
import { failpointsOf } from '../../storage/failpoint.ts';
import { loadIdentifier } from '../../storage/load-identifier.ts';
import { loadRegions } from '../../storage/region-registry.ts';
import type { Env } from '../env.ts';
import { takeEtlSteps } from './etl-steps.ts';
import { type EtlPorts, etlWorkFolder } from './ports.ts';

/** D1 or R2 may be away for a moment. Where they are for longer, the run fails, or the watchdog begins it again. */
const patient = {
  retries: { limit: 4, delay: '5 seconds', backoff: 'exponential' },
  timeout: '5 minutes',
} as const;

type Stop = (point: string) => Promise<void>;
const goOn: Stop = () => Promise.resolve();

/** Carries an ETL run on (ETL-1). Where it stands is in D1: steps only say what comes next, and any isolate may do it. */
export class EtlRun extends WorkflowEntrypoint<Env, EtlParams> {
  override async run({ payload }: Readonly<WorkflowEvent<EtlParams>>, step: WorkflowStep): Promise<string> {
    const stop = failpointsOf(this.env) ?? goOn;
    const act = async <T>(name: string, kind: string, work: () => Promise<T>): Promise<T> => {
      const whole = async (): Promise<T> => {
        // A local runtime serves nobody else while its steps follow each other: without this, live views stand still.
        await scheduler.wait(etlPauseMs);
        await stop(`before etl ${kind}`);
        const next = await work();
        await stop(`behind etl ${kind}`);
        return next;
      };
      // What steps return is plain data, which the platform's own type is too deep to say.
      return (await step.do(name, patient, whole as () => Promise<never>)) as T;
    };
    return await takeEtlSteps(act, () => portsOf(this.env, payload.runId, stop), this.env.ETL_RUN, payload);
  }
}

async function portsOf(env: Env, runId: string, stop: Stop): Promise<EtlPorts> {
  const work = new BatchWork(env.LAKE, runId, etlWorkFolder);
  const identifier = await loadIdentifier(env);
  return {
    db: env.DB,
    bucket: env.LAKE,
    work,
    keys: new SeenKeys(work),
    context: async (startedAtMs) => {
      const regions = new Map(
        (await loadRegions(env.DB, Date.now())).map(({ name, number }) => [name, number]),
      );
      return {
        nowMs: startedAtMs,
        pseudonymOf: (id) => pseudonymText(identifier.pseudonymVersion, identifier.user(id)),
        regionNumberOf: (name) => regions.get(name) ?? null,
      };
    },
    hashOf: (key) => identifier.session('import', key),
    now: Date.now,
    chunkRows: etlChunkRowsMax,
    within: (kind) => stop(`within etl ${kind}`),
  };
}
