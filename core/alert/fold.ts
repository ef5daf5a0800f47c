/**
 * Folds closed windows through rules, minute by minute: a pure function of a base (what the windows before have left)
 * and the windows that live, so that late data that changes a window changes what follows from it (ALR-1).
 */
import { alertSilenceMinutesMax, alertTracksMax, OTHER_KEY } from '../protocol/limits.ts';
import type { AlertRule } from './alert-rule.ts';
import { type Judgement, judge, type Measured } from './judge.ts';
import { type Cause, isIdle, newTrack, stepTrack, type Track } from './track.ts';

/** A closed window as rules see it. */
export interface JudgedWindow {
  readonly minute: number;
  readonly counters: ArrayLike<number>;
  /** Counters by content or device. */
  readonly keys: (dimension: 'content' | 'device') => Iterable<readonly [string, ArrayLike<number>]>;
}

/** What a shard knows of minutes beside their windows. */
export interface NotedMinutes {
  /** Windows whose lateness was ended early: [minute that was open, count], of minutes behind throughMinute. */
  readonly cuts: readonly (readonly [number, number])[];
  /** Minutes behind throughMinute that something received shows not to be silent, whatever its time. */
  readonly received: readonly number[];
}

/** What the windows up to one leave behind. Plain data, kept in the shard's log. */
export interface AlertBase extends NotedMinutes {
  /** Last window (epoch minute) that is folded. */
  readonly throughMinute: number;
  /** Last minute that was not silent; null before the first. */
  readonly lastHeardMinute: number | null;
  readonly tracks: readonly Track[];
}

/** A person has closed what a track fired with; takes effect before window `minute` is judged. */
export interface Closing {
  readonly trackId: string;
  readonly minute: number;
}

export interface Episode {
  readonly trackId: string;
  readonly rule: AlertRule;
  readonly key: string | null;
  readonly fired: Cause;
  readonly resolved: Resolved | null;
}

export interface Resolved {
  readonly minute: number;
  readonly value: number | null;
  readonly attempts: number | null;
  readonly why: 'healthy' | 'rule_changed' | 'closed';
}

export interface FoldInput {
  /** In any order; those outside of what is folded do not matter. */
  readonly windows: readonly JudgedWindow[];
  /** Fold up to and including this window; minutes without a window are folded as empty. */
  readonly throughMinute: number;
  readonly rules: readonly AlertRule[];
  readonly closings: readonly Closing[];
  /** What the region's other shards have noted: they keep it themselves until it is folded. */
  readonly others?: NotedMinutes;
  /** Closings that take effect behind throughMinute take effect at once: for what is shown, not for the base. */
  readonly closingsAhead?: boolean;
}

export function emptyBase(throughMinute: number): AlertBase {
  return { throughMinute, lastHeardMinute: null, tracks: [], cuts: [], received: [] };
}

/** Which track an episode, a closing or a recorded alert belongs to. */
export function trackId(track: Pick<Track, 'ruleId' | 'ruleVersion' | 'key'>): string {
  return JSON.stringify([track.ruleId, track.ruleVersion, track.key]);
}

/** The base behind `throughMinute`, and every episode that fired at the base or since. */
export function foldAlerts(
  base: AlertBase,
  input: FoldInput,
): { readonly base: AlertBase; readonly episodes: readonly Episode[] } {
  return new Fold(base, input).run();
}

/** The version of each rule that judges a window: the newest that has taken effect, if it is enabled. */
export function rulesAt(rules: readonly AlertRule[], minute: number): AlertRule[] {
  const newest = new Map<string, AlertRule>();
  for (const rule of rules) {
    const held = newest.get(rule.id);
    if (rule.fromMinute <= minute && (!held || held.version < rule.version)) newest.set(rule.id, rule);
  }
  return [...newest.values()].filter(({ enabled }) => enabled);
}

class Fold {
  readonly #base: AlertBase;
  readonly #input: FoldInput;
  readonly #through: number;
  readonly #tracks: Map<string, Track>;
  readonly #cuts = new Map<number, number>();
  readonly #received: ReadonlySet<number>;
  readonly #open = new Map<string, Omit<Episode, 'resolved'>>();
  readonly #episodes: Episode[] = [];
  #lastHeardMinute: number | null;
  /** The rules in force, and the first minute in which they may be others. */
  #inForce: readonly AlertRule[] = [];
  #inForceTo = Number.NEGATIVE_INFINITY;

  constructor(base: AlertBase, input: FoldInput) {
    this.#base = base;
    this.#input = input;
    this.#through = Math.max(input.throughMinute, base.throughMinute);
    this.#lastHeardMinute = base.lastHeardMinute;
    const others = input.others ?? { cuts: [], received: [] };
    for (const [at, count] of [...base.cuts, ...others.cuts])
      this.#cuts.set(at, (this.#cuts.get(at) ?? 0) + count);
    this.#received = new Set([...base.received, ...others.received]);
    this.#tracks = new Map(base.tracks.map((track) => [trackId(track), track]));
    for (const [id, { ruleId, ruleVersion, key, fired }] of this.#tracks) {
      const rule = input.rules.find((one) => one.id === ruleId && one.version === ruleVersion);
      if (rule && fired) this.#open.set(id, { trackId: id, rule, key, fired });
    }
  }

