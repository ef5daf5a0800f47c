// How fast the API answers from 90 days of 12 regions and 1,000 titles, past the edge's cache, and whether it is slower with a
// year behind it: the same question to both in turns, beside one small read of D1 through the same doors.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Filled, fillHistory } from '../bench-history.ts';
import { median, rounded } from '../bench-rate.ts';
import { type Bench, middleOf, quantileRow, type Report, type Target } from '../bench-report.ts';
import { benchRegions, benchTitles } from '../bench-windows.ts';
import { quantile } from '../producer/progress.ts';
import { Random } from '../producer/random.ts';
import { type Runtime, startRuntime } from '../runtime.ts';

const stores = { '90 days': 90, 'a year': 365 };
const requestsPerKind = 100;
/** What is slow is asked less often, but never less than ten times. */
const kindMsMax = 4_000;
const requestsLeast = 10;
const warmUpRequests = 2;
const dayMinutes = 1440;

interface Kind {
  readonly what: string;
  /** Path without the range. */
  readonly path: string;
  /** Lengths of ranges, in minutes, inclusive; none for a path without a range. */
  readonly minutes?: readonly [number, number];
  readonly p99Max?: number;
}

const floor = 'floor: one small read of D1, /api/health';
const totalsMax = 50;
const batchMax = 50;
const shortMax = 50;
const dayMax = 150;
const kinds: readonly Kind[] = [
  { what: 'nothing: /health', path: '/health?' },
  { what: floor, path: '/api/health?' },
  { what: 'totals: regions', path: '/api/stats/regions?', minutes: [1, dayMinutes], p99Max: totalsMax },
  {
    what: 'totals: user-activity',
    path: '/api/stream/user-activity?',
    minutes: [1, dayMinutes],
    p99Max: totalsMax,
  },
  { what: 'totals: timeseries', path: '/api/stats/timeseries?', minutes: [1, dayMinutes], p99Max: totalsMax },
  { what: 'totals: realtime, <= 15 min', path: '/api/stats/realtime?', minutes: [1, 15], p99Max: totalsMax },
  {
    what: 'totals: realtime, <= a day',
    path: '/api/stats/realtime?',
    minutes: [1, dayMinutes],
    p99Max: totalsMax,
  },
  {
    what: 'dimensions: trending, <= 15 min',
    path: '/api/stats/trending?',
    minutes: [1, 15],
    p99Max: shortMax,
  },
  { what: 'dimensions: devices, <= 15 min', path: '/api/stats/devices?', minutes: [1, 15], p99Max: shortMax },
  {
    what: 'dimensions: movie-views by minute, <= 15 min',
    path: '/api/stream/movie-views?by=minute&',
    minutes: [1, 15],
    p99Max: shortMax,
  },
  {
    what: 'dimensions: trending, <= a day',
    path: '/api/stats/trending?',
    minutes: [16, dayMinutes],
    p99Max: dayMax,
  },
  {
    what: 'dimensions: trending, a day',
    path: '/api/stats/trending?',
    minutes: [dayMinutes, dayMinutes],
    p99Max: dayMax,
  },
  {
    what: 'dimensions: devices, a day',
    path: '/api/stats/devices?',
    minutes: [dayMinutes, dayMinutes],
    p99Max: dayMax,
  },
  {
    what: 'dimensions: regions of a content, a day',
    path: '/api/stats/regions?content_id=content-3&',
    minutes: [dayMinutes, dayMinutes],
    p99Max: dayMax,
  },
  {
    what: 'dimensions: timeseries of a device, a day',
    path: '/api/stats/timeseries?device_type=device-2&',
    minutes: [dayMinutes, dayMinutes],
    p99Max: dayMax,
  },
  {
    what: 'dimensions: timeseries of a content, a day',
    path: '/api/stats/timeseries?content_id=content-3&',
    minutes: [dayMinutes, dayMinutes],
    p99Max: dayMax,
  },
  ...['popular-movies', 'ratings-stats', 'hourly-stats', 'content'].flatMap((table): Kind[] =>
    [1, 90].map((days) => ({
      what: `batch: ${table}, ${days === 1 ? 'a day' : `${days} days`}`,
      path: `/api/batch/${table}?days=${days}&`,
      p99Max: batchMax,
    })),
  ),
];

/** Every other range ends now, the others somewhere in the day before. */
function rangeOf({ path, minutes }: Kind, n: number, nowMs: number): string {
  if (!minutes) return '';
  const random = new Random('range', path, n);
  const length = Math.floor(random.between(minutes[0], minutes[1] + 1));
  if (n % 2 === 0) return `minutes=${length}`;
  const to = Math.floor(nowMs / 60_000) - Math.floor(random.between(0, dayMinutes));
  return `minutes=${length}&to=${to * 60_000}`;
}

