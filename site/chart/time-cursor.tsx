/**
 * The crosshair's hand: pointer, finger or arrow keys choose a time in the plots within, which lie under each other on
 * one time axis. To a screen reader it is a slider that reads out the numbers of each slot.
 */
import { type ReadonlySignal, type Signal, useComputed } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { bindKeys, type Key } from '../keys/key-list.ts';
import * as say from '../text/chart.ts';
import { plotInsets, timeRange } from './plot-options.ts';
import type { PlotSeries } from './plot-spec.ts';
import { type Selection, SelectionMark, useSelection } from './time-selection.tsx';

interface TimeCursorProps {
  readonly label: string;
  readonly series: ReadonlySignal<PlotSeries>;
  readonly crosshair: Signal<number | null>;
  /** What the slot that starts at this time holds, in words. */
  readonly slotText: (time: number) => string;
  /** A click, or Enter, on a time. */
  readonly chosen: (time: number) => void;
  /** A drag from one time to another, or `s`, arrows and Enter. */
  readonly zoomed?: (from: number, to: number) => void;
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
  group: say.inAChart,
});

/** Heard by the chart that has the focus. */
const moves: readonly Move[] = [
  move(-1, say.oneStepBack, 'ArrowLeft', 'ArrowDown'),
  move(1, say.oneStepOn, 'ArrowRight', 'ArrowUp'),
  move(-10, say.tenStepsBack, 'PageDown'),
  move(10, say.tenStepsOn, 'PageUp'),
  move(Number.NEGATIVE_INFINITY, say.toTheOldest, 'Home'),
  move(Number.POSITIVE_INFINITY, say.toTheNewest, 'End'),
];
const selectKey: Key = {
  keys: ['s'],
  meaning: say.selectFromHere,
  group: say.inAChart,
};
const chosenKey: Key = { keys: ['Enter'], meaning: say.goToWhatIsUnderTheCrosshair, group: say.inAChart };

export function TimeCursor({
  label,
  series,
  crosshair,
  slotText,
  chosen,
  zoomed,
  children,
}: TimeCursorProps) {
  const selection = useSelection(zoomed);
  // Moves on when a slot closes and not with every frame: it is read aloud while it has the focus.
  const newest = useComputed(() => newestClosed(series.value));
  const time = crosshair.value ?? newest.value;
  const times = series.peek().times;
  useEffect(() => bindKeys(...moves, ...(zoomed ? [selectKey] : []), chosenKey), []);
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
      onPointerMove={(event) => {
        point(event);
        if (event.buttons & 1) selection.extend(crosshair.value);
      }}
      onPointerDown={(event) => {
        point(event);
        // A finger scrolls, and points.
        selection.begin(event.pointerType === 'touch' ? null : crosshair.value);
      }}
      onPointerUp={selection.zoom}
      onPointerLeave={({ pointerType }) => {
        // A finger has left when it is lifted; what it has pointed at shall be read then.
        if (pointerType !== 'touch') crosshair.value = null;
      }}
      onBlur={() => {
        crosshair.value = null;
        selection.drop();
      }}
      onClick={() => {
        if (crosshair.value !== null && !selection.wasDrag()) chosen(crosshair.value);
      }}
      onKeyDown={(event) => {
        if (keyed(event, { crosshair, selection, series: series.peek(), time, chosen: () => chosen(time) }))
          event.preventDefault();
      }}
    >
      <SelectionMark selection={selection} series={series} />
      {children}
    </div>
  );
}

interface Hand {
  readonly crosshair: Signal<number | null>;
  readonly selection: Selection;
  readonly series: PlotSeries;
  /** Under the crosshair. */
  readonly time: number;
  readonly chosen: () => void;
}

/** Whether the key meant something here. */
function keyed({ key }: KeyboardEvent, hand: Hand): boolean {
  const { crosshair, selection, series, time, chosen } = hand;
  const next = timeByKey(key, crosshair.value, series);
  if (key === 'Enter') {
    if (selection.ends.value) selection.zoom();
    else chosen();
  } else if (key === 's' && selection.canMark) selection.begin(time);
  else if (key === 'Escape' && (crosshair.value !== null || selection.ends.value)) {
    crosshair.value = null;
    selection.drop();
  } else if (next !== null) {
    crosshair.value = next;
    selection.extend(next);
  } else return false;
  return true;
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
