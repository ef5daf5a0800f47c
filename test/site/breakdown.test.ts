// Rankings, shares and the places on the map.

import { describe, expect, test } from 'vitest';
import { OTHER_KEY, paneMs } from '../../core/protocol/limits.ts';
import type { LiveRankedContent, LiveShare } from '../../core/protocol/live.ts';
import { movement } from '../../site/live/ranking.ts';
import { paneSpan } from '../../site/live/series.ts';
import { eventTypeShares, joined, shareList } from '../../site/live/shares.ts';
import { labelSides, mapAspect, mapPoint, markReach, spread } from '../../site/panels/map-layout.ts';
import { landRows } from '../../site/panels/world-land.ts';
import { cell, noon, stateOf } from './frames.ts';

describe('movement', () => {
  test.each([
    [1, null, 'new', 'new'],
    [3, 3, 'same', 'unchanged'],
    [3, 4, 'up', 'up 1 place, from 4'],
    [1, 8, 'up', 'up 7 places, from 8'],
    [5, 2, 'down', 'down 3 places, from 2'],
  ] as const)('rank %i, before %s: %s', (rank, rank_before, kind, text) => {
    expect(movement({ rank, rank_before } as LiveRankedContent)).toMatchObject({ kind, text });
  });
});

describe('shares', () => {
  const share = (
    key: string,
    events: number,
    downloads = 0,
    success_rate: number | null = null,
  ): LiveShare => ({
    key,
    events,
    views: 1,
    downloads,
    success_rate,
  });

  test('are of the sum; what has no name of its own is called so', () => {
    const shares = shareList([share('tv', 30), share(OTHER_KEY, 10)]);
    expect(shares.map(({ label, share: part }) => [label, part])).toEqual([
      ['tv', 0.75],
      ['all others', 0.25],
    ]);
    expect(shareList([share('tv', 0)])[0]?.share).toBe(0);
  });

  test.each([
    ['far below nine in ten', 100, 0.7, true],
    ['a little below, of many', 100_000, 0.89, true],
    ['a little below, of some dozens: chance', 60, 0.85, false],
    ['three standard deviations below, and a bit', 100, 0.809, true],
    ['three standard deviations below, less a bit', 100, 0.811, false],
    ['well', 1_000_000, 0.9, false],
    ['all of a few', 3, 0, true],
    ['without downloads', 0, null, false],
  ])('downloads fail: %s', (_, downloads, rate, isFailing) => {
    expect(shareList([share('a', 1, downloads, rate)])[0]?.isFailing).toBe(isFailing);
  });

  test('the smallest are joined, and say how many they are', () => {
    const shares = shareList([5, 4, 3, 2, 1].map((events) => share(`k${events}`, events)));
    expect(joined(shares, 5)).toHaveLength(5);
    expect(joined(shares, 3).map(({ label, count }) => [label, count])).toEqual([
      ['k5', 5],
      ['k4', 4],
      ['3 more', 6],
    ]);
  });

  test('event types are counted over whole panes, in an order that stays', () => {
    const panes = [
      cell(noon - 2 * paneMs, { events: 9, views: 9 }),
      cell(noon - paneMs, { events: 4, views: 1, downloads: 3 }),
      cell(noon, { events: 7, errors: 7 }),
    ];
    const regions = stateOf({ A: { panes } }).regions.values();
    const types = eventTypeShares(regions, paneSpan, noon - paneMs, noon);
    expect(
      types.filter(({ count }) => count > 0).map(({ label, count, share: part }) => [label, count, part]),
    ).toEqual([
      ['view', 1, 0.25],
      ['download', 3, 0.75],
    ]);
    expect(types).toHaveLength(8);
  });
});

describe('the map', () => {
  const width = 540;
  const height = width * mapAspect;
  const onLand = (longitude: number, latitude: number): boolean => {
    const { x, y } = mapPoint(longitude, latitude);
    const row = Math.floor(y * landRows.length);
    const shift = row % 2 === 0 ? 0 : 0.5;
    return landRows[row]?.[Math.floor(x * 120 - shift)] === '#';
  };

  test.each([
    ['Chicago', -89, 41, true],
    ['Madrid', -3.7, 40.4, true],
    ['Nairobi', 36.8, -1.3, true],
    ['Alice Springs', 133.9, -23.7, true],
    ['Novosibirsk', 82.9, 55, true],
    ['Brasilia', -47.9, -15.8, true],
    ['the North Atlantic', -40, 45, false],
    ['the Pacific', -140, 0, false],
    ['the Indian Ocean', 80, -20, false],
    ['Bering Strait, beyond the edge of the map', 192 - 360, 60, false],
  ])('%s', (_, longitude, latitude, isLand) => {
    expect(onLand(longitude, latitude)).toBe(isLand);
  });

  test('marks come to rest apart and inside, also where several stand in one place or on the edge', () => {
    const crowd = [...Array.from({ length: 6 }, () => ({ x: 200, y: 40 })), { x: -5, y: height + 9 }];
    const rests = spread(crowd, width, height);
    rests.forEach((a, i) => {
      expect(a.x).toBeGreaterThanOrEqual(markReach / 2);
      expect(a.y).toBeLessThanOrEqual(height - markReach / 2);
      for (const b of rests.slice(i + 1))
        expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeGreaterThan(markReach - 1);
    });
    expect(spread(crowd, width, height)).toEqual(rests);
    expect(spread([{ x: 100, y: 100 }], width, height)).toEqual([{ x: 100, y: 100 }]);
  });

  test('a name goes where there is room, and nowhere where there is none', () => {
    const mark = (x: number, y: number, text = 'London') => ({ at: { x, y }, size: 20, text });
    expect(labelSides([mark(200, 100)], width, height)).toEqual(['right']);
    expect(labelSides([mark(width - 15, 100)], width, height)).toEqual(['left']);
    expect(labelSides([mark(200, 100), mark(230, 100)], width, height)).toEqual(['left', 'right']);
    const walls = [-24, 24].flatMap((dx) =>
      [-24, 0, 24].map((dy) => mark(200 + dx, 100 + dy, 'x'.repeat(200))),
    );
    const above = [-24, 24].map((dy) => mark(200, 100 + dy, 'x'.repeat(200)));
    expect(labelSides([mark(200, 100), ...walls, ...above], width, height)[0]).toBeNull();
  });
});
