/**
 * What a shard has said about its alerts, and what it has to say now. The windows that live are folded anew each time;
 * where that gives something else than what was recorded, the difference is recorded, once: a new alert, the end of
 * one, or a correction by late data (ALR-1).
 */
import { FormatError } from '../protocol/bytes.ts';
import { windowMs } from '../protocol/limits.ts';
import { parseJson } from '../window/region-knowledge.ts';
import { minuteOf } from '../window/time.ts';
import type { WindowOrigin } from '../window/window-state.ts';
import type { AlertRecord } from './alert-record.ts';
import type { AlertRule } from './alert-rule.ts';
import {
  type AlertBase,
  type Closing,
  type Episode,
  foldAlerts,
  type JudgedWindow,
  trackId,
} from './fold.ts';
import { closedBy, correctedAway, type Heard, newRecord, revised } from './record.ts';

/** What a shard needs to know to judge: copied from D1, so that an outage of it changes nothing. */
export interface AlertSetup {
  /** Name of the region. */
  readonly region: string;
  readonly rules: readonly AlertRule[];
}

interface Entry {
  readonly record: AlertRecord;
  /** Newest change of it that D1 has confirmed; -1 before. */
  readonly confirmedChange: number;
}

interface StoredBook {
  readonly v: 1;
  readonly change: number;
  readonly entries: readonly Entry[];
  readonly closings: readonly Closing[];
}

export class AlertBook {
  readonly #origin: WindowOrigin;
  #base: AlertBase;
  /** What the closed windows that still live have added to the base. */
  #latest: AlertBase;
  #setup: AlertSetup | null;
  #change: number;
  readonly #entries: Map<string, Entry>;
  #closings: readonly Closing[];
  /** When a silence may be told that is held back because something was just received (epoch minute); null for none. */
  #heldBackTo: number | null = null;
  /** Last window that was judged in this life, or died before it. */
  #judgedMinute: number;

  /** Throws FormatError on a stored book that cannot be read. */
  constructor(origin: WindowOrigin, base: AlertBase, stored: string | null, setup: AlertSetup | null) {
    this.#origin = origin;
    this.#base = base;
    this.#latest = base;
    this.#setup = setup;
    this.#judgedMinute = base.throughMinute;
    const book = stored === null ? null : decodeBook(stored);
    this.#change = book?.change ?? 0;
    this.#entries = new Map((book?.entries ?? []).map((entry) => [entry.record.id, entry]));
    this.#closings = book?.closings ?? [];
  }

  /** What a log row and the snapshot keep. */
  get base(): AlertBase {
    return this.#base;
  }

  /** Whether closed windows up to this one wait to be judged. */
  isBehind(closedMinute: number): boolean {
    return this.#setup !== null && closedMinute > this.#judgedMinute;
  }

  get judgedMinute(): number {
    return this.#judgedMinute;
  }

  get setup(): AlertSetup | null {
    return this.#setup;
  }

