/** One span of time: traffic above, success below it on the same time axis, and both as a table. */
import { type ReadonlySignal, useComputed } from '@preact/signals';
import { Annotated } from '../annotations/annotated.tsx';
import { annotationsWithin, annotationText } from '../annotations/annotation.ts';
import { annotations } from '../annotations/annotation-list.ts';
import { Plot } from '../chart/plot.tsx';
import { besideSpecs, successSpec, trafficSpec } from '../chart/plot-spec.ts';
import { SeriesTable } from '../chart/series-table.tsx';
import { TimeCursor } from '../chart/time-cursor.tsx';
import { type Figure, noFigure, rateFigure, shareFigure } from '../format/number.ts';
import { slotText as timeTextOf } from '../format/time.ts';
import { alertsWithin } from '../live/alert-spans.ts';
import { severityWords } from '../live/alert-text.ts';
import type { Series } from '../live/series.ts';
import type { Store } from '../live/store.ts';
import { zoomedIn } from '../live/time-steps.ts';
import * as say from '../text/panels.ts';
import type { ViewState } from '../views/view-state.ts';
import { PanelMore } from './panel-more.tsx';
import { Quantity } from './quantity.tsx';
import { Severity } from './severity.tsx';

interface SeriesPanelProps {
  readonly id: string;
  readonly title: string;
  readonly slots: string;
  readonly series: ReadonlySignal<Series>;
  readonly store: Store;
  readonly view: ViewState;
}

export function SeriesPanel({ id, title, slots, series, store, view }: SeriesPanelProps) {
  const { spans, subject } = store;
  const { crosshair } = view;
  const alertsAt = (time: number) => alertsWithin(spans.value, time, time + series.peek().span.slotMs);
  const slotText = (time: number): string => {
    const alerts = alertsAt(time).map(({ severity, message }) => say.alert(severityWords[severity], message));
    const notes = annotationsWithin(annotations.value, time, time + series.peek().span.slotMs).map((row) =>
      say.annotationOf(annotationText(row)),
    );
    return [spokenSlot(series.peek(), time), ...alerts, ...notes].join('. ');
  };
  const { traffic, success } = store.asked.value.compare === undefined ? plainSpecs : besideSpecs;
  const source = { series, crosshair, stretches: store.stretches };
  return (
    <section class="panel series-panel" aria-labelledby={`${id}-title`}>
      <header class="panel-head">
        <h2 id={`${id}-title`}>
          {title} <span class="quiet plain">{slots}</span>
        </h2>
        <Readout series={series} crosshair={crosshair} />
        <PanelMore title={title} />
      </header>
      <Annotated series={series} crosshair={crosshair}>
        <TimeCursor
          label={say.crosshairHint(title.toLowerCase())}
          series={series}
          crosshair={crosshair}
          slotText={slotText}
          zoomed={(from, to) => {
            const change = zoomedIn(from, to, series.peek().span.slotMs, store.nowMs.peek());
            if (change) store.choose(change);
          }}
          chosen={(time) => {
            view.askedAlert.value = alertsAt(time)[0]?.id ?? null;
          }}
        >
          <SpanNote store={store} series={series} crosshair={crosshair} />
          <Plot spec={traffic} {...source} />
          <Plot spec={success} {...source} />
        </TimeCursor>
      </Annotated>
      <SeriesTable
        series={series}
        spans={spans}
        subject={subject}
        isShown={view.tablesShown}
        caption={say.chartCaption(title)}
      />
    </section>
  );
}

const plainSpecs = { traffic: trafficSpec, success: successSpec } as const;

interface CrosshairProps {
  readonly series: ReadonlySignal<Series>;
  readonly crosshair: ReadonlySignal<number | null>;
}

/** Which alert the crosshair stands in; a click leads to it. */
function SpanNote({ store, series, crosshair }: CrosshairProps & { readonly store: Store }) {
  const alerts = useComputed(() => {
    const time = crosshair.value;
    return time === null ? [] : alertsWithin(store.spans.value, time, time + series.peek().span.slotMs);
  });
  const [worst, ...others] = alerts.value;
  if (worst === undefined) return null;
  return (
    <p class="span-note" aria-hidden="true">
      <Severity severity={worst.severity} />
      <span class="span-message">{worst.message}</span>
      {others.length > 0 && <span class="quiet">{say.andMore(others.length)}</span>}
    </p>
  );
}

const rateOrNone = (perSecond: number | null | undefined): Figure =>
  typeof perSecond === 'number' ? rateFigure(perSecond) : noFigure(say.nothingKnown);

function slotAt({ times, span }: Series, time: number): number {
  const at = Math.floor((time - (times[0] ?? 0)) / span.slotMs);
  return at >= 0 && at < times.length ? at : -1;
}

const timeText = ({ span }: Series, time: number): string => timeTextOf(span)(time);

function spokenSlot(series: Series, time: number): string {
  const at = slotAt(series, time);
  const { events, downloads, success } = series;
  const rate = shareFigure(success[at] ?? null, say.noDownloads).exact;
  const words = say.eventsAndDownloads(rateOrNone(events[at]).exact, rateOrNone(downloads[at]).exact);
  return say.readout(timeText(series, time), words, rate);
}

/** The numbers under the crosshair, or else of the newest slot that has closed. */
function Readout({ series, crosshair }: CrosshairProps) {
  const { times, closedCount, events, downloads, success } = series.value;
  const pointed = crosshair.value === null ? -1 : slotAt(series.value, crosshair.value);
  const at = pointed < 0 ? closedCount - 1 : pointed;
  const time = times[at];
  if (time === undefined) return null;
  return (
    <p class="readout quiet">
      <span>{timeText(series.value, time)}</span>
      <span class="ink-1">
        <Quantity figure={rateOrNone(events[at])} />
      </span>
      <span class="ink-2">
        <Quantity figure={rateOrNone(downloads[at])} />
      </span>
      <span class="ink-3">
        <Quantity figure={shareFigure(success[at] ?? null, say.noDownloads)} />
      </span>
    </p>
  );
}
