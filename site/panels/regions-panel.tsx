/** Where: every region, the worst first. On a phone a row is two lines of four cells, and no number is left out. */
import { useState } from 'preact/hooks';
import { Sparkline } from '../chart/sparkline.tsx';
import {
  countFigure,
  countText,
  type Figure,
  noFigure,
  rateFigure,
  shareFigure,
  speedFigure,
} from '../format/number.ts';
import { agoFigure } from '../format/time.ts';
import { frameWords, lowered } from '../live/frame-words.ts';
import type { RegionSummary } from '../live/region-summary.ts';
import type { Store } from '../live/store.ts';
import * as say from '../text/panels.ts';
import { isAdding, Mark } from './mark.tsx';
import { PanelMore } from './panel-more.tsx';
import { Quantity } from './quantity.tsx';

/** Rows at first; the rest is one click away. Drawn four times a second, hundreds would keep the page busy. */
const shownMax = 24;

export function RegionsPanel({ store }: { readonly store: Store }) {
  const words = frameWords(store.frame.value, store.asked.value);
  const [isWhole, setIsWhole] = useState(false);
  const all = store.summaries.value;
  const shown = isWhole ? all : all.slice(0, shownMax);
  return (
    <section class="panel regions-panel" aria-labelledby="regions-title">
      <header class="panel-head">
        <h2 id="regions-title">
          {say.regions} <span class="quiet plain">{say.troubleThenTraffic}</span>
        </h2>
        <p class="readout quiet">{say.regionsRemark(lowered(words.span))}</p>
        <PanelMore title={say.regions} />
      </header>
      <table class={`data regions${store.frame.value.rateMs > 60_000 ? ' of-range' : ''}`}>
        <caption class="unseen">{say.regionsCaption}</caption>
        <thead>
          <tr>
            <Head name={say.region} />
            <Head name={say.status} kind="wide text" />
            <Head name={store.frame.value.spans.length === 2 ? '15 min' : say.trend} kind="trend-cell" />
            <Head name={say.events} unit={say.perSecond} />
            <Head name={say.viewers} kind="wide" />
            <Head name={say.downloads} kind="wide" />
            <Head name={say.success} unit="%" />
            <Head name={say.speed} unit={say.mbitS} kind="wide" />
            <Head name={say.lastEvent} />
          </tr>
        </thead>
        <tbody>
          {shown.map((region) => (
            <RegionRow
              key={region.name}
              region={region}
              mark={store.markOf('region', region.name)}
              choose={(event) => store.press('region', region.name, isAdding(event))}
            />
          ))}
        </tbody>
      </table>
      {all.length > shownMax && (
        <button type="button" class="mention more" onClick={() => setIsWhole(!isWhole)}>
          {isWhole ? say.showFewer : say.showMoreRegions(all.length - shownMax)}
        </button>
      )}
    </section>
  );
}

interface HeadProps {
  readonly name: string;
  /** Said once here instead of in every row. */
  readonly unit?: string;
  readonly kind?: string;
}

function Head({ name, unit, kind }: HeadProps) {
  return (
    <th scope="col" class={kind}>
      {name}
      {unit && <span class="unit">{unit}</span>}
    </th>
  );
}

interface RegionRowProps {
  readonly region: RegionSummary;
  readonly mark: ReturnType<Store['markOf']>;
  readonly choose: (event: MouseEvent) => void;
}

/** The row takes clicks for the hand; the button in it is what the keyboard and the screen reader meet. */
function RegionRow({ region, mark, choose }: RegionRowProps) {
  const { name, status, downloads, failed } = region;
  const viewers = region.viewers === null ? noFigure(say.notKept) : countFigure(region.viewers);
  return (
    <tr class={`region region-${status} ${mark ?? ''}`} onClick={choose}>
      <th scope="row">
        <Mark kind={status} />
        <button type="button" class="region-name" aria-pressed={mark === 'chosen'} onClick={stopThen(choose)}>
          {name}
        </button>
        <span class="narrow status-word">{status}</span>
      </th>
      <td class="wide text status-word">{status}</td>
      <td class="trend-cell">{status !== 'idle' && <Sparkline values={region.trend} />}</td>
      <td>
        <Quantity figure={rateFigure(region.eventsPerSecond, '')} />
        <span class="narrow">{region.viewers !== null && say.viewersCount(countText(region.viewers))}</span>
      </td>
      <td class="wide">
        <Quantity figure={viewers} />
      </td>
      <td class="wide">
        <Quantity figure={countFigure(downloads)} />
      </td>
      <td class="success" title={say.failedCount(countText(failed))}>
        <Quantity figure={withoutUnit(shareFigure(region.successRate, say.noDownloads))} />
        <span class="narrow">{say.ofDownloads(countText(downloads))}</span>
      </td>
      <td class="wide">
        <Quantity figure={withoutUnit(speedFigure(region.speedMbps))} />
      </td>
      <td>
        <Quantity figure={agoFigure(region.lastEventMs)} />
        <span class="narrow">{speedText(region)}</span>
      </td>
    </tr>
  );
}

const withoutUnit = (figure: Figure): Figure => ({ ...figure, unit: '' });

function speedText({ speedMbps }: RegionSummary): string {
  const { text, unit } = speedFigure(speedMbps);
  return unit ? `${text} ${unit}` : text;
}

/** Otherwise the row would hear the click too, and undo it. */
function stopThen(run: (event: MouseEvent) => void): (event: MouseEvent) => void {
  return (event) => {
    event.stopPropagation();
    run(event);
  };
}
