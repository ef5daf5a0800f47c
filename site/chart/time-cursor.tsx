/**
 * The crosshair's hand: pointer, finger or arrow keys choose a time in the plots within, which lie under each other on
 * one time axis. To a screen reader it is a slider that reads out the numbers of each slot.
 */
import { type ReadonlySignal, type Signal, useComputed } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { bindKeys, type Key } from '../keys/key-list.ts';
import { plotInsets, timeRange } from './plot-options.ts';
import type { PlotSeries } from './plot-spec.ts';

interface TimeCursorProps {
  readonly label: string;
  readonly series: ReadonlySignal<PlotSeries>;
  readonly crosshair: Signal<number | null>;
  /** What the slot that starts at this time holds, in words. */
  readonly slotText: (time: number) => string;
  /** A click, or Enter, on a time. */
  readonly chosen: (time: number) => void;
  readonly children: ComponentChildren;
}

interface Move extends Key {
  /** Slots; all of them for the ends. */
  readonly slots: number;
}

const move = (slots: number, meaning: string, ...keys: readonly string[]): Move => ({
  slots,
  keys,
  meaning,
  group: 'In a chart',
});

/** Heard by the chart that has the focus. */
const moves: readonly Move[] = [
  move(-1, 'One step back', 'ArrowLeft', 'ArrowDown'),
  move(1, 'One step on', 'ArrowRight', 'ArrowUp'),
  move(-10, 'Ten steps back', 'PageDown'),
  move(10, 'Ten steps on', 'PageUp'),
  move(Number.NEGATIVE_INFINITY, 'To the oldest', 'Home'),
  move(Number.POSITIVE_INFINITY, 'To the newest', 'End'),
];
const chosenKey: Key = { keys: ['Enter'], meaning: 'Go to what is under the crosshair', group: 'In a chart' };

export function TimeCursor({ label, series, crosshair, slotText, chosen, children }: TimeCursorProps) {
  // Moves on when a slot closes and not with every frame: it is read aloud while it has the focus.
  const newest = useComputed(() => newestClosed(series.value));
  const time = crosshair.value ?? newest.value;
  const times = series.peek().times;
  useEffect(() => bindKeys(...moves, chosenKey), []);
  const point = (event: PointerEvent): void => {
    crosshair.value = timeUnder(event, series.peek());
  };
  return (
    <div
      class="plots"
      tabIndex={0}
      role="slider"
      aria-label={label}
      aria-valuemin={times[0] ?? 0}
      aria-valuemax={newest.value}
      aria-valuenow={time}
      aria-valuetext={slotText(time)}
      onPointerMove={point}
      onPointerDown={point}
      onPointerLeave={({ pointerType }) => {
        // A finger has left when it is lifted; what it has pointed at shall be read then.
        if (pointerType !== 'touch') crosshair.value = null;
      }}
      onBlur={() => {
        crosshair.value = null;
      }}
      onClick={() => {
        if (crosshair.value !== null) chosen(crosshair.value);
      }}
      onKeyDown={(event) => {
        const next = timeByKey(event.key, crosshair.value, series.peek());
        if (chosenKey.keys.includes(event.key)) chosen(crosshair.value ?? newest.value);
        else if (event.key === 'Escape' && crosshair.value !== null) crosshair.value = null;
        else if (next !== null) crosshair.value = next;
        else return;
        event.preventDefault();
      }}
    >
      {children}
    </div>
  );
}

function newestClosed({ times, closedCount }: PlotSeries): number {
  return times[closedCount - 1] ?? times.at(-1) ?? 0;
}

/** Start of the slot nearest to the pointer; null beside the plot. */
export function timeUnder({ currentTarget, clientX }: PointerEvent, series: PlotSeries): number | null {
  if (!(currentTarget instanceof HTMLElement)) return null;
  const { left, width } = currentTarget.getBoundingClientRect();
  const plotWidth = width - plotInsets.left - plotInsets.right;
  const share = (clientX - left - plotInsets.left) / plotWidth;
  if (share < 0 || share > 1) return null;
  const { min, max } = timeRange(series, plotWidth);
  const { slotMs } = series.span;
  return clamped(Math.round((min + share * (max - min)) / slotMs) * slotMs, series);
}

/** Where a key leads to from a time, or from the newest slot; null for a key that leads nowhere. */
export function timeByKey(key: string, from: number | null, series: PlotSeries): number | null {
  const { slotMs } = series.span;
  const newest = newestClosed(series);
  const found = moves.find(({ keys }) => keys.includes(key));
  if (!found) return null;
  if (found.slots === Number.POSITIVE_INFINITY) return newest;
  const start = Math.floor((from ?? newest + slotMs) / slotMs) * slotMs;
  return clamped(start + found.slots * slotMs, series);
}

/** The slot that the left edge cuts is not pointed at. */
function clamped(time: number, { times }: PlotSeries): number {
  return Math.min(times.at(-1) ?? 0, Math.max(times[1] ?? 0, time));
}
