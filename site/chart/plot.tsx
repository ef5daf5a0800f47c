/** A uPlot canvas in the page: made once per theme, fed by signals, as wide as its place. */
import { effect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { theme } from '../theme/theme.ts';
import { plotData, plotOptions, scaleOf, timeRange } from './plot-options.ts';
import type { PlotSeries, PlotSource, PlotSpec } from './plot-spec.ts';

interface PlotProps<S extends PlotSeries> extends PlotSource<S> {
  readonly spec: PlotSpec<S>;
}

export function Plot<S extends PlotSeries>({ spec, series, stretches, crosshair }: PlotProps<S>) {
  const place = useRef<HTMLDivElement>(null);
  const dark = theme.value;
  // The theme stands among the inputs because a canvas keeps the colours that it was made with.
  useEffect(() => {
    const element = place.current;
    if (!element) return undefined;
    let unmount = (): void => undefined;
    // Each in a task of its own: together they would hold up the first touch of a phone.
    const timer = setTimeout(() => {
      unmount = mount(element, spec, { series, stretches, crosshair });
    });
    return () => {
      clearTimeout(timer);
      unmount();
    };
  }, [spec, series, stretches, crosshair, dark]);
  return <div class="plot" ref={place} aria-hidden="true" style={{ height: `${spec.height}px` }} />;
}

/** What each plot of the page draws, by its place in it: for those who take it away. */
export const plotsByPlace = new WeakMap<
  Element,
  { readonly spec: PlotSpec; readonly series: PlotSource['series'] }
>();

function mount(element: HTMLElement, spec: PlotSpec, source: PlotSource): () => void {
  const { series, stretches, crosshair } = source;
  const styles = getComputedStyle(document.documentElement);
  const inks = (token: string): string => styles.getPropertyValue(token).trim();
  const options = plotOptions(spec, element.clientWidth, inks, source);
  const plot = new uPlot(options, plotData(spec, series.peek()), element);
  plotsByPlace.set(element, { spec, series });
  const draw = (now: PlotSeries): void => {
    const { min, max } = scaleOf(spec, now);
    plot.batch(() => {
      plot.setData(plotData(spec, now), false);
      plot.setScale('x', timeRange(now, plot.over.clientWidth));
      plot.setScale('y', { min, max });
    });
  };
  const stopDrawing = effect(() => draw(series.value));
  const stopShading = effect(() => {
    if (stretches.value) plot.redraw(false);
  });
  // Follows the lines as they slide: the crosshair stands at a time, not at a place.
  const stopPointing = effect(() =>
    point(plot, crosshair.value, timeRange(series.value, plot.over.clientWidth)),
  );
  const sized = new ResizeObserver(() => {
    if (element.clientWidth === plot.width || element.clientWidth === 0) return;
    plot.setSize({ width: element.clientWidth, height: spec.height });
    draw(series.peek());
  });
  sized.observe(element);
  return () => {
    sized.disconnect();
    stopDrawing();
    stopShading();
    stopPointing();
    plot.destroy();
  };
}

function point(plot: uPlot, time: number | null, { min, max }: { min: number; max: number }): void {
  const isInside = time !== null && time >= min && time <= max;
  const left = isInside ? ((time - min) / (max - min)) * plot.over.clientWidth : -10;
  plot.setCursor({ left, top: isInside ? 0 : -10 }, false);
}
