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

/** Windows in breach one after the other, not yet enough. Sums, so that no rule makes a track long. */
export interface Run {
  readonly pendingMinute: number;
  readonly windows: number;
  readonly valueSum: number;
  readonly attemptsSum: number | null;
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
  /** Last window (epoch minute) that decided. */
  readonly minute: number;
  readonly run: Run | null;
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

export function newTrack({ id, version }: AlertRule, key: string | null, minute: number): Track {
  return { ruleId: id, ruleVersion: version, key, minute, run: null, fired: null, healthy: 0, closed: false };
}

/** Inactive, and nothing to remember. */
export function isIdle({ run, fired, closed }: Track): boolean {
  return run === null && fired === null && !closed;
}

/** The track after a window that decided. */
export function stepTrack(held: Track, rule: AlertRule, minute: number, judgement: Judgement): TrackStep {
  const track = { ...held, minute };
  if (track.fired) return stepFiring(track, rule, judgement);
  if (judgement.verdict !== 'breach') {
    const closed = track.closed && judgement.verdict !== 'healthy';
    return { track: { ...track, run: null, closed }, event: null };
  }
  if (track.closed) return { track, event: null };
  const run = longer(track.run, minute, judgement);
  if (run.windows < rule.windows) return { track: { ...track, run }, event: null };
  return { track: { ...track, run: null, fired: causeOf(run, minute), healthy: 0 }, event: 'fired' };
}

function stepFiring(track: Track, rule: AlertRule, { verdict }: Judgement): TrackStep {
  const healthy = verdict === 'healthy' ? track.healthy + 1 : 0;
  if (healthy < rule.resolveWindows) return { track: { ...track, healthy }, event: null };
  return { track: { ...track, fired: null, healthy: 0 }, event: 'resolved' };
}

function longer(run: Run | null, minute: number, { value, attempts }: Judgement): Run {
  if (!run) return { pendingMinute: minute, windows: 1, valueSum: value, attemptsSum: attempts };
  return {
    pendingMinute: run.pendingMinute,
    windows: run.windows + 1,
    valueSum: run.valueSum + value,
    attemptsSum: attempts === null ? null : (run.attemptsSum ?? 0) + attempts,
  };
}

function causeOf({ pendingMinute, windows, valueSum, attemptsSum }: Run, minute: number): Cause {
  return { pendingMinute, minute, value: valueSum / windows, attempts: attemptsSum };
}
