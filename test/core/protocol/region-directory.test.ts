import { describe, expect, test } from 'vitest';
import { RegionDirectory } from '../../../core/protocol/region-directory.ts';
import { california, directory, london, tokyo } from '../../support/judge-context.ts';

test('[ING-4] the directory of a list is made once, and each list has its own', () => {
  const list = [london];
  expect(RegionDirectory.of(list)).toBe(RegionDirectory.of(list));
  expect(RegionDirectory.of([...list, tokyo]).find(tokyo.name)).toBe(tokyo);
  expect(RegionDirectory.of(list).find(tokyo.name)).toBeUndefined();
});

describe('[ING-4] the nearest region by great-circle distance', () => {
  test.each([
    ['Paris', 48.9, 2.4, london],
    ['Austin', 30.3, -97.7, california],
    ['Osaka', 34.7, 135.5, tokyo],
    // By plain longitude Fiji's neighbour (-175) would be far from Tokyo; across the date line it is near.
    ['the other side of the date line', 20, -175, tokyo],
    ['the north pole', 90, 0, london],
    // In degrees California is nearer, but meridians meet up there.
    ['Baffin Bay', 75, -80, london],
  ])('%s', (_name, latitude, longitude, region) => {
    expect(directory.nearest(latitude, longitude)).toBe(region);
  });

  test.each([
    [Number.NaN, 0],
    [0, Number.NaN],
    [91, 0],
    [0, -181],
  ])('%s/%s is no place', (latitude, longitude) => {
    expect(directory.nearest(latitude, longitude)).toBeNull();
  });

  test('of two at one place the lower number; none of none', () => {
    const twin = { ...london, number: 2, name: 'EU-London-2' };
    expect(new RegionDirectory([london, twin]).nearest(51, 0)).toBe(twin);
    expect(new RegionDirectory([]).nearest(51, 0)).toBeNull();
  });

  test('finds by exact name only', () => {
    expect(directory.find('EU-London')).toBe(london);
    for (const name of ['eu-london', 'EU-London ', '__proto__', 'constructor', '']) {
      expect(directory.find(name)).toBeUndefined();
    }
  });
});
