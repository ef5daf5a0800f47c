/** How many requests and queue messages the events of the last minute (vitalsSpanMs) came by: nobody counts them, the log's headers tell. */
import { envelopeBytesMax } from '../protocol/limits.ts';
import { vitalsSpanMs } from '../protocol/system-limits.ts';
import type { RecentCommits } from '../system/recent-commits.ts';

/** Between two numbers, both possible; the same where it is known. */
export interface Bounds {
  readonly low: number;
  readonly high: number;
}

export interface Traffic {
  /** Accepted events. */
  readonly events: number;
  /** POSTs of which at least one record was accepted. */
  readonly requests: number;
  /** False where the headers of a part of the time stand for all of it. */
  readonly isCounted: boolean;
  readonly messages: Bounds;
  /** Batches that the consumer took. */
  readonly batches: Bounds;
  /** Calls that committed something. */
  readonly commits: number;
}

/** A consumer batch holds so many messages at most. */
const batchMessagesMax = 100;

/**
 * A POST of several regions leaves a chunk in each of their shards, with the same door and time of receipt: it is counted
 * once over all. Two POSTs that a door took in the same millisecond count as one. What comes
 * together shares messages (ING-8), and what does not fit one takes more: with c bytes an envelope there are between bytes / c
 * (one, where there is anything) and POSTs + bytes / c.
 */
export function trafficOf(shards: readonly RecentCommits[]): Traffic {
  const busy = shards.filter(({ commits }) => commits > 0);
  // A shard with a long log tells of less than the span: what it tells is scaled to it.
  const total = (of: (shard: RecentCommits) => number): number =>
    Math.round(sum(busy.map((shard) => (of(shard) * vitalsSpanMs) / shard.spanMs)));
  const events = total(({ counted, late, duplicates }) => counted + late + duplicates);
  const commits = total((shard) => shard.commits);
  const bytes = total((shard) => shard.bytes);
  const { requests, isCounted } = requestsOf(busy, events);
  const full = bytes / envelopeBytesMax;
  const messages = {
    low: Math.max(Math.min(requests, 1), Math.floor(full)),
    high: requests + Math.floor(full),
  };
  const most = Math.max(0, ...busy.map((shard) => (shard.commits * vitalsSpanMs) / shard.spanMs));
  const batches = {
    low: Math.max(Math.floor(most), Math.ceil(messages.low / batchMessagesMax)),
    high: Math.min(commits, messages.high),
  };
  return {
    events,
    requests,
    isCounted,
    messages,
    batches: { low: Math.min(batches.low, batches.high), high: batches.high },
    commits,
  };
}

/** Of the time that the samples of all shards reach back to, and scaled by events where that is not the whole. */
function requestsOf(
  busy: readonly RecentCommits[],
  events: number,
): { requests: number; isCounted: boolean } {
  const isCounted = busy.every(({ isWholeSample }) => isWholeSample);
  const reach = busy.map(({ sample, isWholeSample, fromMs }) =>
    isWholeSample ? fromMs : (sample.at(-1)?.atMs ?? Number.POSITIVE_INFINITY),
  );
  const fromMs = Math.max(0, ...reach);
  const seen = new Set<string>();
  let sampledEvents = 0;
  for (const commit of busy.flatMap(({ sample }) => sample)) {
    if (commit.atMs < fromMs) continue;
    sampledEvents += commit.events;
    for (const request of commit.requests) seen.add(request);
  }
  if (isCounted || sampledEvents === 0) return { requests: seen.size, isCounted };
  return { requests: Math.round((seen.size * events) / sampledEvents), isCounted };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
