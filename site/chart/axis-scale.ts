/** Ends and grid lines of the y axes: few lines, at round numbers. */
export interface AxisScale {
  readonly min: number;
  readonly max: number;
  readonly splits: readonly number[];
}

/** From zero to a round number above `max`, with two to four steps. */
export function countScale(max: number): AxisScale {
  if (!(max > 0)) return { min: 0, max: 1, splits: [0, 1] };
  const aim = (max * 1.05) / 3;
  const magnitude = 10 ** Math.floor(Math.log10(aim));
  const step = magnitude * ([1, 2, 2.5, 5, 10].find((size) => size * magnitude >= aim) ?? 10);
  const steps = Math.ceil((max * 1.05) / step);
  return { min: 0, max: steps * step, splits: upTo(0, step, steps) };
}

/** Shares are near 1 when all is well, so the axis starts where the trouble ends: at 80 %, at 50 % or at zero. */
export function shareScale(min: number): AxisScale {
  if (min >= 0.8) return { min: 0.8, max: 1, splits: [0.8, 0.9, 1] };
  if (min >= 0.5) return { min: 0.5, max: 1, splits: [0.5, 0.75, 1] };
  return { min: 0, max: 1, splits: [0, 0.5, 1] };
}

function upTo(from: number, step: number, steps: number): number[] {
  return Array.from({ length: steps + 1 }, (_, i) => from + i * step);
}
