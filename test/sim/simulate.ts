/** Plays a history against a shard and against the naive recount, and says where they differ. */
import type { AlertRecord } from '../../core/alert/alert-record.ts';
import type { AlertRule } from '../../core/alert/alert-rule.ts';
import type { AcceptedEvent } from '../../core/protocol/accepted-event.ts';
import { unreachable } from '../../core/protocol/assert.ts';
import { logRowBytesMax, trimRowsMax, windowMs } from '../../core/protocol/limits.ts';
import type { RegionEffect } from '../../core/window/effect.ts';
import { logRowHeadBytesMax } from '../../core/window/log-row.ts';
import type { PackedWindow } from '../../core/window/packed-window.ts';
import type { Region } from '../../core/window/region.ts';
import type { RegionAnswer } from '../../core/window/region-answer.ts';
import { AlertCheck, type AlertSituation, tallyAlerts } from './alert-check.ts';
import { type Action, type DatabaseFate, type History, type SimChunk, simRegion } from './history.ts';
import { minuteOf, NaiveShard, verdictWord } from './naive.ts';
import { type RecountedWindow, recountWindow } from './naive-window.ts';
import { sameValue, show } from './same-value.ts';
import { SealSim } from './seal-sim.ts';
import { type Seams, soundSeams } from './seams.ts';
import { ShardStore } from './shard-store.ts';
import { simRules } from './sim-rules.ts';
import { emptyTally, type Tally } from './tally.ts';
import { seenOf, WatchSim } from './watch-sim.ts';

/** What the object writes to D1 at once: one of the two is empty. */
type Write = { readonly windows: readonly PackedWindow[]; readonly alerts: readonly AlertRecord[] };

/** With the number of the step in which it arrives. */
type LateWrite = Write & { readonly arrivesAt: number };

class Difference extends Error {
  override readonly name = 'Difference';
}

const origin = { ...simRegion, generation: 0, incarnation: 1 };

/** Throws Difference, or what the shard throws, where they are not the same. */
export function simulate(history: History, seams: Partial<Seams> = {}): Tally {
  return new Simulation(history, seams).run();
}

class Simulation {
  readonly #history: History;
  readonly #seams: Seams;
  readonly #store = new ShardStore(origin);
  readonly #naive: NaiveShard;
  #region: Region;
  #nowMs: number;
  #fate: DatabaseFate = 'up';
  /** What D1 has taken, of which the shard will not hear before a later step. */
  #inFlight: LateWrite | null = null;
  /** Writes that failed for the shard and arrive after all, with the step of their arrival. */
  #stragglers: LateWrite[] = [];
  #stepIndex = 0;
  #clockWentBack = false;
  /** After the last commit, so that what time alone has changed since may be lost. */
  #wentBackSinceCommit = false;
  readonly #emittedAt = new Map<number, number>();
  readonly #alertCheck: AlertCheck;
  readonly #rules: readonly AlertRule[];
  /** Since they were checked last. */
  #alertsStored = false;
  readonly #deliveries = new Map<SimChunk, number>();
  readonly #judged = new Set<SimChunk>();
  readonly #tally: Tally = emptyTally();
  readonly #seal: SealSim;
  readonly #watch: WatchSim;