  run(): { readonly base: AlertBase; readonly episodes: readonly Episode[] } {
    const byMinute = new Map(this.#input.windows.map((window) => [window.minute, window]));
    const stops = this.#stops(byMinute);
    let minute = this.#base.throughMinute + 1;
    while (minute <= this.#through) {
      if (this.#isDull(minute) && !stops.includes(minute)) {
        minute = stops.find((stop) => stop > minute) ?? this.#through + 1;
      } else this.#fold(minute, byMinute.get(minute++) ?? null);
    }
    if (this.#input.closingsAhead) this.#closeWhere((at) => at > this.#through);
    return {
      base: {
        throughMinute: this.#through,
        lastHeardMinute: this.#lastHeardMinute,
        tracks: [...this.#tracks.values()],
        cuts: this.#base.cuts.filter(([at]) => at > this.#through),
        received: this.#base.received.filter((at) => at > this.#through),
      },
      episodes: [...this.#episodes, ...[...this.#open.values()].map((one) => ({ ...one, resolved: null }))],
    };
  }

  /** Minutes in which something happens, ascending. */
  #stops(byMinute: ReadonlyMap<number, JudgedWindow>): readonly number[] {
    const { rules, closings } = this.#input;
    const minutes = [
      ...byMinute.keys(),
      ...rules.map(({ fromMinute }) => fromMinute),
      ...closings.map(({ minute }) => minute),
      ...this.#cuts.keys(),
      ...this.#received,
    ];
    return minutes.filter((minute) => minute <= this.#through).sort((a, b) => a - b);
  }

  /**
   * Whether nothing can come of an empty minute, since all before were empty for so long. It depends on nothing but
   * the windows and the rules, so that the same comes out wherever a fold begins.
   */
  #isDull(minute: number): boolean {
    if (this.#lastHeardMinute === null) return this.#tracks.size === 0;
    const inForce = this.#input.rules.map(({ fromMinute }) => fromMinute).filter((from) => from <= minute);
    return minute - Math.max(this.#lastHeardMinute, ...inForce) > alertSilenceMinutesMax;
  }

  #fold(minute: number, window: JudgedWindow | null): void {
    this.#closeWhere((at) => at === minute);
    if (window || this.#received.has(minute)) this.#lastHeardMinute = minute;
    const silentMinutes = this.#lastHeardMinute === null ? null : minute - this.#lastHeardMinute;
    const measured = { silentMinutes, latenessCuts: this.#cuts.get(minute) ?? 0 };
    const rules = this.#rulesAt(minute);
    for (const rule of rules) {
      if (rule.dimension === 'region') {
        this.#judge(rule, null, minute, { ...measured, counters: window?.counters ?? null });
      } else if (window) {
        for (const [key, counters] of window.keys(rule.dimension)) {
          // What the others have in common is no content or device: each window has others.
          if (key !== OTHER_KEY) this.#judge(rule, key, minute, { ...measured, counters });
        }
      }
    }
  }

  /** Minutes come in order: the rules are chosen, and tracks of others end, where a version takes effect. */
  #rulesAt(minute: number): readonly AlertRule[] {
    if (minute < this.#inForceTo) return this.#inForce;
    const { rules } = this.#input;
    this.#inForce = rulesAt(rules, minute);
    this.#inForceTo = Math.min(...rules.map(({ fromMinute }) => fromMinute).filter((from) => from > minute));
    this.#dropOthers(this.#inForce, minute);
    return this.#inForce;
  }

  /** Tracks of versions that judge no longer. */
  #dropOthers(rules: readonly AlertRule[], minute: number): void {
    for (const [id, { ruleId, ruleVersion }] of this.#tracks) {
      if (rules.some((rule) => rule.id === ruleId && rule.version === ruleVersion)) continue;
      this.#tracks.delete(id);
      this.#end(id, { minute, value: null, attempts: null, why: 'rule_changed' });
    }
  }

  #judge(rule: AlertRule, key: string | null, minute: number, measured: Measured): void {
    const judgement = judge(rule, measured);
    if (!judgement) return;
    const id = trackId({ ruleId: rule.id, ruleVersion: rule.version, key });
    const held = this.#tracks.get(id);
    if (!held && (judgement.verdict !== 'breach' || !this.#hasRoom(key, minute))) return;
    const { track, event } = stepTrack(held ?? newTrack(rule, key, minute), rule, minute, judgement);
    if (isIdle(track)) this.#tracks.delete(id);
    else this.#tracks.set(id, track);
    if (event === 'fired' && track.fired) this.#open.set(id, { trackId: id, rule, key, fired: track.fired });
    if (event === 'resolved') this.#end(id, resolvedBy(judgement, minute));
  }

  /**
   * Whether another track may be followed. Contents come and go: one that was in breach once and then had too few
   * attempts to decide would hold its place for ever, so the one that has been silent for longest gives way.
   */
  #hasRoom(key: string | null, minute: number): boolean {
    if (key === null) return true;
    const keyed = [...this.#tracks].filter(([, track]) => track.key !== null);
    if (keyed.length < alertTracksMax) return true;
    const waiting = keyed.filter(([, track]) => !track.fired && track.minute < minute);
    waiting.sort(([, a], [, b]) => Number(a.closed) - Number(b.closed) || a.minute - b.minute);
    const [oldest] = waiting;
    return oldest !== undefined && this.#tracks.delete(oldest[0]);
  }

  #closeWhere(isDue: (minute: number) => boolean): void {
    for (const closing of this.#input.closings) if (isDue(closing.minute)) this.#close(closing);
  }

  #close({ trackId: id, minute }: Closing): void {
    const track = this.#tracks.get(id);
    if (!track?.fired) return;
    this.#tracks.set(id, { ...track, fired: null, healthy: 0, closed: true });
    this.#end(id, { minute, value: null, attempts: null, why: 'closed' });
  }

  #end(id: string, resolved: Resolved): void {
    const episode = this.#open.get(id);
    this.#open.delete(id);
    if (episode) this.#episodes.push({ ...episode, resolved });
  }
}

function resolvedBy({ value, attempts }: Judgement, minute: number): Resolved {
  return { minute, value, attempts, why: 'healthy' };
}
