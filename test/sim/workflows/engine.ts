/** The platform's Workflows: steps whose results are kept, tries, instances that die and are begun again. */
import type { Random } from '../random.ts';
import type { Scheduler, Task } from './scheduler.ts';

/** What a step may do beside: to wait is a step too. */
interface EngineSteps {
  do<T>(name: string, act: () => Promise<T>): Promise<T>;
  wait(name: string): Promise<void>;
}

export type RunInstance<T> = (task: Task, params: T, steps: EngineSteps) => Promise<string>;

interface Instance<T> {
  readonly id: string;
  readonly params: T;
  status: 'queued' | 'running' | 'paused' | 'complete' | 'errored';
  readonly results: Map<string, string>;
  /** Whose steps count: another that is still at one cannot be stopped, but what comes of it is not kept. */
  current: Task | null;
}

/** As the patience of the product's steps. */
const triesMax = 5;

/** What the platform makes of steps. */
export interface EngineSeams {
  /** A planted fault: what these steps give, as JSON, is known beforehand, and kept before they are done. */
  readonly keepsFirst: { readonly steps: RegExp; readonly result: string } | null;
  /** Whether a step may last longer than it may: it is tried again in the same isolate, and goes on all the same. */
  readonly timesOut: () => boolean;
}

export const soundEngine: EngineSeams = { keepsFirst: null, timesOut: () => false };

export class SimWorkflow<T> {
  readonly #scheduler: Scheduler;
  readonly #random: Random;
  readonly #run: RunInstance<T>;
  readonly #seams: EngineSeams;
  readonly #instances = new Map<string, Instance<T>>();
  /** An instance has come to its end. */
  onEnd: (params: T, output: string) => void = () => undefined;
  /** An instance waits: time passes. */
  onWait: () => void = () => undefined;
  /** What a task waits for now, nobody waits for any more. */
  onStray: (task: Task) => void = () => undefined;
  /** Instances of which a step has failed at each try. */
  errored = 0;
  /** Steps that went on though another had taken their place. */
  leftBehind = 0;
  /** Steps that were tried again while they went on. */
  timedOut = 0;

  constructor(scheduler: Scheduler, random: Random, run: RunInstance<T>, seams: EngineSeams) {
    this.#scheduler = scheduler;
    this.#random = random;
    this.#run = run;
    this.#seams = seams;
  }

  get queued(): readonly string[] {
    return this.#idsOf(({ status }) => status === 'queued');
  }

  /** Those that are said to run, and do not: a deployment begins them again by itself, a local run does not. */
  get dead(): readonly string[] {
    return this.#idsOf(({ status, current }) => status === 'running' && !current?.alive);
  }

  /** Goes on behind the results that were kept. */
  async begin(id: string): Promise<void> {
    const instance = this.#known(id);
    instance.status = 'running';
    await this.#scheduler.spawn(`instance ${id}`, async (task) => {
      instance.current = task;
      const steps: EngineSteps = {
        do: async (name, act) => await this.#step(instance, task, name, act),
        wait: async (name) => await this.#scheduler.ask(task, name, () => this.onWait(), false),
      };
      const output = await this.#run(task, instance.params, steps).catch((error: unknown) => {
        if (instance.current === task) instance.status = 'errored';
        this.errored++;
        throw error;
      });
      if (instance.current !== task) return;
      instance.status = 'complete';
      this.onEnd(instance.params, output);
    });
  }

  binding(task: Task): Workflow<T> {
    const ask = async <R>(what: string, act: () => R): Promise<R> =>
      await this.#scheduler.ask(task, what, act);
    const handle = (id: string) => ({
      id,
      status: async () => await ask('status', () => ({ status: this.#known(id).status })),
      restart: async () => await ask('restart', () => this.#restart(this.#known(id))),
      pause: async () =>
        await ask('pause', () => {
          this.#known(id).status = 'paused';
        }),
      resume: async () =>
        await ask('resume', () => {
          this.#letGo(this.#known(id));
          this.#known(id).status = 'queued';
        }),
    });
    return {
      get: async (id: string) => await ask('get', () => handle(this.#known(id).id)),
      create: async ({ id, params }: { readonly id: string; readonly params: T }) =>
        await ask('create', () => {
          if (this.#instances.has(id)) throw new Error(`instance ${id} is there already`);
          this.#instances.set(id, { id, params, status: 'queued', results: new Map(), current: null });
          return handle(id);
        }),
    } as unknown as Workflow<T>;
  }

  #restart(instance: Instance<T>): void {
    this.#letGo(instance);
    instance.results.clear();
    instance.status = 'queued';
  }

  /** Whatever it does now counts no more; mostly it stops, but a step may go on to its end. */
  #letGo(instance: Instance<T>): void {
    const { current } = instance;
    instance.current = null;
    if (!current?.alive || current.ended) return;
    if (this.#random.chance(0.5)) {
      this.leftBehind++;
      this.onStray(current);
    } else this.#scheduler.kill(current);
  }

  async #step<R>(instance: Instance<T>, task: Task, name: string, act: () => Promise<R>): Promise<R> {
    const held = instance.results.get(name);
    if (held !== undefined) return JSON.parse(held) as R;
    const { keepsFirst } = this.#seams;
    if (keepsFirst?.steps.test(name)) instance.results.set(name, keepsFirst.result);
    for (let tries = 1; ; tries++) {
      try {
        const text = JSON.stringify((await this.#inTime(task, name, act)) ?? null);
        await this.#scheduler.ask(task, `keep ${name}`, () => this.#keep(instance, task, name, text), false);
        return JSON.parse(text) as R;
      } catch (error) {
        if (tries === triesMax) throw error;
        await this.#scheduler.ask(task, `try ${name} again`, () => this.#stand(instance, task), false);
      }
    }
  }

  /** Throws where its time is over; it goes on, and what it gives is of no use any more. */
  async #inTime<R>(task: Task, name: string, act: () => Promise<R>): Promise<R> {
    if (!this.#seams.timesOut()) return await act();
    const timer = this.#scheduler.timer(task, `time of ${name} is over`);
    try {
      return await Promise.race([act(), timer.over]);
    } catch (error) {
      if (timer.isOver()) {
        this.timedOut++;
        this.onStray(task);
      }
      throw error;
    } finally {
      timer.clear();
    }
  }

  #keep(instance: Instance<T>, task: Task, name: string, text: string): void {
    this.#stand(instance, task);
    if (task.alive) instance.results.set(name, text);
  }

  /** One whose place another has taken goes no further than the step that it was at. */
  #stand(instance: Instance<T>, task: Task): void {
    if (instance.current !== task) this.#scheduler.stop(task);
  }

  #known(id: string): Instance<T> {
    const instance = this.#instances.get(id);
    if (!instance) throw new Error(`there is no instance ${id}`);
    return instance;
  }

  #idsOf(isWanted: (instance: Instance<T>) => boolean): string[] {
    return [...this.#instances.values()].filter(isWanted).map(({ id }) => id);
  }
}