  constructor(history: History, seams: Partial<Seams>) {
    this.#history = history;
    this.#seams = { ...soundSeams(), ...seams };
    this.#rules = simRules(history.startMs);
    this.#alertCheck = new AlertCheck(this.#rules, (what, actual, expected) =>
      this.#same(what, actual, expected),
    );
    this.#nowMs = history.startMs;
    this.#naive = new NaiveShard(history.startMs, history.identitiesMax);
    this.#watch = new WatchSim(history.seed);
    this.#region = this.#watch.begin(this.#woken(), this.#nowMs, []);
    const doings = { die: () => this.#wake(), maintain: () => this.#maintain() };
    const carryOut = (effects: readonly RegionEffect[]) => this.#carryOut(effects);
    const shard = { region: () => this.#region, store: this.#store, carryOut, ...doings };
    this.#seal = new SealSim(shard, history.seed, this.#seams.seal);
    this.#carryOut(this.#region.setUpAlerts({ region: 'Nowhere', rules: this.#rules }));
  }

  run(): Tally {
    for (const { nowMs, action, closes } of this.#history.steps) {
      this.#stepIndex++;
      this.#setClock(nowMs);
      this.#hearFromDatabase();
      this.#play(action);
      // As with a shard's alarms: what was replaced long ago is dropped, and makes no difference.
      if (this.#stepIndex % 5 === 0)
        this.#carryOut(this.#region.setUpAlerts({ region: 'Nowhere', rules: this.#rules }));
      if (closes !== null) this.#closeAlert(closes);
      this.#seal.play(this.#fate, this.#nowMs);
      this.#watch.hear(this.#region, this.#nowMs);
      this.#compareKnowledge();
    }
    this.#drain();
    this.#compareDatabase();
    this.#compareLake();
    const stored = seenOf(this.#seams.database.windows.values());
    if (this.#seams.renewsAtEnd) this.#watch.renew(this.#seams.database.windows.values());
    this.#same('what viewers see', this.#watch.end(this.#region, this.#nowMs), stored);
    const { late, duplicates, cuts } = this.#naive.known;
    Object.assign(this.#tally, { late, duplicates, cuts: cuts.length, counted: this.#naive.counted.length });
    Object.assign(this.#tally, tallyAlerts([...this.#seams.database.alerts.values()]), this.#seal.tally);
    return this.#tally;
  }

  #setClock(nowMs: number): void {
    if (nowMs < this.#nowMs) {
      this.#clockWentBack = true;
      this.#wentBackSinceCommit = true;
      this.#emittedAt.clear();
    }
    this.#nowMs = nowMs;
  }

  #play(action: Action): void {
    switch (action.kind) {
      case 'deliver':
        this.#deliver(
          action.chunks.map((index) => this.#history.chunks[index] as SimChunk),
          action.lost,
        );
        break;
      case 'alarm':
        this.#alarm(action.lost);
        break;
      case 'crash':
        this.#crash();
        break;
      case 'database':
        this.#fate = action.fate;
        break;
      default:
        unreachable(action);
    }
  }

  #deliver(delivered: readonly SimChunk[], lost: boolean): void {
    const isGone = (chunk: SimChunk) => this.#deliveries.has(chunk) && !this.#judged.has(chunk);
    const chunks = this.#seams.acksFirst ? delivered.filter((chunk) => !isGone(chunk)) : delivered;
    const bytes = chunks.map((chunk) => {
      const times = (this.#deliveries.get(chunk) ?? 0) + 1;
      this.#deliveries.set(chunk, times);
      return this.#seams.onDelivery(chunk, times);
    });
    const { verdicts, effects } = this.#region.receive(bytes, this.#nowMs);
    if (lost) {
      this.#wake();
      return;
    }
    this.#carryOut(effects);
    for (const chunk of chunks) this.#judged.add(chunk);
    const before = { events: this.#naive.counted.length, received: this.#naive.received.length };
    const expected = this.#naive.deliver(chunks, this.#nowMs);
    this.#checkNewAlerts(before);
    this.#same('verdicts', verdicts.map(verdictWord), expected);
    const committed = expected.includes('committed');
    this.#checkRows(effects, committed);
    this.#tally.seen += expected.filter((word) => word === 'seen').length;
    this.#tally.refused += expected.filter((word) => word !== 'seen' && word !== 'committed').length;
    if (committed) this.#wentBackSinceCommit = false;
    if (committed && this.#stepIndex % 16 === 0) this.#compareWoken();
    if (this.#stepIndex % 40 === 0) this.#compareAnswer();
    this.#emit();
  }

  /** LOG-3: a call that commits is one row, or more only where one cannot hold it. */
  #checkRows(effects: readonly RegionEffect[], committed: boolean): void {
    const sizes = effects.flatMap((effect) => (effect.kind === 'append' ? [effect.body.length] : []));
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    const fits = bytes + logRowHeadBytesMax <= logRowBytesMax;
    if (sizes.length > 0 !== committed || (fits && sizes.length > 1)) {
      this.#differ(`rows of ${sizes.join(', ')} bytes for one call`);
    }
    this.#tally.rows += sizes.length;
  }

  #alarm(lost: boolean): void {
    const effects = this.#region.tick(this.#nowMs);
    if (this.#seams.judgesLateData) effects.push(...this.#region.judge(this.#nowMs));
    if (lost) {
      this.#wake();
      return;
    }
    this.#carryOut(effects);
    this.#naive.passTime(this.#nowMs);
    this.#checkNewAlerts();
    if (this.#stepIndex % 4 === 0) this.#compareAlerts();
    this.#emit();
    this.#maintain();
    if (this.#region.log.tellSealer(this.#nowMs)) this.#seal.tell();
  }

  #maintain(): void {
    const upkeep = this.#region.maintain(this.#nowMs);
    this.#carryOut(upkeep);
    if (upkeep.some(({ kind }) => kind === 'snapshot')) {
      this.#naive.keep();
      this.#wentBackSinceCommit = false;
    }
  }

  /** The object dies between two calls: with the same clock the one that wakes knows what the old one knew. */
  #crash(): void {
    if (this.#wentBackSinceCommit) {
      this.#wake();
      return;
    }
    this.#region.tick(this.#nowMs);
    const before = this.#answerOf(this.#region);
    this.#wake();
    this.#carryOut(this.#region.tick(this.#nowMs));
    this.#naive.passTime(this.#nowMs);
    this.#checkNewAlerts();
    this.#same('the answer after a crash', this.#answerOf(this.#region), before);
  }

  #wake(): void {
    this.#tally.crashes++;
    this.#inFlight = null;
    this.#emittedAt.clear();
    const confirmed = this.#store.confirmed.map(([minute]) => minute);
    const { judgedMinute } = this.#store.alertBook;
    this.#naive.crash(this.#nowMs, [...this.#store.parked.keys()], confirmed, judgedMinute);
    this.#region = this.#watch.begin(this.#woken(), this.#nowMs, this.#seams.database.windows.values());
    this.#compareKnowledge();
    if (this.#store.parked.size > 0) this.#compareAnswer();
  }

  #woken(): Region {
    return this.#seams.wake(this.#store, this.#nowMs, this.#history);
  }

  #carryOut(effects: readonly RegionEffect[]): void {
    this.#alertsStored ||= effects.some(({ kind }) => kind === 'alerts');
    this.#tally.parked += effects.filter(({ kind }) => kind === 'park').length;
    this.#store.carryOut(this.#seams.intoStore(effects));
  }

  /** As the object does: alerts first, then windows, then hours, and nothing behind what failed. */
  #emit(): void {
    if (this.#inFlight) return;
    const alerts = this.#region.dueAlerts(this.#nowMs);
    if (alerts.length > 0) this.#write({ alerts, windows: [] });
    if (this.#inFlight) return;
    const windows = this.#region.dueWindows(this.#nowMs);
    if (windows.length > 0) this.#write({ alerts: [], windows });
    if (this.#fate !== 'up') return;
    for (const hour of this.#region.dueHours(this.#nowMs)) {
      this.#seams.database.saveHour(hour);
      this.#region.hourWritten(hour);
    }
  }

  #write(due: Write): void {
    this.#checkDue(due.windows);
    this.#tally.emissions++;
    if (this.#fate === 'slow') this.#stragglers.push({ ...due, arrivesAt: this.#stepIndex + 5 });
    else if (this.#fate !== 'down') this.#save(due);
    if (this.#fate === 'lagging') {
      this.#inFlight = { ...due, arrivesAt: this.#stepIndex + 4 };
    } else if (this.#fate === 'deadly') {
      this.#confirmIn(this.#region, due);
      this.#wake();
    } else if (this.#fate === 'up' || !this.#seams.believesFailures) {
      this.#confirm(due);
    } else {
      this.#tally.failedEmissions++;
      this.#region.emissionFailed(this.#nowMs);
    }
  }

  #save({ windows, alerts }: Write): void {
    this.#seams.database.save(windows);
    this.#seams.database.saveAlerts(alerts);
  }

  /** WIN-4, WIN-5: closed windows only, and the same one at most once in 10 s, as long as it lives. */
  #checkDue(due: readonly PackedWindow[]): void {
    for (const { minute } of due) {
      if (!this.#naive.isClosed(minute)) this.#differ(`window ${minute} is due before it has closed`);
      const before = this.#emittedAt.get(minute);
      if (before === undefined || this.#store.parked.has(minute)) continue;
      if (this.#nowMs - before < 10_000)
        this.#differ(`window ${minute} again after ${this.#nowMs - before} ms`);
    }
  }

  #confirm(written: Write): void {
    for (const { minute } of written.windows) this.#emittedAt.set(minute, this.#nowMs);
    this.#carryOut(this.#confirmIn(this.#region, written));
  }

  #confirmIn(region: Region, { windows, alerts }: Write): RegionEffect[] {
    return windows.length > 0 ? region.confirm(windows, this.#nowMs) : region.confirmAlerts(alerts);
  }

  #hearFromDatabase(): void {
    if (this.#inFlight && this.#inFlight.arrivesAt <= this.#stepIndex) {
      this.#confirm(this.#inFlight);
      this.#inFlight = null;
    }
    const arrived = this.#stragglers.filter(({ arrivesAt }) => arrivesAt <= this.#stepIndex);
    this.#stragglers = this.#stragglers.filter((straggler) => !arrived.includes(straggler));
    for (const write of arrived) this.#save(write);
  }

  /** A person closes an alert that fires. */
  #closeAlert(number: number): void {
    const firing = this.#region.answer(this.#nowMs).alerts.filter(({ state }) => state === 'firing');
    const alert = firing[number % firing.length];
    if (!alert) return;
    const { outcome, effects } = this.#region.closeAlert(alert.id, this.#nowMs, 'ada');
    this.#carryOut(effects);
    this.#naive.passTime(this.#nowMs);
    const closed = this.#region.answer(this.#nowMs).alerts.find(({ id }) => id === alert.id);
    if (outcome === 'closed' && closed) this.#alertCheck.noteClosing(closed);
    this.#checkNewAlerts();
  }

  /** All that the queue still holds comes, D1 works, and the alarm is followed until the shard wants no more. */
  #drain(): void {
    this.#fate = 'up';
    this.#stepIndex = Number.POSITIVE_INFINITY;
    this.#hearFromDatabase();
    const queued = this.#history.chunks.filter(
      ({ unsent, header }) => !unsent && Math.abs(this.#nowMs - header.receivedAtMs) < 3 * 24 * 3_600_000,
    );
    // Of those that have come already, every fourth comes once more.
    const left = queued.filter((chunk, i) => i % 4 === 0 || !this.#naive.hasSeen(chunk));
    for (let i = 0; i < left.length; i += 8) this.#deliver(left.slice(i, i + 8), false);
    // LOG-1: what the queue has taken is counted, or refused for a reason.
    const open = queued.filter((chunk) => !this.#judged.has(chunk) && !this.#naive.hasSeen(chunk));
    this.#same('chunks without a verdict', open.length, 0);
    const minutes = new Set(this.#naive.counted.map(minuteOf)).size;
    const trims = Math.ceil(this.#store.rows.length / trimRowsMax);
    for (let alarms = 0; ; alarms++) {
      const next = this.#region.nextWakeMs(this.#nowMs);
      if (next === null) break;
      if (next <= this.#nowMs) this.#differ(`it wants to wake at ${next}, now is ${this.#nowMs}`);
      if (alarms > 50 + 4 * minutes + trims) this.#differ(`${alarms} alarms for ${minutes} windows`);
      this.#setClock(next);
      this.#alarm(false);
      this.#seal.finish();
      this.#compareKnowledge();
    }
    this.#same('windows left', this.#region.answer(this.#nowMs).windows.length, 0);
    this.#same('parked rows left', this.#store.parked.size, 0);
    this.#same('alerts left', this.#region.dueAlerts(this.#nowMs), []);
  }

  /** As it is, or as it was when fewer events had come. */
  #alertSituation(
    come = { events: Number.POSITIVE_INFINITY, received: Number.POSITIVE_INFINITY },
  ): AlertSituation {
    const { known, counted, received, closedMinute } = this.#naive;
    return {
      events: counted.slice(0, come.events),
      received: received.slice(0, come.received),
      cuts: known.cuts,
      throughMinute: closedMinute,
    };
  }

  #checkNewAlerts(before?: { readonly events: number; readonly received: number }): void {
    if (!this.#alertsStored) return;
    this.#alertsStored = false;
    const behind = this.#alertSituation();
    const { records } = this.#store.alertBook;
    this.#alertCheck.checkNew(records, before ? this.#alertSituation(before) : behind, behind);
  }

  /** Late data is judged, so that all living windows say what the recount says. */
  #compareAlerts(): void {
    const { alerts } = this.#region.answer(this.#nowMs);
    const since = this.#naive.oldestMinute - 1;
    this.#alertCheck.checkAll('the alerts', alerts, this.#alertSituation(), since);
  }

  #compareKnowledge(): void {
    const { known, counted } = this.#naive;
    this.#same('the watermark', this.#region.watermarkMs, known.watermarkMs);
    const { late, duplicates, cuts } = known;
    const horizonCuts = cuts.length;
    this.#same('the totals', this.#region.totals, { counted: counted.length, late, duplicates, horizonCuts });
    const next = this.#region.nextWakeMs(this.#nowMs);
    if (next !== null && next <= this.#nowMs)
      this.#differ(`it wants to wake at ${next}, now is ${this.#nowMs}`);
  }

  /** Right after a commit another object knows the same without being told the time. */
  #compareWoken(): void {
    this.#same('the answer of one that wakes', this.#answerOf(this.#woken()), this.#answerOf(this.#region));
  }

  #answerOf(region: Region): RegionAnswer {
    const answer = region.answer(this.#nowMs);
    return this.#viewersAreExact ? answer : { ...answer, viewers: 0 };
  }

  /**
   * Viewers are a live value of the last 60 s. A clock that went back has forgotten some, and one that wakes does not
   * read windows that were ended early, which may hold some of them.
   */
  get #viewersAreExact(): boolean {
    return !this.#clockWentBack && this.#naive.known.cuts.length === 0;
  }

  /** WIN-7: every living window, open panes included, and those that wait for D1. */
  #compareAnswer(): void {
    const { windows, viewers, lastReceivedAt } = this.#region.answer(this.#nowMs);
    const living = new Set(this.#naive.counted.map(minuteOf).filter((minute) => this.#naive.isAlive(minute)));
    const expected = [...new Set([...living, ...this.#store.parked.keys()])].sort((a, b) => a - b);
    this.#same(
      'the windows of the answer',
      windows.map(({ minute }) => minute),
      expected,
    );
    for (const window of windows) {
      this.#same(`window ${window.minute} closed`, window.closed, this.#naive.isClosed(window.minute));
      this.#compareWindow(window);
    }
    this.#same('the last receipt', lastReceivedAt, this.#naive.known.lastReceivedAtMs);
    if (this.#viewersAreExact) this.#same('viewers', viewers, this.#naive.viewers(this.#nowMs));
  }

  #compareDatabase(): void {
    const { windows, hours } = this.#seams.database;
    const counted = [...new Set(this.#naive.counted.map(minuteOf))].sort((a, b) => a - b);
    this.#same(
      'the windows in D1',
      [...windows.keys()].sort((a, b) => a - b),
      counted,
    );
    for (const window of windows.values()) this.#compareWindow(window);
    for (const hour of new Set(counted.map((minute) => Math.floor((minute * windowMs) / 3_600_000)))) {
      this.#same(`hour ${hour}`, hours.get(hour), this.#seams.database.windowsOf(hour));
    }
    this.#tally.windows = counted.length;
    const alerts = [...this.#seams.database.alerts.values()];
    this.#alertCheck.checkAll('the alerts in D1', alerts, this.#alertSituation(), Number.NEGATIVE_INFINITY);
  }

  /** LAK-1: every counted and every late event is in exactly one part, in log order; LOG-5b: and in no row any more. */
  #compareLake(): void {
    const placed = ({ identityHi, identityLo, timeMs }: AcceptedEvent) => [identityHi, identityLo, timeMs];
    const { counted, late, known } = this.#naive;
    this.#same('counted events in the lake', this.#seal.sealedEvents('counted'), counted.map(placed));
    this.#same('late events in the lake', this.#seal.sealedEvents('late'), late.map(placed));
    const account = { counted: counted.length, late: late.length, duplicates: known.duplicates };
    this.#same('the accounts in D1', this.#seal.accounted(), account);
    this.#same('listed parts', [...this.#seal.listed.keys()].sort(), [...this.#seal.lake.keys()].sort());
    this.#same('rows left', this.#store.rows.length, 0);
  }

  #compareWindow(window: PackedWindow): void {
    const events = this.#naive.counted.filter((event) => minuteOf(event) === window.minute);
    const expected = recountWindow(events);
    for (const field of Object.keys(expected) as (keyof RecountedWindow)[]) {
      this.#same(`${field} of window ${window.minute}`, window[field], expected[field]);
    }
  }

  #same(what: string, actual: unknown, expected: unknown): void {
    if (!sameValue(actual, expected))
      this.#differ(`${what}\n  is        ${show(actual)}\n  should be ${show(expected)}`);
  }

  #differ(what: string): never {
    throw new Difference(`step ${this.#stepIndex}: ${what}`);
  }
}
