/**
 * The producer's messy traffic, sent at once, and a naive count of what must count. The count knows nothing of the
 * product: it is made of the records that the producer meant to be accepted, by loops over all of them.
 */
import type { ProducedEvent } from '../../tools/producer/event.ts';
import type { OutgoingRecord } from '../../tools/producer/scenario.ts';
import { messy } from '../../tools/producer/scenarios/messy.ts';
import { outage } from '../../tools/producer/scenarios/outage.ts';
import { SendPlan } from '../../tools/producer/send-plan.ts';
import { Traffic } from '../../tools/producer/traffic.ts';
import type { Runtime } from '../../tools/runtime.ts';

const minuteMs = 60_000;

export interface MessyTraffic {
  /** In the order in which they are sent. */
  readonly records: readonly OutgoingRecord[];
  /** Each counted event once. */
  readonly counted: readonly ProducedEvent[];
  /** Holds all of their times: whole minutes, epoch ms. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** Five whole minutes up to `nowMs`, of which what is due by then has come. London fails downloads in the second and third. */
export function messyTraffic(seed: number, rate: number, nowMs: number): MessyTraffic {
  const endMs = Math.floor(nowMs / minuteMs) * minuteMs;
  const startMs = endMs - 5 * minuteMs;
  const span = { fromMs: startMs + minuteMs, toMs: startMs + 3 * minuteMs };
  const scenarios = [outage(seed, 'EU-London', span), messy(seed)];
  const traffic = new Traffic({ seed, rate, swing: 0, scenarios }, startMs);
  const records = new SendPlan(traffic, { untilMs: endMs }).take(nowMs);
  const counted = new Map<string, ProducedEvent>();
  for (const { expected, event } of records) {
    if (expected === 'accepted') counted.set(`${event.event_id} ${event.timestamp}`, event);
  }
  // Wrong clocks are off by up to 4 minutes.
  return {
    records,
    counted: [...counted.values()],
    fromMs: startMs - 4 * minuteMs,
    toMs: endMs + 5 * minuteMs,
  };
}

/** NDJSON, since broken lines are part of the mess. Resolves when all is answered 202. */
export async function sendAll(
  { url, credentials }: Pick<Runtime, 'url' | 'credentials'>,
  records: readonly OutgoingRecord[],
): Promise<void> {
  const bodies: string[] = [];
  for (let at = 0; at < records.length; at += 500) {
    bodies.push(
      records
        .slice(at, at + 500)
        .map(({ text }) => text)
        .join('\n'),
    );
  }
  for (const body of bodies) {
    const response = await fetch(`${url}/v1/events`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-ndjson',
        authorization: `Bearer ${credentials.ingest_key}`,
      },
      body,
    });
    if (response.status !== 202) throw new Error(`${response.status}: ${await response.text()}`);
    await response.arrayBuffer();
  }
}

/** What a key's events add up to, in the names of the API. */
export interface Sum {
  total_events: number;
  views: number;
  completions: number;
  pauses: number;
  resumes: number;
  progresses: number;
  ratings: number;
  errors: number;
  total_downloads: number;
  successful_downloads: number;
  failed_downloads: number;
  slow_downloads: number;
  watched_ms: number;
  buffering_count: number;
  bytes: number;
  rating_count: number;
  rating_sum: number;
  speed_kbps: number;
  speed_count: number;
}

const noSum = (): Sum => ({
  total_events: 0,
  views: 0,
  completions: 0,
  pauses: 0,
  resumes: 0,
  progresses: 0,
  ratings: 0,
  errors: 0,
  total_downloads: 0,
  successful_downloads: 0,
  failed_downloads: 0,
  slow_downloads: 0,
  watched_ms: 0,
  buffering_count: 0,
  bytes: 0,
  rating_count: 0,
  rating_sum: 0,
  speed_kbps: 0,
  speed_count: 0,
});

const counterOfType = {
  view: 'views',
  pause: 'pauses',
  resume: 'resumes',
  progress: 'progresses',
  complete: 'completions',
  rating: 'ratings',
  error: 'errors',
  download: 'total_downloads',
} as const;

function add(sum: Sum, event: ProducedEvent): void {
  sum.total_events++;
  sum[counterOfType[event.event_type]]++;
  sum.watched_ms += Math.round((event.duration ?? 0) * 1000);
  sum.buffering_count += event.buffering_count ?? 0;
  sum.bytes += event.bytes ?? 0;
  if (event.rating !== undefined) {
    sum.rating_count++;
    sum.rating_sum += event.rating;
  }
  if (event.event_type !== 'download') return;
  if (event.status === 'failed') sum.failed_downloads++;
  else sum.successful_downloads++;
  if (event.status === 'slow') sum.slow_downloads++;
  if (event.speed_mbps !== undefined) {
    sum.speed_kbps += Math.round(event.speed_mbps * 1000);
    sum.speed_count++;
  }
}

/** One sum for each key; events without a key are left out. */
export function sumBy(
  events: readonly ProducedEvent[],
  keyOf: (event: ProducedEvent) => string | undefined,
): Map<string, Sum> {
  const sums = new Map<string, Sum>();
  for (const event of events) {
    const key = keyOf(event);
    if (key === undefined) continue;
    const sum = sums.get(key) ?? noSum();
    sums.set(key, sum);
    add(sum, event);
  }
  return sums;
}

export const minuteOf = ({ timestamp }: ProducedEvent): string =>
  new Date(Math.floor(timestamp / minuteMs) * minuteMs).toISOString();
