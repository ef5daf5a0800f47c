import { errorFields, logLine } from '../../core/protocol/log-line.ts';
import type { RegionUpdate } from '../../core/window/region-answer.ts';
import type { Lease } from './log-store.ts';
import type { HubLink } from './region-env.ts';

/** What the push takes updates from. */
export interface UpdateSource {
  takeUpdate(): RegionUpdate;
  updateLost(): void;
}

/**
 * Pushes a shard's changes to the hub that holds a lease on it (LIV-3). One push is under way at a time; what changes
 * meanwhile goes with the next: the hub's pace is the only timer. Joining of frames is the hub's.
 */
export class HubPush {
  readonly #link: (hub: string) => HubLink;
  #lease: Lease | null;
  #pushing = false;
  #again = false;

  constructor(lease: Lease | null, link: (hub: string) => HubLink) {
    this.#lease = lease;
    this.#link = link;
  }

  isLeasedAt(nowMs: number): boolean {
    return this.#lease !== null && this.#lease.untilMs > nowMs;
  }

  take(lease: Lease): void {
    this.#lease = lease;
  }

  /** Something changed. Resolves when the hub has it, or when it is known that nobody wants it. */
  async push(source: UpdateSource, nowMs: number): Promise<void> {
    if (!this.#lease || !this.isLeasedAt(nowMs)) return;
    this.#again = true;
    if (this.#pushing) return;
    this.#pushing = true;
    try {
      while (this.#again && this.#lease) {
        this.#again = false;
        const lease: Lease = this.#lease;
        const { wanted } = await this.#link(lease.hub).update(source.takeUpdate());
        // A lease that was granted meanwhile stands.
        if (!wanted && this.#lease === lease) this.#lease = null;
      }
    } catch (error) {
      // The hub may be restarting. What it lost comes whole with the next push.
      source.updateLost();
      console.warn(logLine('warn', 'hub_push_failed', errorFields(error)));
    } finally {
      this.#pushing = false;
    }
  }
}
