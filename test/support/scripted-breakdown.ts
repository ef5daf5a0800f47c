/** What the scripted traffic is made of: titles, devices, types. Written down, not counted. */
import { breakdownMinutes, windowMs } from '../../core/protocol/limits.ts';
import type { LiveBreakdown, LiveRankedContent, LiveShare } from '../../core/protocol/live.ts';
import type { Play } from './scripted-traffic.ts';

type TitleRow = readonly [id: string, title: string | null, type: string | null, rankBefore: number | null];

const titles: readonly TitleRow[] = [
  ['movie-42', 'The Long Way', 'movie', 1],
  ['series-7', 'Northern Line', 'series', 4],
  ['movie-3', 'A House in Winter', 'movie', 2],
  ['album-19', 'Slow Machines', 'music', null],
  ['movie-88', 'Harbour Lights', 'movie', 3],
  ['series-12', 'The Cartographers', 'series', 6],
  ['app-4', 'Night Sky Atlas', 'app', 11],
  ['movie-61', 'Salt', 'movie', 5],
  ['series-30', 'Second Assembly', 'series', 9],
  ['movie-17', 'Every Other Sunday', 'movie', 10],
];

/** As bad as titles may be: as long as they can get, right to left, in pictures, without one, in one word. */
const hardTitles: readonly TitleRow[] = [
  ['movie-1', `The ${'very '.repeat(24)}long way`, 'movie', 1],
  ['movie-2', 'الطريق الطويل إلى البيت (2026)', 'movie', 3],
  ['movie-3', '🎬🍿 Popcorn & 👩‍👩‍👧‍👦 Family 🎉', 'a type of thirty-two characters!', null],
  [`id-${'x'.repeat(125)}`, null, null, 2],
  ['movie-5', 'W'.repeat(128), 'series', 90],
  ['movie-6', '<b>bold</b> & "quoted"', 'movie', 6],
  ['movie-7', 'שלום', 'series', 7],
];

export function scriptedBreakdown(play: Play, region: string, now: number): LiveBreakdown {
  const isEmpty = play === 'empty';
  const size = region === '*' ? 1 : 0.14;
  const rows = play === 'crowded' ? hardTitles : titles;
  const contents = rows.map(([content_id, title, content_type, rank_before], i): LiveRankedContent => {
    const downloads = Math.round((2_480 / (1 + i * 0.55)) * size);
    const success_rate = play === 'failing' && i === 3 ? 0.712 : 0.985 - ((i * 7) % 5) * 0.009;
    const views = Math.round(downloads * (1.7 + ((i * 3) % 4) * 0.21));
    return {
      content_id,
      title,
      content_type,
      rank: i + 1,
      rank_before,
      events: downloads * 9,
      views,
      downloads,
      success_rate: downloads === 0 ? null : success_rate,
    };
  });
  return {
    region,
    from_minute: Math.floor(now / windowMs) - breakdownMinutes + 1,
    active_contents: isEmpty ? 0 : Math.round(412 * (region === '*' ? 1 : 0.6)),
    contents: isEmpty ? [] : contents,
    devices: isEmpty ? [] : shares(devicesOf[play] ?? devices, size),
    content_types: isEmpty ? [] : shares(types, size),
  };
}

type ShareRow = readonly [key: string, events: number, successRate: number];

const devices: readonly ShareRow[] = [
  ['smart tv', 61_400, 0.981],
  ['mobile', 48_900, 0.972],
  ['web', 22_300, 0.979],
  ['tablet', 13_700, 0.984],
  ['console', 6_100, 0.99],
  ['set-top box', 1_900, 0.97],
];
const devicesOf: Partial<Record<Play, readonly ShareRow[]>> = {
  failing: devices.map(([key, events, rate]) => [key, events, key === 'mobile' ? 0.764 : rate] as const),
  crowded: Array.from({ length: 12 }, (_, i) => [
    `device of thirty-two characters ${i}`,
    9_000 - i * 700,
    0.7,
  ]),
};
const types: readonly ShareRow[] = [
  ['movie', 74_200, 0.976],
  ['series', 52_100, 0.98],
  ['music', 19_800, 0.991],
  ['app', 8_300, 0.983],
];

function shares(rows: readonly ShareRow[], size: number): LiveShare[] {
  return rows.map(([key, events, success_rate]) => ({
    key,
    events: Math.round(events * size),
    views: Math.round(events * size * 0.22),
    downloads: Math.round(events * size * 0.12),
    success_rate,
  }));
}
