/** Refusals, joined per who asked, what for and minute, so that a flood writes few lines of the audit log (AUD-3). */
import { auditRefusalKindsMax } from '../protocol/limits.ts';
import type { AuditEntry } from './audit-entry.ts';

const minuteMs = 60_000;

interface Counted {
  readonly first: AuditEntry;
  lastMs: number;
  /** Beside the first. */
  more: number;
}

export class RefusalCounts {
  #minute = -1;
  readonly #counted = new Map<string, Counted>();

  /**
   * What is to be written now: the first refusal of its kind in a minute at once, and of a minute that is over how many
   * more there were. What is counted when an isolate ends is lost; that there were refusals is not.
   */
  note(entry: AuditEntry): AuditEntry[] {
    const minute = Math.floor(entry.atMs / minuteMs);
    const over = minute === this.#minute ? [] : this.#leave(minute);
    const kind = JSON.stringify([entry.actor, entry.action, entry.target]);
    const isKnown = this.#counted.has(kind) || this.#counted.size < auditRefusalKindsMax;
    const found = this.#counted.get(isKnown ? kind : '');
    if (found) {
      found.more += 1;
      found.lastMs = entry.atMs;
      return over;
    }
    const first = isKnown ? entry : { ...entry, actor: 'others', target: '' };
    this.#counted.set(isKnown ? kind : '', { first, lastMs: entry.atMs, more: 0 });
    return [...over, first];
  }

  #leave(minute: number): AuditEntry[] {
    this.#minute = minute;
    const repeated = [...this.#counted.values()].filter(({ more }) => more > 0);
    this.#counted.clear();
    return repeated.map(({ first, lastMs, more }) => ({
      ...first,
      atMs: lastMs,
      details: { ...first.details, more: String(more) },
    }));
  }
}
