// What the door takes: the built Worker under Miniflare's API, without the development proxy, against a floor in the
// same run: a Worker that parses the same bodies and answers 202.
import { Pool } from 'undici';
import { startFloor, startMarquee } from '../bench-product.ts';
import type { Bench, Report } from '../bench-report.ts';

const eventsPerBody = 500;
const requestsPerRound = 60;
const rounds = 7;
const underWay = 4;
const regions = ['US-California', 'US-Virginia', 'EU-London', 'EU-Frankfurt', 'ASIA-Tokyo', 'ASIA-Mumbai'];

let made = 0;
/** Bodies carry unique ids, so that nothing is a twin. */
function makeBody(): string {
  const now = new Date().toISOString();
  const events = Array.from({ length: eventsPerBody }, (_, i) => ({
    event_id: `0190a5c2-7f1e-7000-8000-${(++made).toString(16).padStart(12, '0')}`,
    event_type: i % 5 === 0 ? 'download' : 'progress',
    timestamp: now,
    region: regions[i % regions.length],
    content_id: `film-${(i * i) % 97}`,
    user_id: `user-${made % 5000}`,
    session_id: `session-${made % 4000}`,
    device_type: 'tv',
    country: 'DE',
    ...(i % 5 === 0 ? { status: 'success', speed_mbps: 41.7 } : { duration: 10 }),
  }));
  return JSON.stringify(events);
}

/** Events a second that were answered 202. */
async function round(pool: Pool, key: string): Promise<number> {
  const bodies = Array.from({ length: requestsPerRound }, makeBody);
  const startedAt = performance.now();
  const send = async (): Promise<void> => {
    for (let body = bodies.pop(); body !== undefined; body = bodies.pop()) {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` };
      const answer = await pool.request({ path: '/v1/events', method: 'POST', headers, body });
      const text = await answer.body.text();
      if (answer.statusCode !== 202) throw new Error(`${answer.statusCode}: ${text}`);
    }
  };
  await Promise.all(Array.from({ length: underWay }, send));
  return (requestsPerRound * eventsPerBody * 1000) / (performance.now() - startedAt);
}

async function countedAtLast(pool: Pool, token: string): Promise<number> {
  for (let waits = 0; waits < 300; waits++) {
    const headers = { authorization: `Bearer ${token}` };
    const answer = await pool.request({ path: '/api/stats/realtime?minutes=30', method: 'GET', headers });
    const { data } = (await answer.body.json()) as { readonly data: { readonly total_events: number } };
    if (data.total_events >= made) return data.total_events;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('not everything that was accepted was counted within 30 s');
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

async function run(): Promise<Report> {
  const { miniflare: marquee, credentials } = await startMarquee();
  const floor = startFloor();
  const pools = await Promise.all(
    [marquee, floor].map(async (worker) => new Pool(await worker.ready, { connections: underWay })),
  );
  const [ours, theirs] = pools as [Pool, Pool];
  const speeds: { readonly marquee: number; readonly floor: number }[] = [];
  for (let i = 0; i <= rounds; i++) {
    const speed = {
      marquee: await round(ours, credentials.ingest_key),
      floor: await round(theirs, credentials.ingest_key),
    };
    // The first one warms up. Bodies for the floor have ids of their own and are not counted below.
    if (i > 0) speeds.push(speed);
    made -= requestsPerRound * eventsPerBody;
  }
  const counted = await countedAtLast(ours, credentials.viewer_token);
  await Promise.all([...pools.map((pool) => pool.close()), marquee.dispose(), floor.dispose()]);
  const [marqueeMedian, floorMedian] = [
    median(speeds.map((s) => s.marquee)),
    median(speeds.map((s) => s.floor)),
  ];
  return {
    settings: {
      'events a body': eventsPerBody,
      'bodies a round': requestsPerRound,
      rounds,
      'counted in the end': counted,
    },
    rows: [
      { what: 'Marquee, answered 202', 'events/s': Math.round(marqueeMedian) },
      { what: 'floor: parse and answer', 'events/s': Math.round(floorMedian) },
      { what: 'ratio, in hundredths', 'events/s': Math.round((100 * marqueeMedian) / floorMedian) },
    ],
  };
}

export default {
  name: 'ingest',
  describe: 'events a second that the door answers, under Miniflare, against a Worker that only parses',
  run,
} satisfies Bench;
