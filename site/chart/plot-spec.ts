import type { ReadonlySignal } from '@preact/signals';
import { countText, fineText } from '../format/number.ts';
import type { SpanStretch } from '../live/alert-spans.ts';
import { successRateMin } from '../live/region-summary.ts';
import type { Series } from '../live/series.ts';
import * as say from '../text/chart.ts';
import { type AxisScale, countScale, shareScale } from './axis-scale.ts';

/** Colours as the theme has them now: a canvas knows no custom properties. */
export type Inks = (token: string) => string;

/** Values over time, as far as every plot needs to know them. */
export interface PlotSeries {
  readonly span: { readonly slotMs: number; readonly lengthMs: number };
  readonly asOf: number;
  /** Start of each slot, ms, ascending. */
  readonly times: readonly number[];
  /** Slots before this one are closed; from it on they are still growing. */
  readonly closedCount: number;
}

/** What a plot draws; the same for every span of time. */
export interface PlotSpec<S extends PlotSeries = PlotSeries> {
  /** CSS pixels. */
  readonly height: number;
  readonly hasTimeAxis: boolean;
  /** Written across a plot that has nothing to draw. */
  readonly emptyText: string;
  readonly lines: readonly PlotLine<S>[];
  /** Of the time axis, where they are not those of the clock. */
  readonly timeText?: (time: number) => string;
  readonly timeSplits?: (min: number, max: number, step: number) => number[];
  readonly scale: (values: readonly number[]) => AxisScale;
  readonly axisText: (value: number, isTop: boolean) => string;
  readonly threshold?: { readonly at: number; readonly label: string };
}

/** What a plot draws from. */
export interface PlotSource<S extends PlotSeries = PlotSeries> {
  readonly series: ReadonlySignal<S>;
  /** Shaded behind the lines. */
  readonly stretches: ReadonlySignal<readonly SpanStretch[]>;
  /** Time under the pointer, ms, shared by all plots of a view; null when there is none. */
  readonly crosshair: ReadonlySignal<number | null>;
}

export interface PlotLine<S extends PlotSeries = PlotSeries> {
  readonly label: string;
  /** Name of a colour token. */
  readonly color: string;
  /** Of an earlier time: thin, dashed, all of it closed, and named by the line that it stands beside. */
  readonly isBeside?: boolean;
  /** Filled down to zero: the line means a total. */
  readonly hasArea: boolean;
  /** As a method, so that what only draws may take the lines of any series. */
  values(series: S): readonly (number | null)[];
}

export const trafficSpec: PlotSpec<Series> = {
  height: 150,
  hasTimeAxis: false,
  emptyText: say.noEventsInThisTime,
  lines: [
    { label: say.events, color: '--line-1', hasArea: true, values: (series) => series.events },
    { label: say.downloads, color: '--line-2', hasArea: true, values: (series) => series.downloads },
  ],
  scale: (values) => countScale(Math.max(0, ...values)),
  axisText: (value, isTop) => {
    const text = value < 10 ? fineText(value) : countText(value);
    return isTop ? `${text}/s` : text;
  },
};

export const successSpec: PlotSpec<Series> = {
  height: 106,
  hasTimeAxis: true,
  emptyText: say.noDownloadsInThisTime,
  lines: [{ label: say.success, color: '--line-3', hasArea: false, values: (series) => series.success }],
  scale: (values) => shareScale(Math.min(1, ...values)),
  axisText: (value, isTop) => `${Math.round(value * 100)}${isTop ? '\u202f%' : ''}`,
  threshold: { at: successRateMin, label: say.failsBelow },
};

const beside = (spec: PlotSpec<Series>): PlotSpec<Series> => ({
  ...spec,
  lines: [
    ...spec.lines.map(
      (line): PlotLine<Series> => ({
        ...line,
        label: '',
        hasArea: false,
        isBeside: true,
        values: (series) => (series.before ? line.values({ ...series, ...series.before }) : []),
      }),
    ),
    ...spec.lines,
  ],
});

/** The same with an earlier time beside it. */
export const besideSpecs = { traffic: beside(trafficSpec), success: beside(successSpec) } as const;
