// Sends batches over HTTP as a careful producer does: what failed for reasons of the way is sent again, byte for byte,
// so that every event keeps its identity; what was refused for its content is not.
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';

export interface SenderOptions {
  /** Origin of the service, such as http://127.0.0.1:8787. */
  readonly url: string;
  /** Connections kept open, and so the requests under way at a time. */
  readonly connections?: number;
  /** Ingest key, once the door has a lock. */
  readonly key?: string | undefined;
  /** Ends waiting and sending again. */
  readonly stop?: AbortSignal | undefined;
  readonly backoffMsMin?: number;
  readonly backoffMsMax?: number;
}

/** The service's answer to a request that it could read. */
export interface Answer {
  readonly received: number;
  readonly accepted: number;
  readonly duplicates: number;
  readonly rejected: number;
}

interface Effort {
  readonly attempts: number;
  /** Of the last attempt, from the first byte sent to the last received. */
  readonly latencyMs: number;
  /** Performance time of the answer. */
  readonly answeredAt: number;
}

export type SendResult =
  | (Effort & { readonly kind: 'answered'; readonly answer: Answer })
  /** A 4xx other than 429, or no answer of ours: sending it again would change nothing. */
  | (Effort & { readonly kind: 'refused'; readonly status: number; readonly problem: string })
  | { readonly kind: 'stopped'; readonly attempts: number };

type Attempt =
  | { readonly kind: 'final'; readonly status: number; readonly text: string }
  | { readonly kind: 'again'; readonly why: string; readonly afterMs?: number | undefined };

const requestTimeoutMs = 30_000;

export class Sender {
  readonly #pool: Pool;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #options: SenderOptions;
  /** Attempts that had to be made again. */
  resends = 0;
  /** Why the last of them had to. */
  lastTrouble = '';

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#pool = new Pool(new URL(options.url).origin, {
      connections: options.connections ?? 4,
      headersTimeout: requestTimeoutMs,
      bodyTimeout: requestTimeoutMs,
    });
    this.#headers = options.key ? { authorization: `Bearer ${options.key}` } : {};
  }

  /** Sends the events in one request until it is answered, and resolves to what became of them. */
  async send(events: readonly object[]): Promise<SendResult> {
    return await this.sendBody(JSON.stringify(events), 'application/json');
  }

  /** Sends a body as it is, in the same way. */
  async sendBody(body: string, contentType: string): Promise<SendResult> {
    for (let attempts = 1; ; attempts++) {
      const startedAt = performance.now();
      const attempt = await this.#attempt(body, contentType);
      const answeredAt = performance.now();
      if (attempt.kind === 'final') {
        const effort = { attempts, latencyMs: answeredAt - startedAt, answeredAt };
        const answer = attempt.status < 300 ? readAnswer(attempt.text) : undefined;
        return answer
          ? { kind: 'answered', ...effort, answer }
          : { kind: 'refused', ...effort, status: attempt.status, problem: attempt.text.slice(0, 1000) };
      }
      this.lastTrouble = attempt.why;
      if (!(await this.#pause(attempt.afterMs ?? this.#backoffMs(attempts))))
        return { kind: 'stopped', attempts };
      this.resends++;
    }
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }

  async #attempt(body: string, contentType: string): Promise<Attempt> {
    try {
      const {
        statusCode,
        headers,
        body: stream,
      } = await this.#pool.request({
        path: '/v1/events',
        method: 'POST',
        headers: { ...this.#headers, 'content-type': contentType },
        body,
      });
      const text = await stream.text();
      if (statusCode !== 429 && statusCode < 500) return { kind: 'final', status: statusCode, text };
      const afterMs = retryAfterMs(headers['retry-after'], Date.now());
      return { kind: 'again', why: `${statusCode} ${text.slice(0, 200)}`, afterMs };
    } catch (error) {
      // No answer: whether it was taken is unknown, which is what the identities are for.
      return { kind: 'again', why: error instanceof Error ? error.message : String(error) };
    }
  }

  #backoffMs(attempts: number): number {
    const { backoffMsMin = 100, backoffMsMax = 5_000 } = this.#options;
    const full = Math.min(backoffMsMax, backoffMsMin * 2 ** (attempts - 1));
    // Half of it by chance, so that senders that failed together do not come back together.
    return full * (0.5 + Math.random() / 2);
  }

  /** False if the sender was stopped meanwhile. */
  async #pause(milliseconds: number): Promise<boolean> {
    const { stop } = this.#options;
    if (stop?.aborted) return false;
    try {
      await sleep(milliseconds, undefined, stop ? { signal: stop } : {});
      return true;
    } catch {
      return false;
    }
  }
}

/** Undefined if whatever answered is no Marquee. */
function readAnswer(text: string): Answer | undefined {
  try {
    const { received, accepted, duplicates, rejected } = JSON.parse(text) as Partial<Answer>;
    const numbers = { received, accepted, duplicates, rejected };
    return Object.values(numbers).every(Number.isInteger) ? (numbers as Answer) : undefined;
  } catch {
    return undefined;
  }
}

/** Retry-After in seconds or as a date (RFC 9110, 10.2.3); undefined if it is neither. */
export function retryAfterMs(header: string | string[] | undefined, now: number): number | undefined {
  if (typeof header !== 'string') return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}
