/** What simulated histories stand on: a clock, D1 and R2, tasks whose operations a seed orders, and what goes wrong. */
import { Random } from '../random.ts';
import { type EngineSeams, type RunInstance, SimWorkflow, soundEngine } from './engine.ts';
import { MemoryR2 } from './memory-r2.ts';
import { type Fate, type Operation, Scheduler, type Task } from './scheduler.ts';
import { type DatabaseSeams, emptyDatabase, type SqliteD1 } from './sqlite-d1.ts';

export type WorkflowSeams = Partial<DatabaseSeams & EngineSeams>;
export type WorkflowTally = Record<string, number>;

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

/** Operations between two looks of the watchdog while everything works. */
const operationsMax = 3_000;

export class Ground {
  readonly tally: WorkflowTally = {};
  readonly random: Random;
  readonly scheduler = new Scheduler();
  readonly database: SqliteD1;
  readonly bucket: MemoryR2;
  readonly workflows: SimWorkflow<unknown>[] = [];
  /** Share of operations to which something happens. */
  readonly trouble: number;
  /** Share of steps in which what is begun goes on: the less, the more overtakes it. */
  readonly #diligence: number;
  nowMs: number;
  /** Everything works from here on. */
  drains = false;
  /** What was not as it must be, first. */
  broken: Error | null = null;
  readonly #seams: WorkflowSeams;
  /** So many operations more. */
  #storm = 0;
  #steps = 0;
  /** Operations that take long: until which step. */
  readonly #asleep = new WeakMap<Operation, number>();

  constructor(seed: number, seams: WorkflowSeams, startMs: number) {
    this.random = new Random(seed);
    this.trouble = this.random.chance(0.15) ? 0 : this.random.pick([0.01, 0.03, 0.1]);
    this.#diligence = this.random.pick([0.9, 0.8, 0.5]);
    this.nowMs = startMs;
    this.database = emptyDatabase(seams);
    this.bucket = new MemoryR2(() => this.nowMs);
    this.#seams = seams;
  }

  workflow<T>(run: RunInstance<T>): SimWorkflow<T> {
    const timesOut = (): boolean => !this.drains && this.trouble > 0 && this.random.chance(0.1);
    const seams = { ...soundEngine, timesOut, ...this.#seams };
    const workflow = new SimWorkflow<T>(this.scheduler, this.random, run, seams);
    // What has been given up was slow, and may be for long.
    workflow.onStray = (task) => {
      for (const operation of this.scheduler.operations)
        if (operation.task === task && !this.drains) this.#putToSleep(operation);
    };
    this.workflows.push(workflow as unknown as SimWorkflow<unknown>);
    return workflow;
  }

  db(task: Task): D1Database {
    return this.database.binding(this.scheduler, task);
  }

  r2(task: Task): R2Bucket {
    return this.bucket.binding(this.scheduler, task);
  }

  /** A task that throws has been told no; what it left undone is found by the next. */
  async spawn(name: string, run: (task: Task) => Promise<unknown>): Promise<void> {
    await this.scheduler.spawn(name, run);
  }

  /** One step: an instance is begun, an operation is done or not, or else `act`. */
  async step(act: () => Promise<void>): Promise<void> {
    this.#steps++;
    const operations = this.scheduler.operations.filter((one) => (this.#asleep.get(one) ?? 0) <= this.#steps);
    const queued = this.workflows.filter((workflow) => workflow.queued.length > 0);
    if (queued.length > 0 && this.random.chance(0.3)) await this.#begin(this.random.pick(queued));
    else if (operations.length > 0 && this.random.chance(this.#diligence)) {
      const operation = this.random.pick(operations);
      if (this.trouble > 0 && operation.isStorage && this.random.chance(0.01)) {
        this.#putToSleep(operation);
      } else await this.scheduler.perform(operation, this.#fateOf(operation));
    } else await act();
    if (this.broken) throw this.broken;
  }

  /** All that is to be done, oldest first. */
  async performAll(): Promise<void> {
    for (let n = 0; n < operationsMax; n++) {
      const [operation] = this.scheduler.operations;
      const queued = this.workflows.find((workflow) => workflow.queued.length > 0);
      if (operation) await this.scheduler.perform(operation, 'done');
      else if (queued) await this.#begin(queued);
      else return;
      if (this.broken) throw this.broken;
    }
    throw new Error('it never comes to rest');
  }

  dieWhole(): void {
    this.note('whole crashes');
    this.scheduler.killAll();
  }

  /** The platform begins instances again whose isolates have died. */
  async resume(): Promise<void> {
    for (const workflow of this.workflows) {
      const [id] = workflow.dead;
      if (id !== undefined) await workflow.begin(id);
    }
  }

  get isIdle(): boolean {
    const stands = this.workflows.some(({ queued, dead }) => queued.length + dead.length > 0);
    return !stands && this.scheduler.operations.length === 0;
  }

  finish(): WorkflowTally {
    const sum = (of: 'errored' | 'leftBehind' | 'timedOut'): number =>
      this.workflows.reduce((all, workflow) => all + workflow[of], 0);
    const counts = { errored: sum('errored'), left_behind: sum('leftBehind'), timed_out: sum('timedOut') };
    return Object.assign(this.tally, counts);
  }

  note(what: string): void {
    const name = what.replaceAll(' ', '_');
    this.tally[name] = (this.tally[name] ?? 0) + 1;
  }

  /** What is not as it must be ends the history, whoever would have caught it. */
  rule(check: () => void): void {
    try {
      check();
    } catch (error) {
      this.broken ??= error instanceof Error ? error : new Error(String(error));
    }
  }

  async #begin(workflow: SimWorkflow<unknown>): Promise<void> {
    await workflow.begin(this.random.pick(workflow.queued));
    this.note('instances begun');
  }

  /** Storage is away for a while. */
  storm(): void {
    this.note('storms');
    this.#storm = this.random.between(10, 80);
  }

  #putToSleep(operation: Operation): void {
    this.#asleep.set(operation, this.#steps + this.random.between(5, 150));
    this.note('slow');
  }

  #fateOf({ isStorage }: Operation): Fate {
    if (this.#storm > 0 && isStorage) {
      this.#storm--;
      if (this.random.chance(0.7)) return this.random.pick(['refused', 'mute']);
    }
    if (!this.random.chance(this.trouble)) return 'done';
    const fate = this.random.pick(['refused', 'mute', 'dies before', 'dies behind'] as const);
    if (!isStorage && !fate.startsWith('dies')) return 'done';
    this.note(fate);
    return fate;
  }
}
