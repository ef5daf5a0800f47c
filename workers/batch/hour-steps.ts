/** In which order a run over an hour takes its steps, and what becomes of one that fails: the same whatever carries steps out. */
import { errorFields, logLine } from '../../core/protocol/log-line.ts';
import type { BatchParams } from '../../storage/batch-dispatch.ts';
import type { Steps } from './day-run.ts';
import type { HourRun } from './hour-run.ts';
import { done, type StepOutcome } from './ports.ts';

/** Carries the run out. `beginNext` begins what waited for its place. Says how it ended. */
export async function takeHourSteps(
  run: HourRun,
  steps: Steps,
  params: BatchParams,
  beginNext: () => Promise<unknown>,
): Promise<string> {
  const ended = await compute(run, steps).catch((error: unknown) => errorFields(error).error);
  if (typeof ended === 'string') {
    console.error(logLine('error', 'batch_run_put_off', { ...params, error: ended }));
    await steps.do('put off', () => run.putOff(ended));
  } else if (ended.is === 'failed') {
    console.error(logLine('error', 'batch_run_failed', { ...params, error: ended.why }));
    await steps.do('note the failure', () => run.fail(ended.why));
  }
  await steps.do('clean up', () => run.clean());
  await steps.do('begin what waits', beginNext);
  return typeof ended === 'string' ? 'put off' : ended.is;
}

async function compute(run: HourRun, steps: Steps): Promise<StepOutcome<null>> {
  const sealed = await steps.do('seal', () => run.seal());
  if (sealed.is !== 'done') return sealed;
  const planned = await steps.do('plan', () => run.plan());
  if (planned.is !== 'done') return planned;
  const all: [string, () => Promise<StepOutcome<null>>][] = [];
  for (const [shard, { slices, scans }] of planned.value.suspects.entries()) {
    for (let slice = 0; slice < slices; slice++) {
      for (let scan = 0; scan < scans; scan++)
        all.push([`scan ${shard}.${slice}.${scan}`, () => run.scan(shard, slice, scan)]);
      all.push([`judge ${shard}.${slice}`, () => run.judge(shard, slice)]);
    }
  }
  for (let at = 0; at < planned.value.folds; at++) all.push([`fold ${at}`, () => run.fold(at)]);
  all.push(['finish', () => run.finish()]);
  for (const [name, act] of all) {
    const outcome = await steps.do(name, act);
    if (outcome.is !== 'done') return outcome;
  }
  return done(null);
}
