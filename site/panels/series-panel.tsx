/** One span of time: traffic above, success below it on the same time axis, and both as a table. */
import type { ReadonlySignal } from '@preact/signals';
import { Plot } from '../chart/plot.tsx';
import { successSpec, trafficSpec } from '../chart/plot-spec.ts';
import { SeriesTable } from '../chart/series-table.tsx';
import { type Figure, noFigure, rateFigure, shareFigure } from '../format/number.ts';
import { clockText, hourText } from '../format/time.ts';
import type { Series } from '../live/series.ts';
import type { ViewState } from '../views/view-state.ts';
import { Quantity } from './quantity.tsx';

interface SeriesPanelProps {
  readonly id: string;
  readonly title: string;
  readonly slots: string;
  readonly series: ReadonlySignal<Series>;
  readonly region: ReadonlySignal<string | null>;
  readonly view: ViewState;
}

export function SeriesPanel({ id, title, slots, series, region, view }: SeriesPanelProps) {
  const period = title.toLowerCase();
  return (
    <section class="panel series-panel" aria-labelledby={`${id}-title`}>
      <header class="panel-head">
        <h2 id={`${id}-title`}>
          {title} <span class="quiet plain">{slots}</span>
        </h2>
        <Readout series={series} crosshair={view.crosshair} />
      </header>
      <Plot spec={trafficSpec} series={series} crosshair={view.crosshair} period={period} />
      <Plot spec={successSpec} series={series} crosshair={view.crosshair} period={period} />
      <SeriesTable
        series={series}
        region={region}
        isShown={view.tablesShown}
        caption={`${title}: events and downloads a second, success rate of downloads`}
      />
    </section>
  );
}

const rateOrNone = (perSecond: number | null | undefined): Figure =>
  typeof perSecond === 'number' ? rateFigure(perSecond) : noFigure('nothing known');

interface ReadoutProps {
  readonly series: ReadonlySignal<Series>;
  readonly crosshair: ReadonlySignal<number | null>;
}

/** The numbers under the crosshair, or else of the newest slot that has closed. */
function Readout({ series, crosshair }: ReadoutProps) {
  const { times, closedCount, span, events, downloads, success } = series.value;
  const first = times[0] ?? 0;
  const pointed = crosshair.value === null ? -1 : Math.floor((crosshair.value - first) / span.slotMs);
  const at = pointed >= 0 && pointed < times.length ? pointed : closedCount - 1;
  const time = times[at];
  if (time === undefined) return null;
  const text = span.slotMs < 60_000 ? clockText : hourText;
  return (
    <p class="readout quiet">
      <span>{text(time)}</span>
      <span class="ink-1">
        <Quantity figure={rateOrNone(events[at])} />
      </span>
      <span class="ink-2">
        <Quantity figure={rateOrNone(downloads[at])} />
      </span>
      <span class="ink-3">
        <Quantity figure={shareFigure(success[at] ?? null, 'no downloads')} />
      </span>
    </p>
  );
}
