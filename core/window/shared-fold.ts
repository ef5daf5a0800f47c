/**
 * Judges the alerts of a region over the windows of all its shards (ALR-3). Shard 0 is the head: it asks the others for
 * what they have closed, and folds a minute for good once it is dead everywhere. A shard keeps its dead windows until
 * then; its log keeps the rows that make them. Where a region has one shard a window is folded when it dies.
 */
import type { AlertBook } from '../alert/book.ts';
import type { JudgedWindow } from '../alert/fold.ts';
import { Peers, peersBetween, type ShardAnswer, type Standing } from '../alert/peers.ts';
import { joinWindows, plainWindow, type ReportRequest, type ShardReport } from '../alert/shard-report.ts';
import { shardSilenceMinutesMax } from '../protocol/limits.ts';
import type { ShardPlan } from '../protocol/shard-plan.ts';
import { judged, type WindowState } from './window-state.ts';
import type { WindowTable } from './window-table.ts';

/** A peer keeps dead windows for a head that is away: waking reads them anew, so not for ever. */
const heldMinutesMax = 4 * shardSilenceMinutesMax;
/** Who has not learnt what it waits for asks again after this ... */
const retryMs = 10_000;
/** ... and for what is not urgent, to let go of dead windows, after this. */
const letGoMs = 5 * 60_000;

interface HeldWindow {
  readonly window: JudgedWindow;
  /** As of WindowState. */
  readonly firstRow: number;
}

export class SharedFold {
  /** Whether another shard judges for this one. */
  readonly isPeer: boolean;
  readonly #book: AlertBook;
  readonly #table: WindowTable;
  readonly #standing: () => Standing;
  readonly #peers = new Peers();
  /** Dead, and not folded for good. */
  #held: readonly HeldWindow[] = [];
  /** When head and peer last spoke, server time; null in this life not yet. */
  #spokeAtMs: number | null = null;
  /** The peer has closed windows, and its head did not hear of it. */
  #isUnheard = false;

  /** `standing`: how far the shard's own windows have come. */
  constructor(shard: number, book: AlertBook, table: WindowTable, standing: () => Standing) {
    this.#standing = standing;
    this.isPeer = shard > 0;
    this.#book = book;
    this.#table = table;
  }

  /** Whether it has windows that are not folded for good. */
  get holdsAny(): boolean {
    return this.#held.length > 0 || this.#table.size > 0;
  }

  /** First log row that a living or a held window needs; `otherwise` where there is neither. */
  firstNeededRow(otherwise: number): number {
    const first = this.#table.firstNeededRow(otherwise);
    return this.#held.reduce((least, { firstRow }) => Math.min(least, firstRow), first);
  }

  /** The last window that all shards have closed, as far as is known. */
  get closedThrough(): number {
    return this.#closedThrough(this.#standing());
  }

  /** Up to where the head has folded for good, whatever becomes of it. */
  get foldedThrough(): number {
    return this.#book.keptMinute;
  }

  /**
   * Judges by itself, where no other shard counts; else hear does. True where there is something new to store.
   * `dyingThrough`: windows up to it are to die, and count as closed.
   */
  judge(nowMs: number, dyingThrough = 0): boolean {
    const standing = this.#standing();
    const own = { ...standing, closedThrough: Math.max(standing.closedThrough, dyingThrough) };
    return this.isPeer || this.#peersOf(own).length > 0 ? false : this.#judge(own, nowMs);
  }

