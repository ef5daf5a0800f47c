/** The steps of a replay. Each can be done again, and any isolate can do the next: its state is in D1 (RPL-2). */

import { replayRoundsMax } from '../../core/protocol/batch-limits.ts';
import { errorFields, logLine } from '../../core/protocol/log-line.ts';
import { shardObjectName } from '../../core/protocol/region.ts';
import type { ShardAddress } from '../../core/window/verdict.ts';
import { dispatchRuns } from '../../storage/batch-dispatch.ts';
import { readShardsOf } from '../../storage/region-registry.ts';
import { beginReplay, type ReplayParams } from '../../storage/replay-dispatch.ts';
import { type LotOutcome, takeLot } from '../../storage/replay-lot.ts';
import { finishReplay, handOn, noteListed, readReplay, touchReplay } from '../../storage/replay-store.ts';
import type { Env } from '../env.ts';
import type { Steps } from './day-run.ts';

/** What of the Worker's environment a replay uses. */
export type ReplayEnv = Pick<Env, 'DB' | 'HOUR_BATCH' | 'REPLAY' | 'LAKE_SEALER'>;

/** Steps of which one does nothing for some seconds. */
interface WaitingSteps extends Steps {
  wait(name: string): Promise<void>;
}

/** Calls that seal one shard, of some 200 parts each: far more than a log holds. */
const sealCallsMax = 100;

/** One instance of the Workflow, round by round. Says whether the replay is over or the next instance goes on. */
export async function takeReplaySteps(
  env: ReplayEnv,
  steps: WaitingSteps,
  params: ReplayParams,
  now: () => number,
): Promise<string> {
  if (params.instance === 1) await steps.do('seal', () => sealRange(env, params, now));
  for (let round = 0; round < replayRoundsMax; round++) {
    const went = await steps.do(`round ${round}`, () => doRound(env, params, now()));
    if (went === 'over') return went;
    if (went === 'wait') await steps.wait(`pause ${round}`);
  }
  await steps.do('pass on', () => passOn(env, params, now()));
  return 'passed on';
}

/**
 * Has the shards seal what their logs hold, before it is looked which hours there are. One that cannot now is asked
 * again by each of its hours.
 */
async function sealRange(
  env: ReplayEnv,
  { replayId }: ReplayParams,
  now: () => number = Date.now,
): Promise<void> {
  const replay = await readReplay(env.DB, replayId);
  if (!replay) return;
  for (const regionNumber of replay.regions) {
    for (const address of await readShardsOf(env.DB, regionNumber)) {
      await sealShard(env, address).catch((error: unknown) => {
        console.warn(logLine('warn', 'replay_not_sealed', { ...address, ...errorFields(error) }));
      });
      await touchReplay(env.DB, replayId, now());
    }
  }
  await noteListed(env.DB, replay, now());
}

async function sealShard({ LAKE_SEALER }: ReplayEnv, address: ShardAddress): Promise<void> {
  const id = LAKE_SEALER.idFromName(shardObjectName(address.regionNumber, address.shard));
  for (let call = 0; call < sealCallsMax; call++)
    if ((await LAKE_SEALER.get(id).sealAll(address)) === 'sealed') return;
}

/** Begins what may begin, and ends the replay where all is over. */
async function doRound(
  env: ReplayEnv,
  { replayId, instance }: ReplayParams,
  nowMs: number,
): Promise<LotOutcome> {
  const outcome = await takeLot(env.DB, replayId, instance, nowMs);
  if (outcome === 'over') return outcome;
  await dispatchRuns(env.DB, env.HOUR_BATCH, nowMs);
  return (await finishReplay(env.DB, replayId, nowMs)) ? 'over' : outcome;
}

/** Begins the next instance. What dies between the two is found by the watchdog. */
export async function passOn(
  env: ReplayEnv,
  { replayId, instance }: ReplayParams,
  nowMs: number,
): Promise<void> {
  await handOn(env.DB, replayId, instance, nowMs);
  const replay = await readReplay(env.DB, replayId);
  if (replay?.state === 'running') await beginReplay(env.REPLAY, { replayId, instance: replay.instance });
}
