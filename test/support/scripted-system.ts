/** Answers of /api/system, as the System page shows them. */
import type { RegionRow, RunRow, SystemData } from '../../site/system/answer.ts';

const agoText = (ms: number): string => new Date(Date.now() - ms).toISOString();
const exactly = (value: number) => ({ low: value, high: value });

const regionNames = [
  'ASIA-Mumbai ASIA-Singapore ASIA-Tokyo AF-CapeTown CA-Toronto EU-Frankfurt EU-London EU-Paris',
  'OC-Sydney SA-SaoPaulo US-California US-Virginia',
].flatMap((names) => names.split(' '));

function region(name: string, n: number, change: Partial<RegionRow> = {}): RegionRow {
  return {
    region: name,
    state: 'well',
    events_per_second: 4 + ((n * 37) % 23) * 1.7,
    late_per_second: 0,
    duplicates_per_second: 0.1,
    last_received_at: agoText(800),
    watermark_behind_ms: 5_200 + n * 110,
    queue_wait_ms: 1_640 + ((n * 53) % 11) * 60,
    in_flight: n % 3,
    overdue: 0,
    d1_windows_due: 0,
    d1_behind_ms: null,
    lake_behind_ms: 212_000 + n * 9_000,
    ...change,
  };
}

const run = (change: Partial<RunRow>): RunRow => ({
  kind: 'batch',
  id: `${change.kind ?? 'batch'} ${change.what}`,
  state: 'done',
  failed: false,
  over: true,
  what: '',
  share_done: null,
  error: null,
  progressed_at: agoText(12 * 60_000),
  ...change,
});

const costLine = (item: string, unit: string, low: number, high: number, usd: number) => ({
  item,
  unit,
  basis: low === high ? ('counted' as const) : ('derived' as const),
  why: low === high ? 'rows of the logs' : 'at least as many as the busiest region has commits',
  per_day: { low, high },
  usd_per_day: { low: (usd * low) / high, high: usd },
});

const doors = (): SystemData['doors'] => ({
  requests_per_second: 41.2,
  requests_counted: true,
  rejected: 418,
  rejects: [
    { producer: 'tv-apps', code: 'bad_time', records: 402 },
    { producer: 'web-player', code: 'missing_field', records: 16 },
  ],
  samples: [
    {
      at: agoText(90_000),
      producer: 'tv-apps',
      code: 'bad_time',
      id: 'e-8812',
      pointer: '/timestamp',
      message: 'must be ISO 8601 or epoch ms',
    },
    {
      at: agoText(400_000),
      producer: 'web-player',
      code: 'missing_field',
      id: null,
      pointer: '/region',
      message: 'must be there',
    },
  ],
});

export function wellSystem(): SystemData {
  const regions = regionNames.map((name, n) => region(name, n));
  return {
    at: agoText(0),
    state: 'well',
    findings: [],
    doors: doors(),
    queue: {
      messages_per_second: { low: 41.2, high: 43.9 },
      wait_ms: 1_830,
      wait_ms_max: 5_204,
      in_flight: 12,
      overdue: 0,
    },
    regions,
    regions_left_out: 0,
    events_per_second: regions.reduce((sum, one) => sum + one.events_per_second, 0),
    d1: { windows_per_second: 0.2, windows_due: 0, behind_ms: null },
    lake: { parts: 8, events: 840_112, behind_ms: 311_000 },
    hubs: { viewers: 3, readers: 1, changes_per_second: 4.5 },
    dead_letters: { count: 0, whole: true, at: agoText(9_000), kinds: [] },
    accounts: {
      adds_up: true,
      explanation: 'All 847,040 events are accounted for. 12 more are on the way.',
      at: agoText(21_000),
    },
    runs: [
      run({
        state: 'running',
        over: false,
        share_done: 0.62,
        what: 'EU-London, hour of 2026-11-21 10:00 UTC',
      }),
      run({
        kind: 'etl',
        state: 'running',
        over: false,
        share_done: 0.4,
        what: 'viewing_2026-11-20.csv, viewing_2026-11-21.csv',
      }),
      run({ what: 'US-Virginia, hour of 2026-11-21 09:00 UTC' }),
    ],
    runs_waiting: 3,
    cost: {
      prices_of: 'Cloudflare, paid plan, November 2026',
      usd_per_day: { low: 6.86, high: 7.31 },
      usd_per_million: { low: 0.338, high: 0.36 },
      lines: [
        costLine('Queue operations', 'operations of 64 KB', 10_680_000, 11_380_000, 4.55),
        costLine('Objects awake', 'GB-s', 138_240, 138_240, 1.73),
        costLine('Requests to the doors', 'requests', 3_560_000, 3_560_000, 1.07),
      ],
    },
  };
}

