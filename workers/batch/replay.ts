import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from 'cloudflare:workers';
import { replayRoundsMax } from '../../core/protocol/batch-limits.ts';
import type { ReplayParams } from '../../storage/replay-dispatch.ts';
import type { Env } from '../env.ts';
import { doRound, passOn, sealRange } from './replay-round.ts';
import { stopAtSteps } from './stop-at-steps.ts';

/** D1 or a shard may be away for a moment; where they are for longer, the watchdog begins the instance again. */
const patient = {
  retries: { limit: 4, delay: '5 seconds', backoff: 'exponential' },
  timeout: '5 minutes',
} as const;

/** A hour of a region takes some seconds, and several go on at once. */
const pause = '5 seconds';

/** Carries a replay on, round by round. It computes nothing itself: each hour is a run of HourBatch. */
export class Replay extends WorkflowEntrypoint<Env, ReplayParams> {
  override async run(
    { payload }: Readonly<WorkflowEvent<ReplayParams>>,
    steps: WorkflowStep,
  ): Promise<string> {
    const step = stopAtSteps(steps, 'replay', this.env);
    if (payload.instance === 1) await step.do('seal', patient, () => sealRange(this.env, payload));
    for (let round = 0; round < replayRoundsMax; round++) {
      const went = await step.do(`round ${round}`, patient, () => doRound(this.env, payload, Date.now()));
      if (went === 'over') return went;
      if (went === 'wait') await step.sleep(`pause ${round}`, pause);
    }
    await step.do('pass on', patient, () => passOn(this.env, payload, Date.now()));
    return 'passed on';
  }
}
