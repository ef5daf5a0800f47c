/** The charts of a panel as a picture at 2x, with what the page says around them: title, range, legend and source. */

import { plotsByPlace } from '../chart/plot.tsx';
import { timeRange } from '../chart/plot-options.ts';
import { wholeTimeText } from '../format/date.ts';
import { ownZone } from '../format/zone.ts';
import * as say from '../text/take-away.ts';

export interface PictureWords {
  readonly title: string;
  /** Which filters; empty for none. */
  readonly asked: string;
  readonly source: string;
}

/** Picture pixels for each CSS pixel: sharp on paper and on every screen. */
const scale = 2;
const inset = 20;
const sizes = { title: 16, text: 12 } as const;
const ratioEvent = (ratio: number): Event => new CustomEvent('plotratio', { detail: ratio });

export async function panelPicture(panel: Element, words: PictureWords): Promise<Blob> {
  dispatchEvent(ratioEvent(scale));
  // uPlot draws what has changed at the end of the task.
  await Promise.resolve();
  const places = [...panel.querySelectorAll<HTMLElement>('.plot')];
  const canvas = drawn(places, words);
  dispatchEvent(ratioEvent(devicePixelRatio));
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve));
  if (!blob) throw new Error(say.theBrowserMadeNoPicture);
  return blob;
}

function drawn(places: readonly HTMLElement[], words: PictureWords): HTMLCanvasElement {
  const styles = getComputedStyle(document.documentElement);
  const ink = (token: string): string => styles.getPropertyValue(token).trim();
  const font = getComputedStyle(document.body).fontFamily;
  const width = Math.max(...places.map(({ clientWidth }) => clientWidth)) + 2 * inset;
  const height = 96 + places.reduce((sum, { clientHeight }) => sum + clientHeight, 0) + 36;
  const canvas = document.createElement('canvas');
  canvas.width = width * scale;
  canvas.height = height * scale;
  const context = canvas.getContext('2d');
  if (!context) throw new Error(say.theBrowserGivesNoCanvas);
  context.scale(scale, scale);
  context.fillStyle = ink('--page');
  context.fillRect(0, 0, width, height);
  const write = (
    text: string,
    x: number,
    y: number,
    color = '--ink-quiet',
    size: number = sizes.text,
    weight = 400,
  ): number => {
    context.font = `${weight} ${size}px ${font}`;
    context.fillStyle = ink(color);
    context.fillText(fitted(context, text, width - inset - x), x, y);
    return x + context.measureText(text).width;
  };
  write(words.title, inset, inset + sizes.title, '--ink', sizes.title, 600);
  write([rangeWords(places), words.asked].filter(Boolean).join(' · '), inset, 58);
  let x = inset;
  for (const { label, color } of places.flatMap((place) => plotsByPlace.get(place)?.spec.lines ?? [])) {
    context.fillStyle = ink(color);
    context.fillRect(x, 74, 14, 3);
    x = write(label, x + 20, 80, '--ink') + 20;
  }
  let y = 96;
  for (const place of places) {
    const [plot] = place.getElementsByTagName('canvas');
    if (plot) context.drawImage(plot, inset, y, plot.width / scale, plot.height / scale);
    y += place.clientHeight;
  }
  write(words.source, inset, y + 22);
  return canvas;
}

/** Cut off at the edge with dots. */
function fitted(context: CanvasRenderingContext2D, text: string, room: number): string {
  let kept = text;
  while (kept.length > 1 && context.measureText(kept).width > room) kept = `${kept.slice(0, -2)}…`;
  return kept;
}

/** From when to when, as the axis writes it where it has words of its own. */
function rangeWords([place]: readonly HTMLElement[]): string {
  const held = place && plotsByPlace.get(place);
  if (!held) return '';
  const { timeText } = held.spec;
  const series = held.series.peek();
  if (timeText) return say.range(timeText(series.times[0] ?? 0), timeText(series.times.at(-1) ?? 0));
  const { min, max } = timeRange(series, place.clientWidth);
  return say.rangeInZone(wholeTimeText(min), wholeTimeText(max), ownZone);
}
