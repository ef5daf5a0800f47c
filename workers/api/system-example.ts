/** What /api/system answers of a day when a producer has a fault; shortened. */
import type * as z from 'zod';
import type { systemAnswer } from './system-schema.ts';

const at = '2026-11-21T12:00:00.000Z';
const exactly = (value: number) => ({ low: value, high: value });

export const systemExample: z.output<typeof systemAnswer> = DESCRIBED && {
  data: {
    at,
    state: 'warning',
    findings: [{ level: 'warning', part: 'doors', text: '7 % of what came in the last hour was rejected.' }],
    doors: {
      requests_per_second: 40,
      requests_counted: true,
      rejected: 21_044,
      rejects: [{ producer: 'tv-apps', code: 'bad_time', records: 21_044 }],
      samples: [
        {
          at: '2026-11-21T11:59:00.000Z',
          producer: 'tv-apps',
          code: 'bad_time',
          id: 'e-1',
          pointer: '/timestamp',
          message: 'must be ISO 8601 or epoch ms',
        },
      ],
    },
    queue: {
      messages_per_second: exactly(40),
      wait_ms: 1_830,
      wait_ms_max: 5_204,
      in_flight: 25,
      overdue: 0,
    },
    regions: [
      {
        region: 'EU-London',
        state: 'well',
        events_per_second: 96.4,
        late_per_second: 0,
        duplicates_per_second: 0.1,
        commits_per_second: 2.5,
        last_received_at: '2026-11-21T11:59:59.120Z',
        watermark_behind_ms: 6_012,
        queue_wait_ms: 1_830,
        in_flight: 25,
        overdue: 0,
        d1_windows_due: 0,
        d1_behind_ms: null,
        lake_behind_ms: 412_000,
      },
    ],
    regions_left_out: 0,
    events_per_second: 96.4,
    d1: { windows_per_second: 0.0167, windows_due: 0, behind_ms: null },
    lake: { parts: 8, events: 340_112, bytes: 5_204_112, behind_ms: 412_000 },
    hubs: { viewers: 3, readers: 0, changes_per_second: 2.5 },
    dead_letters: { count: 0, whole: true, at, kinds: [] },
    accounts: {
      adds_up: true,
      explanation: 'All 347,040 events are accounted for. 25 more are on the way.',
      at,
    },
    runs: [
      {
        kind: 'batch',
        id: '0b9f2c1e-8a44-4d0e-9a1e-0d4f1f8a7b11',
        state: 'running',
        failed: false,
        over: false,
        what: 'EU-London, hour of 2026-11-21 10:00 UTC',
        share_done: 0.5,
        error: null,
        progressed_at: at,
      },
    ],
    runs_waiting: 0,
    cost: {
      prices_of: 'Cloudflare, paid plan, November 2026',
      usd_per_day: exactly(4.15),
      usd_per_million: exactly(0.5),
      lines: [
        {
          item: 'Queue operations',
          unit: 'operations of 64 KB',
          basis: 'derived',
          why: 'three a message; at least one message a POST',
          per_day: exactly(10_368_000),
          usd_per_day: exactly(4.15),
        },
      ],
    },
  },
};
