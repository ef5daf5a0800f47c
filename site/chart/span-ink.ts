/** Alert spans, behind everything: a wash by severity, and on the upper plot an edge that says it is one. */
import uPlot from 'uplot';
import type { AlertSeverity } from '../../core/alert/alert-rule.ts';
import type { Inks, PlotSource, PlotSpec } from './plot-spec.ts';

const tokens: Readonly<Record<AlertSeverity, string>> = {
  CRITICAL: '--failing',
  WARNING: '--silent',
  INFO: '--idle',
};

/** CSS pixels: of the edge, and of the least width at which a short alert can still be seen. */
const edgeHeight = 3;
const widthMin = 3;

export function drawSpans(plot: uPlot, spec: PlotSpec, { series, stretches }: PlotSource, inks: Inks): void {
  const { ctx, bbox } = plot;
  const ratio = uPlot.pxRatio;
  const place = (time: number): number =>
    Math.min(bbox.left + bbox.width, Math.max(bbox.left, plot.valToPos(time, 'x', true)));
  const { asOf } = series.peek();
  ctx.save();
  for (const { severity, from, until } of stretches.peek()) {
    if (until < (plot.scales.x?.min ?? 0) || from >= asOf) continue;
    const left = place(from);
    const width = Math.max(place(Math.min(until, asOf)) - left, widthMin * ratio);
    const ink = inks(tokens[severity]);
    ctx.fillStyle = `color-mix(in oklch, ${ink} ${inks('--span-strength')}, transparent)`;
    ctx.fillRect(left, bbox.top, width, bbox.height);
    if (spec.hasTimeAxis) continue;
    ctx.fillStyle = ink;
    ctx.fillRect(left, bbox.top, width, edgeHeight * ratio);
  }
  ctx.restore();
}
