// The whole way of an event, from its POST to its place in the API's answer, for longer than a window lives, so that the
// shards hold as many identities as they ever will at this pace; against a Worker that parses the same bodies.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { allowedLatenessMs, windowMs } from '../../core/protocol/limits.ts';
import { startFloor, startMarquee } from '../bench-product.ts';
import { type Bench, middleOf, type Report } from '../bench-report.ts';
import { Bodies, regionNames, send, underWay, untilCounted } from '../bench-traffic.ts';
import { cpuUs, runtimePid } from '../bench-workerd.ts';

const eventsPerBody = 500;
const bodiesPerRound = 120;
const eventsPerRound = eventsPerBody * bodiesPerRound;
/** So long it sends without a pause, of event time that runs faster than the clock and meets it in the end... */
const fillMs = 4.2 * windowMs;
/** ...to fill every window that can live. */
const filledMs = allowedLatenessMs + windowMs / 2;
const measuredMs = 2 * windowMs;

const residentMb = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;

interface Marquee {
  readonly pool: Pool;
  readonly key: string;
  readonly token: string;
  readonly pid: number;
}

/** Events a second. */
async function fill({ pool, key, token }: Marquee, bodies: Bodies, regions: readonly string[]) {
  const [from, fromMs] = [performance.now(), Date.now()];
  let sent = 0;
  await send(pool, key, () => {
    const elapsed = performance.now() - from;
    if (elapsed > fillMs) return undefined;
    sent += eventsPerBody;
    return bodies.make(regions, eventsPerBody, fromMs + fillMs - filledMs + (elapsed * filledMs) / fillMs);
  });
  await untilCounted(pool, token, sent);
  return { sent, eventsPerSecond: (sent * 1000) / (performance.now() - from) };
}

/** Of a round, with what the runtime's threads took of the processor. */
interface Speed {
  readonly eventsPerSecond: number;
  readonly cpuUsPerEvent: number;
}

async function timed(pid: number, act: () => Promise<void>): Promise<Speed> {
  const [from, cpu] = [performance.now(), cpuUs(pid)];
  await act();
  const eventsPerSecond = (eventsPerRound * 1000) / (performance.now() - from);
  return { eventsPerSecond, cpuUsPerEvent: (cpuUs(pid) - cpu) / eventsPerRound };
}

interface Sustained {
  readonly ours: readonly Speed[];
  readonly floors: readonly Speed[];
  readonly sent: number;
}

interface Floor {
  readonly pool: Pool;
  readonly pid: number;
}

/** In turns, as many events a second as fill the windows that the fill has filled; a round of ours ends when the API has counted all of it. */
async function sustain(
  { pool, key, token, pid }: Marquee,
  floor: Floor,
  bodies: Bodies,
  regions: readonly string[],
): Promise<Sustained & { readonly fillEventsPerSecond: number }> {
  const filled = await fill({ pool, key, token, pid }, bodies, regions);
  const roundMs = (eventsPerRound * 1000 * filledMs) / fillMs / filled.eventsPerSecond;
  const [ours, floors]: [Speed[], Speed[]] = [[], []];
  const batch = () => Array.from({ length: bodiesPerRound }, () => bodies.make(regions, eventsPerBody));
  let { sent } = filled;
  const begunAt = performance.now();
  for (let round = 1; round * roundMs <= measuredMs; round++) {
    const [mine, theirs] = [batch(), batch()];
    sent += eventsPerRound;
    const mineSent = async () => {
      await send(pool, key, () => mine.pop());
      await untilCounted(pool, token, sent);
    };
    ours.push(await timed(pid, mineSent));
    floors.push(await timed(floor.pid, () => send(floor.pool, '', () => theirs.pop())));
    await sleep(Math.max(0, begunAt + round * roundMs - performance.now()));
  }
  return { ours, floors, sent, fillEventsPerSecond: filled.eventsPerSecond };
}

async function run(): Promise<Report> {
  const { miniflare, credentials } = await startMarquee();
  const pid = runtimePid();
  const floor = startFloor();
  const pools = await Promise.all(
    [miniflare, floor].map(async (worker) => new Pool(await worker.ready, { connections: underWay })),
  );
  const [pool, floorPool] = pools as [Pool, Pool];
  try {
    const token = credentials.viewer_token;
    const regions = await regionNames(pool, token);
    const { ours, floors, sent, fillEventsPerSecond } = await sustain(
      { pool, key: credentials.ingest_key, token, pid },
      { pool: floorPool, pid: runtimePid(pid) },
      new Bodies(),
      regions,
    );
    const ratios = (of: keyof Speed) => ours.map((speed, n) => speed[of] / (floors[n] as Speed)[of]);
    const pace = (fillEventsPerSecond * fillMs) / filledMs;
    const row = (what: string, speeds: readonly Speed[]) => {
      const { measured, spread = '' } = middleOf(speeds.map(({ eventsPerSecond }) => eventsPerSecond));
      const { measured: cpu } = middleOf(speeds.map(({ cpuUsPerEvent }) => cpuUsPerEvent));
      return { what, 'events/s': Math.round(measured), spread, 'CPU, µs an event': cpu };
    };
    return {
      settings: {
        fill: `${fillMs / windowMs} minutes without a pause, ${Math.round(fillEventsPerSecond)} events/s of ${filledMs / windowMs} minutes of event time`,
        rounds: `${ours.length} of ${bodiesPerRound} bodies of ${eventsPerBody} events in ${measuredMs / windowMs} minutes, in turns`,
        regions: regions.length,
        titles: '1,000 by Zipf',
        'CPU an event, times that of the floor': middleOf(ratios('cpuUsPerEvent')).measured,
        'identities retained, all shards': `${Math.round((pace * filledMs) / 1000)}: what ${Math.round(pace)} events/s leave for good, the pace of the rounds`,
        'sent and counted, none more and none less': sent,
        'MB resident of the runtime in the end': Math.round(residentMb(pid)),
      },
      rows: [row('from POST to the answer of the API', ours), row('floor: parse and answer', floors)],
      targets: [
        { what: "events/s counted, of the floor's", ...middleOf(ratios('eventsPerSecond')), atLeast: 0.2 },
      ],
    };
  } finally {
    await Promise.all(pools.map(async (each) => await each.close()));
    await Promise.all([miniflare.dispose(), floor.dispose()]);
  }
}

const bench: Bench = {
  name: 'pipeline',
  describe:
    'From a POST to the answer of the API, 12 regions, longer than windows live, beside a Worker that only parses.',
  notes: [
    'The plateau of identities is reached by sending what lives for ten minutes and a half in four, with times that run two and a half times as fast as the clock; from then on windows die as fast as others open, which is when it is measured.',
    'A body is judged, hashed and packed at the door, carried by the queue that Miniflare emulates, unpacked, counted and logged in a dozen objects, and written to D1, all in the one thread in which the floor only parses. The door alone is [ingest-cpu](#ingest-cpu), the shard alone [window-engine](#window-engine).',
    'What holds it back: door and shards alone are less than a tenth of the CPU of an event; the rest, by subtraction, is the emulated queue, calls from object to object, their logs, D1, sealing, and the questions that a round asks until its last event is counted. A round also waits for that event, so that what was taken without a pause while the windows were filled (above) is more than twice as much. It has not been profiled.',
  ],
  run,
};
export default bench;
