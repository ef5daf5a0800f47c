/** Tiny builders of live frames and states. */
import { applyFrame, type LiveState } from '../../core/live/live-state.ts';
import {
  type DeltaFrame,
  type LiveCell,
  type LiveRegion,
  liveCounterNames,
  type SnapshotFrame,
} from '../../core/protocol/live.ts';

/** Noon of a day in 2026, on a minute. */
export const noon = Date.UTC(2026, 10, 21, 12);

type CounterValues = Partial<Record<(typeof liveCounterNames)[number], number>>;

/** `start`: ms of a pane, or an epoch minute. */
export function cell(start: number, values: CounterValues): LiveCell {
  return [start, ...liveCounterNames.map((name) => values[name] ?? 0)];
}

export function snapshot(
  regions: Record<string, LiveRegion> = {},
  change: Partial<SnapshotFrame> = {},
): SnapshotFrame {
  const facts = Object.keys(regions).map((name) => ({ name, continent: 'X', latitude: 0, longitude: 0 }));
  return {
    t: 'snapshot',
    epoch: 'e1',
    seq: 1,
    at: noon,
    ack_every_ms: 2000,
    facts,
    regions,
    alerts: [],
    ...change,
  };
}

export function delta(prev: number, seq: number, change: Partial<DeltaFrame> = {}): DeltaFrame {
  return { t: 'delta', epoch: 'e1', prev, seq, at: noon, ack_every_ms: 2000, regions: {}, ...change };
}

export function stateOf(regions: Record<string, LiveRegion>, at = noon): LiveState {
  return applyFrame(null, snapshot(regions, { at })).state;
}