  /** Alerts that fire, and resolved ones that may still change or that D1 may lack; by time of creation. */
  get records(): readonly AlertRecord[] {
    return [...this.#entries.values()].map(({ record }) => record);
  }

  /** States that D1 lacks. */
  get due(): readonly AlertRecord[] {
    const lacking = [...this.#entries.values()].filter(
      (one) => one.confirmedChange < one.record.revision.change,
    );
    return lacking.map(({ record }) => record);
  }

  /** The end of the window (epoch minute) at which time alone may change something; null for none. */
  get nextMinute(): number | null {
    if (!this.#setup) return null;
    const { tracks, lastEventMinute } = this.#latest;
    const silence = this.#setup.rules.find(({ metric, enabled }) => metric === 'silent_minutes' && enabled);
    const latenessCut = this.records.some(isFiringCut);
    const cutAhead = this.#base.cuts.some(([minute]) => minute > this.#judgedMinute);
    if (latenessCut || cutAhead) return this.#judgedMinute + 1;
    if (this.#heldBackTo !== null) return Math.max(this.#heldBackTo, this.#judgedMinute + 1);
    if (!silence || lastEventMinute === null) return null;
    const isTold = tracks.some((track) => track.ruleId === silence.id && (track.fired || track.closed));
    const minute = lastEventMinute + Math.ceil(silence.threshold);
    return isTold || minute <= this.#judgedMinute ? null : minute;
  }

  /** Takes the rules as D1 has them now. True when the copy changed: it is to be stored. */
  setUp(setup: AlertSetup): boolean {
    const held = this.#setup;
    const rules = setup.rules.map((rule) => this.#inTime(rule));
    if (held && held.region === setup.region && JSON.stringify(held.rules) === JSON.stringify(rules))
      return false;
    this.#setup = { region: setup.region, rules };
    return true;
  }

  /** Notes that the lateness of windows was ended early while `minute` was open (WIN-8b). */
  noteCut(minute: number): void {
    const count = this.#base.cuts.find(([at]) => at === minute)?.[1] ?? 0;
    const others = this.#base.cuts.filter(([at]) => at !== minute);
    this.#base = { ...this.#base, cuts: [...others, [minute, count + 1]] };
  }

  /**
   * Judges the closed windows up to `throughMinute`. True when there is something new to store. A region that is
   * receiving is not silent: while a back-fill comes in, the windows behind it are empty. `receivedAtMs`: when
   * something was received last, ms; null for never.
   */
  judge(
    windows: readonly JudgedWindow[],
    throughMinute: number,
    nowMs: number,
    receivedAtMs: number | null,
  ): boolean {
    if (!this.#setup) return false;
    const judgedBefore = this.#judgedMinute;
    this.#judgedMinute = Math.max(judgedBefore, throughMinute);
    const { base, episodes } = this.#fold(windows, this.#judgedMinute, true);
    this.#latest = base;
    const before = this.#change;
    this.#record(episodes, { nowMs, judgedBefore, receivedAtMs, region: this.#setup.region });
    return this.#change !== before;
  }

  /** Windows up to `throughMinute` have died: what they say stands for ever. To be judged before. */
  advance(windows: readonly JudgedWindow[], throughMinute: number): void {
    if (throughMinute <= this.#base.throughMinute) return;
    this.#base = this.#fold(windows, throughMinute, false).base;
    this.#judgedMinute = Math.max(this.#judgedMinute, throughMinute);
    this.#closings = this.#closings.filter(({ minute }) => minute > throughMinute);
    this.#forget();
  }

  /** A person closes an alert. */
  close(id: string, nowMs: number): 'closed' | 'resolved' | 'absent' {
    const entry = this.#entries.get(id);
    if (!entry) return 'absent';
    if (entry.record.state === 'resolved') return 'resolved';
    const minute = Math.max(this.#judgedMinute, this.#base.throughMinute) + 1;
    this.#closings = [...this.#closings, { trackId: trackOf(entry.record), minute }];
    this.#put(closedBy(entry.record, minute, nowMs));
    return 'closed';
  }

  /** D1 holds these states. */
  confirm(records: readonly AlertRecord[]): void {
    for (const { id, revision } of records) {
      const entry = this.#entries.get(id);
      if (entry) this.#entries.set(id, { ...entry, confirmedChange: revision.change });
    }
    this.#forget();
  }

  encode(): string {
    const stored: StoredBook = {
      v: 1,
      change: this.#change,
      entries: [...this.#entries.values()],
      closings: this.#closings,
    };
    return JSON.stringify(stored);
  }

  #fold(windows: readonly JudgedWindow[], throughMinute: number, closingsAhead: boolean) {
    const rules = this.#setup?.rules ?? [];
    return foldAlerts(this.#base, { windows, throughMinute, rules, closings: this.#closings, closingsAhead });
  }

  #record(episodes: readonly Episode[], heard: Heard): void {
    const recorded = this.records.filter((record) => !this.#isSettled(record));
    const left = new Set(recorded);
    const fresh: Episode[] = [];
    const pair = (episode: Episode, record: AlertRecord | undefined) => {
      if (!record) return false;
      left.delete(record);
      const next = revised(record, episode, heard);
      if (next) this.#put(next);
      return true;
    };
    const isOf = (record: AlertRecord, episode: Episode) => trackOf(record) === episode.trackId;
    // Those that fired at the same window first: what overlaps may be another's.
    const others = episodes.filter((episode) => {
      const same = [...left].find((one) => isOf(one, episode) && one.windowMinute === episode.fired.minute);
      return !pair(episode, same);
    });
    for (const episode of others) {
      const moved = [...left].find((one) => isOf(one, episode) && overlaps(one, episode));
      if (!pair(episode, moved)) fresh.push(episode);
    }
    for (const record of left) {
      const gone = correctedAway(record, heard);
      if (gone) this.#put(gone);
    }
    this.#heldBackTo = null;
    for (const episode of fresh) {
      const heldBackTo = silenceToldAt(episode, heard);
      if (heldBackTo === null) this.#put(newRecord(episode, this.#origin, this.#freeId(episode), heard));
      else if (!episode.resolved) this.#heldBackTo = heldBackTo;
    }
  }

  /** Late data may move an alert to another window, whose own alert then finds the id taken. */
  #freeId({ rule, key, fired }: Episode): string {
    const name = key === null ? '' : `.${encodeURIComponent(key.toWellFormed())}`;
    const id = `${rule.id}.${rule.version}.${this.#origin.regionNumber}.${fired.minute}${name}`;
    let free = id;
    for (let n = 2; this.#entries.has(free); n++) free = `${id}~${n}`;
    return free;
  }

  #put(record: AlertRecord): void {
    const { generation, incarnation } = this.#origin;
    const revision = { generation, incarnation, change: ++this.#change };
    const confirmedChange = this.#entries.get(record.id)?.confirmedChange ?? -1;
    this.#entries.set(record.id, { record: { ...record, revision }, confirmedChange });
  }

  /** Late data can no longer change it. */
  #isSettled({ state, windowMinute, resolvedMinute }: AlertRecord): boolean {
    return (
      state === 'resolved' &&
      Math.max(resolvedMinute ?? windowMinute, windowMinute) <= this.#base.throughMinute
    );
  }

  #forget(): void {
    for (const [id, { record, confirmedChange }] of this.#entries) {
      if (this.#isSettled(record) && confirmedChange >= record.revision.change) this.#entries.delete(id);
    }
  }

  /** A version that comes too late to judge from its first window on judges from the next one. */
  #inTime(rule: AlertRule): AlertRule {
    const held = this.#setup?.rules.find(({ id, version }) => id === rule.id && version === rule.version);
    if (held) return { ...rule, fromMinute: held.fromMinute };
    if (!this.#setup) return rule;
    return { ...rule, fromMinute: Math.max(rule.fromMinute, this.#judgedMinute + 1) };
  }
}

function trackOf({ ruleId, ruleVersion, dimensionKey }: AlertRecord): string {
  return trackId({ ruleId, ruleVersion, key: dimensionKey });
}

/** The minute until which a new silence is not told, since something was received; null where it may be told now. */
function silenceToldAt({ rule }: Episode, { nowMs, receivedAtMs }: Heard): number | null {
  if (rule.metric !== 'silent_minutes' || receivedAtMs === null) return null;
  const toldAtMs = receivedAtMs + rule.threshold * windowMs;
  return nowMs < toldAtMs ? minuteOf(toldAtMs) : null;
}

function isFiringCut({ metric, state }: AlertRecord): boolean {
  return metric === 'lateness_cuts' && state === 'firing';
}

function overlaps(record: AlertRecord, { fired, resolved }: Episode): boolean {
  const end =
    record.state === 'firing' ? Number.POSITIVE_INFINITY : (record.resolvedMinute ?? record.windowMinute);
  return fired.minute <= end && record.windowMinute <= (resolved?.minute ?? Number.POSITIVE_INFINITY);
}

function decodeBook(text: string): StoredBook {
  const book = parseJson<StoredBook>(text, 'the book of alerts');
  if (book?.v !== 1 || !Number.isInteger(book.change) || !Array.isArray(book.entries)) {
    throw new FormatError('the book of alerts has another form');
  }
  return book;
}
