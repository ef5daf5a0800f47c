import { addCounters, type Counters, emptyCounters } from '../aggregate/counters.ts';
import { DistinctSketch } from '../aggregate/distinct-sketch.ts';
import { QuantileSketch } from '../aggregate/quantile-sketch.ts';

/** Aggregates of one pane. All of them merge (WIN-2). */
export class Pane {
  readonly counters: Counters = emptyCounters();
  readonly users = new DistinctSketch();
  readonly sessions = new DistinctSketch();
  /** Download speeds in kbit/s. */
  readonly speed = new QuantileSketch();

  /** Adds another pane's aggregates to this one's. */
  merge(other: Pane): void {
    addCounters(this.counters, other.counters);
    this.users.merge(other.users);
    this.sessions.merge(other.sessions);
    this.speed.merge(other.speed);
  }
}
