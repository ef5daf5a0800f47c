/** The answer of /api/system, as far as the page shows it. */
import type { CostBasis } from '../../core/cost/estimate.ts';
import type { Bounds } from '../../core/cost/requests.ts';
import type { RegionState, SystemFinding, SystemState } from '../../core/system/judge.ts';

export interface RegionRow {
  readonly region: string;
  readonly state: RegionState;
  readonly events_per_second: number;
  readonly late_per_second: number;
  readonly duplicates_per_second: number;
  readonly last_received_at: string | null;
  readonly watermark_behind_ms: number | null;
  readonly queue_wait_ms: number | null;
  readonly in_flight: number;
  readonly overdue: number;
  readonly d1_windows_due: number;
  readonly d1_behind_ms: number | null;
  readonly lake_behind_ms: number | null;
}

export interface LetterKind {
  readonly code: string;
  readonly message: string;
  readonly region: string | null;
  readonly producer: string | null;
  readonly letters: number;
  readonly events: number;
  readonly sendable: boolean;
  readonly newest_at: string;
}

export interface RunRow {
  readonly kind: 'batch' | 'replay' | 'etl';
  readonly id: string;
  readonly state: string;
  readonly failed: boolean;
  readonly over: boolean;
  readonly what: string;
  readonly share_done: number | null;
  readonly error: string | null;
  readonly progressed_at: string;
}

export interface CostRow {
  readonly item: string;
  readonly unit: string;
  readonly basis: CostBasis;
  readonly why: string;
  readonly per_day: Bounds;
  readonly usd_per_day: Bounds;
}

export interface SystemData {
  readonly at: string;
  readonly state: SystemState;
  readonly findings: readonly SystemFinding[];
  readonly doors: {
    readonly requests_per_second: number;
    readonly requests_counted: boolean;
    readonly rejected: number | null;
    readonly rejects: readonly {
      readonly producer: string;
      readonly code: string;
      readonly records: number;
    }[];
    readonly samples: readonly {
      readonly at: string;
      readonly producer: string;
      readonly code: string;
      readonly id: string | null;
      readonly pointer: string;
      readonly message: string;
    }[];
  };
  readonly queue: {
    readonly messages_per_second: Bounds;
    readonly wait_ms: number | null;
    readonly wait_ms_max: number | null;
    readonly in_flight: number;
    readonly overdue: number;
  };
  readonly regions: readonly RegionRow[];
  readonly regions_left_out: number;
  readonly events_per_second: number;
  readonly d1: {
    readonly windows_per_second: number;
    readonly windows_due: number;
    readonly behind_ms: number | null;
  };
  readonly lake: {
    readonly parts: number | null;
    readonly events: number | null;
    readonly behind_ms: number | null;
  };
  readonly hubs: {
    readonly viewers: number | null;
    readonly readers: number | null;
    readonly changes_per_second: number;
  };
  readonly dead_letters: {
    readonly count: number;
    readonly whole: boolean;
    readonly at: string;
    readonly kinds: readonly LetterKind[];
  } | null;
  readonly accounts: { readonly adds_up: boolean; readonly explanation: string; readonly at: string } | null;
  readonly runs: readonly RunRow[] | null;
  readonly runs_waiting: number | null;
  readonly cost: {
    readonly prices_of: string;
    readonly usd_per_day: Bounds;
    readonly usd_per_million: Bounds | null;
    readonly lines: readonly CostRow[];
  };
}
