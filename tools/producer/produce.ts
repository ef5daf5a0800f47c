// Turns traffic into requests: a first catch-up where the traffic begins in the past, then live, as time goes by.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Progress } from './progress.ts';
import { RequestQueue } from './request-queue.ts';
import { SendPlan } from './send-plan.ts';
import type { Sender } from './sender.ts';
import type { Traffic } from './traffic.ts';

export interface ProduceOptions {
  /** Traffic alone is told from its beginning on, for as long as it lasts. */
  readonly traffic: Traffic | SendPlan;
  readonly sender: Sender;
  readonly progress: Progress;
  /** Requests under way at a time. */
  readonly senders: number;
  /** Events of a live request at most; while catching up a request holds more. */
  readonly batch: number;
  /** What is due from here on is not sent; forever by default. */
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
  const plan = traffic instanceof SendPlan ? traffic : new SendPlan(traffic);
  const queue = new RequestQueue(options);
  let isLive = false;
  while (!stop?.aborted && plan.takenTo < untilMs) {
    // With enough under way nothing is taken: time goes on, and a service that was down gets it all afterwards.
    if (!queue.isFull()) {
      const now = Date.now();
      const to = Math.min(now, untilMs, plan.takenTo + catchUpStepMs);
      queue.add(plan.take(to), to);
      const isLate = to < now;
      if (!isLate && !isLive) {
        isLive = true;
        options.onCaughtUp?.();
      }
      queue.cut(isLate ? catchUpBatch : options.batch, isLate ? Infinity : flushEveryMs - tickMs);
      if (isLate) continue;
    }
    await sleep(tickMs);
  }
  if (!stop?.aborted) queue.cut(catchUpBatch, 0);
  await queue.drained();
}
