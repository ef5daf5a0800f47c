import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from 'cloudflare:workers';
import { userStepEventsMax } from '../../core/protocol/batch-limits.ts';
import { errorFields, logLine } from '../../core/protocol/log-line.ts';
import type { DayParams } from '../../storage/day-store.ts';
import { r2PartSource } from '../../storage/lake/part-source.ts';
import { readPart } from '../../storage/lake/read-part.ts';
import type { Env } from '../env.ts';
import { type DayPorts, runDay } from './day-run.ts';
import { patientSteps } from './patient-steps.ts';
import { stopAtSteps } from './stop-at-steps.ts';

/** A day of a region. One that fails stays due, and begins anew at a later look (days-due.ts). */
export class DayBatch extends WorkflowEntrypoint<Env, DayParams> {
  override async run({ payload }: Readonly<WorkflowEvent<DayParams>>, step: WorkflowStep): Promise<string> {
    const { DB, LAKE } = this.env;
    const ports: DayPorts = {
      db: DB,
      bucket: LAKE,
      read: (name, wanted) => readPart(r2PartSource(LAKE, name), wanted),
      now: Date.now,
      stepEvents: userStepEventsMax,
    };
    try {
      return await runDay(ports, patientSteps(stopAtSteps(step, 'day', this.env)), payload);
    } catch (error) {
      console.error(logLine('error', 'batch_day_failed', { ...payload, ...errorFields(error) }));
      throw error;
    }
  }
}
