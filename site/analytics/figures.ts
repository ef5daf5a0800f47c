/** Numbers of the warehouse as people read them. */
import { countFigure, type Figure, noFigure, shareFigure } from '../format/number.ts';

/** With a tenth below ten. */
export function amountFigure(value: number | null | undefined, unit = ''): Figure {
  if (value === null || value === undefined) return noFigure('not known');
  const short = countFigure(Math.round(value));
  if (value >= 10) return { ...short, unit: short.unit + unit, exact: `${short.exact} ${unit}`.trim() };
  const text = value === 0 ? '0' : value.toFixed(1);
  return { text, unit, exact: `${text} ${unit}`.trim() };
}

export const completionFigure = (share: number | null): Figure => shareFigure(share, 'no completion told');

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
