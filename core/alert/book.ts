/**
 * What a shard has said about its alerts, and what it has to say now. The windows that live are folded anew each time;
 * where that gives something else than what was recorded, the difference is recorded, once: a new alert, the end of
 * one, or a correction by late data (ALR-1).
 */
import { FormatError } from '../protocol/bytes.ts';
import { alertSilenceMinutesMax } from '../protocol/limits.ts';
import type { ShardPlan } from '../protocol/shard-plan.ts';
import { parseJson } from '../window/region-knowledge.ts';
import type { WindowOrigin } from '../window/window-state.ts';
import type { AlertRecord } from './alert-record.ts';
import type { AlertRule } from './alert-rule.ts';
import {
  type AlertBase,
  type Closing,
  foldAlerts,
  type JudgedWindow,
  type NotedMinutes,
  rulesAt,
} from './fold.ts';
import { AlertLedger, type StoredLedger, trackOf } from './ledger.ts';

/** What a shard needs to know to judge: copied from D1, so that an outage of it changes nothing. */
export interface AlertSetup {
  /** Name of the region. */
  readonly region: string;
  readonly rules: readonly AlertRule[];
  /** Of the region; absent where it has one shard and always had. */
  readonly shardPlan?: ShardPlan;
}

export interface StoredBook extends StoredLedger {
  readonly v: 1;
  /** Windows up to this one (epoch minute) had closed and were judged. */
  readonly judgedMinute: number;
  readonly closings: readonly Closing[];
}

export class AlertBook {
  readonly #ledger: AlertLedger;
  #base: AlertBase;
  /** What the closed windows that still live have added to the base. */
  #latest: AlertBase;
  /** The base that is stored ends here: one that wakes folds anew from there. */
  #keptMinute: number;
  #setup: AlertSetup | null;
  #closings: readonly Closing[];
  #judgedMinute: number;
  /** A minute that was judged as silent was not: no window tells of it. */
  #heardLate = false;
  /** What the region's other shards have noted. */
  #others: NotedMinutes = { cuts: [], received: [] };

  /** `keptMinute`: where the base ends that is stored; -Infinity for none, as one that wakes then may begin earlier. */
  constructor(
    origin: WindowOrigin,
    base: AlertBase,
    stored: StoredBook | null,
    setup: AlertSetup | null,
    keptMinute = base.throughMinute,
  ) {
    this.#base = base;
    this.#latest = base;
    this.#keptMinute = keptMinute;
    this.#setup = setup;
    this.#judgedMinute = base.throughMinute;
    this.#ledger = new AlertLedger(origin, stored);
    this.#closings = stored?.closings ?? [];
    this.#forgetKept();
  }

  /** What a log row and the snapshot keep. */
  get base(): AlertBase {
    return this.#base;
  }

  /** The base that is stored ends here (epoch minute). */
  get keptMinute(): number {
    return this.#keptMinute;
  }

  /** The last window (epoch minute) that was judged. */
  get judgedMinute(): number {
    return this.#judgedMinute;
  }

  get setup(): AlertSetup | null {
    return this.#setup;
  }

  /** Alerts that fire, and resolved ones that may still change or that D1 may lack; by time of creation. */
  get records(): readonly AlertRecord[] {
    return this.#ledger.records;
  }

  /** States that D1 lacks. */
  get due(): readonly AlertRecord[] {
    return this.#ledger.due;
  }

  /** Whether closed windows up to this one wait to be judged. */
  isBehind(closedMinute: number): boolean {
    return this.#setup !== null && (closedMinute > this.#judgedMinute || this.#heardLate);
  }

