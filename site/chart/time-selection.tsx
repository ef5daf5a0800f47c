/** A stretch of time that is marked in a chart, to be looked at alone. */
import { type ReadonlySignal, useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { plotInsets, timeRange } from './plot-options.ts';
import type { PlotSeries } from './plot-spec.ts';

export interface Selection {
  /** ms, the second wherever the hand is; null where nothing is marked. */
  readonly ends: ReadonlySignal<readonly [number, number] | null>;
  readonly canMark: boolean;
  /** `time`: null for a hand that marks nothing. */
  readonly begin: (time: number | null) => void;
  readonly extend: (time: number | null) => void;
  /** Tells of it, if there is one, and ends it. */
  readonly zoom: () => void;
  readonly drop: () => void;
  /** Whether the press that has just ended was one of marking. */
  readonly wasDrag: () => boolean;
}

export function useSelection(zoomed?: (from: number, to: number) => void): Selection {
  const ends = useSignal<readonly [number, number] | null>(null);
  const from = useRef<number | null>(null);
  const isDrag = useRef(false);
  const drop = (): void => {
    from.current = null;
    ends.value = null;
  };
  return {
    ends,
    canMark: zoomed !== undefined,
    begin: (time) => {
      isDrag.current = false;
      ends.value = null;
      from.current = zoomed ? time : null;
    },
    extend: (time) => {
      if (from.current === null || time === null || time === from.current) return;
      isDrag.current = true;
      ends.value = [from.current, time];
    },
    zoom: () => {
      const marked = ends.value;
      drop();
      if (marked) zoomed?.(...marked);
    },
    drop,
    wasDrag: () => isDrag.current,
  };
}

interface SelectionMarkProps {
  readonly selection: Selection;
  readonly series: ReadonlySignal<PlotSeries>;
}

/** Over the plots, from slot to slot; it moves with them. */
export function SelectionMark({ selection, series }: SelectionMarkProps) {
  const marked = selection.ends.value;
  if (marked === null) return null;
  const { min, max } = timeRange(series.value, 0);
  const share = (time: number): number => Math.min(1, Math.max(0, (time - min) / (max - min)));
  const [first, last] = marked[0] < marked[1] ? marked : [marked[1], marked[0]];
  const inner = `(100% - ${plotInsets.left + plotInsets.right}px)`;
  return (
    <span
      class="plot-selection"
      style={{
        left: `calc(${plotInsets.left}px + ${inner} * ${share(first)})`,
        width: `calc(${inner} * ${share(last + series.value.span.slotMs) - share(first)})`,
      }}
    />
  );
}
