// How fast the live API answers with a week of windows in D1, past the edge cache: one request after the other, beside a
// request that asks nothing and one that asks D1 for one row.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bench, quantileRow, type Report, type Target } from '../bench-report.ts';
import { benchRegions, benchTitles, fillWeek } from '../bench-windows.ts';
import { withDatabase } from '../database.ts';
import { prepareFolder } from '../prepare.ts';
import { quantile } from '../producer/progress.ts';
import { Random } from '../producer/random.ts';
import { type Runtime, startRuntime } from '../runtime.ts';

const requestsPerKind = 200;
const warmUpRequests = 5;
const dayMinutes = 1440;

interface Kind {
  readonly what: string;
  /** Path without the range. */
  readonly path: string;
  /** Lengths of ranges, in minutes, inclusive; none for a path without a range. */
  readonly minutes?: readonly [number, number];
  readonly p99Max?: number;
}

const totalsMax = 50;
const shortMax = 50;
const dayMax = 150;
const kinds: readonly Kind[] = [
  { what: 'nothing: /health', path: '/health?' },
  { what: 'one row of D1: /api/health', path: '/api/health?' },
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
];

/** Every other range ends now, the others somewhere in the days before. */
function rangeOf({ path, minutes }: Kind, n: number, nowMs: number): string {
  if (!minutes) return '';
  const random = new Random('range', path, n);
  const length = Math.floor(random.between(minutes[0], minutes[1] + 1));
  if (n % 2 === 0) return `minutes=${length}`;
  const to = Math.floor(nowMs / 60_000) - Math.floor(random.between(0, 5 * dayMinutes));
  return `minutes=${length}&to=${to * 60_000}`;
}

/** Milliseconds of each request, one after the other. */
async function measure({ url, credentials }: Runtime, kind: Kind): Promise<number[]> {
  const samples: number[] = [];
  const headers = { 'cache-control': 'no-cache', authorization: `Bearer ${credentials.viewer_token}` };
  for (let n = -warmUpRequests; n < requestsPerKind; n++) {
    const address = `${url}${kind.path}${rangeOf(kind, n, Date.now())}`;
    const startedAt = performance.now();
    const answer = await fetch(address, { headers });
    const text = await answer.text();
    const ms = performance.now() - startedAt;
    if (answer.status !== 200 || text.includes('"warnings"'))
      throw new Error(`${address}: ${answer.status} ${text}`);
    if (n >= 0) samples.push(ms);
  }
  return samples;
}

async function run(): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'marquee-live-api-'));
  try {
    await prepareFolder(folder);
    await withDatabase(folder, (database) => fillWeek(database, Date.now()));
    const runtime = await startRuntime({ persistTo: folder, prepares: false });
    try {
      return await measureAll(runtime);
    } finally {
      await runtime.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measureAll(runtime: Runtime): Promise<Report> {
  const measured: { readonly kind: Kind; readonly samples: number[] }[] = [];
  for (const kind of kinds) measured.push({ kind, samples: await measure(runtime, kind) });
  const p99 = (samples: readonly number[]) =>
    Math.round(
      quantile(
        samples.toSorted((a, b) => a - b),
        0.99,
      ) * 10,
    ) / 10;
  return {
    settings: {
      regions: benchRegions,
      titles: benchTitles,
      'windows in D1': `${benchRegions} x a week of minutes and hours`,
      'requests a kind': requestsPerKind,
      unit: 'ms, from sending to the last byte',
    },
    rows: measured.map(({ kind, samples }) => quantileRow(kind.what, samples)),
    targets: measured.flatMap(({ kind, samples }): Target[] =>
      kind.p99Max === undefined
        ? []
        : [{ what: `p99 of ${kind.what}, ms`, atMost: kind.p99Max, measured: p99(samples) }],
    ),
  };
}

export default {
  name: 'live-api',
  describe: 'how long the live API takes to answer from a week of windows, past the edge cache',
  run,
} satisfies Bench;
