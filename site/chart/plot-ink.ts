/** What uPlot does not draw by itself: names at the ends of lines instead of a legend, and the threshold. */
import uPlot from 'uplot';
import type { Inks, PlotSpec } from './plot-spec.ts';

/** Names closer than this would overlap, CSS pixels. */
const labelHeight = 15;

/** At the right of the plot: the names of lines where they end, and of the threshold, moved apart where they meet. */
export function drawEndLabels(plot: uPlot, spec: PlotSpec, inks: Inks, font: string): void {
  const labels = spec.lines.flatMap((line, i) => {
    // The closed slots say where the line ends; only a plot that has none yet goes by the open ones.
    const last = lastKnown(plot.data[1 + 2 * i] ?? []) ?? lastKnown(plot.data[2 + 2 * i] ?? []);
    if (last === null || line.isBeside) return [];
    return [{ text: line.label, color: inks(line.color), font: `600 ${font}`, y: plot.valToPos(last, 'y') }];
  });
  if (spec.threshold) {
    const { label, at } = spec.threshold;
    labels.push({ text: label, color: inks('--ink-quiet'), font, y: plot.valToPos(at, 'y') });
  }
  labels.sort((a, b) => a.y - b.y);
  moveApart(labels, plot.bbox.height / uPlot.pxRatio);
  const { bbox } = plot;
  for (const label of labels) {
    const { y, ...ink } = label;
    writeText(plot, { ...ink, align: 'left', x: bbox.left + bbox.width + 7 * uPlot.pxRatio, y });
  }
}

/** Downwards first, then back up from the bottom of the plot, so that none is cut off. */
function moveApart(labels: { y: number }[], bottom: number): void {
  labels.forEach((label, i) => {
    const above = labels[i - 1];
    if (above) label.y = Math.max(label.y, above.y + labelHeight);
  });
  labels.toReversed().forEach((label, i, fromBelow) => {
    const below = fromBelow[i - 1];
    label.y = Math.min(label.y, below ? below.y - labelHeight : bottom);
  });
}

export function drawThreshold(plot: uPlot, spec: PlotSpec, inks: Inks): void {
  if (!spec.threshold) return;
  const { ctx, bbox } = plot;
  const ratio = uPlot.pxRatio;
  const y = Math.round(plot.valToPos(spec.threshold.at, 'y', true)) + 0.5;
  ctx.save();
  ctx.strokeStyle = inks('--ink-quiet');
  ctx.lineWidth = ratio;
  ctx.setLineDash([2 * ratio, 3 * ratio]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.restore();
}

/** An empty plot says that it is empty, and is not taken for a broken one. */
export function drawEmptyWord(plot: uPlot, spec: PlotSpec, inks: Inks, font: string): void {
  const isEmpty = plot.data.slice(1).every((values) => lastKnown(values) === null);
  if (!isEmpty) return;
  const { bbox } = plot;
  const y = bbox.height / uPlot.pxRatio / (spec.threshold ? 4 : 2);
  const word = { text: spec.emptyText, color: inks('--ink-quiet'), font, align: 'center', y } as const;
  writeText(plot, { ...word, x: bbox.left + bbox.width / 2 });
}

interface Word {
  readonly text: string;
  readonly color: string;
  readonly font: string;
  readonly align: 'left' | 'center';
  /** Canvas pixels from the left of the canvas. */
  readonly x: number;
  /** CSS pixels from the top of the plot. */
  readonly y: number;
}

function writeText({ ctx, bbox }: uPlot, { text, color, font, align, x, y }: Word): void {
  const ratio = uPlot.pxRatio;
  ctx.save();
  ctx.font = font.replace(/(\d+)px/, (_, size: string) => `${Number(size) * ratio}px`);
  ctx.textBaseline = 'middle';
  ctx.textAlign = align;
  ctx.fillStyle = color;
  ctx.fillText(text, x, bbox.top + y * ratio);
  ctx.restore();
}

function lastKnown(values: ArrayLike<number | null | undefined>): number | null {
  for (let i = values.length - 1; i >= 0; i--) {
    const value = values[i];
    if (value !== null && value !== undefined) return value;
  }
  return null;
}
