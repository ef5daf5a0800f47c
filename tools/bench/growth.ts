// Whether an event costs the same when there are more of everything: events behind it, regions in its POST, viewers.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { Crowd, playRound, startHub, tellHub } from '../bench-crowd.ts';
import { Core, growthRegions, regionName } from '../bench-growth.ts';
import type { Line } from '../bench-plot.ts';
import { startMarquee } from '../bench-product.ts';
import { median, rounded } from '../bench-rate.ts';
import type { Bench, Report, Target } from '../bench-report.ts';
import { shardsAlone } from '../bench-shards-alone.ts';
import { Bodies, send, underWay, untilCounted } from '../bench-traffic.ts';
import { cpuUs, runtimePid } from '../bench-workerd.ts';

const regions = 12;
const startMs = 1_800_000_000_000;
const flat = 1.2;

/** Most to least of a line's values. */
const steepness = ({ points }: Line): number => {
  const values = points.map(([, value]) => value);
  return rounded(Math.max(...values) / Math.min(...values));
};

const flatness = (what: string, line: Line): Target => ({
  what: `${what}: the dearest to the cheapest`,
  measured: steepness(line),
  atMost: flat,
});

/** µs of the runtime's processor for an event of what is sent, until there is nothing more to do. */
class Runtime {
  readonly #pool: Pool;
  readonly #pid: number;
  readonly #bodies = new Bodies();
  readonly #credentials: { readonly ingest_key: string; readonly viewer_token: string };
  #sent = 0;

  constructor(pool: Pool, pid: number, credentials: { ingest_key: string; viewer_token: string }) {
    this.#pool = pool;
    this.#pid = pid;
    this.#credentials = credentials;
  }

