/**
 * The batch layer under a virtual clock: the product's runs over hours, replays, watchdog and statements of D1, with two
 * regions whose streams go on meanwhile. Everything may be refused, done without an answer, or die at any operation.
 */

import { type BatchParams, dispatchRuns } from '../../../storage/batch-dispatch.ts';
import { computableBefore, dueHours } from '../../../storage/batch-due.ts';
import { addRuns } from '../../../storage/batch-store.ts';
import { BatchWork } from '../../../storage/batch-work.ts';
import { beginReplay, type ReplayParams } from '../../../storage/replay-dispatch.ts';
import { cancelReplay, startReplay } from '../../../storage/replay-store.ts';
import { HourRun } from '../../../workers/batch/hour-run.ts';
import { takeHourSteps } from '../../../workers/batch/hour-steps.ts';
import { type ReplayEnv, takeReplaySteps } from '../../../workers/batch/replay-round.ts';
import { reviveReplays, reviveRuns } from '../../../workers/batch/watchdog.ts';
import { Random } from '../random.ts';
import { SimWorkflow, soundEngine } from './engine.ts';
import type { WorkflowSeams, WorkflowTally } from './ground.ts';
import { MemoryR2 } from './memory-r2.ts';
import { Rules } from './rules.ts';
import { type Fate, type Operation, Scheduler, type Task } from './scheduler.ts';
import { emptyDatabase, type SqliteD1 } from './sqlite-d1.ts';
import { Stream } from './stream.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const startMs = 498_672 * hourMs;
/** Rounds in which everything works. */
const drainRoundsMax = 60;
/** Operations between two looks of the watchdog then. */
const operationsMax = 400;

const staleSql = `SELECT p.region_number, p.hour, count(*) AS listed, b.parts FROM lake_parts p
  LEFT JOIN batch_hours b ON b.key = p.region_number * ${2 ** 34} + p.hour
  GROUP BY 1, 2 HAVING b.parts IS NULL OR b.parts <> listed`;

export class WorkflowSim {
  readonly tally: WorkflowTally = {};
  readonly #random: Random;
  readonly #trouble: number;
  readonly #scheduler = new Scheduler();
  readonly #database: SqliteD1;
  readonly #bucket = new MemoryR2();
  readonly #streams: readonly Stream[];
  readonly #rules: Rules;
  readonly #hours: SimWorkflow<BatchParams>;
  readonly #replays: SimWorkflow<ReplayParams>;
  #nowMs = startMs;
  #asked = 0;
  #drains = false;
  #broken: Error | null = null;

  constructor(seed: number, seams: WorkflowSeams) {
    this.#random = new Random(seed ^ 0x5be0cd19);
    const random = this.#random;
    this.#trouble = random.chance(0.2) ? 0 : random.pick([0.01, 0.04, 0.15]);
    this.#database = emptyDatabase(seams);
    this.#streams = [1, 2].map((region) => new Stream(region, random, startMs));
    this.#rules = new Rules(this.#database, this.#streams);
    this.#database.onWrite = (sql) => this.#rule(() => this.#rules.check(sql));
    const engine = { ...soundEngine, ...seams };
    this.#hours = new SimWorkflow<BatchParams>(
      this.#scheduler,
      random,
      async (task, params, steps) => {
        const run = new HourRun(this.#ports(task, params.runId), params);
        const db = this.#db(task);
        const begin = async () => await dispatchRuns(db, this.#hours.binding(task), this.#nowMs);
        return await takeHourSteps(run, steps, params, begin);
      },
      engine,
    );
    this.#replays = new SimWorkflow<ReplayParams>(
      this.#scheduler,
      random,
      async (task, params, steps) => await takeReplaySteps(this.#env(task), steps, params, () => this.#nowMs),
      engine,
    );
    this.#replays.onWait = () => {
      this.#nowMs += minuteMs;
    };
    this.#hours.onEnd = ({ runId }, output) => this.#rule(() => this.#checkEnd(runId, output));
  }

  async run(steps: number): Promise<WorkflowTally> {
    for (let step = 0; step < steps; step++) {
      await this.#step();
      if (this.#broken) throw this.#broken;
    }
    await this.#drain();
    this.tally.errored = this.#hours.errored + this.#replays.errored;
    this.tally.left_behind = this.#hours.leftBehind + this.#replays.leftBehind;
    return this.tally;
  }

  async #step(): Promise<void> {
    const random = this.#random;
    const { operations } = this.#scheduler;
    const queued = this.#hours.queued.length + this.#replays.queued.length;
    if (queued > 0 && random.chance(0.3)) await this.#beginOne();
    else if (operations.length > 0 && random.chance(0.85)) {
      const operation = random.pick(operations);
      await this.#scheduler.perform(operation, this.#fateOf(operation));
    } else await this.#act();
  }

  #fateOf({ isStorage }: Operation): Fate {
    if (this.#drains || !this.#random.chance(this.#trouble)) return 'done';
    const fate = this.#random.pick(['refused', 'mute', 'dies before', 'dies behind'] as const);
    this.#note(fate);
    if (isStorage || fate.startsWith('dies')) return fate;
    return 'done';
  }