/** The letters themselves, of which one must not be sent again. */
export const scriptedLetters = {
  data: [1, 2, 3].map((n) => ({ key: `dead/${n}`, sendable: n < 3 })),
  meta: { next_cursor: null },
};

/** Nothing was ever sent. */
export function quietSystem(): SystemData {
  const well = wellSystem();
  return {
    ...well,
    state: 'idle',
    doors: { requests_per_second: 0, requests_counted: true, rejected: 0, rejects: [], samples: [] },
    queue: { messages_per_second: exactly(0), wait_ms: null, wait_ms_max: null, in_flight: 0, overdue: 0 },
    regions: [],
    events_per_second: 0,
    d1: { windows_per_second: 0, windows_due: 0, behind_ms: null },
    lake: { parts: 0, events: 0, behind_ms: null },
    hubs: { viewers: 0, readers: 0, changes_per_second: 0 },
    accounts: { adds_up: true, explanation: 'No events were accepted.', at: agoText(21_000) },
    runs: [],
    runs_waiting: 0,
    cost: { ...well.cost, usd_per_day: exactly(0), usd_per_million: null, lines: [] },
  };
}

const deadLetters = (): SystemData['dead_letters'] => ({
  count: 14,
  whole: true,
  at: agoText(9_000),
  kinds: [
    {
      code: 'shard_refused',
      message: 'the shard refused the chunk: unknown column 31',
      region: 'EU-London',
      producer: 'tv-apps',
      letters: 11,
      events: 1_204,
      sendable: true,
      newest_at: agoText(300_000),
    },
    {
      code: 'envelope_broken',
      message: 'the envelope could not be unpacked',
      region: null,
      producer: null,
      letters: 3,
      events: 0,
      sendable: false,
      newest_at: agoText(4_000_000),
    },
  ],
});

/** D1 is behind, a region is silent, another does not answer, letters are dead and one part could not be read. */
export function faultySystem(): SystemData {
  const well = wellSystem();
  const regions = regionNames.map((name, n) => {
    if (name === 'EU-London')
      return region(name, n, { state: 'behind', d1_windows_due: 4, d1_behind_ms: 247_000 });
    if (name === 'OC-Sydney')
      return region(name, n, { state: 'silent', events_per_second: 0, last_received_at: agoText(412_000) });
    if (name === 'SA-SaoPaulo')
      return region(name, n, {
        state: 'no_answer',
        events_per_second: 0,
        queue_wait_ms: null,
        lake_behind_ms: null,
      });
    return region(name, n);
  });
  return {
    ...well,
    state: 'failing',
    findings: [
      { level: 'failing', part: 'regions', text: 'SA-SaoPaulo does not answer. Events wait in the queue.' },
      {
        level: 'failing',
        part: 'd1',
        text: 'D1 lacks minutes of EU-London, for 4 min by now. The regions keep them.',
      },
      { level: 'warning', part: 'regions', text: 'OC-Sydney has sent nothing for 7 min.' },
      { level: 'warning', part: 'dead_letters', text: '14 dead letters: not counted until sent again.' },
      { level: 'warning', part: 'runs', text: '1 run failed within a day.' },
      { level: 'unknown', part: 'lake', text: 'The parts of the lake could not be read.' },
    ],
    regions,
    d1: { windows_per_second: 0, windows_due: 4, behind_ms: 247_000 },
    lake: { parts: null, events: null, behind_ms: 311_000 },
    dead_letters: deadLetters(),
    runs: [
      run({
        kind: 'etl',
        state: 'failed',
        failed: true,
        what: 'viewing_2026-11-20.csv',
        error: 'line 4,012: not a date: 2026-13-40',
      }),
      ...(well.runs ?? []),
    ],
  };
}
