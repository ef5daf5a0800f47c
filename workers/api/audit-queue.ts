/**
 * Lines on their way to the audit log (AUD-3). A request never waits for it: lines are handed over and written behind
 * its answer, many at a time where many come at once.
 */
import type { AuditEntry } from '../../core/access/audit-entry.ts';
import { RefusalCounts } from '../../core/access/refusal-counts.ts';
import { auditBatchMax, auditHeldMax } from '../../core/protocol/limits.ts';
import { errorFields } from '../../core/protocol/log-line.ts';
import { anchorHead } from '../../storage/audit-anchor.ts';
import { appendAudit } from '../../storage/audit-store.ts';
import type { Env } from '../env.ts';
import { logForRequest } from './request-scope.ts';

type AuditEnv = Pick<Env, 'DB' | 'LAKE'>;

/** Between the tries of one request; what then is still held waits for the next one. */
const pausesMs = [250, 1_000];
/** The platform ends what a request leaves behind after so long, and with it a writing that has not ended. */
const writingMsMax = 30_000;

class AuditQueue {
  #held: AuditEntry[] = [];
  #dropped = 0;
  #writingSinceMs = Number.NEGATIVE_INFINITY;
  readonly refusals = new RefusalCounts();

  add(entries: readonly AuditEntry[]): void {
    const taken = entries.slice(0, Math.max(0, auditHeldMax - this.#held.length));
    this.#held.push(...taken);
    this.#dropped += entries.length - taken.length;
  }

  /** Writes what is held, unless another request does already: it then writes this too. Never throws. */
  async write(env: AuditEnv, nowMs: number): Promise<void> {
    if (nowMs - this.#writingSinceMs < writingMsMax) return;
    this.#writingSinceMs = nowMs;
    for (let failures = 0; this.#held.length > 0; ) {
      if (await this.#writeSome(env)) continue;
      const pauseMs = pausesMs[failures++];
      if (pauseMs === undefined) break;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
    this.#writingSinceMs = Number.NEGATIVE_INFINITY;
  }

  async #writeSome(env: AuditEnv): Promise<boolean> {
    const entries = this.#held.slice(0, auditBatchMax);
    try {
      const head = await appendAudit(env.DB, entries);
      this.#held.splice(0, entries.length);
      await noteHead(env, head);
      return true;
    } catch (error) {
      const counts = { held: this.#held.length, dropped: this.#dropped };
      logForRequest('error', 'audit_delayed', { ...counts, ...errorFields(error) });
      this.#dropped = 0;
      return false;
    }
  }
}

/** A head that could not be noted is made up for by the next one. */
async function noteHead({ DB, LAKE }: AuditEnv, head: Parameters<typeof anchorHead>[2]): Promise<void> {
  try {
    if ((await anchorHead(DB, LAKE, head, Date.now())) === 'broken')
      logForRequest('error', 'audit_chain_broken', { seq: head.seq });
  } catch (error) {
    logForRequest('error', 'audit_unanchored', { seq: head.seq, ...errorFields(error) });
  }
}

/** One per database binding: an isolate has one. */
const queues = new WeakMap<D1Database, AuditQueue>();

function queueOf({ DB }: AuditEnv): AuditQueue {
  const queue = queues.get(DB) ?? new AuditQueue();
  queues.set(DB, queue);
  return queue;
}

/** Hands a line over. Refusals are joined (RefusalCounts); `waitUntil` is the request's own. */
export function recordAudit(
  env: AuditEnv,
  entry: AuditEntry,
  { waitUntil }: { readonly waitUntil: (work: Promise<unknown>) => void },
): void {
  const queue = queueOf(env);
  queue.add(entry.result === 'refused' ? queue.refusals.note(entry) : [entry]);
  waitUntil(queue.write(env, entry.atMs));
}