  async #beginOne(): Promise<void> {
    const [hour] = this.#hours.queued;
    const [replay] = this.#replays.queued;
    if (hour !== undefined && (replay === undefined || this.#random.chance(0.7)))
      await this.#hours.begin(hour);
    else if (replay !== undefined) await this.#replays.begin(replay);
    this.#note('instances begun');
  }

  async #act(): Promise<void> {
    const random = this.#random;
    const die = random.below(100);
    if (die < 25) random.pick(this.#streams).receive(this.#nowMs);
    else if (die < 45) this.#nowMs += random.pick([1_000, minuteMs, 7 * minuteMs, 25 * minuteMs]);
    else if (die < 55) await this.#emit(random.pick(this.#streams));
    else if (die < 65) await this.#cron();
    else if (die < 72) await this.#watch();
    else if (die < 80) await this.#demand();
    else if (die < 86) await this.#replay();
    else if (die < 88) await this.#cancel();
    else if (die < 90) random.pick(this.#streams).breakParts();
    else if (die < 91) await this.#sealAlone(random.pick(this.#streams));
    else if (die < 93 && this.#trouble > 0) this.#dieWhole();
    else await this.#resume();
  }

  #dieWhole(): void {
    this.#note('whole crashes');
    this.#scheduler.killAll();
    for (const stream of this.#streams) stream.die(this.#nowMs);
  }

  /** The platform begins an instance again whose isolate has died. */
  async #resume(): Promise<void> {
    const [id] = this.#hours.dead;
    if (id !== undefined) await this.#hours.begin(id);
    const [replay] = this.#replays.dead;
    if (replay !== undefined) await this.#replays.begin(replay);
  }

  async #emit(stream: Stream): Promise<void> {
    const die = (): void => stream.die(this.#nowMs);
    await this.#spawn('stream', async (task) => await stream.emit(this.#db(task), () => this.#nowMs), die);
  }

  /** By age or count, though no run asks for it. */
  async #sealAlone({ regionNumber }: Stream): Promise<void> {
    await this.#spawn('sealer', async (task) => void (await this.#seal(task, regionNumber, 0)));
  }

  async #cron(): Promise<void> {
    await this.#spawn('cron', async (task) => {
      const db = this.#db(task);
      const shards = this.#streams.map(({ regionNumber }) => ({ regionNumber, shard: 0 }));
      const due = await dueHours(db, shards, this.#nowMs, 50);
      const asked = due.map((hour) => ({ ...hour, id: this.#newId('run'), replayId: null }));
      await addRuns(db, asked, this.#nowMs);
      await dispatchRuns(db, this.#hours.binding(task), this.#nowMs);
    });
  }

  async #watch(): Promise<void> {
    await this.#spawn('watchdog', async (task) => {
      const db = this.#db(task);
      await reviveRuns(db, this.#hours.binding(task), this.#nowMs);
      await reviveReplays(db, this.#replays.binding(task), this.#nowMs);
      await dispatchRuns(db, this.#hours.binding(task), this.#nowMs);
    });
  }

  /** Two ask for the same hour at once. */
  async #demand(): Promise<void> {
    const { regionNumber } = this.#random.pick(this.#streams);
    const hour = computableBefore(this.#nowMs) - 1 - this.#random.below(2);
    for (const who of ['one', 'other'])
      await this.#spawn(`demand of ${who}`, async (task) => {
        const run = { id: this.#newId('run'), regionNumber, hour, reason: 'demand', replayId: null } as const;
        const added = await addRuns(this.#db(task), [run], this.#nowMs);
        if (added.size > 0) await dispatchRuns(this.#db(task), this.#hours.binding(task), this.#nowMs);
      });
  }

  async #replay(): Promise<void> {
    const toHour = computableBefore(this.#nowMs) - this.#random.below(2);
    const fromHour = toHour - this.#random.between(1, 3);
    await this.#spawn('ask for a replay', async (task) => {
      const db = this.#db(task);
      const id = this.#newId('replay');
      const asked = { id, fromHour, toHour, regions: [1, 2], startedBy: 'ada' };
      if ((await startReplay(db, asked, this.#nowMs)) !== null) return;
      this.#note('replays');
      await beginReplay(this.#replays.binding(task), { replayId: id, instance: 1 });
    });
  }

  async #cancel(): Promise<void> {
    const [running] = this.#database.rows<{ id: string }>("SELECT id FROM replays WHERE state = 'running'");
    if (!running) return;
    this.#note('replays cancelled');
    await this.#spawn('cancel a replay', async (task) => {
      await cancelReplay(this.#db(task), running.id, this.#nowMs);
    });
  }

  /** A task that throws has been told no; what it left undone is found by the next. */
  async #spawn(name: string, run: (task: Task) => Promise<void>, onDeath?: () => void): Promise<void> {
    await this.#scheduler.spawn(name, run, onDeath);
  }

  #db(task: Task): D1Database {
    return this.#database.binding(this.#scheduler, task);
  }

  #ports(task: Task, runId: string) {
    const bucket = this.#bucket.binding(this.#scheduler, task);
    const read = async (name: string) =>
      await this.#scheduler.ask(task, `read ${name}`, () =>
        (this.#streams.find(({ parts }) => parts.has(name)) as Stream).rowsOf(name),
      );
    return {
      db: this.#db(task),
      work: new BatchWork(bucket, runId),
      sealHour: async ({ regionNumber }: { regionNumber: number }, hour: number) =>
        await this.#seal(task, regionNumber, hour),
      readPart: async function* readPart(name: string) {
        yield* await read(name);
      },
      now: () => this.#nowMs,
    };
  }

  async #seal(task: Task, regionNumber: number, hour: number): Promise<'sealed' | 'open'> {
    if (!this.#drains && this.#random.chance(0.1)) return 'open';
    const stream = this.#streams.find((one) => one.regionNumber === regionNumber) as Stream;
    return await stream.seal(this.#db(task), hour, this.#nowMs);
  }

  #env(task: Task): ReplayEnv {
    const sealer = (name: string) => ({
      sealAll: async ({ regionNumber }: { regionNumber: number }) =>
        await this.#seal(task, regionNumber, Math.floor(startMs / hourMs) - 1).then(() => name && 'sealed'),
    });
    return {
      DB: this.#db(task),
      HOUR_BATCH: this.#hours.binding(task),
      REPLAY: this.#replays.binding(task),
      LAKE_SEALER: { idFromName: (name: string) => name, get: sealer },
    } as unknown as ReplayEnv;
  }

  /** What an instance says of its run is what D1 says. */
  #checkEnd(runId: string, output: string): void {
    this.#note(`ended ${output}`);
    if (output !== 'done' && output !== 'failed') return;
    const [run] = this.#database.rows<{ state: string }>('SELECT state FROM batch_runs WHERE id = ?', runId);
    if (run?.state === 'waiting' || run?.state === 'running')
      throw new Error(`[BAT-1] an instance has ended as ${output}, and its run is ${run.state}`);
  }

  /** Everything works: in the end every hour is computed as its events are, and nothing is left. */
  async #drain(): Promise<void> {
    this.#drains = true;
    for (const stream of this.#streams) stream.broken.clear();
    for (let round = 0; round < drainRoundsMax; round++) {
      await this.#performAll();
      if (this.#broken) throw this.#broken;
      if (round > 3 && this.#isAtRest()) return this.#checkLeft();
      // Longer than a run that has failed is left alone.
      this.#nowMs += round === 1 ? 7 * hourMs : 7 * minuteMs;
      await this.#resume();
      for (const stream of this.#streams) {
        await this.#emit(stream);
        await this.#sealAlone(stream);
      }
      await this.#performAll();
      await this.#watch();
      await this.#performAll();
      await this.#cron();
    }
    throw new Error(`[BAT-1] in the end not at rest: ${JSON.stringify(this.#standing())}`);
  }

  /** All that is to be done, oldest first; a replay that waits for a run that has died would never come to an end. */
  async #performAll(): Promise<void> {
    for (let n = 0; n < operationsMax; n++) {
      const [operation] = this.#scheduler.operations;
      if (operation) await this.#scheduler.perform(operation, 'done');
      else if (this.#hours.queued.length + this.#replays.queued.length > 0) await this.#beginOne();
      else return;
      if (this.#broken) return;
    }
  }

  /** Runs and replays that are not over, and hours of which other parts are listed than were computed. */
  #standing(): unknown[] {
    const states = "state IN ('waiting', 'running')";
    return [
      ...this.#database.rows(staleSql),
      ...this.#database.rows(`SELECT * FROM batch_runs WHERE ${states}`),
      ...this.#database.rows(`SELECT * FROM replays WHERE ${states}`),
    ];
  }

  #isAtRest(): boolean {
    if (this.#hours.dead.length + this.#replays.dead.length + this.#standing().length > 0) return false;
    return this.#streams.every((stream) => !stream.owes(this.#nowMs));
  }

  #checkLeft(): void {
    this.#rules.check('UPDATE batch_hours, batch_runs, replays');
    this.tally.hours = this.#database.rows('SELECT key FROM batch_hours').length;
    const left = [...this.#bucket.objects.keys()];
    // A step that nobody waits for may write behind the cleaning, and a run that dies for good is not cleaned.
    const mayBeLeft = this.#hours.leftBehind > 0 || this.#trouble > 0;
    if (left.length > 0 && !mayBeLeft) throw new Error(`left in R2: ${left.join()}`);
    const lost = this.#streams.find(({ parts, events }) => events > 0 && parts.size === 0);
    if (lost) throw new Error(`region ${lost.regionNumber} has no part`);
  }

  #newId(kind: string): string {
    return `${kind}-${++this.#asked}`;
  }

  #note(what: string): void {
    const name = what.replaceAll(' ', '_');
    this.tally[name] = (this.tally[name] ?? 0) + 1;
  }

  /** What is not as it must be ends the history, whoever would have caught it. */
  #rule(check: () => void): void {
    try {
      check();
    } catch (error) {
      this.#broken ??= error instanceof Error ? error : new Error(String(error));
    }
  }
}
