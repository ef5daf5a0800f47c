/**
 * What the head of a region knows of its other shards: their last reports, and how far all together have come (ALR-3).
 * Nothing of it is stored: one that wakes asks again.
 */
import { shardSilenceMinutesMax } from '../protocol/limits.ts';
import type { ShardPlan } from '../protocol/shard-plan.ts';
import type { JudgedWindow, NotedMinutes } from './fold.ts';
import { asJudged, type ShardReport } from './shard-report.ts';

/** How far a shard's windows (epoch minutes) have come. */
export type Standing = Pick<ShardReport, 'closedThrough' | 'deadThrough'>;

/** A report; null for a shard that has never been; undefined for one that does not answer. */
export type ShardAnswer = ShardReport | null | undefined;

/** Minutes, half-open, with more than one shard. */
interface Span {
  readonly from: number;
  readonly to: number;
  readonly shards: number;
}

export class Peers {
  readonly #reports = new Map<number, ShardReport | null>();
  /** Those that did not answer last. */
  readonly #silent = new Set<number>();

  take(shard: number, answer: ShardAnswer): void {
    if (answer === undefined) {
      this.#silent.add(shard);
      return;
    }
    this.#silent.delete(shard);
    this.#reports.set(shard, answer);
  }

  /** Up to which minute all shards that count behind `after` have closed their windows, as far as they have said. */
  closedThrough(plan: ShardPlan, after: number, own: Standing): number {
    return throughAll(plan, after, own.closedThrough, (shard) =>
      // One that has never been may begin at any time: it then stands where the clock does.
      this.#boundOf(shard, own, 'closedThrough', own.closedThrough),
    );
  }

  /** Up to which minute no window of any shard that counts takes events. */
  deadThrough(plan: ShardPlan, after: number, own: Standing): number {
    return throughAll(plan, after, own.deadThrough, (shard) =>
      // Its clock may be behind ours when it begins.
      this.#boundOf(shard, own, 'deadThrough', own.deadThrough - 1),
    );
  }

  /** Whether each shard that counts between the two has reported in this life, or is given up. */
  areHeard(plan: ShardPlan, after: number, through: number, own: Standing): boolean {
    const bound = (shard: number) =>
      this.#reports.has(shard) ? Number.POSITIVE_INFINITY : givenUpThrough(own);
    return throughAll(plan, after, through, bound) >= through;
  }

  get windows(): JudgedWindow[] {
    return [...this.#reports.values()].flatMap((report) => report?.windows.map(asJudged) ?? []);
  }

  get noted(): NotedMinutes {
    const reports = [...this.#reports.values()];
    return {
      cuts: reports.flatMap((report) => report?.cuts ?? []),
      received: reports.flatMap((report) => report?.received ?? []),
    };
  }

  #boundOf(shard: number, own: Standing, of: keyof Standing, ofNone: number): number {
    const report = this.#reports.get(shard);
    if (report !== undefined && !this.#silent.has(shard)) return report === null ? ofNone : report[of];
    return Math.max(report?.[of] ?? Number.NEGATIVE_INFINITY, givenUpThrough(own));
  }
}

/** Shards beside the head whose windows count behind `after`, up to `through`. */
export function peersBetween(plan: ShardPlan, after: number, through: number): readonly number[] {
  const spans = spansOf(plan).filter(({ from, to }) => from <= through && to > after + 1 && after < through);
  const most = spans.reduce((max, { shards }) => Math.max(max, shards), 1);
  return Array.from({ length: most - 1 }, (_, i) => i + 1);
}

/** The last minute, up to `own`, to which each shard that counts has come. */
function throughAll(plan: ShardPlan, after: number, own: number, boundOf: (shard: number) => number): number {
  let through = own;
  for (const { from, to, shards } of spansOf(plan)) {
    for (let shard = 1; shard < shards; shard++) {
      const first = Math.max(from, after + 1, boundOf(shard) + 1);
      if (first < to) through = Math.min(through, first - 1);
    }
  }
  return through;
}

/** A head goes on without a shard that does not answer so much later. */
function givenUpThrough({ deadThrough }: Standing): number {
  return deadThrough - shardSilenceMinutesMax;
}

function spansOf(plan: ShardPlan): Span[] {
  return plan.flatMap(({ fromHour, shards }, i) => {
    const to = (plan[i + 1]?.fromHour ?? Number.POSITIVE_INFINITY) * 60;
    return shards > 1 ? [{ from: fromHour * 60, to, shards }] : [];
  });
}
