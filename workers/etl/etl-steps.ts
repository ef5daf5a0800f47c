/** In which order an ETL run takes its steps (ETL-1), and what becomes of one that fails: the same whatever carries steps out. */
import type { EtlPhase } from '../../core/etl/etl-progress.ts';
import { errorFields, logLine } from '../../core/protocol/log-line.ts';
import { etlStepsMax } from '../../core/protocol/warehouse-limits.ts';
import { beginEtlInstance, type EtlParams } from '../../storage/etl/etl-dispatch.ts';
import { handOnEtl } from '../../storage/etl/etl-store.ts';
import type { EtlPorts } from './ports.ts';
import { doStep, failRun, nextStep } from './run-step.ts';

/** A step that is done is not done again, and what it gave is remembered; `kind` is of its work. */
type Act = <T>(name: string, kind: string, work: () => Promise<T>) => Promise<T>;

/** One instance of the Workflow. Where the run stands is in D1: steps only say what comes next, and any isolate may do it. */
export async function takeEtlSteps(
  act: Act,
  makePorts: () => Promise<EtlPorts>,
  workflow: Workflow<EtlParams>,
  params: EtlParams,
  stepsMax = etlStepsMax,
): Promise<string> {
  const { runId } = params;
  let held: EtlPorts | null = null;
  const ports = async (): Promise<EtlPorts> => {
    held ??= await makePorts();
    return held;
  };
  let next = await act('begin', 'begin', async () => await nextStep(await ports(), runId));
  for (let n = 0; n < stepsMax && next !== 'over'; n++) {
    const kind: Exclude<EtlPhase, 'over'> = next;
    try {
      next = await act(`${kind} ${n}`, kind, async () => await doStep(await ports(), runId, kind));
    } catch (error) {
      const { error: why } = errorFields(error);
      console.error(logLine('error', 'etl_step_failed', { run: runId, step: kind, ...errorFields(error) }));
      next = await act(`fail ${n}`, 'fail', async () => await failRun(await ports(), runId, String(why)));
    }
  }
  if (next === 'over') return next;
  await act('pass on', 'pass on', async () => await passOn(await ports(), workflow, params));
  return 'passed on';
}

/** The next instance goes on. Done again it is the same. */
async function passOn(
  { db, now }: EtlPorts,
  workflow: Workflow<EtlParams>,
  { runId, instance }: EtlParams,
): Promise<null> {
  await handOnEtl(db, runId, instance, now());
  await beginEtlInstance(workflow, { runId, instance: instance + 1 });
  return null;
}
