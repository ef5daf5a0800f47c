import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from 'cloudflare:workers';
import type { ReplayParams } from '../../storage/replay-dispatch.ts';
import type { Env } from '../env.ts';
import { patientSteps } from './patient-steps.ts';
import { takeReplaySteps } from './replay-round.ts';
import { stopAtSteps } from './stop-at-steps.ts';

/** A hour of a region takes some seconds, and several go on at once. */
const pause = '5 seconds';

/**
 * Carries a replay on, round by round. It computes nothing itself: each hour is a run of HourBatch. Where D1 or a shard is
 * away for longer than the tries of a step last, the watchdog begins the instance again.
 */
export class Replay extends WorkflowEntrypoint<Env, ReplayParams> {
  override async run(
    { payload }: Readonly<WorkflowEvent<ReplayParams>>,
    steps: WorkflowStep,
  ): Promise<string> {
    const step = stopAtSteps(steps, 'replay', this.env);
    const wait = (name: string): Promise<void> => step.sleep(name, pause);
    return await takeReplaySteps(this.env, { ...patientSteps(step), wait }, payload, Date.now);
  }
}
