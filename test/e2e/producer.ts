import { setTimeout as sleep } from 'node:timers/promises';
import type { Runtime } from '../../tools/runtime.ts';
import type { SentEvent, SentRecord } from './traffic.ts';

interface Batch {
  readonly body: string;
  readonly good: readonly SentEvent[];
  readonly records: number;
}

interface Answer {
  readonly received: number;
  readonly accepted: number;
  readonly duplicates: number;
  readonly rejected: number;
}

/**
 * A producer that keeps what it has sent and sends a batch again, byte for byte, until it is answered 202. After a
 * restart it sends everything since the last confirmed count again, because the emulated queue forgets.
 */
export class TestProducer {
  readonly accepted: SentEvent[] = [];
  readonly #runtime: Runtime;
  readonly #unconfirmed: Batch[] = [];
  rejected = 0;
  resent = 0;
  /** Records that were given a number at the door, those that were sent again among them. */
  numbered = 0;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  async sendAll(records: Iterable<SentRecord>, batchSize: number): Promise<void> {
    let held: SentRecord[] = [];
    for (const record of records) {
      held.push(record);
      if (held.length < batchSize) continue;
      await this.#sendNew(held);
      held = [];
    }
    if (held.length > 0) await this.#sendNew(held);
  }

  /** Sends all since the last confirmed count again. */
  async resend(): Promise<void> {
    for (const batch of this.#unconfirmed) {
      this.resent += batch.records;
      await this.#post(batch);
    }
  }

  async #sendNew(records: readonly SentRecord[]): Promise<void> {
    const good = records.flatMap((record) => (record.good ? [record.good] : []));
    const body = JSON.stringify(records.map(({ record }) => record));
    const batch = { body, good, records: records.length };
    this.#unconfirmed.push(batch);
    const answer = await this.#post(batch);
    if (answer.received !== batch.records) throw new Error(`received ${answer.received} of ${batch.records}`);
    if (answer.accepted + answer.duplicates !== good.length) {
      throw new Error(`accepted ${answer.accepted} + ${answer.duplicates} of ${good.length}`);
    }
    this.accepted.push(...good);
    this.rejected += answer.rejected;
  }

  async #post(batch: Batch): Promise<Answer> {
    for (let attempt = 0; attempt < 200; attempt++) {
      try {
        const { url, credentials } = this.#runtime;
        const response = await fetch(`${url}/v1/events`, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            authorization: `Bearer ${credentials.ingest_key}`,
          },
          body: batch.body,
        });
        if (response.status === 202) {
          const answer = (await response.json()) as Answer;
          this.numbered += answer.accepted;
          return answer;
        }
        if (response.status < 500 && response.status !== 429) throw new TypeError(await response.text());
        await response.arrayBuffer();
      } catch (error) {
        if (error instanceof TypeError && error.message.startsWith('{')) throw error;
      }
      await sleep(100);
    }
    throw new Error('no answer after 200 attempts');
  }
}
