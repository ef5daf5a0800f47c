import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from 'cloudflare:workers';
import { shardObjectName } from '../../core/protocol/region.ts';
import { type BatchParams, dispatchRuns } from '../../storage/batch-dispatch.ts';
import { BatchWork } from '../../storage/batch-work.ts';
import { r2PartSource } from '../../storage/lake/part-source.ts';
import { readPart } from '../../storage/lake/read-part.ts';
import type { Env } from '../env.ts';
import { HourRun } from './hour-run.ts';
import { takeHourSteps } from './hour-steps.ts';
import { patientSteps } from './patient-steps.ts';
import type { BatchPorts } from './ports.ts';
import { stopAtSteps } from './stop-at-steps.ts';

/** A run over one region and hour. Its state is in D1 (batch_runs) and R2; steps only say how it goes on. */
export class HourBatch extends WorkflowEntrypoint<Env, BatchParams> {
  override async run({ payload }: Readonly<WorkflowEvent<BatchParams>>, step: WorkflowStep): Promise<string> {
    const { DB, HOUR_BATCH } = this.env;
    const run = new HourRun(portsOf(this.env, payload.runId), payload);
    const steps = patientSteps(stopAtSteps(step, 'hour', this.env));
    return await takeHourSteps(run, steps, payload, () => dispatchRuns(DB, HOUR_BATCH, Date.now()));
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