  /** Windows have died: to be judged before. */
  bury(dead: readonly WindowState[]): void {
    const held = dead.map((window) => ({ window: judged(window), firstRow: window.firstRow }));
    this.#held = [...this.#held, ...held];
    if (this.isPeer) this.#release(this.#standing().deadThrough - heldMinutesMax);
    else if (this.#peersOf(this.#standing()).length === 0) this.#advance();
  }

  /** Of one that wakes. */
  resume(judgedMinute: number): void {
    if (!this.isPeer) this.#book.resume(this.#windows(), Math.max(judgedMinute, this.closedThrough));
  }

  /** Which shards the head has to ask now, and for what. */
  asks(): { readonly shards: readonly number[]; readonly request: ReportRequest } {
    const byKey = this.#book.setup?.rules.some(({ dimension }) => dimension !== 'region') ?? false;
    const [afterMinute, judgedMinute] = [this.#through, this.#book.judgedMinute];
    const shards = this.isPeer ? [] : this.#peersOf(this.#standing());
    return { shards, request: { afterMinute, judgedMinute, byKey } };
  }

  /** The head has asked, and this is what came. True where there is something new to store. */
  hear(answers: ReadonlyMap<number, ShardAnswer>, nowMs: number): boolean {
    this.#spokeAtMs = nowMs;
    for (const [shard, answer] of answers) this.#peers.take(shard, answer);
    this.#book.noteOthers(this.#peers.noted);
    const isNew = this.#judge(this.#standing(), nowMs);
    this.#advance();
    return isNew;
  }

  /** What a peer answers. `keptThrough`: up to where its windows are dead whatever becomes of it. */
  report({ afterMinute, judgedMinute, byKey }: ReportRequest, keptThrough: number): ShardReport {
    const { closedThrough } = this.#standing();
    const told = this.#windows().filter(({ minute }) => minute > afterMinute);
    const closed = told.filter(({ minute }) => minute <= Math.max(closedThrough, judgedMinute));
    const { cuts, received } = this.#book.base;
    const windows = closed.map((window) => plainWindow(window, byKey));
    return { closedThrough, deadThrough: keptThrough, windows, cuts, received };
  }

  /** A peer has called its head, which has folded for good up to a minute; null where that failed. */
  told(foldedThrough: number | null, nowMs: number): void {
    this.#spokeAtMs = nowMs;
    this.#isUnheard = foldedThrough === null;
    if (foldedThrough !== null) this.#release(foldedThrough);
  }

  #release(throughMinute: number): void {
    this.#book.advance([], throughMinute);
    this.#letGo();
  }

  /** Whether what has died is to be stored though nothing is appended: others wait for it. */
  isOwing(oldestMinute: number, keptOldestMinute: number): boolean {
    if (this.isPeer) return keptOldestMinute < oldestMinute;
    return this.#spokeAtMs !== null && this.#book.keptMinute < this.#through;
  }

  /** When head and peer have to speak though nothing closes: ms, or infinity. */
  nextWakeMs(nowMs: number): number {
    const isWaiting = this.isPeer ? this.#isUnheard && this.holdsAny : this.#isBehind();
    if (!isWaiting && this.#held.length === 0) return Number.POSITIVE_INFINITY;
    if (this.#spokeAtMs === null) return nowMs;
    // A clock that was set back does not make it wait longer.
    return Math.min(this.#spokeAtMs, nowMs) + (isWaiting ? retryMs : letGoMs);
  }

  /** Whether something that this shard has closed waits to be judged, for another has not come so far or not reported. */
  #isBehind(): boolean {
    const own = this.#standing();
    const { judgedMinute, nextMinute, setup } = this.#book;
    if (!setup || this.#peersOf(own).length === 0) return false;
    const held = this.#windows().map(({ minute }) => minute);
    if (!this.#isReady(own)) return held.length > 0;
    const waiting = [...held, nextMinute ?? Number.POSITIVE_INFINITY];
    return waiting.some((minute) => minute > judgedMinute && minute <= own.closedThrough);
  }

  /** Shards whose windows count in what is to be judged: not without their reports of now. */
  #peersOf({ closedThrough }: Standing): readonly number[] {
    return peersBetween(this.#plan, this.#through, Math.max(closedThrough, this.#book.judgedMinute));
  }

  #judge(own: Standing, nowMs: number): boolean {
    return this.#isReady(own) && this.#book.judge(this.#windows(), this.#closedThrough(own), nowMs);
  }

  /** What was judged must not be judged again without the windows that it rests on. */
  #isReady(own: Standing): boolean {
    return this.#peers.areHeard(this.#plan, this.#through, this.#book.judgedMinute, own);
  }

  #closedThrough(own: Standing): number {
    return this.#peers.closedThrough(this.#plan, this.#through, own);
  }

  #advance(): void {
    const own = this.#standing();
    if (!this.#isReady(own)) return;
    const dead = this.#peers.deadThrough(this.#plan, this.#through, own);
    this.#book.advance(this.#windows(), Math.min(dead, this.#closedThrough(own)));
    this.#letGo();
  }

  #letGo(): void {
    this.#held = this.#held.filter(({ window }) => window.minute > this.#through);
  }

  /** All that is not folded for good. */
  #windows(): readonly JudgedWindow[] {
    const own = [...this.#held.map(({ window }) => window), ...this.#table.inTimeOrder().map(judged)];
    const others = this.#peers.windows.filter(({ minute }) => minute > this.#through);
    return others.length === 0 ? own : joinWindows([...own, ...others]);
  }

  get #through(): number {
    return this.#book.base.throughMinute;
  }

  get #plan(): ShardPlan {
    return this.#book.setup?.shardPlan ?? [];
  }
}
