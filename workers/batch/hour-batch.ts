import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from 'cloudflare:workers';
import { errorFields, logLine } from '../../core/protocol/log-line.ts';
import { shardObjectName } from '../../core/protocol/region.ts';
import { type BatchParams, dispatchRuns } from '../../storage/batch-dispatch.ts';
import { BatchWork } from '../../storage/batch-work.ts';
import { r2PartSource } from '../../storage/lake/part-source.ts';
import { readPart } from '../../storage/lake/read-part.ts';
import type { Env } from '../env.ts';
import { HourRun } from './hour-run.ts';
import { type BatchPorts, done, type StepOutcome } from './ports.ts';
import { stopAtSteps } from './stop-at-steps.ts';

/** R2, D1 or a shard may be away for a moment. Where they are for longer, the run is put off. */
const patient = {
  retries: { limit: 4, delay: '5 seconds', backoff: 'exponential' },
  timeout: '5 minutes',
} as const;

/** A run over one region and hour. Its state is in D1 (batch_runs) and R2; steps only say how it goes on. */
export class HourBatch extends WorkflowEntrypoint<Env, BatchParams> {
  override async run(
    { payload }: Readonly<WorkflowEvent<BatchParams>>,
    steps: WorkflowStep,
  ): Promise<string> {
    const step = stopAtSteps(steps, 'hour', this.env);
    const run = new HourRun(portsOf(this.env, payload.runId), payload);
    const ended = await this.#compute(run, step).catch((error: unknown) => errorFields(error).error);
    if (typeof ended === 'string') {
      console.error(logLine('error', 'batch_run_put_off', { ...payload, error: ended }));
      await step.do('put off', patient, () => run.putOff(ended));
    } else if (ended.is === 'failed') {
      console.error(logLine('error', 'batch_run_failed', { ...payload, error: ended.why }));
      await step.do('note the failure', patient, () => run.fail(ended.why));
    }
    await step.do('clean up', patient, () => run.clean());
    await step.do('begin what waits', patient, () =>
      dispatchRuns(this.env.DB, this.env.HOUR_BATCH, Date.now()),
    );
    return typeof ended === 'string' ? 'put off' : ended.is;
  }

  async #compute(run: HourRun, step: WorkflowStep): Promise<StepOutcome<null>> {
    const sealed = await step.do('seal', patient, () => run.seal());
    if (sealed.is !== 'done') return sealed;
    const planned = await step.do('plan', patient, () => run.plan());
    if (planned.is !== 'done') return planned;
    const steps: [string, () => Promise<StepOutcome<null>>][] = [];
    for (const [shard, { slices, scans }] of planned.value.suspects.entries()) {
      for (let slice = 0; slice < slices; slice++) {
        for (let scan = 0; scan < scans; scan++)
          steps.push([`scan ${shard}.${slice}.${scan}`, () => run.scan(shard, slice, scan)]);
        steps.push([`judge ${shard}.${slice}`, () => run.judge(shard, slice)]);
      }
    }
    for (let at = 0; at < planned.value.folds; at++) steps.push([`fold ${at}`, () => run.fold(at)]);
    steps.push(['finish', () => run.finish()]);
    for (const [name, act] of steps) {
      const outcome = await step.do(name, patient, act);
      if (outcome.is !== 'done') return outcome;
    }
    return done(null);
  }
}

function portsOf(env: Env, runId: string): BatchPorts {
  return {
    db: env.DB,
    work: new BatchWork(env.LAKE, runId),
    sealHour: async (address, hour) => {
      const id = env.LAKE_SEALER.idFromName(shardObjectName(address.regionNumber, address.shard));
      return await env.LAKE_SEALER.get(id).sealHour(address, hour);
    },
    readPart: (name, wanted) => readPart(r2PartSource(env.LAKE, name), wanted),
    now: Date.now,
  };
}
