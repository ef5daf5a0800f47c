// When and how what happens is told to the service: most of it at once, some of it twice, later or broken, as the
// scenarios of the traffic have it.
import { type OutgoingRecord, recordOf, type Scenario } from './scenario.ts';
import type { Traffic } from './traffic.ts';

export interface SendPlanOptions {
  /** Leaves out what is due before: it has been sent already. By default all is sent. */
  readonly dueFromMs?: number;
  /** Nothing that happens from here on is told; what happened before still is, however late. */
  readonly untilMs?: number;
}

/** The records of a traffic in order of their due times. Pieces put together are the same whatever their borders are. */
export class SendPlan {
  readonly #traffic: Traffic;
  readonly #scenarios: readonly Scenario[];
  readonly #dueFromMs: number;
  readonly #untilMs: number;
  /** What is due in each second that is begun or ahead. */
  readonly #calendar = new Map<number, OutgoingRecord[]>();
  #takenTo: number;
  /** By then all is due. */
  readonly endMs: number;

  constructor(traffic: Traffic, { dueFromMs, untilMs = Infinity }: SendPlanOptions = {}) {
    this.#traffic = traffic;
    this.#scenarios = traffic.scenarios.filter(({ send }) => send);
    this.#dueFromMs = dueFromMs ?? -Infinity;
    this.#untilMs = untilMs;
    this.#takenTo = Math.max(traffic.takenTo, this.#dueFromMs);
    this.endMs = this.#scenarios.reduce((end, { delayMsMax = 0 }) => end + delayMsMax, untilMs);
  }

  /** Records due from where the last piece ended up to, not including, `toMs`, in order of their due times. */
  take(toMs: number): OutgoingRecord[] {
    if (toMs <= this.#takenTo) return [];
    // A record is never due before its event, so all that is due by then has happened by then.
    for (const event of this.#traffic.take(Math.min(toMs, this.#untilMs)))
      for (const record of this.#recordsOf(recordOf(event))) this.#put(record);
    const taken: OutgoingRecord[] = [];
    for (let second = secondOf(this.#takenTo); second <= secondOf(toMs - 1); second++) {
      const due = this.#calendar.get(second);
      if (!due) continue;
      // Stable: of those due at once, what happened first comes first.
      due.sort((a, b) => a.dueMs - b.dueMs);
      const at = due.findIndex(({ dueMs }) => dueMs >= toMs);
      taken.push(...due.splice(0, at < 0 ? due.length : at));
      if (due.length === 0) this.#calendar.delete(second);
    }
    this.#takenTo = toMs;
    return taken;
  }

  /** Up to where records have been taken, by their due times. */
  get takenTo(): number {
    return this.#takenTo;
  }

  #recordsOf(record: OutgoingRecord): readonly OutgoingRecord[] {
    let records: readonly OutgoingRecord[] = [record];
    for (const scenario of this.#scenarios) records = records.flatMap((one) => scenario.send?.(one) ?? one);
    return records;
  }

  #put(record: OutgoingRecord): void {
    if (record.dueMs < this.#dueFromMs) return;
    const second = secondOf(record.dueMs);
    const others = this.#calendar.get(second);
    if (others) others.push(record);
    else this.#calendar.set(second, [record]);
  }
}

const secondOf = (ms: number): number => Math.floor(ms / 1000);
