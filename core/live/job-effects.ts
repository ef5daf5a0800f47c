/** Which jobs are due, and what they ask of the shell. */
import { unreachable } from '../protocol/assert.ts';
import {
  leaseMs,
  leaseRenewMs,
  liveAlertsMs,
  liveMinutesMs,
  livePanesMs,
  windowMs,
} from '../protocol/limits.ts';
import { shardsOf } from '../protocol/shard-plan.ts';
import type { ShardAddress } from '../window/verdict.ts';
import type { HubEffect, HubLife } from './hub-state.ts';
import { dueJobs, type HubJob, nextRetryAt, startJob } from './jobs.ts';

/**
 * Once a minute: leases, the registry, and the alerts of D1, should word of an acknowledgement have been lost. And the
 * last hour: of a window that died, was stored and let go by a shard that died before its push, nobody else tells.
 */
export function renewWhenDue(life: HubLife, now: number): HubEffect[] {
  if (now < life.renewAt) return [];
  life.renewAt = now + leaseRenewMs;
  const shards = shardsOf(life.registry).map((address): HubJob => ({ job: 'shard', address }));
  // Before the registry is there, no region has a past.
  const history: HubJob[] = shards.length === 0 ? [] : [{ job: 'history' }];
  return start(life, [{ job: 'registry' }, { job: 'alerts' }, ...shards, ...history], now);
}

export function retryWhenDue(life: HubLife, now: number): HubEffect[] {
  return start(life, dueJobs(life.jobs, now), now);
}

export function start(life: HubLife, jobs: readonly HubJob[], now: number): HubEffect[] {
  return jobs.filter((job) => startJob(life.jobs, job)).map((job) => effectOf(life, job, now));
}

function effectOf(life: HubLife, job: HubJob, now: number): HubEffect {
  switch (job.job) {
    case 'registry':
      return { type: 'load_registry' };
    case 'history':
      return {
        type: 'read_history',
        shards: shardsOf(life.registry),
        fromMinute: Math.floor((now - liveMinutesMs) / windowMs),
        wholeFromMinute: Math.floor((now - livePanesMs) / windowMs),
        toMinute: Math.floor(now / windowMs) + 1,
      };
    case 'alerts':
      return { type: 'read_alerts', sinceMs: now - liveAlertsMs };
    case 'shard':
      return { type: 'pull', address: job.address, untilMs: now + leaseMs };
    default:
      return unreachable(job);
  }
}

export function addressOf({ regionNumber, shard }: ShardAddress): ShardAddress {
  return { regionNumber, shard };
}

/** The alarm stands at the earliest of: leases to renew, a job to retry, a paused viewer to close. */
export function alarmWhenNeeded(life: HubLife): HubEffect[] {
  const at = Math.min(life.renewAt, life.stallAt, nextRetryAt(life.jobs) ?? Number.POSITIVE_INFINITY);
  if (life.alarmAt !== null && life.alarmAt <= at) return [];
  life.alarmAt = at;
  return [{ type: 'alarm', at }];
}
