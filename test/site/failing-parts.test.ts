// Why a region fails, in a sentence: which of its devices and titles.
import { expect, test } from 'vitest';
import type { LiveBreakdown, LiveRankedContent, LiveShare } from '../../core/protocol/live.ts';
import { failingParts } from '../../site/live/failing-parts.ts';

const device = ([key, success_rate, downloads = 100]: Part): LiveShare => ({
  key,
  events: 500,
  views: 10,
  downloads,
  success_rate,
});
const title = ([key, success_rate, downloads = 100]: Part): LiveRankedContent =>
  ({ content_id: key, title: key, downloads, success_rate }) as LiveRankedContent;
type Part = readonly [name: string, successRate: number | null, downloads?: number];

const breakdown = (devices: readonly Part[], titles: readonly Part[]): LiveBreakdown => ({
  region: 'EU-London',
  from_minute: 0,
  active_contents: 9,
  contents: titles.map(title),
  devices: devices.map(device),
  content_types: [],
});

const well = ['a', 0.98] as const;
const bad = (name: string): Part => [name, 0.3];

test.each([
  ['nothing fails', [well, well], [well], null],
  ['all do', [bad('tv'), bad('web')], [bad('Salt'), bad('Oak')], 'on all 2 devices and for all 2 top titles'],
  ['one device', [bad('tv'), well], [well], 'on \u2068tv\u2069'],
  ['two titles', [well, well], [bad('Salt'), well, bad('Oak')], 'for \u2068Salt\u2069 and \u2068Oak\u2069'],
  ['three of four', [bad('a'), bad('b'), bad('c'), well], [], 'on 3 of 4 devices'],
  ['the only one', [bad('tv')], [], 'on \u2068tv\u2069'],
  [
    'those without downloads count neither way',
    [bad('tv'), bad('web'), ['app', null, 0]],
    [],
    'on all 2 devices',
  ],
  ['bad luck is no reason', [['tv', 0.8, 5], well], [], null],
] as const)('%s', (_, devices, titles, parts) => {
  const text = failingParts(breakdown(devices, titles), ({ content_id: id }) => id);
  expect(text).toBe(parts === null ? null : `Downloads fail ${parts}.`);
});
