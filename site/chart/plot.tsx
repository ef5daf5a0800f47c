/** A uPlot canvas in the page: made once per theme, fed by a signal, as wide as its place. */
import { effect, type ReadonlySignal, type Signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import type { Series } from '../live/series.ts';
import { theme } from '../theme/theme.ts';
import { plotData, plotOptions, scaleOf, timeRange } from './plot-options.ts';
import type { PlotSpec } from './plot-spec.ts';

interface PlotProps {
  readonly spec: PlotSpec;
  readonly series: ReadonlySignal<Series>;
  /** Time under the pointer, ms, shared by all plots of a view; null when there is none. */
  readonly crosshair: Signal<number | null>;
  /** What the whole view describes: "last 15 minutes". */
  readonly period: string;
}

export function Plot({ spec, series, crosshair, period }: PlotProps) {
  const place = useRef<HTMLDivElement>(null);
  const dark = theme.value;
  // The theme stands among the inputs because a canvas keeps the colours that it was made with.
  useEffect(() => {
    const element = place.current;
    return element ? mount(element, spec, series, crosshair) : undefined;
  }, [spec, series, crosshair, dark]);
  return (
    <div
      class="plot"
      ref={place}
      role="img"
      aria-label={`${spec.title}, ${period}. The table below holds the numbers.`}
      style={{ height: `${spec.height}px` }}
    />
  );
}

function mount(
  element: HTMLElement,
  spec: PlotSpec,
  series: ReadonlySignal<Series>,
  crosshair: Signal<number | null>,
): () => void {
  const styles = getComputedStyle(document.documentElement);
  const inks = (token: string): string => styles.getPropertyValue(token).trim();
  const options = plotOptions(spec, element.clientWidth, inks, () => series.peek());
  const plot = new uPlot(options, plotData(spec, series.peek()), element);
  const draw = (now: Series): void => {
    const { min, max } = scaleOf(spec, now);
    plot.batch(() => {
      plot.setData(plotData(spec, now), false);
      plot.setScale('x', timeRange(now, plot.over.clientWidth));
      plot.setScale('y', { min, max });
    });
  };
  const stopCrosshair = shareCrosshair(plot, crosshair);
  const stopDrawing = effect(() => draw(series.value));
  const sized = new ResizeObserver(() => {
    if (element.clientWidth === plot.width || element.clientWidth === 0) return;
    plot.setSize({ width: element.clientWidth, height: spec.height });
    draw(series.peek());
  });
  sized.observe(element);
  return () => {
    sized.disconnect();
    stopDrawing();
    stopCrosshair();
    plot.destroy();
  };
}

/** The plot under the pointer says the time; all plots, itself too, show it. uPlot's own sync would share pixels. */
function shareCrosshair(plot: uPlot, crosshair: Signal<number | null>): () => void {
  const moved = (): void => {
    const { idx } = plot.cursor;
    const time = typeof idx === 'number' ? plot.data[0]?.[idx] : undefined;
    if (time !== undefined) crosshair.value = time;
  };
  const left = (): void => {
    crosshair.value = null;
  };
  // uPlot listens too, and first: by then it knows the index.
  plot.over.addEventListener('mousemove', moved);
  plot.over.addEventListener('mouseleave', left);
  return effect(() => {
    const time = crosshair.value;
    const { min, max } = plot.scales.x ?? {};
    const isInside = time !== null && time >= (min ?? 0) && time <= (max ?? 0);
    plot.setCursor({ left: isInside ? plot.valToPos(time, 'x') : -10, top: isInside ? 0 : -10 }, false);
  });
}
