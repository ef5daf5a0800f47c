/** Ends live connections whose callers are no longer who they were (ACC-5). */
import type { LiveCaller } from '../../core/live/live-caller.ts';
import { socketRecheckMs } from '../../core/protocol/limits.ts';

export interface WatchHooks {
  /** Whether D1 still has the session. */
  readonly stands: (sessionId: string) => Promise<boolean>;
  readonly end: (connection: string, reason: string) => void;
  /** To be given back to `add` when the hub wakes from hibernation. */
  readonly checked: (connection: string, atMs: number) => void;
}

/** Whose sign-in was taken back: one session, or all of a person. */
export type SignedOut = { readonly sessionId: string } | { readonly personId: string };

interface Watched {
  readonly caller: LiveCaller;
  /** When the door or D1 last said that the session stands, ms. */
  checkedAtMs: number;
}

/** D1 did not answer: the session is asked for again after this. */
const retryMs = 60_000;

export class CallerWatch {
  readonly #hooks: WatchHooks;
  readonly #watched = new Map<string, Watched>();
  /** Nothing is due before, ms. */
  #dueAtMs = Number.POSITIVE_INFINITY;

  constructor(hooks: WatchHooks) {
    this.#hooks = hooks;
  }

  add(connection: string, caller: LiveCaller, checkedAtMs: number): void {
    const watched = { caller, checkedAtMs };
    this.#watched.set(connection, watched);
    this.#dueAtMs = Math.min(this.#dueAtMs, dueAtMs(watched));
  }

  remove(connection: string): void {
    this.#watched.delete(connection);
  }

  signedOut(who: SignedOut): void {
    for (const [connection, { caller }] of this.#watched) {
      const isTheirs =
        'sessionId' in who ? caller.sessionId === who.sessionId : caller.personId === who.personId;
      if (isTheirs) this.#end(connection, 'signed out');
    }
  }

  /** Ends what is over, and has the sessions looked up that nobody has vouched for in the last half hour. */
  async look(nowMs: number): Promise<void> {
    if (nowMs < this.#dueAtMs) return;
    const unsure = new Set<string>();
    for (const [connection, watched] of this.#watched) {
      const { endsAtMs, sessionId } = watched.caller;
      if (endsAtMs !== null && nowMs >= endsAtMs) this.#end(connection, 'the sign-in has ended');
      else if (sessionId !== null && nowMs >= watched.checkedAtMs + socketRecheckMs) unsure.add(sessionId);
    }
    // Before the answers, so that nobody asks twice.
    for (const sessionId of unsure) this.#note(sessionId, nowMs - socketRecheckMs + retryMs);
    this.#dueAtMs = Math.min(Number.POSITIVE_INFINITY, ...[...this.#watched.values()].map(dueAtMs));
    await Promise.all([...unsure].map(async (sessionId) => this.#lookUp(sessionId, nowMs)));
  }

  async #lookUp(sessionId: string, nowMs: number): Promise<void> {
    if (await this.#hooks.stands(sessionId)) this.#note(sessionId, nowMs);
    else this.signedOut({ sessionId });
  }

  #note(sessionId: string, atMs: number): void {
    for (const [connection, watched] of this.#watched) {
      if (watched.caller.sessionId !== sessionId) continue;
      watched.checkedAtMs = atMs;
      this.#hooks.checked(connection, atMs);
    }
  }

  #end(connection: string, reason: string): void {
    this.#watched.delete(connection);
    this.#hooks.end(connection, reason);
  }
}

function dueAtMs({ caller, checkedAtMs }: Watched): number {
  const recheckAtMs = caller.sessionId === null ? Number.POSITIVE_INFINITY : checkedAtMs + socketRecheckMs;
  return Math.min(caller.endsAtMs ?? Number.POSITIVE_INFINITY, recheckAtMs);
}
