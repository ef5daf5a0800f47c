// What the platform bills: every operation of the real pipeline is counted, priced by core/cost/prices.ts, and laid out
// to traffic of several sizes by core/cost/traffic-model.ts. docs/costs.md has the arithmetic.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Operation } from '../../core/cost/operations.ts';
import {
  type PricedTraffic,
  priceTraffic,
  type Traffic,
  usersOneInFor,
} from '../../core/cost/traffic-model.ts';
import { type UnitCosts, unitCostsOf } from '../../core/cost/unit-work.ts';
import type { Bench, Report } from '../bench-report.ts';
import { root } from '../bootstrap.mjs';
import { buildCounting } from '../cost/config.ts';
import { type CountedDay, countDay, idleHours, startOfDay, unitsOf } from '../cost/counted-day.ts';
import { countViewing } from '../cost/counted-viewing.ts';
import { CountedWorld } from '../cost/counted-world.ts';
import { addCounts, type Counts, operationsOf } from '../cost/counts.ts';

const regions = 12;
const posts = 110;
const eventsPerPost = 96;
const viewingSeconds = 60;
const sizes = [1e4, 1e7, 1e9, 1e10];
const postSizes = [1, 5, 100, 300, 500];

interface Counted {
  readonly day: CountedDay;
  readonly viewing: Counts;
}

async function inWorld<T>(configPath: string, act: (world: CountedWorld) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'marquee-cost-'));
  const world = await CountedWorld.start(folder, configPath, startOfDay(Date.now()));
  try {
    return await act(world);
  } finally {
    await world.stop();
    rmSync(folder, { recursive: true });
  }
}

async function count(): Promise<Counted> {
  const configPath = buildCounting(join(root, '.cache/cost'));
  console.log('  one who watches');
  const viewing = await inWorld(configPath, async (world) => await countViewing(world, viewingSeconds));
  const options = { posts, eventsPerPost, say: console.log };
  return { viewing, day: await inWorld(configPath, async (world) => await countDay(world, options)) };
}

function trafficOf(
  { day, viewing }: Counted,
  eventsPerDay: number,
  size: number,
  usersOneIn: number,
): Traffic {
  const perHour = Object.entries(operationsOf(viewing)).map(
    ([operation, value]) => [operation, (value * 3600) / viewingSeconds] as const,
  );
  return {
    eventsPerDay,
    eventsPerPost: size,
    regions,
    queueBytesPerEvent: (operationsOf(day.stream).queueBytes ?? 0) / day.events,
    viewerHoursPerDay: eventsPerDay > 1e5 ? 8 : 0,
    usersOneIn,
    viewerHour: Object.fromEntries(perHour) as Partial<Record<Operation, number>>,
  };
}

const dollars = (usd: number): number => Number(usd.toPrecision(3));

function rowOf(eventsPerDay: number, size: number, priced: PricedTraffic, ofAll: PricedTraffic) {
  const { day, bill } = priced;
  return {
    'events a day': eventsPerDay.toLocaleString('en'),
    'a POST': size,
    '$ a million': dollars(priced.usdPerMillion),
    'lake, $ a million': dollars(priced.storageUsdPerMillion),
    '$ a month': dollars(bill.monthUsd),
    'sessions of one user in': usersOneInFor(eventsPerDay).toLocaleString('en'),
    'of all: $ a million': dollars(ofAll.usdPerMillion),
    '$ a month ': dollars(ofAll.bill.monthUsd),
    'shards a region': day.shardsPerRegion,
    'messages a batch': dollars(day.messagesPerBatch),
    dearest: dearest(bill.lines),
  };
}

function dearest(lines: PricedTraffic['bill']['lines']): string {
  const sorted = lines.toSorted((a, b) => b.usd - a.usd).slice(0, 2);
  return sorted.map(({ item, usd }) => `${item} ${dollars(usd)}`).join('; ');
}

/** A commit of a shard that goes on: the first rows of a log, and the last, are of its beginning and its end. */
function withSteadyCommits(costs: UnitCosts, steady: Counts): UnitCosts {
  const commits = steady['objectRequests RegionWindow.receive'] ?? 0;
  const rows = Object.entries(steady)
    .filter(([name]) => /^objectRowsWritten RegionWindow (insert|update|delete) log/.test(name))
    .reduce((sum, [, value]) => sum + value, 0);
  return { ...costs, commit: { ...costs.commit, objectRowsWritten: rows / commits } };
}

async function run(): Promise<Report> {
  return reportOf(await count());
}

function reportOf(counted: Counted): Report {
  writeFileSync(join(root, '.cache/cost/counts.json'), JSON.stringify(counted, null, 2));
  const { day } = counted;
  const all = addCounts(day.stream, day.batch, day.retention);
  const costs = withSteadyCommits(unitCostsOf(all, unitsOf(day)), day.steady);
  const price = (events: number, size: number, usersOneIn = usersOneInFor(events)) =>
    priceTraffic(trafficOf(counted, events, size, usersOneIn), costs);
  const large = price(1e10, 300);
  const middle = price(1e7, 100);
  const idle = operationsOf(day.idle);
  return {
    settings: {
      'POSTs counted': day.posts,
      'events a POST, of 12 regions': eventsPerPost,
      'sittings counted': day.sittings,
      'queue, B an event': dollars(trafficOf(counted, 1, 1, 1).queueBytesPerEvent),
      'rows of D1 a sitting': dollars(costs.session.rowsWritten ?? 0),
      'rows of objects a commit': dollars(costs.commit.objectRowsWritten ?? 0),
      'idle, requests of objects an hour': (idle.objectRequests ?? 0) / idleHours,
    },
    rows: sizes.flatMap((events) =>
      postSizes.map((size) => rowOf(events, size, price(events, size), price(events, size, 1))),
    ),
    targets: [
      {
        what: `10 billion events a day, 300 a POST, sessions of one user in ${usersOneInFor(1e10)}: $ a million`,
        atMost: 0.01,
        measured: dollars(large.usdPerMillion),
      },
      {
        what: `10 million events a day, 100 a POST, 8 viewer-hours, sessions of one user in ${usersOneInFor(1e7)}: $ a month`,
        atMost: 20,
        measured: dollars(middle.bill.monthUsd),
      },
      { what: 'nobody sends or watches: alarms that wait', atMost: 0, measured: day.alarmsWhenIdle },
    ],
  };
}

export default {
  name: 'cost',
  describe:
    'dollars a million events and a month, from every billable operation of the real pipeline, counted',
  notes: [
    'Counts, not times: the Worker lives by a clock that the run sets, and the same run counts the same. What is assumed beside (CPU, how long objects are awake, messages a batch) stands in core/cost/assumed-work.ts.',
    'Dollars a million are of operations, as if the plan included nothing, and without what the lake keeps for 400 days, which stands beside; a month is with the base price, the lake once it is full, and beyond what the plan includes.',
    'D1 has the sessions of as many users as fit it for 90 days (SESSION_USERS_ONE_IN, docs/sessions.md); the columns `of all` are as it is set when nothing is said: those of everybody, for as many days as fit.',
  ],
  run,
} satisfies Bench;
