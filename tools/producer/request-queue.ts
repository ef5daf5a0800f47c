// Records on their way into requests, and requests on their way to the service.
import type { Progress } from './progress.ts';
import type { OutgoingRecord } from './scenario.ts';
import type { Sender } from './sender.ts';

interface QueueOptions {
  readonly sender: Sender;
  readonly progress: Progress;
  readonly senders: number;
  readonly stop?: AbortSignal | undefined;
}

type Request = readonly OutgoingRecord[];

/** At most `senders` requests at a time; what comes on top waits in order. */
export class RequestQueue {
  readonly #options: QueueOptions;
  /** Not in a request yet. */
  #loose: OutgoingRecord[] = [];
  #looseSince = 0;
  readonly #waiting: Request[] = [];
  readonly #unanswered = new Set<Request>();
  readonly #running = new Set<Promise<void>>();
  #takenTo = 0;

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  isFull(): boolean {
    return this.#waiting.length >= 2 * this.#options.senders;
  }

  /** Takes the next records; all that are due before `toMs` have then been added. */
  add(records: readonly OutgoingRecord[], toMs: number): void {
    if (this.#loose.length === 0) this.#looseSince = performance.now();
    for (const record of records) this.#loose.push(record);
    this.#takenTo = toMs;
    this.#noteAnswered();
  }

  /** Makes full requests, and one of the rest where that has waited for so long. */
  cut(size: number, restAfterMs: number): void {
    while (this.#loose.length >= size) this.#put(this.#loose.splice(0, size));
    if (this.#loose.length === 0 || performance.now() - this.#looseSince < restAfterMs) return;
    this.#put(this.#loose);
    this.#loose = [];
  }

  async drained(): Promise<void> {
    await Promise.all(this.#running);
  }

  #put(request: Request): void {
    this.#unanswered.add(request);
    this.#waiting.push(request);
    if (this.#running.size >= this.#options.senders) return;
    const worker: Promise<void> = this.#work().finally(() => this.#running.delete(worker));
    this.#running.add(worker);
  }

  async #work(): Promise<void> {
    const { sender, progress, stop } = this.#options;
    for (let request = this.#waiting.shift(); request && !stop?.aborted; request = this.#waiting.shift()) {
      const result = await sender.sendBody(...bodyOf(request));
      progress.add(request, result);
      if (result.kind === 'stopped') return;
      this.#unanswered.delete(request);
      this.#noteAnswered();
    }
  }

  #noteAnswered(): void {
    const [loose] = this.#loose;
    let answeredTo = loose ? loose.dueMs : this.#takenTo;
    for (const [first] of this.#unanswered) answeredTo = Math.min(answeredTo, first?.dueMs ?? Infinity);
    this.#options.progress.answeredToMs = answeredTo;
  }
}

/** An array where all records are JSON, or else lines, of which each stands for itself. */
function bodyOf(records: Request): readonly [body: string, contentType: string] {
  const texts = records.map(({ text }) => text);
  return records.some(({ code }) => code === 'invalid_json')
    ? [texts.join('\n'), 'application/x-ndjson']
    : [`[${texts.join(',')}]`, 'application/json'];
}
