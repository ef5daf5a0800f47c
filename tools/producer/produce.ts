// Turns traffic into requests: a first catch-up where the traffic begins in the past, then live, as time goes by.
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProducedEvent } from './event.ts';
import type { Progress } from './progress.ts';
import type { Sender } from './sender.ts';
import type { Traffic } from './traffic.ts';

export interface ProduceOptions {
  readonly traffic: Traffic;
  readonly sender: Sender;
  readonly progress: Progress;
  /** Requests under way at a time. */
  readonly senders: number;
  /** Events of a live request at most; while catching up a request holds more. */
  readonly batch: number;
  /** Moment of the last event; forever by default. */
  readonly untilMs?: number;
  readonly stop?: AbortSignal | undefined;
  /** Once, when the traffic of the past has been taken. */
  readonly onCaughtUp?: () => void;
}

/** No event waits longer than this for its request. */
const flushEveryMs = 200;
const tickMs = 20;
const catchUpBatch = 500;
/** Traffic of the past is taken in pieces of this length. */
const catchUpStepMs = 5_000;

/** Resolves when all is answered, after `untilMs` or once stopped. */
export async function produce(options: ProduceOptions): Promise<void> {
  const { traffic, untilMs = Infinity, stop } = options;
  const queue = new RequestQueue(options);
  let waiting: ProducedEvent[] = [];
  let waitingSince = 0;
  let isLive = false;
  while (!stop?.aborted && traffic.takenTo < untilMs) {
    // With enough under way nothing is taken: time goes on, and a service that was down gets it all afterwards.
    if (!queue.isFull()) {
      const now = Date.now();
      const to = Math.min(now, untilMs, traffic.takenTo + catchUpStepMs);
      if (waiting.length === 0) waitingSince = performance.now();
      waiting.push(...traffic.take(to));
      const isLate = to < now;
      if (!isLate && !isLive) {
        isLive = true;
        options.onCaughtUp?.();
      }
      const size = isLate ? catchUpBatch : options.batch;
      while (waiting.length >= size) queue.put(waiting.splice(0, size));
      if (!isLate && waiting.length > 0 && performance.now() - waitingSince >= flushEveryMs - tickMs) {
        queue.put(waiting);
        waiting = [];
      }
      if (isLate) continue;
    }
    await sleep(tickMs);
  }
  if (waiting.length > 0 && !stop?.aborted) queue.put(waiting);
  await queue.drained();
}

/** At most `senders` requests at a time; what comes on top waits in order. */
class RequestQueue {
  readonly #options: ProduceOptions;
  readonly #waiting: ProducedEvent[][] = [];
  readonly #running = new Set<Promise<void>>();

  constructor(options: ProduceOptions) {
    this.#options = options;
  }

  isFull(): boolean {
    return this.#waiting.length >= 2 * this.#options.senders;
  }

  put(events: ProducedEvent[]): void {
    this.#waiting.push(events);
    if (this.#running.size >= this.#options.senders) return;
    const worker: Promise<void> = this.#work().finally(() => this.#running.delete(worker));
    this.#running.add(worker);
  }

  async drained(): Promise<void> {
    await Promise.all(this.#running);
  }

  async #work(): Promise<void> {
    const { sender, progress, stop } = this.#options;
    for (let events = this.#waiting.shift(); events && !stop?.aborted; events = this.#waiting.shift())
      progress.add(events.length, await sender.send(events));
  }
}
