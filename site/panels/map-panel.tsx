/** Where in the world: a mark for each region, by colour, shape and word; a click filters as its table row does. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { LiveRegionFacts } from '../../core/protocol/live.ts';
import { fixedText, rateFigure, shareFigure } from '../format/number.ts';
import { type RegionStatus, type RegionSummary, regionStatuses } from '../live/region-summary.ts';
import type { Store } from '../live/store.ts';
import * as say from '../text/panels.ts';
import type { ViewState } from '../views/view-state.ts';
import { DataTable } from './data-table.tsx';
import { MapLand } from './map-land.tsx';
import { type LabelSide, labelSides, mapAspect, mapPoint, type Point, spread } from './map-layout.ts';
import { isAdding, Mark } from './mark.tsx';
import { PanelMore } from './panel-more.tsx';

/** Diameters of marks, CSS pixels: their areas stand for the traffic of the last hour. */
const markSizeMin = 12;
const markSizeMax = 24;
/** More would lie over each other on a map of this size. Those in trouble come first, then those with most traffic. */
const marksMax = 48;

export function MapPanel({ store, view }: { readonly store: Store; readonly view: ViewState }) {
  const place = useRef<HTMLDivElement>(null);
  const width = useWidth(place);
  const all = store.calmSummaries.value;
  const regions = all.slice(0, marksMax);
  const facts = store.facts.value;
  return (
    <section class="panel map-panel" aria-labelledby="map-title">
      <header class="panel-head">
        <h2 id="map-title">
          {say.map}{' '}
          <span class="quiet plain">
            {say.sizeByTraffic}
            {all.length > marksMax && say.someOfRegions(marksMax, all.length)}
          </span>
        </h2>
        <Legend regions={regions} />
        <PanelMore title={say.map} />
      </header>
      <div class="map" ref={place} style={{ aspectRatio: String(1 / mapAspect) }}>
        <MapLand />
        {width > 0 && <Marks store={store} marks={marksOf(regions, facts, width)} width={width} />}
      </div>
      <DataTable
        caption={say.regionsOnTheMap}
        columns={[say.region, say.status, say.events, say.successRate, say.latitude, say.longitude]}
        rows={regions.map((region) => rowOf(region, facts.get(region.name)))}
        isShown={view.tablesShown}
      />
    </section>
  );
}

/** Of the statuses that there are. */
function Legend({ regions }: { readonly regions: readonly RegionSummary[] }) {
  const present = regionStatuses.filter((status) => regions.some((region) => region.status === status));
  return (
    <p class="readout quiet" aria-hidden="true">
      {present.map((status) => (
        <span class="legend-entry" key={status}>
          <Mark kind={status} size={10} />
          {status}
        </span>
      ))}
    </p>
  );
}

interface PlacedMark {
  readonly name: string;
  readonly status: RegionStatus;
  readonly size: number;
  readonly label: string;
  readonly side: LabelSide | null;
  /** Where the mark is drawn, and where the region is: not the same where marks would overlap. */
  readonly at: Point;
  readonly home: Point;
  readonly words: string;
}

interface MarksProps {
  readonly store: Store;
  readonly marks: readonly PlacedMark[];
  readonly width: number;
}

function Marks({ store, marks, width }: MarksProps) {
  return (
    <>
      <svg class="map-ties" viewBox={`0 0 ${width} ${width * mapAspect}`} aria-hidden="true">
        {marks.filter(isMoved).map(({ name, at, home }) => (
          <path key={name} d={`M${home.x} ${home.y}L${at.x} ${at.y}M${home.x} ${home.y}h0`} />
        ))}
      </svg>
      {marks.map(({ name, status, size, label, side, at, words }) => (
        <button
          key={name}
          type="button"
          class={`map-mark map-${status} ${store.markOf('region', name) ?? ''}`}
          style={{ left: `${at.x}px`, top: `${at.y}px` }}
          title={words}
          aria-label={words}
          aria-pressed={store.markOf('region', name) === 'chosen'}
          onClick={(event) => store.press('region', name, isAdding(event))}
        >
          <Mark kind={status} size={size} />
          {side && (
            <span class={`map-label map-label-${side}`} style={{ '--mark': `${size}px` }}>
              {label}
            </span>
          )}
        </button>
      ))}
    </>
  );
}

function marksOf(
  regions: readonly RegionSummary[],
  facts: ReadonlyMap<string, LiveRegionFacts>,
  width: number,
): PlacedMark[] {
  const height = width * mapAspect;
  const busiest = Math.max(1, ...regions.map(({ eventsTotal }) => eventsTotal));
  const placed = regions.flatMap((region) => {
    const fact = facts.get(region.name);
    return fact ? [{ region, share: mapPoint(fact.longitude, fact.latitude) }] : [];
  });
  // By name, so that a region in trouble does not change where the others come to rest.
  placed.sort((a, b) => a.region.name.localeCompare(b.region.name, 'en'));
  const homes = placed.map(({ share }) => ({ x: share.x * width, y: share.y * height }));
  const rests = spread(homes, width, height);
  const marks = placed.map(({ region }, i) => ({
    region,
    home: homes[i] as Point,
    at: rests[i] as Point,
    size: markSize(region.eventsTotal / busiest),
    text: labelOf(region),
  }));
  marks.sort((a, b) => regionStatuses.indexOf(a.region.status) - regionStatuses.indexOf(b.region.status));
  const sides = labelSides(marks, width, height);
  return marks.map(({ region, home, at, size, text }, i) => {
    const { name, status } = region;
    return { name, status, size, label: text, side: sides[i] ?? null, at, home, words: wordsOf(region) };
  });
}

/** In steps of two pixels, so that marks do not breathe. */
function markSize(share: number): number {
  return Math.round(Math.max(markSizeMin, Math.sqrt(share) * markSizeMax) / 2) * 2;
}

/** The continent goes without saying on a map; a status that asks for attention does not. The legend has them all. */
function labelOf({ name, status }: RegionSummary): string {
  const short = name.replace(/^[A-Z]+-/, '');
  return status === 'failing' || status === 'silent' ? `${short} ${status}` : short;
}

function wordsOf({ name, status, eventsPerSecond, successRate, downloads }: RegionSummary): string {
  const rate = rateFigure(eventsPerSecond);
  const success = downloads > 0 ? say.succeedShare(shareFigure(successRate, '').text) : '';
  return say.markOf(name, status, rate.text, success);
}

function rowOf(region: RegionSummary, facts: LiveRegionFacts | undefined) {
  return {
    key: region.name,
    cells: [
      region.name,
      region.status,
      rateFigure(region.eventsPerSecond),
      shareFigure(region.successRate, say.noDownloads),
      facts ? fixedText(facts.latitude, 1) : '–',
      facts ? fixedText(facts.longitude, 1) : '–',
    ],
  };
}

const isMoved = ({ at, home }: PlacedMark): boolean => Math.hypot(at.x - home.x, at.y - home.y) > 4;

/** Of an element, CSS pixels; 0 before it is laid out. */
function useWidth(place: { readonly current: HTMLElement | null }): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = place.current;
    if (!element) return undefined;
    const sized = new ResizeObserver(() => setWidth(Math.round(element.clientWidth)));
    sized.observe(element);
    return () => sized.disconnect();
  }, [place]);
  return width;
}
