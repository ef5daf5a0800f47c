// Annotations on a time axis: which are of a page, where their flags stand, and what a form makes of them.
import { describe, expect, test } from 'vitest';
import { isoTime } from '../../site/admin/audit-filter.ts';
import {
  annotationBody,
  annotationsWithin,
  annotationText,
  flagsOf,
  ofRegions,
} from '../../site/annotations/annotation.ts';
import { scriptedAnnotation } from '../support/scripted-annotations.ts';
import { noon } from './frames.ts';

const minuteMs = 60_000;
const at = (minutes: number): number => noon + minutes * minuteMs;
const iso = (minutes: number): string => new Date(at(minutes)).toISOString();
const note = (id: string, minutes: number, until: number | null = null, region: string | null = null) =>
  scriptedAnnotation(id, at(minutes), { until: until === null ? null : iso(until), region });
const ids = (rows: readonly { readonly id: string }[]): string => rows.map(({ id }) => id).join('');

test('a filter leaves those of its regions and those of none; what is left out is of the others', () => {
  const rows = [note('a', 0), note('b', 0, null, 'EU-London'), note('c', 0, null, 'EU-Paris')];
  expect(ids(ofRegions(rows, null))).toBe('abc');
  expect(ids(ofRegions(rows, { values: ['EU-London'], isNot: false }))).toBe('ab');
  expect(ids(ofRegions(rows, { values: ['EU-London'], isNot: true }))).toBe('ac');
});

test('a slot has what lies in it or reaches into it; its end is the next slot’s', () => {
  const rows = [note('c', 10), note('b', 9), note('a', 0, 10), note('d', 11)];
  expect(ids(annotationsWithin(rows, at(10), at(11)))).toBe('ac');
  expect(ids(annotationsWithin(rows, at(11), at(12)))).toBe('d');
});

describe('flags', () => {
  const axis = { min: at(0), max: at(60), width: 600 };

  test('stand where their time is; a span is as wide as it lasts, cut at the ends of the axis', () => {
    const flags = flagsOf([note('a', 30), note('b', -20, 10), note('c', 50, 90), note('d', 61)], axis);
    expect(flags.map(({ rows, left, width }) => [ids(rows), left, width])).toEqual([
      ['b', 0, 100],
      ['a', 300, 0],
      ['c', 500, 100],
    ]);
  });

  test('those that would cover each other share one, and stay together while the chart slides', () => {
    const rows = [note('a', 10), note('b', 12), note('c', 12.5), note('d', 14)];
    const shown = (by: number) =>
      flagsOf(rows, { ...axis, min: at(by), max: at(60 + by) }).map((flag) => ids(flag.rows));
    expect(shown(0)).toEqual(['ab', 'cd']);
    for (let by = 0; by < 9; by += 0.37) expect(shown(by)).toEqual(['ab', 'cd']);
    expect(flagsOf(rows, { ...axis, width: 6_000 })).toHaveLength(4);
  });

  test('on an axis of days they stand on their day', () => {
    const dayMs = 1440 * minuteMs;
    const place = (ms: number): number => Math.floor(ms / dayMs) * dayMs;
    const day = place(at(0));
    const flags = flagsOf([note('a', 0)], { min: day - 2 * dayMs, max: day, width: 200 }, place);
    expect(flags.map(({ left }) => left)).toEqual([200]);
  });
});

test('words say what it is of and whether it is one’s own', () => {
  const own = scriptedAnnotation('a', noon, { text: 'x', region: 'EU-London', visibility: 'personal' });
  expect(annotationText(own)).toBe('x, EU-London, yours alone');
  expect(annotationText({ ...own, region: null, visibility: 'shared' })).toBe('x');
});

test('a form becomes what the service takes; what is no time is left to it to refuse', () => {
  const form = new FormData();
  const set = (fields: Record<string, string>): void => {
    for (const [name, value] of Object.entries(fields)) form.set(name, value);
  };
  set({
    text: ' Rollout ',
    at: '2026-11-21T12:00:30',
    until: '',
    tags: 'deploy, ,cdn ',
    region: '',
    visibility: 'shared',
  });
  expect(annotationBody(form, isoTime)).toEqual({
    text: 'Rollout',
    at: new Date('2026-11-21T12:00:30').toISOString(),
    until: null,
    tags: ['deploy', 'cdn'],
    region: null,
    visibility: 'shared',
  });
  set({ at: '', until: '2026-11-21T12:10', region: 'EU-London' });
  expect(annotationBody(form, isoTime)).toMatchObject({
    at: '',
    until: new Date('2026-11-21T12:10').toISOString(),
    region: 'EU-London',
  });
});
