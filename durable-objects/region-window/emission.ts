import { errorFields, logLine } from '../../core/protocol/log-line.ts';
import type { Region } from '../../core/window/region.ts';
import { saveAlerts } from '../../storage/alert-store.ts';
import { rollUpHour } from '../../storage/hour-store.ts';
import { saveWindows } from '../../storage/window-store.ts';
import type { ShardHost } from './shard-calls.ts';

/** Emits what is due to D1: alerts first, then windows, then hours; one emission at a time. */
export class Emission {
  readonly #db: D1Database;
  readonly #host: ShardHost;
  #running = false;

  constructor(db: D1Database, host: ShardHost) {
    this.#db = db;
    this.#host = host;
  }

  get isRunning(): boolean {
    return this.#running;
  }

  async run(): Promise<void> {
    const region = this.#host.region();
    if (!region || this.#running) return;
    this.#running = true;
    try {
      await this.#emit(region);
    } catch (error) {
      region.emissionFailed(Date.now());
      console.error(logLine('error', 'emission_failed', { ...region.address, ...errorFields(error) }));
    } finally {
      this.#running = false;
    }
  }

  /** Ends where the object has failed meanwhile, and another machine holds the shard. */
  async #emit(region: Region): Promise<void> {
    const alerts = region.dueAlerts(Date.now());
    if (alerts.length > 0) {
      await saveAlerts(this.#db, alerts);
      if (region !== this.#host.region()) return;
      this.#host.commit(() => ({ effects: region.confirmAlerts(alerts) }));
    }
    const due = region.dueWindows(Date.now());
    if (due.length > 0) {
      await saveWindows(this.#db, due);
      if (region !== this.#host.region()) return;
      this.#host.commit(() => ({ effects: region.confirm(due, Date.now()) }));
    }
    const { regionNumber, shard } = region.address;
    for (const hour of region.dueHours(Date.now())) {
      await rollUpHour(this.#db, regionNumber, shard, hour);
      region.hourWritten(hour);
    }
  }
}
