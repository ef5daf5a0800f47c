import { errorFields, logLine } from '../../core/protocol/log-line.ts';
import { loadAlertSetup } from '../../storage/alert-setup.ts';
import type { ShardHost } from './shard-calls.ts';

/** The copy of the rules is renewed this often, if an alarm comes. */
const renewEveryMs = 60_000;

/** The copy of the rules and of the region's shard plan that a shard judges by. A peer judges nothing, and has none. */
export class RulesCopy {
  readonly #db: D1Database;
  readonly #host: ShardHost;
  #renewedAtMs = Number.NEGATIVE_INFINITY;
  /** The rules could not be read: an alarm comes for them, though nothing else should need one. */
  #isUnread = false;

  constructor(db: D1Database, host: ShardHost) {
    this.#db = db;
    this.#host = host;
  }

  /** The first time the rules are waited for. Later their copy serves, and no outage of D1 holds up an alert. */
  async begin(): Promise<void> {
    if (this.#host.region()?.lacksAlertSetup) await this.renew();
  }

  async renewIfOld(): Promise<void> {
    const region = this.#host.region();
    if (!region || region.lacksAlertSetup || region.shared.isPeer) return;
    if (Date.now() - this.#renewedAtMs >= renewEveryMs) await this.renew();
  }

  /** `isNew`: past the caches. */
  async renew(isNew = false): Promise<void> {
    const region = this.#host.region();
    if (!region) return;
    try {
      const asked = { nowMs: Date.now(), isNew };
      const setup = await loadAlertSetup(this.#db, region.address.regionNumber, asked);
      this.#isUnread = false;
      if (region !== this.#host.region() || !setup) return;
      this.#host.commit(() => ({ effects: region.setUpAlerts(setup) }));
      this.#renewedAtMs = Date.now();
    } catch (error) {
      this.#isUnread = true;
      console.warn(logLine('warn', 'rules_unread', { ...region.address, ...errorFields(error) }));
    }
  }

  /** When an alarm has to come for them, ms. */
  wakeMs(nowMs: number): number {
    return this.#isUnread ? nowMs + renewEveryMs : Number.POSITIVE_INFINITY;
  }
}