  /** The window (epoch minute) at whose end time alone may change something; null for none. */
  get nextMinute(): number | null {
    if (!this.#setup) return null;
    const cuts = [...this.#base.cuts, ...this.#others.cuts].map(([minute]) => minute);
    const versions = this.#latest.tracks.length > 0 ? this.#setup.rules.map((rule) => rule.fromMinute) : [];
    const minutes = this.#setup.rules.flatMap((rule) => this.#turnsOf(rule));
    const ahead = [...cuts, ...versions, ...minutes].filter((minute) => minute > this.#judgedMinute);
    return ahead.length === 0 ? null : Math.min(...ahead);
  }

  /** When a rule, judged by time alone, fires or resolves. */
  #turnsOf(rule: AlertRule): number[] {
    if (!rulesAt(this.#setup?.rules ?? [], this.#judgedMinute + 1).includes(rule)) return [];
    const { tracks, lastHeardMinute } = this.#latest;
    const track = tracks.find(({ ruleId, key }) => ruleId === rule.id && key === null);
    if (rule.metric === 'lateness_cuts') {
      return track?.fired ? [this.#judgedMinute + rule.resolveWindows - track.healthy] : [];
    }
    if (rule.metric !== 'silent_minutes' || lastHeardMinute === null || track?.closed) return [];
    const received = [...this.#base.received, ...this.#others.received];
    if (track?.fired) return received;
    const silence = rule.breach === 'at_least' ? Math.ceil(rule.threshold) : Math.floor(rule.threshold) + 1;
    const heard = Math.max(lastHeardMinute, ...received);
    const first = Math.max(heard + silence, rule.fromMinute);
    return silence > alertSilenceMinutesMax ? [] : [first + rule.windows - 1];
  }

  /**
   * Takes the rules as D1 has them now. A version that is held stays as it is, also if D1 has lost it: rules change by
   * new versions, and only those are taken that are newer than what is held. True when the copy changed: it is to be
   * stored.
   */
  setUp({ region, rules, shardPlan }: AlertSetup): boolean {
    const held = this.#setup;
    const isHeld = (rule: AlertRule) =>
      held?.rules.some(({ id, version }) => id === rule.id && version >= rule.version) ?? false;
    const fresh = rules.filter((rule) => !isHeld(rule));
    const taken = held ? fresh.map((rule) => this.#inTime(rule)) : fresh;
    const needed = this.#stillNeeded([...(held?.rules ?? []), ...taken]);
    const isSame = fresh.length === 0 && needed.length === held?.rules.length;
    const samePlan = JSON.stringify(shardPlan) === JSON.stringify(held?.shardPlan);
    if (isSame && samePlan && held?.region === region) return false;
    this.#setup = { region, rules: needed, ...(shardPlan && { shardPlan }) };
    return true;
  }

  /** Without versions that were replaced before the base that is stored ends: none is folded behind it again. */
  #stillNeeded(rules: readonly AlertRule[]): AlertRule[] {
    const replaces = (rule: AlertRule) => (other: AlertRule) =>
      other.id === rule.id && other.version > rule.version && other.fromMinute <= this.#keptMinute;
    return rules.filter((rule) => !rules.some(replaces(rule)));
  }

  /** A version that comes too late to judge from its first window on judges from the next one. */
  #inTime(rule: AlertRule): AlertRule {
    return { ...rule, fromMinute: Math.max(rule.fromMinute, this.#judgedMinute + 1) };
  }

  /** Notes that the lateness of a window was ended early while `openMinute` was open (WIN-8b). */
  noteCut(openMinute: number): void {
    // The windows that the cap ends may be ahead of the one that is open: what is folded is not folded again.
    const minute = Math.max(openMinute, this.#base.throughMinute + 1);
    const count = this.#base.cuts.find(([at]) => at === minute)?.[1] ?? 0;
    const others = this.#base.cuts.filter(([at]) => at !== minute);
    this.#base = { ...this.#base, cuts: [...others, [minute, count + 1]] };
  }

  /**
   * Notes that something was received in a minute. No minute from its oldest event on is silent: a back-fill comes in
   * order, and what lies between is on its way. Whatever its time, it stands for the minute before, as the last events
   * of a minute come in the next one. Minutes before `livingMinute` are told by windows that are dead.
   */
  noteReceived(receivedMinute: number, oldestMinute: number, livingMinute = 0): void {
    const { throughMinute, received } = this.#base;
    const first = Math.max(throughMinute + 1, livingMinute, Math.min(oldestMinute, receivedMinute - 1));
    const heard: number[] = [];
    for (let minute = first; minute < receivedMinute; minute++) {
      if (!received.includes(minute)) heard.push(minute);
    }
    if (heard.length === 0) return;
    this.#base = { ...this.#base, received: [...received, ...heard] };
    this.#heardLate ||= (heard[0] as number) <= this.#judgedMinute;
  }

  /** What the region's other shards have noted of minutes, as they say it now. */
  noteOthers(others: NotedMinutes): void {
    this.#others = others;
  }

  /** One that has woken: windows up to `closedMinute` were judged in another life, and what they said is stored. */
  resume(windows: readonly JudgedWindow[], closedMinute: number): void {
    if (!this.#setup) return;
    this.#judgedMinute = Math.max(this.#judgedMinute, closedMinute);
    this.#latest = this.#fold(windows, this.#judgedMinute, true).base;
  }

  /** Judges the closed windows up to `throughMinute`. True when there is something new to store. */
  judge(windows: readonly JudgedWindow[], throughMinute: number, nowMs: number): boolean {
    if (!this.#setup) return false;
    this.#heardLate = false;
    const judgedBefore = this.#judgedMinute;
    this.#judgedMinute = Math.max(judgedBefore, throughMinute);
    const { base, episodes } = this.#fold(windows, this.#judgedMinute, true);
    this.#latest = base;
    const before = this.#ledger.change;
    const heard = { nowMs, judgedBefore, region: this.#setup.region };
    this.#ledger.compare(episodes, this.#base.throughMinute, heard);
    return this.#ledger.change !== before;
  }

  /** Windows up to `throughMinute` have died: what they say stands for ever. To be judged before. */
  advance(windows: readonly JudgedWindow[], throughMinute: number): void {
    if (throughMinute <= this.#base.throughMinute) return;
    this.#base = this.#fold(windows, throughMinute, false).base;
    this.#judgedMinute = Math.max(this.#judgedMinute, throughMinute);
  }

  /** The base is stored as it is now: what it has taken in is no longer needed. */
  noteKept(): void {
    this.#keptMinute = this.#base.throughMinute;
    this.#forgetKept();
  }

  #forgetKept(): void {
    this.#closings = this.#closings.filter(({ minute }) => minute > this.#keptMinute);
    this.#ledger.forget(this.#keptMinute);
  }

  /** A person, whose name is `by`, closes an alert. */
  close(id: string, nowMs: number, by: string): 'closed' | 'resolved' | 'absent' {
    const record = this.#ledger.find(id);
    if (!record) return 'absent';
    if (record.state === 'resolved') return 'resolved';
    const minute = this.#judgedMinute + 1;
    this.#closings = [...this.#closings, { trackId: trackOf(record), minute }];
    this.#ledger.close(record, minute, nowMs, by);
    return 'closed';
  }

  /** D1 holds these states. */
  confirm(records: readonly AlertRecord[]): void {
    this.#ledger.confirm(records);
    this.#ledger.forget(this.#keptMinute);
  }

  encode(): string {
    const stored: StoredBook = {
      v: 1,
      ...this.#ledger.stored,
      judgedMinute: this.#judgedMinute,
      closings: this.#closings,
    };
    return JSON.stringify(stored);
  }

  #fold(windows: readonly JudgedWindow[], throughMinute: number, closingsAhead: boolean) {
    const rules = this.#setup?.rules ?? [];
    const [closings, others] = [this.#closings, this.#others];
    return foldAlerts(this.#base, { windows, throughMinute, rules, closings, others, closingsAhead });
  }
}

/** Throws FormatError. */
export function decodeBook(text: string): StoredBook {
  const book = parseJson<StoredBook>(text, 'the book of alerts');
  const numbers = [book?.change, book?.judgedMinute];
  if (book?.v !== 1 || !numbers.every(Number.isInteger) || !Array.isArray(book.entries)) {
    throw new FormatError('the book of alerts has another form');
  }
  return book;
}
