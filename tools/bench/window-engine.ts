// How fast a shard takes events (decode, judge, count and log: all of Region.receive), beside DuckDB over the same events, and
// how fast it wakes.
import { encodeChunk } from '../../core/protocol/chunk.ts';
import type { RegionEffect } from '../../core/window/effect.ts';
import { Region } from '../../core/window/region.ts';
import type { RegionSource } from '../../core/window/replay.ts';
import { askDuck, countedByDuck, type DuckQuestion, duckOf, questionsOfDuck } from '../bench-duckdb.ts';
import { emptySource } from '../bench-empty-source.ts';
import { headerOf, playedEvents } from '../bench-events.ts';
import { type Bench, middleOf, type Report } from '../bench-report.ts';

const startMs = 1_800_000_000_000;
const eventsPerCall = 10_000;
const calls = 100;
const repeats = 9;
const sizes = [500, 50, 10];

type Row = Extract<RegionEffect, { readonly kind: 'append' }>;

/** One consumer's call for each second, of chunks of `size` events. */
function trafficOf(size: number): Uint8Array[][] {
  return Array.from({ length: calls }, (_, call) => {
    const nowMs = startMs + call * 1000;
    const events = playedEvents(call, eventsPerCall, nowMs);
    return Array.from({ length: eventsPerCall / size }, (_, i) => {
      const header = headerOf(1, call * eventsPerCall + i * size, size, nowMs);
      return encodeChunk(header, events.slice(i * size, (i + 1) * size));
    });
  });
}

const nothing = emptySource(5);

/** Processor time of this process, all its threads, ms: others on the machine are not in it. */
async function cpuMs(work: () => Promise<void> | void): Promise<number> {
  const from = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(from);
  return (user + system) / 1000;
}

/** The log that is left of all calls. */
function receiveAll(traffic: readonly Uint8Array[][]): Row[] {
  const region = new Region(nothing, startMs);
  const rows: Row[] = [];
  for (const [call, chunks] of traffic.entries()) {
    const { effects } = region.receive(chunks, startMs + call * 1000);
    for (const effect of effects) if (effect.kind === 'append') rows.push(effect);
  }
  if (region.totals.counted !== eventsPerCall * calls) throw new Error('not every event counted');
  return rows;
}

function wake(rows: readonly Row[]): void {
  const source: RegionSource = {
    ...nothing,
    lastRow: rows.at(-1) ?? null,
    rowsFrom: (first) => rows.filter(({ row }) => row >= first),
  };
  const region = new Region(source, startMs + calls * 1000);
  if (region.totals.counted !== eventsPerCall * calls) throw new Error('it woke to something else');
}

const rate = (ms: number): number => (eventsPerCall * calls * 1000) / ms;
const bytesOf = (rows: readonly Row[]): number => rows.reduce((sum, { body }) => sum + body.length, 0);

interface Measured {
  readonly rows: Report['rows'];
  /** Events a second of each round; of DuckDB by question. */
  readonly received: readonly number[];
  readonly duck: Readonly<Record<string, readonly number[]>>;
}

/** One round after the other of all that is compared. DuckDB is asked beside the first size alone. */
async function measure(size: number, withDuck: boolean): Promise<Measured> {
  const traffic = trafficOf(size);
  const duck = withDuck ? await duckOf(traffic.flat()) : null;
  const questions = duck ? questionsOfDuck : [];
  const ask = async (question: DuckQuestion) => (duck ? await askDuck(duck, question) : undefined);
  const received: number[] = [];
  const woken: number[] = [];
  const byDuck: Record<string, number[]> = Object.fromEntries(questions.map((question) => [question, []]));
  let log: Row[] = [];
  for (let round = -2; round < repeats; round++) {
    const receiveMs = await cpuMs(() => {
      log = receiveAll(traffic);
    });
    const wakeMs = await cpuMs(() => wake(log));
    if (round >= 0) {
      received.push(rate(receiveMs));
      woken.push(rate(wakeMs));
    }
    for (const question of questions) {
      const duckMs = await cpuMs(async () => await ask(question));
      if (round >= 0) byDuck[question]?.push(rate(duckMs));
    }
  }
  if (duck && (await countedByDuck(duck)) !== eventsPerCall * calls) throw new Error('DuckDB counted others');
  duck?.closeSync();
  const row = (what: string, rates: readonly number[], logBytes: number | '') => {
    const { measured, spread = '' } = middleOf(rates);
    return { what, 'events/s': measured, spread, 'log, B an event': logBytes };
  };
  const logBytes = Math.round((bytesOf(log) / (eventsPerCall * calls)) * 10) / 10;
  return {
    rows: [
      row(`received in chunks of ${size}`, received, logBytes),
      row(`woken from the log of them`, woken, ''),
      ...questions.map((question) => row(`DuckDB: ${question}`, byDuck[question] ?? [], '')),
    ],
    received,
    duck: byDuck,
  };
}

async function run(): Promise<Report> {
  const measured: Measured[] = [];
  for (const size of sizes) measured.push(await measure(size, size === sizes[0]));
  const { received = [], duck = {} } = measured[0] ?? {};
  return {
    settings: {
      events: calls * eventsPerCall,
      'events a call': eventsPerCall,
      rounds: `${repeats} of each by turns, after two`,
      time: 'of the processor, all threads of the process (garbage collection is one)',
      DuckDB:
        'one thread, the same rows in memory: DISTINCT ON (identity), then GROUP BY region, pane, content, type, device',
    },
    rows: measured.flatMap(({ rows }) => rows),
    targets: [
      {
        what: `events/s received, in chunks of ${sizes[0]}`,
        atLeast: 1_000_000,
        ...middleOf(received),
      },
      ...Object.entries(duck).map(([question, rates]) => ({
        what: `of DuckDB's ${question}`,
        atLeast: 1,
        ...middleOf(rates.map((of, round) => (received[round] ?? 0) / of)),
      })),
    ],
  };
}

const bench: Bench = {
  name: 'window-engine',
  describe:
    'Region.receive (decode, judge, count with sketches, log) beside DuckDB over the same events, and waking from the log.',
  notes: [
    'How it came from 1.05 to 2 million events a second, what was tried and what did not help: [0021](decisions/0021-chunks-are-counted-by-runs.md).',
    'What holds it back: beside the questions that DuckDB is asked it decodes chunks, keeps sums of five dimensions and 21 counters, two distinct sketches and one of quantiles, the sessions that are watching, and the log, all so that the next event can be counted after each call. The largest single part (a quarter) waits for the memory of the table of identities, as DuckDB does.',
  ],
  run,
};

export default bench;
