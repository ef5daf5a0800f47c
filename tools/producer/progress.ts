// What a producer has sent and what became of it, and one line about it.
import type { Expectation, OutgoingRecord } from './scenario.ts';
import type { SendResult } from './sender.ts';

/** Latencies looked at for the quantiles: the newest ones. */
const latenciesKept = 2_000;

export class Progress {
  received = 0;
  accepted = 0;
  duplicates = 0;
  rejected = 0;
  /** Events of requests that were refused whole. */
  refused = 0;
  lastRefusal = '';
  /** All that was due before has been answered. */
  answeredToMs = 0;
  /** What is expected to become of the records that were answered. */
  readonly expected: Record<Expectation, number> = { accepted: 0, twin: 0, late: 0, rejected: 0 };
  #latencies: number[] = [];
  #lineAt = performance.now();
  #receivedAtLine = 0;

  add(records: readonly OutgoingRecord[], result: SendResult): void {
    if (result.kind === 'stopped') return;
    this.#latencies.push(result.latencyMs);
    if (this.#latencies.length > latenciesKept) this.#latencies = this.#latencies.slice(-latenciesKept / 2);
    if (result.kind === 'refused') {
      this.refused += records.length;
      this.lastRefusal = `${result.status} ${result.problem}`;
      return;
    }
    this.received += result.answer.received;
    this.accepted += result.answer.accepted;
    this.duplicates += result.answer.duplicates;
    this.rejected += result.answer.rejected;
    for (const { expected } of records) this.expected[expected]++;
  }

  /** What was sent, by what is to become of it. */
  get sentText(): string {
    const { accepted, twin, late, rejected } = this.expected;
    return `${count(accepted)} events, ${count(twin)} twins, ${count(late)} too late, ${count(rejected)} bad`;
  }

  /** Rate since the last line, totals, and latency of the newest requests. */
  line(resends: number): string {
    const now = performance.now();
    const rate = ((this.received - this.#receivedAtLine) * 1000) / Math.max(1, now - this.#lineAt);
    this.#lineAt = now;
    this.#receivedAtLine = this.received;
    const sorted = this.#latencies.toSorted((a, b) => a - b);
    const latency = [0.5, 0.95].map((share) => `p${share * 100} ${quantile(sorted, share).toFixed(0)} ms`);
    if (sorted.length === 0) return 'nothing answered yet';
    return [
      `${rate.toFixed(0).padStart(5)} events/s`,
      `accepted ${count(this.accepted)}`,
      `rejected ${count(this.rejected)}`,
      `duplicates ${count(this.duplicates)}`,
      ...(this.refused > 0 ? [`refused ${count(this.refused)}`] : []),
      ...(resends > 0 ? [`resent ${count(resends)}`] : []),
      latency.join(', '),
    ].join(' · ');
  }
}

/** Nearest rank; NaN of nothing. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

const count = (n: number): string => n.toLocaleString('en-US');

/** Writes lines over each other on a terminal, and one in `everyMs` where output goes to a file. */
export function showLines(everyMs: number): { show(line: string): void; end(): void } {
  const { stdout } = process;
  let shownAt = -Infinity;
  return {
    show(line) {
      if (stdout.isTTY) stdout.write(`\r\x1b[K${line.slice(0, (stdout.columns || 120) - 1)}`);
      else if (performance.now() - shownAt >= everyMs) {
        shownAt = performance.now();
        stdout.write(`${line}\n`);
      }
    },
    end() {
      if (stdout.isTTY) stdout.write('\n');
    },
  };
}
