/** The life of one rule for one region, content or device (ALR-1): inactive, pending, firing, resolved. */
import type { AlertRule } from './alert-rule.ts';
import type { Judgement } from './judge.ts';

/** What completed the condition. */
export interface Cause {
  /** First window (epoch minute) of those that caused it. */
  readonly pendingMinute: number;
  readonly minute: number;
  /** Mean over the windows that caused it. */
  readonly value: number;
  readonly attempts: number | null;
}

/**
 * Plain data, kept in the shard's log. Absent for a track that is inactive and was healthy last: that is the rule, and
 * costs nothing.
 */
export interface Track {
  readonly ruleId: string;
  readonly ruleVersion: number;
  /** The content or device; null for the region as a whole. */
  readonly key: string | null;
  /** Windows in breach one after the other, not yet enough: [minute, value, attempts]. */
  readonly run: readonly (readonly [number, number, number | null])[];
  /** Null unless it fires. */
  readonly fired: Cause | null;
  /** Healthy windows one after the other while it fires. */
  readonly healthy: number;
  /** A person closed it: it does not fire again before a healthy window. */
  readonly closed: boolean;
}

export interface TrackStep {
  readonly track: Track;
  readonly event: 'fired' | 'resolved' | null;
}

export function newTrack({ id, version }: AlertRule, key: string | null): Track {
  return { ruleId: id, ruleVersion: version, key, run: [], fired: null, healthy: 0, closed: false };
}

/** Inactive, and nothing to remember. */
export function isIdle({ run, fired, closed }: Track): boolean {
  return run.length === 0 && fired === null && !closed;
}

/** The track after a window that decided. */
export function stepTrack(track: Track, rule: AlertRule, minute: number, judgement: Judgement): TrackStep {
  if (track.fired) return stepFiring(track, rule, judgement);
  if (judgement.verdict !== 'breach') {
    const closed = track.closed && judgement.verdict !== 'healthy';
    return { track: { ...track, run: [], closed }, event: null };
  }
  if (track.closed) return { track, event: null };
  const run = [...track.run, [minute, judgement.value, judgement.attempts] as const].slice(-rule.windows);
  if (run.length < rule.windows) return { track: { ...track, run }, event: null };
  return { track: { ...track, run: [], fired: causeOf(run, minute), healthy: 0 }, event: 'fired' };
}

function stepFiring(track: Track, rule: AlertRule, { verdict }: Judgement): TrackStep {
  const healthy = verdict === 'healthy' ? track.healthy + 1 : 0;
  if (healthy < rule.resolveWindows) return { track: { ...track, healthy }, event: null };
  return { track: { ...track, fired: null, healthy: 0 }, event: 'resolved' };
}

function causeOf(run: Track['run'], minute: number): Cause {
  const values = run.map(([, value]) => value);
  const attempts = run.map(([, , count]) => count).filter((count) => count !== null);
  return {
    pendingMinute: run[0]?.[0] ?? minute,
    minute,
    value: values.reduce((sum, value) => sum + value, 0) / values.length,
    attempts: attempts.length === 0 ? null : attempts.reduce((sum, count) => sum + count, 0),
  };
}
