// Producers that send while everything dies around them. What had no answer or a refusal is sent again with the same
// ids, or given up, as the seed has it.
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../../../test/e2e/traffic.ts';
import { poisonPrefix } from '../protocol.ts';
import type { AnswerClass, Oracle, OracleEvent } from './oracle.ts';
import type { World } from './world.ts';

/** Not EU-London: parts that are made, not sent, are of it (tools/lake-hour.ts). */
export const fireRegions = ['US-Virginia', 'SA-SaoPaulo', 'EU-Frankfurt', 'ASIA-Tokyo'];

export interface Traffic {
  readonly seed: number;
  readonly producers: number;
  /** New events of a request, at most. */
  readonly eventsMax: number;
  /** Between two requests of a producer, ms at most. */
  readonly pauseMs: number;
  /** 0 to 1: requests that are sent again until they are taken. */
  readonly resends: number;
  /** Epoch hours: a tenth of the events is of them, far too late for the stream. */
  readonly pastHours: readonly number[];
  /** What was taken is kept until it is confirmed, to be sent again. */
  readonly remembers: boolean;
  /** Those whose events are made. */
  readonly regions: readonly string[];
  /** Events are up to so old, ms. */
  readonly spreadMs: number;
  /** Another key than that of the folder. */
  readonly key: string | null;
}

export const usualTraffic: Omit<Traffic, 'seed'> = {
  producers: 4,
  eventsMax: 12,
  pauseMs: 60,
  resends: 0.6,
  pastHours: [],
  remembers: false,
  regions: fireRegions,
  spreadMs: 0,
  key: null,
};

const titles = 30;
const hourMs = 3_600_000;
/** Twins come within the lateness that the stream allows, with time for an outage in between. */
const twinOfLast = 400;
const answerWithinMs = 20_000;
const types = ['view', 'view', 'progress', 'progress', 'pause', 'resume', 'complete'];

interface Answer {
  readonly received: number;
  readonly accepted: number;
  readonly duplicates: number;
  readonly rejected: number;
}

interface Batch {
  readonly id: string;
  readonly body: string;
  readonly numbers: readonly number[];
  readonly bad: number;
}

export class Producers {
  readonly #world: World;
  readonly #oracle: Oracle;
  #traffic: Traffic;
  #stopped = false;
  #running: Promise<unknown> = Promise.resolve();
  #requests = 0;
  /** What was taken since the last confirmed count, or may have been. */
  #unconfirmed: Batch[] = [];
  /** Performance time of the first 202 behind the last call of expectAnswer. */
  #firstOk: ((atMs: number) => void) | null = null;

  constructor(world: World, oracle: Oracle, traffic: Traffic) {
    this.#world = world;
    this.#oracle = oracle;
    this.#traffic = traffic;
  }

  start(): void {
    this.#stopped = false;
    const { producers, seed } = this.#traffic;
    this.#running = Promise.all(
      Array.from({ length: producers }, async (_, n) => await this.#produce(seededRandom(seed * 1000 + n))),
    );
  }

  /** From the next batch on. */
  change(traffic: Partial<Traffic>): void {
    this.#traffic = { ...this.#traffic, ...traffic };
  }

