import { describe, expect, it } from 'vitest';
import { rowsPerSecond, secondsLeft, shareDone } from '../../../core/etl/etl-pace.ts';
import {
  type EtlProgress,
  entered,
  extracted,
  loadedChunk,
  newProgress,
} from '../../../core/etl/etl-progress.ts';
import { nothingLoaded } from '../../../core/warehouse/load-counts.ts';

const slice = (rows: number, share: number, next: number | null) => ({
  rows,
  rejected: 0,
  rejectCodes: {},
  samples: [],
  rejectsKept: 0,
  newestSessionMs: null,
  days: null,
  warnings: [],
  share,
  next,
});
const start = newProgress<number>(
  [
    { name: 'ratings.csv', table: 'ratings', bytes: 100 },
    { name: 'users.csv', table: 'users', bytes: 300 },
  ],
  0.05,
  1000,
);

/** All states of a run of three slices. */
function states(): EtlProgress<number>[] {
  const first = extracted(start, slice(50, 0.5, 7), 2000);
  const second = extracted(first, slice(50, 1, null), 3000);
  const third = extracted(second, slice(20, 1, null), 4000);
  const load = entered(third, 'load', 4000);
  const loads = [load];
  for (const rows of [50, 50, 20]) loads.push(loadedChunk(loads.at(-1) ?? load, rows, nothingLoaded, 6000));
  const last = loads.at(-1) ?? load;
  return [start, first, second, third, ...loads, entered(last, 'movies', 7000), entered(last, 'over', 7000)];
}

describe('[ETL-5] how far a run is', () => {
  it('files are read and loaded in the order of their tables, slice by slice', () => {
    expect(start.files.map(({ name }) => name)).toEqual(['users.csv', 'ratings.csv']);
    expect(states().map(({ phase, file, chunk, cursor }) => [phase, file, chunk, cursor])).toEqual([
      ['extract', 0, 0, null],
      ['extract', 0, 1, 7],
      ['extract', 1, 0, null],
      ['check', 0, 0, null],
      ['load', 0, 0, null],
      ['load', 0, 1, null],
      ['load', 1, 0, null],
      ['aggregates', 0, 0, null],
      ['movies', 0, 0, null],
      ['over', 0, 0, null],
    ]);
  });

  it('its share only grows, from 0 to 1, and by the bytes that were read', () => {
    const shares = states().map(shareDone);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares[0]).toBe(0);
    expect(shares.at(-1)).toBe(1);
    expect(shares[1]).toBeCloseTo(0.45 * (150 / 400));
  });

  it('what is left is at the pace so far, and not known at the start', () => {
    const [, first] = states() as [unknown, EtlProgress<number>];
    expect(secondsLeft(start, 1000, 1500)).toBeNull();
    // 0.16875 of it in 1 s.
    expect(secondsLeft(first, 1000, 2000)).toBe(4.9);
    expect(secondsLeft(first, 1000, 999)).toBeNull();
  });

  it('rows a second are those of its phase', () => {
    const all = states();
    expect(rowsPerSecond(all[1] as EtlProgress<number>, 2000)).toBe(50);
    expect(rowsPerSecond(all[5] as EtlProgress<number>, 4500)).toBe(100);
    expect(rowsPerSecond(start, 1000)).toBeNull();
    expect(rowsPerSecond(all[3] as EtlProgress<number>, 9000)).toBeNull();
  });
});
