// What an event costs shards without the platform around them, the more events they have taken.
import { encodeChunk } from '../core/protocol/chunk.ts';
import { Region } from '../core/window/region.ts';
import { emptySource } from './bench-empty-source.ts';
import { headerOf, playedEvents } from './bench-events.ts';
import type { Line } from './bench-plot.ts';
import { median, rounded } from './bench-rate.ts';

interface Place {
  readonly number: number;
  readonly firstNumber: number;
}

/** As often are shards begun that take 10^5 events alone. */
const shardLots = 9;

/** So many shards take ten million events of ten minutes; µs an event of each power of ten. */
export function shardsAlone(regions: number, startMs: number): Line {
  const perCall = 1_000;
  const played = playedEvents(1, 20_000, startMs);
  const ages = played.map(({ timeMs }) => startMs - timeMs);
  const decades = new Map<number, number[]>([1e4, 1e5, 1e6, 1e7].map((upTo) => [upTo, []]));
  /** The played events again, as others: of new identities, a moment before `nowMs`. */
  const chunkOf = (first: number, { number, firstNumber }: Place, nowMs: number): Uint8Array => {
    const from = first % played.length;
    const events = played.slice(from, from + perCall);
    for (const [i, event] of events.entries()) {
      const other = event as { identityHi: number; identityLo: number; timeMs: number };
      // Multiplied by odd numbers: no two alike, and spread over 32 bits as hashes are.
      other.identityHi = Math.imul(first + i, 0x9e3779b1) >>> 0;
      other.identityLo = Math.imul(first + i, 0x85ebca6b) >>> 0;
      other.timeMs = nowMs - (ages[from + i] as number);
    }
    return encodeChunk({ ...headerOf(1, firstNumber, perCall, nowMs), regionNumber: number }, events);
  };
  const play = (most: number): void => {
    const shards = Array.from({ length: regions }, (_, n) => new Region(emptySource(n + 1), startMs));
    // A door numbers the events of each shard without holes.
    const numbers = shards.map(() => 0);
    for (let sent = 0; sent < most; ) {
      const nowMs = startMs + Math.floor((sent / 1e7) * 600_000);
      const upTo = [...decades.keys()].find((decade) => sent < decade) as number;
      const count = Math.min(upTo - sent, most - sent, 120_000) / perCall;
      const calls = Array.from({ length: count }, (_, call) => {
        const number = (call % regions) + 1;
        const firstNumber = numbers[number - 1] as number;
        numbers[number - 1] = firstNumber + perCall;
        return { number, chunk: chunkOf(sent + call * perCall, { number, firstNumber }, nowMs) };
      });
      const before = process.cpuUsage();
      for (const { number, chunk } of calls) (shards[number - 1] as Region).receive([chunk], nowMs);
      const { user, system } = process.cpuUsage(before);
      sent += count * perCall;
      decades.get(upTo)?.push((user + system) / (count * perCall));
    }
    const counted = shards.reduce((sum, shard) => sum + shard.totals.counted, 0);
    if (counted !== most) throw new Error(`${counted} of ${most} events are counted`);
  };
  play(2e6);
  for (const taken of decades.values()) taken.length = 0;
  play(1e7);
  // What of the first pass were single figures: ten milliseconds in all, in which garbage of the warm-up may be collected.
  for (let lot = 1; lot < shardLots; lot++) play(1e5);
  return {
    what: `${regions} shards alone, in Node`,
    points: [...decades].map(([upTo, us]) => [upTo, rounded(median(us))] as const),
  };
}