  /** These, in one request, until they are taken; `bad` are records that the answer must have rejected. */
  async send(events: readonly Omit<OracleEvent, 'number'>[], bad: readonly object[] = []): Promise<void> {
    const batch = this.#asBatch(
      events.map((event) => this.#oracle.make(event)),
      bad,
    );
    while ((await this.#post(batch)) !== 'ok') await sleep(200);
  }

  /** One batch of the usual kind, once, whatever the answer is. */
  async offer(random: () => number): Promise<{ readonly is: AnswerClass; readonly ms: number }> {
    const batch = this.#batch(random);
    const startedAt = performance.now();
    const is = await this.#post(batch);
    return { is, ms: performance.now() - startedAt };
  }

  /** Once every request is settled. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  /** Performance time of the next 202. */
  async nextOk(): Promise<number> {
    return await new Promise<number>((resolve) => {
      this.#firstOk = resolve;
    });
  }

  /** Everything since the last confirmed count again, byte for byte, each until it is taken. */
  async resendAll(): Promise<number> {
    const again = this.#unconfirmed;
    this.#unconfirmed = [];
    for (const batch of again) while ((await this.#post(batch)) !== 'ok') await sleep(100);
    return again.length;
  }

  /** All that was taken so far is counted. */
  confirm(): void {
    this.#unconfirmed = [];
  }

  async #produce(random: () => number): Promise<void> {
    while (!this.#stopped) {
      if (!this.#world.isRunning) {
        await sleep(20);
        continue;
      }
      const batch = this.#batch(random);
      const isPatient = random() < this.#traffic.resends;
      let is = await this.#post(batch);
      while (is !== 'ok' && isPatient && !this.#stopped) {
        await sleep(100 + random() * 200);
        if (this.#world.isRunning) is = await this.#post(batch);
      }
      await sleep(random() * this.#traffic.pauseMs);
    }
  }

  #batch(random: () => number): Batch {
    const { eventsMax } = this.#traffic;
    const events: OracleEvent[] = [];
    for (let left = 1 + Math.floor(random() * eventsMax); left > 0; left--) events.push(this.#make(random));
    if (random() < 0.3) {
      const back = Math.min(twinOfLast, this.#oracle.events.length);
      const twin = this.#oracle.events[this.#oracle.events.length - 1 - Math.floor(random() * back)];
      const isHarmless = twin && !twin.content.startsWith(poisonPrefix);
      if (isHarmless && !events.includes(twin)) events.push(twin);
    }
    return this.#asBatch(
      events,
      random() < 0.05 ? [{ event_type: 'teleport', region: 'MOON-Tranquility' }] : [],
    );
  }

  #asBatch(events: readonly OracleEvent[], bad: readonly object[]): Batch {
    const body = JSON.stringify([...events.map(recordOf), ...bad]);
    const numbers = events.map(({ number }) => number);
    return { id: `r${this.#requests++}`, body, numbers, bad: bad.length };
  }

  #make(random: () => number): OracleEvent {
    const { pastHours, regions, spreadMs } = this.#traffic;
    const past =
      pastHours.length > 0 && random() < 0.1 ? pastHours[Math.floor(random() * pastHours.length)] : undefined;
    const timeMs =
      past === undefined
        ? Date.now() - Math.floor(random() * spreadMs)
        : past * hourMs + Math.floor(random() * hourMs);
    const region = regions[Math.floor(random() * regions.length)] ?? '';
    return this.#oracle.make({ region, content: `title-${Math.floor(random() ** 2 * titles)}`, timeMs });
  }

  async #post(batch: Batch): Promise<AnswerClass> {
    this.#oracle.sending(batch.id, batch.numbers, batch.bad);
    const { is, status, answer } = await this.#request(batch.body);
    this.#oracle.settled(batch.id, is, batch.numbers, status);
    if (is === 'ok' && answer) this.#note(batch, answer);
    if (this.#traffic.remembers && is !== 'fail') this.#unconfirmed.push(batch);
    if (is === 'ok') {
      this.#firstOk?.(performance.now());
      this.#firstOk = null;
    }
    return is;
  }

  #note(batch: Batch, answer: Answer): void {
    const { answered } = this.#oracle;
    answered.received += answer.received;
    answered.accepted += answer.accepted;
    answered.rejected += answer.rejected;
    answered.twins += answer.duplicates;
    const isRight =
      answer.received === batch.numbers.length + batch.bad &&
      answer.accepted === batch.numbers.length &&
      answer.rejected === batch.bad &&
      answer.duplicates === 0;
    if (!isRight) this.#oracle.wrongAnswers.push(`${batch.id}: ${JSON.stringify(answer)}`);
  }

  async #request(body: string): Promise<{ is: AnswerClass; status: number; answer?: Answer }> {
    try {
      const { url, credentials } = this.#world.runtime;
      const key = this.#traffic.key ?? credentials.ingest_key;
      const response = await fetch(`${url}/v1/events`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
        body,
        signal: AbortSignal.timeout(answerWithinMs),
      });
      const text = await response.text();
      if (response.status === 202) return { is: 'ok', status: 202, answer: JSON.parse(text) as Answer };
      // What wrangler's own proxy says of a runtime that has died is no word of the service.
      const isOurs = response.headers.get('content-type')?.startsWith('application/problem+json') ?? false;
      return { is: isOurs ? 'fail' : 'unknown', status: response.status };
    } catch {
      return { is: 'unknown', status: 0 };
    }
  }
}

function recordOf({ number, region, content, timeMs }: OracleEvent): object {
  return {
    event_id: `fire-${number}`,
    event_type: types[number % types.length],
    timestamp: new Date(timeMs).toISOString(),
    region,
    content_id: content,
    session_id: `session-${number % 700}`,
    user_id: `user-${number % 300}`,
    device_type: 'tv',
    // Tells which event it is, wherever it turns up.
    duration: number / 1000,
  };
}
