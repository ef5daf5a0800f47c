/** Traffic for the site's harness: counters of a dozen regions as they would stand at any time, without any events. */
import { paneMs, windowMs } from '../../core/protocol/limits.ts';
import {
  liveCounterIndex as at,
  type LiveCell,
  type LiveRegion,
  type LiveRegionFacts,
  liveCounterNames,
} from '../../core/protocol/live.ts';

/** What the regions go through. */
export type Play = 'normal' | 'failing' | 'mixed' | 'empty' | 'crowded';

const regionRows: readonly (readonly [string, string, number, number, number])[] = [
  ['US-Virginia', 'North America', 38.9, -77.4, 74],
  ['US-California', 'North America', 37.4, -122.1, 68],
  ['EU-London', 'Europe', 51.5, -0.1, 61],
  ['EU-Frankfurt', 'Europe', 50.1, 8.7, 52],
  ['ASIA-Mumbai', 'Asia', 19.1, 72.9, 47],
  ['ASIA-Tokyo', 'Asia', 35.7, 139.7, 39],
  ['SA-SaoPaulo', 'South America', -23.6, -46.6, 31],
  ['EU-Paris', 'Europe', 48.9, 2.4, 28],
  ['ASIA-Singapore', 'Asia', 1.4, 103.8, 22],
  ['OC-Sydney', 'Oceania', -33.9, 151.2, 17],
  ['CA-Toronto', 'North America', 43.7, -79.4, 14],
  ['AF-CapeTown', 'Africa', -33.9, 18.4, 6],
];

export const scriptedFacts: readonly LiveRegionFacts[] = regionRows.map(
  ([name, continent, latitude, longitude]) => ({ name, continent, latitude, longitude }),
);

/** Share of failed downloads by play, from six minutes ago on; a region without an entry fails 2 %. */
const failures: Readonly<Record<Play, Readonly<Record<string, number>>>> = {
  normal: {},
  failing: { 'EU-London': 0.34, 'EU-Paris': 0.22, 'EU-Frankfurt': 0.15 },
  mixed: { 'ASIA-Mumbai': 0.19 },
  empty: {},
  crowded: {},
};
/** Regions without any events, and how long others have been silent, ms. */
const idleIn: Readonly<Record<Play, readonly string[]>> = {
  normal: [],
  failing: [],
  mixed: ['AF-CapeTown'],
  empty: regionRows.map(([name]) => name),
  crowded: [],
};
const silentIn: Readonly<Partial<Record<Play, Readonly<Record<string, number>>>>> = {
  mixed: { 'OC-Sydney': 200_000 },
};

/** All cells that regions hold at `now`, or only those that changed since `since`. */
export function scriptedRegions(
  play: Play,
  startedAt: number,
  now: number,
  since = 0,
): Record<string, LiveRegion> {
  const regions: Record<string, LiveRegion> = {};
  for (const [name, , , , rate] of regionRows) {
    if (idleIn[play].includes(name)) {
      if (since === 0) regions[name] = { viewers: 0, last_event_at: null, last_received_at: null };
      continue;
    }
    const until = now - (silentIn[play]?.[name] ?? 0);
    if (since > 0 && until < since) continue;
    const cells = { play, name, rate, startedAt, until };
    regions[name] = {
      viewers: Math.round(rate * 7.4 * (1 + wave(until, 47_000, rate) * 0.04)) * (until < now ? 0 : 1),
      watermark: until - 5_000,
      last_event_at: until - 90,
      last_received_at: until - 60 - (rate % 7) * 12,
      panes: cellsOf(cells, paneMs, now - 15 * 60_000, since),
      minutes: cellsOf(cells, windowMs, now - 60 * 60_000, since),
    };
  }
  return regions;
}

/** Cells of a region in any time, of minutes or of panes: `share` of what it has. */
export function scriptedCells(
  play: Play,
  name: string,
  size: number,
  from: number,
  until: number,
  share = 1,
): LiveCell[] {
  const rate = (regionRows.find(([own]) => own === name)?.[4] ?? 0) * share;
  if (idleIn[play].includes(name) || rate === 0) return [];
  return cellsOf({ play, name, rate, startedAt: Date.now(), until }, size, from, 0);
}

interface Cells {
  readonly play: Play;
  readonly name: string;
  readonly rate: number;
  readonly startedAt: number;
  readonly until: number;
}

function cellsOf(cells: Cells, size: number, from: number, since: number): LiveCell[] {
  const first = Math.floor(Math.max(from, since) / size) * size;
  const found: LiveCell[] = [];
  for (let start = first; start < cells.until; start += size) {
    const counters = Array.from({ length: liveCounterNames.length }, () => 0);
    for (let pane = start; pane < Math.min(start + size, cells.until); pane += paneMs)
      addPane(counters, cells, pane);
    found.push([size === windowMs ? start / windowMs : start, ...counters]);
  }
  return found;
}

/** Steady within a pane, so that a later look at the same pane never shows less. */
function addPane(counters: number[], { play, name, rate, startedAt, until }: Cells, pane: number): void {
  const share = Math.min(1, (until - pane) / paneMs);
  const slow =
    0.3 * wave(pane, 5_400_000, 1.1 + rate / 60) + 0.12 * wave(pane, 1_000_000 + rate * 9_000, rate);
  const noise =
    1 + slow + 0.05 * wave(pane, 140_000 + rate * 1_300, rate * 3) + 0.06 * chance(pane / paneMs + rate);
  const events = Math.round(rate * noise * (paneMs / 1000) * share);
  const downloads = Math.round(events * 0.12);
  const isBad = pane >= startedAt - 6 * 60_000;
  const failed = Math.round(downloads * ((isBad ? failures[play][name] : undefined) ?? 0.02));
  const late = Math.round(downloads * 0.08);
  const add = (index: number, value: number): void => {
    counters[index] = (counters[index] ?? 0) + value;
  };
  add(at.events, events);
  add(at.views, Math.round(events * 0.22));
  add(at.progresses, Math.round(events * 0.44));
  add(at.pauses, Math.round(events * 0.07));
  add(at.resumes, Math.round(events * 0.06));
  add(at.completes, Math.round(events * 0.05));
  add(at.ratings, Math.round(events * 0.03));
  add(at.errors, Math.round(events * 0.01));
  add(at.downloads, downloads);
  add(at.downloads_failed, failed);
  add(at.downloads_slow, late);
  add(at.downloads_succeeded, Math.max(0, downloads - failed - late));
  add(at.speed_count, downloads);
  add(at.speed_kbps_sum, downloads * (18_000 + rate * 140 + 2_000 * wave(pane, 90_000, rate)));
}

const wave = (time: number, period: number, phase: number): number =>
  Math.sin((time / period) * 2 * Math.PI + phase);

/** -1 to 1, the same for the same number. */
function chance(seed: number): number {
  const x = Math.sin(seed * 12.9898) * 43_758.5453;
  return (x - Math.floor(x)) * 2 - 1;
}
