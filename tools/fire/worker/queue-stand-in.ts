/**
 * Stands in for the queue, because the emulated one forgets when it is killed: a message is in SQLite when its send
 * resolves, and is delivered to the product's own consumer until it is acknowledged, as often and in whatever order the
 * seed has it.
 */
import { DurableObject } from 'cloudflare:workers';
import { errorFields, logLine } from '../../../core/protocol/log-line.ts';
import { handleQueue } from '../../../workers/consumer/handle-queue.ts';
import { calm, type Disorder, type QueueState } from '../protocol.ts';
import { setAlarmsBack } from './clock.ts';
import { fireEnv } from './environment.ts';
import type { FireEnv } from './fire-env.ts';
import { type DueDelivery, MessageStore } from './message-store.ts';
import { type Stop, stopsOf } from './stops.ts';

/** As wrangler.toml has it. */
const batchMessages = 100;
/** Consumers at a time: the platform runs up to 250, and their batches overtake each other. */
const consumers = 3;

type Outcome = { readonly is: 'ack' } | { readonly is: 'retry'; readonly delaySeconds: number };

export class QueueStandIn extends DurableObject<FireEnv> {
  readonly #store: MessageStore;
  readonly #stop: Stop | null;
  #isDelivering = false;
  #sending = 0;

  constructor(ctx: DurableObjectState, env: FireEnv) {
    super(ctx, env);
    setAlarmsBack(ctx.storage);
    const disorder: Disorder = { ...calm, ...(JSON.parse(env.FIRE_DISORDER ?? '{}') as Partial<Disorder>) };
    this.#store = new MessageStore(ctx.storage.sql, disorder);
    this.#stop = stopsOf(env);
    void ctx.blockConcurrencyWhile(async () => await this.#schedule());
  }

  /** The messages of one send, all or none: they are committed before the answer goes out. */
  async enqueue(bodies: readonly Uint8Array[]): Promise<void> {
    this.#sending++;
    try {
      const nowMs = Date.now();
      this.ctx.storage.transactionSync(() => {
        for (const body of bodies) this.#store.add(body, nowMs);
      });
      if (!this.#isDelivering) await this.#schedule();
    } finally {
      this.#sending--;
    }
  }

  state(): QueueState {
    return { ...this.#store.state(), sendsUnderWay: this.#sending };
  }

  fireAbort(): void {
    this.ctx.abort('fire');
  }

  override async alarm(): Promise<void> {
    if (this.#isDelivering) return;
    this.#isDelivering = true;
    try {
      const due = this.#store.take(batchMessages * consumers, Date.now());
      const batches = Array.from({ length: Math.ceil(due.length / batchMessages) }, (_, n) =>
        due.slice(n * batchMessages, (n + 1) * batchMessages),
      );
      await Promise.all(batches.map(async (batch) => await this.#deliver(batch)));
    } catch (error) {
      console.error(logLine('error', 'fire_delivery_failed', errorFields(error)));
    } finally {
      this.#isDelivering = false;
      await this.#schedule();
    }
  }

  async #deliver(batch: readonly DueDelivery[]): Promise<void> {
    const outcomes = new Map<number, Outcome>();
    // A consumer that throws has its batch delivered again, but for what it acknowledged; one that says nothing has acknowledged.
    let silent: Outcome = { is: 'ack' };
    const retry = (options?: QueueRetryOptions): Outcome => ({
      is: 'retry',
      delaySeconds: options?.delaySeconds ?? 0,
    });
    const messages = batch.map((delivery) => ({
      id: `fire-${delivery.message}`,
      timestamp: new Date(delivery.sentAtMs),
      attempts: delivery.attempts,
      body: new Uint8Array(delivery.body),
      ack: () => void outcomes.set(delivery.id, { is: 'ack' }),
      retry: (options?: QueueRetryOptions) => void outcomes.set(delivery.id, retry(options)),
    }));
    const all = {
      queue: 'fire',
      messages,
      ackAll: () => {
        silent = { is: 'ack' };
      },
      retryAll: (options?: QueueRetryOptions) => {
        silent = retry(options);
      },
    };
    try {
      await handleQueue(all as unknown as MessageBatch, fireEnv(this.env, 'consumer'));
    } catch (error) {
      silent = { is: 'retry', delaySeconds: 1 };
      console.error(logLine('error', 'fire_consumer_threw', errorFields(error)));
    }
    await this.#stop?.('before ack');
    const nowMs = Date.now();
    this.ctx.storage.transactionSync(() => {
      for (const delivery of batch) {
        const outcome = outcomes.get(delivery.id) ?? silent;
        if (outcome.is === 'ack') this.#store.acknowledge(delivery, nowMs);
        else this.#store.retry(delivery, nowMs + outcome.delaySeconds * 1000);
      }
    });
    await this.#stop?.('behind ack');
  }

  async #schedule(): Promise<void> {
    const dueMs = this.#store.nextDueMs();
    if (dueMs === null) return;
    const atMs = Math.max(dueMs, Date.now());
    const set = await this.ctx.storage.getAlarm();
    if (set === null || set > atMs) await this.ctx.storage.setAlarm(atMs);
  }
}
