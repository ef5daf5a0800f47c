/**
 * What a waking hub has to fetch, and how it went: the registry, the last hour and its alerts from D1, the state of
 * every shard. Each job fails and is tried again by itself, so that a region that cannot answer holds up no other.
 */
import type { ShardAddress } from '../window/verdict.ts';

export type HubJob =
  | { readonly job: 'registry' }
  | { readonly job: 'history' }
  | { readonly job: 'alerts' }
  | { readonly job: 'shard'; readonly address: ShardAddress };

interface Attempt {
  readonly job: HubJob;
  running: boolean;
  /** Has it ended once, well or badly? */
  settled: boolean;
  failures: number;
  /** ms; null unless it failed last. */
  retryAt: number | null;
}

/** By key of the job. */
export type HubJobs = Map<string, Attempt>;

const retryFirstMs = 1_000;
const retryLastMs = 60_000;

/** Doubles from one second to one minute. */
function retryAfterMs(failures: number): number {
  return Math.min(retryLastMs, retryFirstMs * 2 ** Math.min(failures - 1, 16));
}

function keyOf(job: HubJob): string {
  return job.job === 'shard' ? `${job.address.regionNumber}/${job.address.shard}` : job.job;
}

/** Notes that the job is to be carried out now; false when it is being carried out already. */
export function startJob(jobs: HubJobs, job: HubJob): boolean {
  const key = keyOf(job);
  const attempt = jobs.get(key) ?? { job, running: false, settled: false, failures: 0, retryAt: null };
  jobs.set(key, attempt);
  if (attempt.running) return false;
  attempt.running = true;
  attempt.retryAt = null;
  return true;
}

export function jobDone(jobs: HubJobs, job: HubJob): void {
  const attempt = jobs.get(keyOf(job));
  if (attempt) Object.assign(attempt, { running: false, settled: true, failures: 0, retryAt: null });
}

export function jobFailed(jobs: HubJobs, job: HubJob, now: number): void {
  const attempt = jobs.get(keyOf(job));
  if (!attempt) return;
  const failures = attempt.failures + 1;
  Object.assign(attempt, { running: false, settled: true, failures, retryAt: now + retryAfterMs(failures) });
}

export function allSettled(jobs: HubJobs): boolean {
  return [...jobs.values()].every((attempt) => attempt.settled);
}

export function dueJobs(jobs: HubJobs, now: number): HubJob[] {
  return [...jobs.values()].filter(({ retryAt }) => retryAt !== null && retryAt <= now).map(({ job }) => job);
}

export function nextRetryAt(jobs: HubJobs): number | null {
  const times = [...jobs.values()].flatMap(({ retryAt }) => (retryAt === null ? [] : [retryAt]));
  return times.length === 0 ? null : Math.min(...times);
}
