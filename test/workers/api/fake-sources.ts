// A world for readers of ranges: what the shards tell, and what D1 has.
import { vi } from 'vitest';
import type { RegionEntry } from '../../../core/protocol/region.ts';
import type { PackedWindow } from '../../../core/window/packed-window.ts';
import type { RegionAnswer } from '../../../core/window/region-answer.ts';
import { windowParts } from '../../../core/window/window-parts.ts';
import type { PackedHour } from '../../../storage/hour-store.ts';
import type { RangePart } from '../../../storage/range-store.ts';
import type { Sources } from '../../../workers/api/range-reader.ts';
import type { StatsQuery } from '../../../workers/api/stats-query.ts';
import { midnight, modelEvents, windowsOf } from '../../storage/packed-windows.ts';

export const regions: RegionEntry[] = [1, 2, 3].map((number) => ({
  number,
  name: `R${number}`,
  continent: 'Europe',
  latitude: 0,
  longitude: 0,
}));
/** One shard a region is what readers ask for. */
export const events = modelEvents(21, 900, 90).filter(({ shard }) => shard === 0);
export const windows = windowsOf(events);
export const nowMs = (midnight + 90) * 60_000 - 1;

export interface FakeOptions {
  readonly hours?: readonly PackedHour[];
  /** Regions that do not answer. */
  readonly dead?: readonly number[];
  /** D1 gives this many parts and then fails. */
  readonly failsAfter?: number;
}

/** `held` is what the shards tell, `stored` what D1 has, each in lots of seven. */
export function fakeSources(
  held: readonly PackedWindow[],
  stored: readonly PackedWindow[],
  { hours = [], dead = [], failsAfter = Number.POSITIVE_INFINITY }: FakeOptions = {},
) {
  return {
    live: vi.fn<Sources['live']>(async ({ regionNumber }, fromMinute, wanted) => {
      if (dead.includes(regionNumber)) throw new Error('asleep');
      return answerOf(
        regionNumber,
        held
          .filter((window) => window.regionNumber === regionNumber)
          .filter(({ minute }) => minute >= fromMinute && minute < wanted.toMinute)
          .map((window) => windowParts(window, wanted)),
      );
    }),
    layers: vi.fn<Sources['layers']>(async () => ({ stream: true, batch: false })),
    minuteSums: vi.fn<Sources['minuteSums']>(async (shards, { fromMinute, toMinute }) => {
      if (failsAfter !== Number.POSITIVE_INFINITY) throw new Error('D1 is away');
      const wanted = stored.filter(
        ({ regionNumber, minute }) =>
          minute >= fromMinute &&
          minute < toMinute &&
          shards.some((shard) => shard.regionNumber === regionNumber),
      );
      const sums = [...new Set(wanted.map(({ minute }) => minute))].map((minute) => {
        const own = wanted.filter((window) => window.minute === minute);
        const counters = own.reduce<number[]>(
          (sum, window) => window.counters.map((n, at) => n + (sum[at] ?? 0)),
          [],
        );
        return { minute, closed: own.every(({ closed }) => closed), counters };
      });
      return { sums, regions: [...new Set(wanted.map(({ regionNumber }) => regionNumber))] };
    }),
    stored: vi.fn<Sources['stored']>(async function* (plan, want) {
      const inHours = hours.filter((row) =>
        plan.hours.some(
          (span) => span.regionNumber === row.regionNumber && row.hour >= span.from && row.hour < span.to,
        ),
      );
      const spans = [
        ...plan.minutes,
        ...plan.hours.flatMap(({ from, to, ...shard }) =>
          Array.from({ length: to - from }, (_, at) => ({
            ...shard,
            from: (from + at) * 60,
            to: (from + at + 1) * 60,
          })).filter(
            (span) =>
              !inHours.some((row) => row.regionNumber === shard.regionNumber && row.hour * 60 === span.from),
          ),
        ),
      ];
      const minutes = stored.filter(({ regionNumber, minute }) =>
        spans.some((span) => span.regionNumber === regionNumber && minute >= span.from && minute < span.to),
      );
      const parts = [
        ...minutes.map((window): RangePart => partOf(window, want.panes)),
        ...inHours.map((row): RangePart => hourPart(row)),
      ];
      for (let at = 0; at < parts.length; at += 7) {
        if (at >= failsAfter) throw new Error('D1 is away');
        yield parts.slice(at, at + 7);
      }
      if (failsAfter <= parts.length) throw new Error('D1 is away');
    }),
  };
}

function partOf(window: PackedWindow, withPanes: boolean): RangePart {
  const { regionNumber, shard, minute, revision, closed, counters, panes, dimensions, titles } = window;
  const same = { regionNumber, shard, minute, revision, closed, counters, titles };
  return { ...same, minutes: 1, entries: dimensions, panes: withPanes ? panes : null, sketches: window };
}

function hourPart(row: PackedHour): RangePart {
  const { regionNumber, shard, hour, revision, closed, counters, dimensions, titles } = row;
  const same = { regionNumber, shard, revision, closed, counters, titles };
  return { ...same, minute: hour * 60, minutes: 60, entries: dimensions, panes: null, sketches: row };
}

function answerOf(regionNumber: number, own: readonly PackedWindow[]): RegionAnswer {
  const heard = own.length === 0 ? null : nowMs - 1000;
  return {
    regionNumber,
    shard: 0,
    at: nowMs,
    watermark: nowMs - 5000 - regionNumber,
    lastEventAt: heard,
    lastReceivedAt: heard,
    viewers: regionNumber,
    lateTotal: 10,
    duplicatesTotal: 100,
    horizonCutTotal: 0,
    windows: own,
    alerts: [],
  };
}

export function query(
  fromMinute: number,
  toMinute: number,
  more: Partial<Pick<StatsQuery, 'regions' | 'filter'>> = {},
): StatsQuery {
  const page = { limit: 1000, after: null, question: '' };
  return { range: { fromMinute, toMinute }, regions, filter: null, page, values: {}, ...more };
}

export const whole = query(midnight, midnight + 90);
