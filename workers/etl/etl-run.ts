import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from 'cloudflare:workers';
import type { EtlPhase } from '../../core/etl/etl-progress.ts';
import { pseudonymText } from '../../core/protocol/identity.ts';
import { errorFields, logLine } from '../../core/protocol/log-line.ts';
import { etlChunkRowsMax, etlPauseMs, etlStepsMax } from '../../core/protocol/warehouse-limits.ts';
import { BatchWork } from '../../storage/batch-work.ts';
import { beginEtlInstance, type EtlParams } from '../../storage/etl/etl-dispatch.ts';
import { handOnEtl } from '../../storage/etl/etl-store.ts';
import { SeenKeys } from '../../storage/etl/seen-keys.ts';
import { failpointsOf } from '../../storage/failpoint.ts';
import { loadIdentifier } from '../../storage/load-identifier.ts';
import { loadRegions } from '../../storage/region-registry.ts';
import type { Env } from '../env.ts';
import { type EtlPorts, etlWorkFolder } from './ports.ts';
import { doStep, failRun, nextStep } from './run-step.ts';

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
    const { runId } = payload;
    const stop = failpointsOf(this.env) ?? goOn;
    let held: Promise<EtlPorts> | null = null;
    const ports = async (): Promise<EtlPorts> => {
      held ??= portsOf(this.env, runId, stop);
      return await held;
    };
    const act = async (name: string, kind: string, work: () => Promise<EtlPhase>): Promise<EtlPhase> =>
      await step.do(name, patient, async () => {
        // A local runtime serves nobody else while its steps follow each other: without this, live views stand still.
        await scheduler.wait(etlPauseMs);
        await stop(`before etl ${kind}`);
        const next = await work();
        await stop(`behind etl ${kind}`);
        return next;
      });
    let next = await act('begin', 'begin', async () => await nextStep(await ports(), runId));
    for (let n = 0; n < etlStepsMax && next !== 'over'; n++) {
      const kind = next;
      try {
        next = await act(`${kind} ${n}`, kind, async () => await doStep(await ports(), runId, kind));
      } catch (error) {
        const { error: why } = errorFields(error);
        console.error(logLine('error', 'etl_step_failed', { run: runId, step: kind, ...errorFields(error) }));
        next = await act(`fail ${n}`, 'fail', async () => await failRun(await ports(), runId, String(why)));
      }
    }
    if (next === 'over') return next;
    await step.do('pass on', patient, () => passOn(this.env, payload));
    return 'passed on';
  }
}

/** The next instance goes on. Done again it is the same. */
async function passOn({ DB, ETL_RUN }: Env, { runId, instance }: EtlParams): Promise<null> {
  await handOnEtl(DB, runId, instance, Date.now());
  await beginEtlInstance(ETL_RUN, { runId, instance: instance + 1 });
  return null;
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