/** ms from sending to the last byte. */
async function ask({ url, credentials }: Runtime, address: string): Promise<number> {
  const headers = { 'cache-control': 'no-cache', authorization: `Bearer ${credentials.viewer_token}` };
  const startedAt = performance.now();
  const answer = await fetch(`${url}${address}`, { headers });
  const text = await answer.text();
  const ms = performance.now() - startedAt;
  if (answer.status !== 200) throw new Error(`${address}: ${answer.status} ${text}`);
  return ms;
}

interface Measured {
  readonly kind: Kind;
  /** ms, of each store. */
  readonly samples: readonly [quarter: number[], year: number[]];
}

async function measure(runtimes: readonly [Runtime, Runtime], kind: Kind): Promise<Measured> {
  const samples: [number[], number[]] = [[], []];
  const until = performance.now() + kindMsMax;
  for (let n = -warmUpRequests; n < requestsPerKind; n++) {
    if (n >= requestsLeast && performance.now() > until) break;
    const address = `${kind.path}${rangeOf(kind, n, Date.now())}`;
    const taken = [await ask(runtimes[0], address), await ask(runtimes[1], address)] as const;
    if (n < 0) continue;
    samples[0].push(taken[0]);
    samples[1].push(taken[1]);
  }
  return { kind, samples };
}

async function run(): Promise<Report> {
  const folders = Object.keys(stores).map(() => mkdtempSync(join(tmpdir(), 'marquee-queries-')));
  const runtimes: Runtime[] = [];
  try {
    const nowMs = Date.now();
    const filled: Filled[] = [];
    for (const [n, days] of Object.values(stores).entries())
      filled.push(await fillHistory(folders[n] as string, nowMs, days));
    const fillMs = Date.now() - nowMs;
    for (const folder of folders) runtimes.push(await startRuntime({ persistTo: folder, prepares: false }));
    const measured: Measured[] = [];
    for (const kind of kinds) measured.push(await measure(runtimes as [Runtime, Runtime], kind));
    const rowsOf = (counts: Filled | undefined) =>
      Object.entries(counts ?? {})
        .map(([table, rows]) => `${table} ${rows}`)
        .join(', ');
    return {
      settings: {
        history: `${benchRegions} regions, ${benchTitles} titles, 512 a region, hour and day, 100 a minute; filled in ${Math.round(fillMs / 1000)} s`,
        'rows of 90 days': rowsOf(filled[0]),
        'rows of a year': rowsOf(filled[1]),
        asked: `${requestsPerKind} times each or for ${kindMsMax / 1000} s, one after the other, both stores in turns, without the edge's cache`,
        unit: 'ms, from sending to the last byte',
      },
      rows: measured.map(({ kind, samples: [quarter, year] }) => ({
        ...quantileRow(kind.what, quarter),
        'a year, p50': rounded(median(year)),
        'a year to 90 days, p50': rounded(median(year) / median(quarter)),
      })),
      targets: targetsOf(measured),
    };
  } finally {
    for (const runtime of runtimes) await runtime.stop();
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  }
}

function targetsOf(measured: readonly Measured[]): Target[] {
  const p99 = (samples: readonly number[]) =>
    rounded(
      quantile(
        samples.toSorted((a, b) => a - b),
        0.99,
      ),
    );
  const slower = measured
    .filter(({ kind }) => kind.p99Max !== undefined)
    .map(({ samples: [quarter, year] }) => median(year) / median(quarter));
  return [
    ...measured.flatMap(({ kind, samples: [quarter] }): Target[] =>
      kind.p99Max === undefined
        ? []
        : [{ what: `p99 of ${kind.what}, ms`, atMost: kind.p99Max, measured: p99(quarter) }],
    ),
    { what: 'a year of history to 90 days, p50', atMost: 1.3, ...middleOf(slower) },
    {
      what: 'the same, of the question that it slows most',
      atMost: 1.3,
      measured: rounded(Math.max(...slower)),
    },
  ];
}

const bench: Bench = {
  name: 'queries',
  describe:
    "How long the live API and the batch tables take over 90 days of 12 regions and 1,000 titles, past the edge's cache, and how much longer with a year.",
  notes: [
    'The worst that the product keeps: every hour and day of every region names 512 contents, the cap (WIN-6), in rows of 75 KB. Tables of the batch layer read rows that are merged over all regions ([0026](decisions/0026-contents-are-merged-over-regions.md)). Totals read columns alone.',
    'What holds the missed ones back: questions to the stream over a day read the rows of every region, 288 of its hours and the minutes at both ends, and merge sketches or contents of each; one content in each minute of a day is looked for in 164 MB of text. Merged hours could stand for the regions there too; that is not built.',
    'In production the edge answers what was asked in the last seconds; it is passed by here.',
  ],
  run,
};
export default bench;
