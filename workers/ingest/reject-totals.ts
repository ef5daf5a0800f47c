import { rejectSamplesMax } from '../../core/protocol/limits.ts';
import type { RejectReport, RejectSample } from '../../core/protocol/reject-report.ts';

/** The rejects of one request, as they enter the door's totals. */
export interface RequestRejects {
  readonly producer: string;
  /** EpochMinute of receipt. */
  readonly minute: number;
  readonly rejectedByCode: Readonly<Record<string, number>>;
  readonly samples: readonly RejectSample[];
}

interface Totals {
  readonly producer: string;
  readonly minute: number;
  readonly rejected: Map<string, number>;
  samples: RejectSample[];
  /** The queue may not know the newest values. */
  due: boolean;
}

/** No send takes this long, so no failed one can still change the totals of an older minute. */
const minutesKept = 10;

/**
 * The door's running totals of rejected records by producer and minute of receipt (ING-6). A report bears absolute
 * values, so that one delivered twice counts once. Twins are counted in the headers of chunks: the record that a twin
 * repeats was accepted, so a chunk always goes out with it.
 */
export class RejectTotals {
  readonly #door: string;
  readonly #totals = new Map<string, Totals>();
  #seq = 0;

  constructor(door: string) {
    this.#door = door;
  }

  add({ producer, minute, rejectedByCode, samples }: RequestRejects): void {
    const totals = this.#of(producer, minute);
    for (const [code, count] of Object.entries(rejectedByCode)) {
      totals.rejected.set(code, (totals.rejected.get(code) ?? 0) + count);
      totals.due = true;
    }
    totals.samples.push(...samples.slice(0, rejectSamplesMax - totals.samples.length));
  }

  /** What the queue has not been told yet. Forgets minutes that can change no more. */
  takeDue(nowMinute: number): RejectReport[] {
    const reports: RejectReport[] = [];
    for (const [key, totals] of this.#totals) {
      if (totals.due) reports.push(this.#report(totals));
      else if (totals.minute < nowMinute - minutesKept) this.#totals.delete(key);
      totals.due = false;
    }
    return reports;
  }

  /**
   * The request that added these was answered 503 and will come again whole: its rejects no longer count, and all
   * reports sent with it are due again, with a higher seq than any that may have got through.
   */
  withdraw(rejects: RequestRejects, reports: readonly RejectReport[]): void {
    const totals = this.#of(rejects.producer, rejects.minute);
    for (const [code, count] of Object.entries(rejects.rejectedByCode)) {
      const left = (totals.rejected.get(code) ?? 0) - count;
      if (left > 0) totals.rejected.set(code, left);
      else totals.rejected.delete(code);
      totals.due = true;
    }
    totals.samples = totals.samples.filter((sample) => !rejects.samples.includes(sample));
    for (const { producer, minute } of reports) this.#of(producer, minute).due = true;
  }

  #report({ producer, minute, rejected, samples }: Totals): RejectReport {
    return {
      door: this.#door,
      producer,
      minute,
      seq: ++this.#seq,
      rejected: Object.fromEntries(rejected),
      twins: 0,
      samples: [...samples],
    };
  }

  #of(producer: string, minute: number): Totals {
    const key = `${minute}/${producer}`;
    const known = this.#totals.get(key);
    if (known) return known;
    const totals: Totals = { producer, minute, rejected: new Map(), samples: [], due: false };
    this.#totals.set(key, totals);
    return totals;
  }
}
