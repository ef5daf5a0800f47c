/** How much more or less than before. */
import { countFigure, type Figure, noFigure } from './number.ts';

/** Signed, by rounded per cent: `+12 %`. Of what was nothing there is no change to tell. */
export function changeFigure(change: number | null | undefined): Figure {
  if (change === null || change === undefined) return noFigure('nothing to compare with');
  // More than tenfold is no matter of per cent.
  if (change > 9) {
    const times = countFigure(Math.round(change + 1)).exact;
    return { text: `×${times}`, unit: '', exact: `${times} times as much as before` };
  }
  const size = Math.abs(change * 100);
  const text = size < 9.95 ? size.toFixed(1) : countFigure(Math.round(size)).exact;
  const isSame = Number(text) === 0;
  const sign = isSame ? '' : change < 0 ? '−' : '+';
  const exact = isSame ? 'unchanged' : `${text} % ${change < 0 ? 'less' : 'more'} than before`;
  return { text: sign + text, unit: '%', exact };
}

export const changeOf = (now: number, before: number | null | undefined): number | null =>
  before ? (now - before) / before : null;

/** Of shares: what one has more than the other, in hundredths of the whole. */
export function pointsFigure(now: number | null, before: number | null): Figure {
  if (now === null || before === null) return noFigure('nothing to compare with');
  const text = Math.abs((now - before) * 100).toFixed(1);
  const sign = Number(text) === 0 ? '' : now < before ? '−' : '+';
  return { text: sign + text, unit: 'points', exact: `${sign}${text} percentage points` };
}
