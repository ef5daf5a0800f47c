/** The steps of a replay. Each can be done again, and any isolate can do the next: its state is in D1 (RPL-2). */
import { errorFields, logLine } from '../../core/protocol/log-line.ts';
import { shardObjectName, shardsPerRegion } from '../../core/protocol/region.ts';
import type { ShardAddress } from '../../core/window/verdict.ts';
import { dispatchRuns } from '../../storage/batch-dispatch.ts';
import { beginReplay, type ReplayParams } from '../../storage/replay-dispatch.ts';
import { type LotOutcome, takeLot } from '../../storage/replay-lot.ts';
import { finishReplay, handOn, noteListed, readReplay, touchReplay } from '../../storage/replay-store.ts';
import type { Env } from '../env.ts';

/** Calls that seal one shard, of some 200 parts each: far more than a log holds. */
const sealCallsMax = 100;

/**
 * Has the shards seal what their logs hold, before it is looked which hours there are. One that cannot now is asked
 * again by each of its hours.
 */
export async function sealRange(env: Env, { replayId }: ReplayParams): Promise<void> {
  const replay = await readReplay(env.DB, replayId);
  if (!replay) return;
  for (const regionNumber of replay.regions) {
    for (let shard = 0; shard < shardsPerRegion; shard++) {
      await sealShard(env, { regionNumber, shard }).catch((error: unknown) => {
        console.warn(logLine('warn', 'replay_not_sealed', { regionNumber, shard, ...errorFields(error) }));
      });
      await touchReplay(env.DB, replayId, Date.now());
    }
  }
  await noteListed(env.DB, replay, Date.now());
}

async function sealShard({ LAKE_SEALER }: Env, address: ShardAddress): Promise<void> {
  const id = LAKE_SEALER.idFromName(shardObjectName(address.regionNumber, address.shard));
  for (let call = 0; call < sealCallsMax; call++)
    if ((await LAKE_SEALER.get(id).sealAll(address)) === 'sealed') return;
}

/** Begins what may begin, and ends the replay where all is over. */
export async function doRound(
  env: Env,
  { replayId, instance }: ReplayParams,
  nowMs: number,
): Promise<LotOutcome> {
  const outcome = await takeLot(env.DB, replayId, instance, nowMs);
  if (outcome === 'over') return outcome;
  await dispatchRuns(env.DB, env.HOUR_BATCH, nowMs);
  return (await finishReplay(env.DB, replayId, nowMs)) ? 'over' : outcome;
}

/** Begins the next instance. What dies between the two is found by the watchdog. */
export async function passOn(env: Env, { replayId, instance }: ReplayParams, nowMs: number): Promise<void> {
  await handOn(env.DB, replayId, instance, nowMs);
  const replay = await readReplay(env.DB, replayId);
  if (replay?.state === 'running') await beginReplay(env.REPLAY, { replayId, instance: replay.instance });
}