  /** `times` as many POSTs under way as else. */
  async usPerEvent(
    names: readonly string[],
    events: number,
    eventsPerBody: number,
    times = 1,
  ): Promise<number> {
    const bodies = Array.from({ length: Math.ceil(events / eventsPerBody) }, () =>
      this.#bodies.make(names, eventsPerBody),
    );
    this.#sent += bodies.length * eventsPerBody;
    const sent = bodies.length * eventsPerBody;
    const before = cpuUs(this.#pid);
    const { ingest_key: key } = this.#credentials;
    await Promise.all(Array.from({ length: times }, () => send(this.#pool, key, () => bodies.pop())));
    const spent = (await this.#idle()) - before;
    // Outside of what is measured, since it asks every shard.
    await untilCounted(this.#pool, this.#credentials.viewer_token, this.#sent, 500);
    return spent / sent;
  }

  /** What its processor has spent once it has nothing more to do, µs. */
  async #idle(): Promise<number> {
    for (let before = cpuUs(this.#pid); ; ) {
      await sleep(100);
      const now = cpuUs(this.#pid);
      if (now - before < 10_000) return now;
      before = now;
    }
  }
}

const namesOf = (count: number, first = 1): string[] => growthRegions(count, first).map(({ name }) => name);

/** 200 regions for POSTs that mix them, and lots of twelve that begin empty. */
const lots = 5;
const lotFirst = (lot: number): number => 300 + lot * regions;
const regionCounts = [1, 2, 5, 12, 25, 50, 100, 200];
const eventsPerMixedBody = 1_000;
/** How often as many POSTs, so that no region has less to do than one of twelve. */
const timesFor = (count: number): number => Math.ceil(count / regions);
const ampleRounds = 3;

async function throughTheRuntime(): Promise<{ events: Line; mixed: Line; ample: Line }> {
  const all = [...growthRegions(200, 50), ...growthRegions(lots * regions, lotFirst(0))];
  const { miniflare, credentials } = await startMarquee({ regions: all });
  const pool = new Pool(await miniflare.ready, { connections: underWay * timesFor(200) });
  try {
    const runtime = new Runtime(pool, runtimePid(), credentials);
    await runtime.usPerEvent(namesOf(200, 50), 100_000, 500);
    const taken = new Map<number, number[]>();
    const note = async (names: string[], upTo: number, events: number) => {
      const us = await runtime.usPerEvent(names, events, 500);
      taken.set(upTo, [...(taken.get(upTo) ?? []), us]);
    };
    for (let lot = 0; lot < lots; lot++) {
      const names = namesOf(regions, lotFirst(lot));
      await note(names, 1e4, 1e4);
      await note(names, 1e5, 9e4);
    }
    for (let n = 0; n < 9; n++) await note(namesOf(regions, lotFirst(0)), 1e6, 1e5);
    const mixed = new Map<number, number[]>(regionCounts.map((count) => [count, []]));
    for (let round = 0; round < lots; round++)
      for (const [count, us] of mixed)
        us.push(await runtime.usPerEvent(namesOf(count, 50), 20_000, eventsPerMixedBody));
    const ample = new Map<number, number[]>(regionCounts.map((count) => [count, []]));
    for (let round = 0; round < ampleRounds; round++)
      for (const [count, us] of ample) {
        const times = timesFor(count);
        us.push(await runtime.usPerEvent(namesOf(count, 50), 20_000 * times, eventsPerMixedBody, times));
      }
    const lineOf = (what: string, of: ReadonlyMap<number, number[]>): Line => ({
      what,
      points: [...of].map(([x, us]) => [x, rounded(median(us))] as const),
    });
    return {
      events: lineOf('the local runtime', taken),
      mixed: lineOf('the same POSTs', mixed),
      ample: lineOf('as many POSTs for each region', ample),
    };
  } finally {
    await pool.close();
    await miniflare.dispose();
  }
}

/** The runtime opens two files a viewer; what else it and this process have open is less than so many. */
const otherFilesMax = 1_000;

function viewerCounts(): number[] {
  const [, files = '1024'] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
  const most = Math.min(10_000, Math.floor((Number(files) - otherFilesMax) / 2));
  return [1, 10, 100, 1_000, 2_000, 5_000].filter((viewers) => viewers < most).concat(most);
}

/** µs of the runtime for a change that every viewer is told, and for each of them. */
async function throughTheHub(): Promise<{ perViewer: Line; perFrame: Line }> {
  const miniflare = await startHub();
  const crowd = new Crowd();
  try {
    const url = await miniflare.ready;
    const pid = runtimePid();
    const points: { readonly viewers: number; readonly us: number }[] = [];
    const play = async (frames: number) =>
      await playRound(crowd, pid, { frames, framesPerSecond: 3 }, () => tellHub(url));
    const address = `${url.href.replace('http', 'ws')}hub`;
    const warmUp = new Crowd();
    await warmUp.join(address, 200);
    await playRound(warmUp, pid, { frames: 60, framesPerSecond: 4 }, () => tellHub(url));
    warmUp.leave();
    for (const viewers of viewerCounts()) {
      await crowd.join(address, viewers);
      await play(3);
      const rounds = [];
      for (let round = 0; round < 3; round++) rounds.push((await play(8)).cpuUsPerFrame);
      points.push({ viewers, us: median(rounds) });
    }
    const line = (what: string, of: (point: (typeof points)[number]) => number, from = 1): Line => ({
      what,
      points: points
        .filter(({ viewers }) => viewers >= from)
        .map((point) => [point.viewers, rounded(of(point))]),
    });
    return {
      perViewer: line('CPU, µs a frame and viewer', ({ us }) => us, 100),
      perFrame: line('CPU, µs a change told', ({ viewers, us }) => viewers * us),
    };
  } finally {
    crowd.leave();
    await miniflare.dispose();
  }
}

/** Of POSTs to so many regions at once, four in a batch of the queue. */
async function rowsPerBatch(): Promise<readonly { regions: number; shards: number; rows: number }[]> {
  const bodies = new Bodies();
  const counted = [];
  for (const count of regionCounts) {
    const core = new Core(growthRegions(count));
    const names = Array.from({ length: count }, (_, n) => regionName(n + 1));
    const posts = Array.from({ length: 4 }, () => bodies.make(names, eventsPerMixedBody, startMs));
    const { shards, rows } = await core.take(posts, startMs);
    counted.push({ regions: count, shards, rows });
  }
  return counted;
}

async function run(): Promise<Report> {
  const shards = shardsAlone(regions, startMs);
  const { events, mixed, ample } = await throughTheRuntime();
  const { perViewer, perFrame } = await throughTheHub();
  const rows = await rowsPerBatch();
  const told = (what: string, { points }: Line) =>
    points.map(([of, value]) => ({ what, of, 'CPU, µs': value }));
  return {
    settings: {
      events: `POSTs of 500 events that mix ${regions} regions, and ${regions} shards alone; each figure is of the events between it and the one before`,
      regions: `POSTs of ${eventsPerMixedBody} events, ${underWay} under way, ${lots} lots of 20,000 by turns; and for each 12 regions as many POSTs and as many under way, ${ampleRounds} lots`,
      viewers:
        'on one hub, three changes a second, with what they acknowledge; beyond 100 they are more than the change itself; as many as files may be open, 10,000 at most',
      time: 'of the processor, all threads of the runtime, from the first POST until the runtime is idle',
    },
    rows: [
      ...told('events: the local runtime', events),
      ...told('events: shards alone', shards),
      ...told('regions a POST', mixed),
      ...told('regions a POST, with more POSTs', ample),
      ...told('viewers: a frame and viewer', perViewer),
      ...told('viewers: a change told', perFrame),
    ],
    plots: [
      {
        name: 'growth-events',
        title: 'Events that went before',
        x: 'events',
        y: 'CPU, µs an event',
        lines: [events, shards],
      },
      {
        name: 'growth-regions',
        title: 'Regions in a POST of 1,000 events',
        x: 'regions',
        y: 'CPU, µs an event',
        lines: [mixed, ample],
      },
      { name: 'growth-viewers', title: 'Viewers on a hub', x: 'viewers', y: 'CPU, µs', lines: [perViewer] },
    ],
    targets: [
      flatness('10^4 to 10^6 events in the runtime', events),
      flatness('10^4 to 10^7 events in shards alone', shards),
      flatness('1 to 200 regions a POST', mixed),
      flatness(
        `100 to ${perViewer.points.at(-1)?.[0].toLocaleString('en')} viewers, a frame and viewer`,
        perViewer,
      ),
      {
        what: 'rows of logs a batch, for each shard that it touches, at most',
        measured: Math.max(...rows.map(({ rows: of, shards: touched }) => of / touched)),
        atMost: 1,
      },
    ],
  };
}

const bench: Bench = {
  name: 'growth',
  describe:
    'What an event costs with more events before it, with more regions in its POST, and a frame with more viewers.',
  notes: [
    'What a shard of its first events costs is more by its tables, which are made and grow; with more viewers a frame costs less, since what a change costs the hub itself is shared. Neither grows. With more regions a POST it does grow: what a shard gets of a POST of 1,000 events is a chunk, a call and a commit of its own, be it of 5 events or of 500. The consumer joins what waits at the queue: four POSTs of 200 regions are 200 calls and commits, not 800. So with more POSTs under way, as many regions bring, it grows by what a chunk costs; with few it is the call and the commit, of which half is of the runtime itself: RPC and SQLite.',
  ],
  run,
};
export default bench;
