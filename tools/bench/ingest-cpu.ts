// What an event costs the door in CPU: decode, judge, pseudonymise, encode, in workerd, without HTTP and queue around
// it; against JSON.parse of the same bodies and nothing else, turn by turn in the same run.
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import { median, rounded } from '../bench-rate.ts';
import { type Bench, middleOf, type Report } from '../bench-report.ts';
import { bundleWorker, compatibilityDate, cpuUs, runtimePid } from '../bench-workerd.ts';

const eventsPerBody = 500;
const bodies = 20;
const timesPerTurn = 8;
const turns = 21;
const warmUpTurns = 5;
const names = ['US-California', 'US-Virginia', 'EU-London', 'EU-Frankfurt', 'ASIA-Tokyo', 'ASIA-Mumbai'];
const regions = names.map((name, i) => ({ number: i + 1, name, continent: '', latitude: i, longitude: i }));

/** Ids of their own, and times within seconds: as the bench `pipeline` sends them. */
function makeBody(body: number): string {
  const nowMs = Date.now();
  const events = Array.from({ length: eventsPerBody }, (_, i) => {
    const made = body * eventsPerBody + i;
    return {
      event_id: `0190a5c2-7f1e-7000-8000-${made.toString(16).padStart(12, '0')}`,
      event_type: i % 5 === 0 ? 'download' : 'progress',
      timestamp: new Date(nowMs - (eventsPerBody - i) * 7).toISOString(),
      region: names[i % names.length],
      content_id: `film-${(i * i) % 97}`,
      user_id: `user-${made % 5000}`,
      session_id: `session-${made % 4000}`,
      device_type: 'tv',
      country: 'DE',
      ...(i % 5 === 0 ? { status: 'success', speed_mbps: 41.7 } : { duration: 10 }),
    };
  });
  return JSON.stringify(events);
}

async function run(): Promise<Report> {
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      modules: true,
      scriptPath: bundleWorker('bench-ingest-cpu'),
      compatibilityDate,
      compatibilityFlags: ['nodejs_compat'],
    }),
  );
  try {
    const url = await miniflare.ready;
    const pid = runtimePid();
    const texts = Array.from({ length: bodies }, (_, i) => makeBody(i));
    await fetch(new URL('/bodies', url), { method: 'POST', body: JSON.stringify({ regions, texts }) });
    const turn = async (way: string): Promise<number> => {
      const before = cpuUs(pid);
      const response = await fetch(new URL(`${way}?times=${timesPerTurn}`, url));
      if (!response.ok) throw new Error(await response.text());
      await response.text();
      return (cpuUs(pid) - before) / (timesPerTurn * bodies * eventsPerBody);
    };
    const taken: Record<'floor' | 'door' | 'general', number[]> = { floor: [], door: [], general: [] };
    for (let i = -warmUpTurns; i < turns; i++) {
      const us = { floor: await turn('/floor'), door: await turn('/door'), general: await turn('/general') };
      if (i < 0) continue;
      for (const way of ['floor', 'door', 'general'] as const) taken[way].push(us[way]);
    }
    const ratios = (way: 'door' | 'general') => taken.floor.map((us, i) => us / taken[way][i]!);
    const row = (what: string, samples: readonly number[]) => {
      const us = rounded(median(samples));
      return {
        what,
        'CPU, µs an event': us,
        'events/s': rounded(1e6 / us),
        spread: middleOf(samples).spread ?? '',
      };
    };
    return {
      settings: {
        'events a body': eventsPerBody,
        'B an event': rounded((texts[0] ?? '').length / eventsPerBody),
        'bodies a turn': bodies * timesPerTurn,
        turns: `${turns} of each, by turns`,
      },
      rows: [
        row('floor: JSON.parse', taken.floor),
        row('the door, from the bytes of the body', taken.door),
        row('the same by JSON.parse and zod', taken.general),
      ],
      targets: [{ what: 'events/s of JSON.parse', atLeast: 0.5, ...middleOf(ratios('door')) }],
    };
  } finally {
    await miniflare.dispose();
  }
}

export default {
  name: 'ingest-cpu',
  describe:
    'CPU an event of what the door does with bodies of 500 events, against JSON.parse of the same bodies',
  run,
} satisfies Bench;
