// What was sent and what was answered, on disk before it is sent: what the checker believes.
import { mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** By its number, which it bears as its duration in ms. */
export interface OracleEvent {
  readonly number: number;
  readonly region: string;
  readonly content: string;
  readonly timeMs: number;
}

/** `ok`: 202. `fail`: the service said no. `unknown`: no answer, or none of the service's. */
export type AnswerClass = 'ok' | 'fail' | 'unknown';

export class Oracle {
  readonly events: OracleEvent[] = [];
  /** Numbers by the best answer that any request with them had. */
  readonly ok = new Set<number>();
  readonly unknown = new Set<number>();
  readonly failed = new Set<number>();
  /** Requests by their class. */
  readonly requests: Record<AnswerClass, number> = { ok: 0, fail: 0, unknown: 0 };
  /** By status, of those that failed. */
  readonly statuses = new Map<number, number>();
  /** Records of requests that were answered 202, as the answers had them. */
  readonly answered = { received: 0, accepted: 0, rejected: 0, twins: 0 };
  /** Good records of requests without an answer: what they were counted as nobody knows. */
  unknownRecords = 0;
  readonly wrongAnswers: string[] = [];
  readonly #file: number;

  constructor(path: string) {
    mkdirSync(dirname(path), { recursive: true });
    this.#file = openSync(path, 'a');
  }

  /** A new event: its number follows from its place. */
  make(of: Omit<OracleEvent, 'number'>): OracleEvent {
    const event = { ...of, number: this.events.length };
    this.events.push(event);
    this.#write({ made: event.number, region: of.region, content: of.content, at: of.timeMs });
    return event;
  }

  /** Before the request leaves. */
  sending(request: string, numbers: readonly number[], bad: number): void {
    this.#write({ sending: request, numbers, bad });
  }

  settled(request: string, is: AnswerClass, numbers: readonly number[], status: number): void {
    this.#write({ settled: request, is, status });
    this.requests[is]++;
    if (is === 'fail') this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
    if (is === 'unknown') this.unknownRecords += numbers.length;
    const set = { ok: this.ok, unknown: this.unknown, fail: this.failed }[is];
    for (const number of numbers) set.add(number);
  }

  #write(line: object): void {
    writeSync(this.#file, `${JSON.stringify(line)}\n`);
  }
}
