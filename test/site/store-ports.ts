// What the store touches, for its tests: a clock that a test moves, timers that run when it does, answers that it gives.
import type { StorePorts } from '../../site/live/store.ts';
import { noon } from './frames.ts';

export interface FakeStorePorts extends StorePorts {
  /** Monotonic time, ms. */
  now: number;
  /** Paths that were asked for, in order. */
  readonly asked: string[];
  /** What is answered, by path; undefined where nothing comes. */
  answer: (path: string) => unknown;
  isSleeping: boolean;
  /** Moves the clock and runs what is due; answers are there afterwards. */
  pass(ms: number): Promise<void>;
}

export function fakeStorePorts(): FakeStorePorts {
  const timers = new Set<{ readonly at: number; readonly run: () => void }>();
  const ports: FakeStorePorts = {
    now: 5_000,
    asked: [],
    answer: () => undefined,
    isSleeping: false,
    sendAck: () => new Promise(() => {}),
    clock: () => ports.now,
    wallMs: () => noon,
    isAsleep: () => ports.isSleeping,
    ask: (path) => {
      ports.asked.push(path);
      const data = ports.answer(path);
      if (data === undefined) return Promise.resolve({ ok: false, status: 500, text: 'No.', problem: null });
      return Promise.resolve({ ok: true, value: { data } } as never);
    },
    after: (ms, run) => {
      const timer = { at: ports.now + ms, run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    pass: async (ms) => {
      ports.now += ms;
      for (const timer of [...timers].filter(({ at }) => at <= ports.now)) {
        timers.delete(timer);
        timer.run();
      }
      for (let i = 0; i < 10; i++) await Promise.resolve();
    },
  };
  return ports;
}
