import { type AlertTally, tallyAlerts } from './alert-check.ts';
import type { SealTally } from './seal-sim.ts';

/** What a history had in it, to see that the simulation does not run idle. */
export interface Tally extends AlertTally, SealTally {
  counted: number;
  late: number;
  duplicates: number;
  seen: number;
  refused: number;
  crashes: number;
  rows: number;
  emissions: number;
  failedEmissions: number;
  windows: number;
  parked: number;
  cuts: number;
}

export function emptyTally(): Tally {
  return {
    counted: 0,
    late: 0,
    duplicates: 0,
    seen: 0,
    refused: 0,
    crashes: 0,
    rows: 0,
    emissions: 0,
    failedEmissions: 0,
    windows: 0,
    parked: 0,
    cuts: 0,
    ...tallyAlerts([]),
    plans: 0,
    parts: 0,
    sealerDeaths: 0,
    lateParts: 0,
    twoAtOnce: 0,
  };
}
