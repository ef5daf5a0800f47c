/**
 * Folds closed windows through rules, minute by minute: a pure function of a base (what the windows before have left)
 * and the windows that live, so that late data that changes a window changes what follows from it (ALR-1).
 */
import { alertTracksMax } from '../protocol/limits.ts';
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

/** What the windows up to one leave behind. Plain data, kept in the shard's log. */
export interface AlertBase {
  /** Last window (epoch minute) that is folded. */
  readonly throughMinute: number;
  /** Last window with an event; null before the first. */
  readonly lastEventMinute: number | null;
  readonly tracks: readonly Track[];
  /** Windows whose lateness was ended early: [minute that was open, count], of minutes behind throughMinute. */
  readonly cuts: readonly (readonly [number, number])[];
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
  /** Ascending; those before the base are skipped. */
  readonly windows: readonly JudgedWindow[];
  /** Fold up to and including this window; minutes without a window are folded as empty. */
  readonly throughMinute: number;
  readonly rules: readonly AlertRule[];
  readonly closings: readonly Closing[];
  /** Closings that take effect behind throughMinute take effect at once: for what is shown, not for the base. */
  readonly closingsAhead?: boolean;
}

/** Of a longer silence (a machine that slept, a clock that jumped by years) only the end is folded. */
const gapMinutesMax = 1440;

export function emptyBase(throughMinute: number): AlertBase {
  return { throughMinute, lastEventMinute: null, tracks: [], cuts: [] };
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
  readonly #tracks: Map<string, Track>;
  readonly #open = new Map<string, Omit<Episode, 'resolved'>>();
  readonly #episodes: Episode[] = [];
  #lastEventMinute: number | null;

  constructor(base: AlertBase, input: FoldInput) {
    this.#base = base;
    this.#input = input;
    this.#lastEventMinute = base.lastEventMinute;
    this.#tracks = new Map(base.tracks.map((track) => [trackId(track), track]));
    for (const [id, { ruleId, ruleVersion, key, fired }] of this.#tracks) {
      const rule = input.rules.find((one) => one.id === ruleId && one.version === ruleVersion);
      if (rule && fired) this.#open.set(id, { trackId: id, rule, key, fired });
    }
  }

  run(): { readonly base: AlertBase; readonly episodes: readonly Episode[] } {
    const { throughMinute, windows } = this.#input;
    const byMinute = new Map(windows.map((window) => [window.minute, window]));
    const first = Math.min(throughMinute - gapMinutesMax, windows[0]?.minute ?? throughMinute);
    for (let minute = Math.max(this.#base.throughMinute + 1, first); minute <= throughMinute; minute++) {
      this.#fold(minute, byMinute.get(minute) ?? null);
    }
    const through = Math.max(throughMinute, this.#base.throughMinute);
    if (this.#input.closingsAhead) this.#closeWhere((minute) => minute > through);
    return {
      base: {
        throughMinute: through,
        lastEventMinute: this.#lastEventMinute,
        tracks: [...this.#tracks.values()],
        cuts: this.#base.cuts.filter(([minute]) => minute > through),
      },
      episodes: [...this.#episodes, ...[...this.#open.values()].map((one) => ({ ...one, resolved: null }))],
    };
  }

  #fold(minute: number, window: JudgedWindow | null): void {
    this.#closeWhere((at) => at === minute);
    if (window) this.#lastEventMinute = minute;
    const silentMinutes = this.#lastEventMinute === null ? null : minute - this.#lastEventMinute;
    const cut = this.#base.cuts.find(([at]) => at === minute);
    const measured = { silentMinutes, latenessCuts: cut?.[1] ?? 0 };
    const rules = rulesAt(this.#input.rules, minute);
    this.#dropOthers(rules, minute);
    for (const rule of rules) {
      if (rule.dimension === 'region') {
        this.#judge(rule, null, minute, { ...measured, counters: window?.counters ?? null });
      } else if (window) {
        for (const [key, counters] of window.keys(rule.dimension)) {
          this.#judge(rule, key, minute, { ...measured, counters });
        }
      }
    }
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
    if (!held && (judgement.verdict !== 'breach' || this.#tracks.size >= alertTracksMax)) return;
    const { track, event } = stepTrack(held ?? newTrack(rule, key), rule, minute, judgement);
    if (isIdle(track)) this.#tracks.delete(id);
    else this.#tracks.set(id, track);
    if (event === 'fired' && track.fired) this.#open.set(id, { trackId: id, rule, key, fired: track.fired });
    if (event === 'resolved') this.#end(id, resolvedBy(judgement, minute));
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
