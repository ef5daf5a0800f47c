/** A plot as uPlot wants it: each line twice, closed slots and, lighter, the open ones that still grow. */
import type uPlot from 'uplot';
import { axisTimeText } from '../format/time.ts';
import { drawEmptyWord, drawEndLabels, drawThreshold } from './plot-ink.ts';
import type { Inks, PlotLine, PlotSeries, PlotSource, PlotSpec } from './plot-spec.ts';
import { drawSpans } from './span-ink.ts';

/** Left for the numbers of the y axis, and right for the names of the lines: the same in all, so that times align. */
export const plotInsets = { left: 48, right: 76 } as const;

export function plotOptions(spec: PlotSpec, width: number, inks: Inks, source: PlotSource): uPlot.Options {
  const font = `12px ${getComputedStyle(document.body).fontFamily}`;
  const { timeSplits } = spec;
  const axis: uPlot.Axis = { stroke: inks('--ink-quiet'), font, ticks: { show: false }, gap: 6 };
  return {
    width,
    height: spec.height,
    ms: 1,
    padding: [10, plotInsets.right, spec.hasTimeAxis ? 0 : 8, 0],
    legend: { show: false },
    cursor: {
      y: false,
      drag: { x: false, y: false },
      points: { size: 6, width: 0 },
    },
    scales: { x: { time: true, auto: false, range: asGiven }, y: { auto: false, range: asGiven } },
    axes: [
      {
        ...axis,
        show: spec.hasTimeAxis,
        size: 26,
        space: 64,
        grid: { show: false },
        values: (_, splits) => splits.map(spec.timeText ?? axisTimeText(source.series.peek().span)),
        ...(timeSplits && { splits: (_plot, _axis, min, max, step) => timeSplits(min, max, step) }),
      },
      {
        ...axis,
        size: plotInsets.left,
        grid: { stroke: inks('--grid'), width: 1 },
        splits: () => [...scaleOf(spec, source.series.peek()).splits],
        values: (_, splits) => splits.map((value, i) => spec.axisText(value, i === splits.length - 1)),
      },
    ],
    series: [{}, ...spec.lines.flatMap((line) => lineOptions(line, inks))],
    hooks: {
      drawClear: [(plot) => drawSpans(plot, spec, source, inks)],
      draw: [
        (plot) => drawThreshold(plot, spec, inks),
        (plot) => drawEndLabels(plot, spec, inks, font),
        (plot) => drawEmptyWord(plot, spec, inks, font),
      ],
    },
  };
}

/** Ends of an axis are given with each draw, so there is nothing to work out. */
const asGiven = (_: uPlot, min: number, max: number): [number, number] => [min, max];

function lineOptions(line: PlotLine, inks: Inks): uPlot.Series[] {
  const color = inks(line.color);
  const closed: uPlot.Series = {
    stroke: color,
    width: 1.5,
    points: { show: true, size: 3, width: 0, fill: color, filter: loneValues },
    ...(line.hasArea ? { fill: faded(color, 8) } : {}),
  };
  if (line.isBeside) {
    const thin = { ...closed, stroke: faded(color, 75), width: 1, dash: [4, 3] };
    return [thin, { ...thin, points: { show: false } }];
  }
  const light = faded(color, 40);
  const open: uPlot.Series = { ...closed, stroke: light, points: { ...closed.points, fill: light } };
  return line.hasArea ? [closed, { ...open, fill: faded(color, 4) }] : [closed, open];
}

const faded = (color: string, percent: number): string =>
  `color-mix(in oklch, ${color} ${percent}%, transparent)`;

/** A value between two gaps makes no line; it is drawn as a point. */
function loneValues(plot: uPlot, seriesIndex: number): number[] {
  const values = Array.from(plot.data[seriesIndex] ?? []);
  const isGap = (i: number): boolean => values[i] === null || values[i] === undefined;
  return values.flatMap((_, i) => (!isGap(i) && isGap(i - 1) && isGap(i + 1) ? [i] : []));
}

/** Times, then for each line its closed slots and its open ones; the open line begins where the closed one ends. */
export function plotData(spec: PlotSpec, series: PlotSeries): uPlot.AlignedData {
  const { times, closedCount } = series;
  const lines = spec.lines.flatMap((line) => {
    const values = line.values(series);
    if (line.isBeside) return [times.map((_, i) => values[i] ?? null), times.map(() => null)];
    return [
      values.map((value, i) => (i < closedCount ? value : null)),
      values.map((value, i) => (i >= closedCount - 1 ? value : null)),
    ];
  });
  return [[...times], ...lines];
}

export function scaleOf(spec: PlotSpec, series: PlotSeries) {
  const known = spec.lines.flatMap((line) => line.values(series)).filter((value) => value !== null);
  return spec.scale(known);
}

/** The time range that ends at `asOf`, moved on in whole pixels: otherwise every line would shimmer as it slides. */
export function timeRange(series: PlotSeries, plotWidth: number): { min: number; max: number } {
  const { lengthMs } = series.span;
  // A plot that is not laid out yet has no pixels.
  const msPerPixel = plotWidth > 0 ? lengthMs / plotWidth : 1;
  const max = Math.round(Math.floor(series.asOf / msPerPixel) * msPerPixel);
  return { min: max - lengthMs, max };
}
