// How fast a shard takes events (decode, judge, count and log: all of Region.receive), and how fast it wakes.
import { encodeChunk } from '../../core/protocol/chunk.ts';
import type { RegionEffect } from '../../core/window/effect.ts';
import { Region } from '../../core/window/region.ts';
import type { RegionSource } from '../../core/window/replay.ts';
import { headerOf, playedEvents } from '../bench-events.ts';
import { median, rounded } from '../bench-rate.ts';
import type { Bench, Report } from '../bench-report.ts';

const startMs = 1_800_000_000_000;
const origin = { regionNumber: 5, shard: 0, generation: 0, incarnation: 1 };
const eventsPerCall = 10_000;
const calls = 150;
const repeats = 5;
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

const nothing: RegionSource = {
  origin,
  snapshot: null,
  lastRow: null,
  rowsFrom: () => [],
  parked: [],
  confirmed: [],
  alerts: null,
  alertSetup: null,
  sealing: null,
};

/** How long each call took, ms, and the log that they left. */
function receiveAll(traffic: readonly Uint8Array[][]): { readonly tookMs: number[]; readonly rows: Row[] } {
  const region = new Region(nothing, startMs);
  const tookMs: number[] = [];
  const rows: Row[] = [];
  for (const [call, chunks] of traffic.entries()) {
    const nowMs = startMs + call * 1000;
    const from = performance.now();
    const { effects } = region.receive(chunks, nowMs);
    tookMs.push(performance.now() - from);
    for (const effect of effects) if (effect.kind === 'append') rows.push(effect);
    region.confirm(region.dueWindows(nowMs), nowMs);
  }
  return { tookMs, rows };
}

function wakeMs(rows: readonly Row[]): number {
  const source: RegionSource = {
    ...nothing,
    lastRow: rows.at(-1) ?? null,
    rowsFrom: (first) => rows.filter(({ row }) => row >= first),
  };
  const from = performance.now();
  const region = new Region(source, startMs + calls * 1000);
  const tookMs = performance.now() - from;
  if (region.totals.counted !== eventsPerCall * calls) throw new Error('it woke to something else');
  return tookMs;
}

function measure(size: number): { readonly receiveUs: number; readonly row: Report['rows'][number] } {
  const traffic = trafficOf(size);
  receiveAll(traffic);
  const runs = Array.from({ length: repeats }, () => receiveAll(traffic));
  const callMs = median(runs.map(({ tookMs }) => median(tookMs)));
  const wokenMs = median(runs.map(({ rows }) => wakeMs(rows)));
  return {
    receiveUs: (callMs * 1000) / eventsPerCall,
    row: {
      'events a chunk': size,
      'received, events/s': rounded((eventsPerCall / callMs) * 1000),
      'woken, events/s': rounded(((eventsPerCall * calls) / wokenMs) * 1000),
      'log, B an event': Math.round((sumOf(runs[0]?.rows ?? []) / (eventsPerCall * calls)) * 10) / 10,
    },
  };
}

function sumOf(rows: readonly Row[]): number {
  return rows.reduce((sum, { body }) => sum + body.length, 0);
}

const bench: Bench = {
  name: 'window-engine',
  describe: 'Region.receive (decode, judge, count, log) and waking from the log, on one core.',
  run: () => {
    const measured = sizes.map(measure);
    return Promise.resolve({
      settings: { calls, 'events a call': eventsPerCall, repeats: `${repeats}, medians` },
      rows: measured.map(({ row }) => row),
      targets: [
        {
          what: `µs an event received, in chunks of ${sizes[0]}`,
          atMost: 1,
          measured: rounded(measured[0]?.receiveUs ?? Number.NaN),
        },
      ],
    });
  },
};

export default bench;
