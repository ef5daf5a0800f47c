// What the System page makes of an answer: the places of its picture, and what passes the arrows.
import { describe, expect, test } from 'vitest';
import type { RegionRow, SystemData } from '../../site/system/answer.ts';
import {
  addressOf,
  boundsFigure,
  dollarText,
  firstOfEachKind,
  placesOf,
  regionsToShow,
} from '../../site/system/picture.ts';
import { faultySystem, quietSystem, wellSystem } from '../support/scripted-system.ts';

const place = (data: SystemData, part: string) => placesOf(data).find((one) => one.part === part);

describe('the picture', () => {
  test('[SYS-1] has every place of the way of an event, in its order, each with what comes in', () => {
    const told = placesOf(wellSystem()).map(
      ({ name, flow, flowWord }) => `${name}: ${flow.exact} ${flowWord}`,
    );
    expect(told).toEqual([
      'Doors: 41.2 a second requests',
      'Rejected: 418 in an hour records',
      'Queue: 41.2 to 43.9 a second messages',
      'Dead letters: 0 letters',
      'Regions: 250.3 a second events',
      'D1: 12 a minute windows',
      'Lake: 840,112 in an hour events',
      'Hubs: 4.5 a second changes',
    ]);
  });

  test('[SYS-3] gives each place the worst that was found there, and a quiet one no alarm', () => {
    const states = (data: SystemData) =>
      Object.fromEntries(placesOf(data).map((one) => [one.part, one.state]));
    expect(states(faultySystem())).toEqual({
      doors: 'well',
      rejects: 'well',
      queue: 'well',
      dead_letters: 'warning',
      regions: 'failing',
      d1: 'failing',
      lake: 'unknown',
      hubs: 'well',
    });
    expect(new Set(Object.values(states(quietSystem())))).toEqual(new Set(['idle', 'well']));
    const findings = [{ level: 'warning', part: 'doors', text: '7 % was rejected.' }] as const;
    expect(states({ ...wellSystem(), findings })).toMatchObject({
      doors: 'warning',
      rejects: 'warning',
      regions: 'well',
    });
  });

  test('draws an arrow that nothing passes as still', () => {
    expect(placesOf(quietSystem()).every(({ isStill }) => isStill)).toBe(true);
    expect(place(faultySystem(), 'd1')?.isStill).toBe(true);
    expect(place(wellSystem(), 'd1')?.isStill).toBe(false);
  });

  test('what could not be read is not told as nothing', () => {
    const { dead_letters: _, ...rest } = wellSystem();
    const data = { ...rest, dead_letters: null, lake: { parts: null, events: null, behind_ms: null } };
    expect(place(data, 'dead_letters')?.figure).toEqual({ text: '–', unit: '', exact: 'not known' });
    expect(place(data, 'lake')?.flow.text).toBe('–');
    expect(place(data, 'lake')?.isStill).toBe(false);
  });
});

describe('what there is no room for', () => {
  const [first] = wellSystem().regions;
  const many = Array.from({ length: 40 }, (_, n) => ({
    ...(first as RegionRow),
    region: `region-${n}`,
    events_per_second: n,
  }));

  test('is neither in trouble nor among the busiest, and what is shown keeps its order', () => {
    expect(regionsToShow(many.slice(0, 12))).toHaveLength(12);
    const troubled = many.map((row, n) => (n === 7 ? { ...row, state: 'silent' as const } : row));
    const shown = regionsToShow(troubled).map(({ region }) => Number(region.slice(7)));
    expect(shown).toEqual([7, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39]);
  });

  test('of samples the newest of each kind comes first', () => {
    const { samples } = wellSystem().doors;
    expect(firstOfEachKind([...samples, ...samples])).toEqual(samples);
  });

  test('every place leads to where more of it is told', () => {
    const addresses = placesOf(wellSystem()).map(({ part }) => addressOf(part));
    expect(addresses).toEqual([
      '#doors',
      '#doors',
      '#regions',
      '#dead_letters',
      '#regions',
      '#regions',
      '#regions',
      '/',
    ]);
  });
});

describe('numbers between two bounds', () => {
  test('are one where they lie close together', () => {
    expect(boundsFigure({ low: 40, high: 40 })).toMatchObject({ text: '40.0', unit: '/s' });
    expect(boundsFigure({ low: 39, high: 40 })).toMatchObject({ text: '40.0' });
    expect(boundsFigure({ low: 20, high: 40 })).toEqual({
      text: '20.0–40.0',
      unit: '/s',
      exact: '20 to 40 a second',
    });
    expect(boundsFigure({ low: 0, high: 0 }).text).toBe('0');
    expect(boundsFigure({ low: 900, high: 12_000 })).toMatchObject({ text: '900/s–12.0', unit: 'K/s' });
  });

  test('of money are in cents', () => {
    expect(dollarText({ low: 4.15, high: 4.15 })).toBe('$4.15');
    expect(dollarText({ low: 0.5, high: 1.2 })).toBe('$0.50 to $1.20');
    expect(dollarText({ low: 0, high: 0 })).toBe('$0');
    expect(dollarText({ low: 0.001, high: 0.002 })).toBe('<$0.01');
    expect(dollarText({ low: 0, high: 0.002 })).toBe('$0 to <$0.01');
    expect(dollarText({ low: 12_345, high: 12_345 })).toBe('$12.3\u202fK');
  });
});
