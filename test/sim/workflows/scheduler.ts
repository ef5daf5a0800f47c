/** Everything that is asynchronous in a simulated run: one operation at a time, in an order that a seed decides. */
import { setImmediate, setTimeout } from 'node:timers/promises';

/**
 * What becomes of an operation: done; refused; done, and its answer is lost; the isolate that asked for it dies before
 * it, or behind it.
 */
export type Fate = 'done' | 'refused' | 'mute' | 'dies before' | 'dies behind';

/** One run of code in an isolate: it goes on until it ends or dies. */
export interface Task {
  readonly name: string;
  alive: boolean;
  ended: boolean;
  /** In the midst of what it did. */
  died: boolean;
  readonly onDeath: () => void;
}

export interface Operation {
  readonly task: Task;
  readonly what: string;
  /** Of storage: it may be refused, or its answer lost. What is not can only be died at. */
  readonly isStorage: boolean;
  readonly act: () => unknown;
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

interface Timer {
  /** Rejects when it is over. */
  readonly over: Promise<never>;
  readonly isOver: () => boolean;
  readonly clear: () => void;
}

/** Turns of the event loop that code between two operations takes; a digest, of another thread, may need longer. */
const quickTurns = 100;
/** Ms that it may take on a machine that does much else. */
const waitMsMax = 20_000;

export class Scheduler {
  #operations: Operation[] = [];
  #tasks: Task[] = [];

  get operations(): readonly Operation[] {
    return this.#operations;
  }

  /** Begins a task; resolves when it waits for its first operation, or is over. */
  async spawn(name: string, run: (task: Task) => Promise<unknown>, onDeath = () => {}): Promise<Task> {
    const task: Task = { name, alive: true, ended: false, died: false, onDeath };
    this.#tasks.push(task);
    const end = (): void => {
      task.ended = true;
      this.#tasks = this.#tasks.filter((other) => other !== task);
    };
    run(task).then(end, (error: unknown) => {
      end();
      this.onCrash(task, error);
    });
    await this.#settle(task);
    return task;
  }

  /** A task has thrown. */
  onCrash: (task: Task, error: unknown) => void = () => undefined;

  /** An operation of a task; of one that has died it is never done. */
  ask<T>(task: Task, what: string, act: () => T, isStorage = true): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (!task.alive) return;
      this.#operations.push({ task, what, isStorage, act, resolve, reject });
    });
  }

  /** Time that may be over whenever it is this operation's turn; cleared, it never is. */
  timer(task: Task, what: string): Timer {
    let isOver = false;
    const operations = this.#operations.length;
    const over = this.ask(
      task,
      what,
      () => {
        isOver = true;
        throw new Error(what);
      },
      false,
    ) as Promise<never>;
    const operation = this.#operations[operations];
    const clear = (): void => {
      this.#operations = this.#operations.filter((other) => other !== operation);
    };
    return { over, isOver: () => isOver, clear };
  }

  /** Resolves when the code behind the operation waits again. */
  async perform(operation: Operation, fate: Fate): Promise<void> {
    const { task, act, resolve, reject, what } = operation;
    this.#operations = this.#operations.filter((other) => other !== operation);
    if (fate === 'dies before') return this.kill(task);
    if (fate === 'refused') reject(new Error(`${what}: refused`));
    else {
      try {
        const value = act() as never;
        if (fate === 'dies behind') return this.kill(task);
        if (fate === 'mute') reject(new Error(`${what}: no answer`));
        else resolve(value);
      } catch (error) {
        reject(error);
      }
    }
    await this.#settle(task);
  }

  kill(task: Task): void {
    if (task.alive && !task.ended) task.died = true;
    this.stop(task);
  }

  /** It goes no further; what it was at, it has done. */
  stop(task: Task): void {
    if (!task.alive || task.ended) return;
    task.alive = false;
    this.#operations = this.#operations.filter((operation) => operation.task !== task);
    this.#tasks = this.#tasks.filter((other) => other !== task);
    task.onDeath();
  }

  killAll(): void {
    for (const task of this.#tasks) this.kill(task);
    // What a task that has ended had left behind too.
    for (const { task } of this.#operations) Object.assign(task, { alive: false, died: true });
    this.#operations = [];
  }

  async #settle(task: Task): Promise<void> {
    for (let turn = 0; turn < quickTurns + waitMsMax; turn++) {
      await (turn < quickTurns ? setImmediate() : setTimeout(1));
      if (task.ended || !task.alive) return;
      if (this.#operations.some((operation) => operation.task === task)) return;
    }
    throw new Error(`${task.name} waits for nothing`);
  }
}
