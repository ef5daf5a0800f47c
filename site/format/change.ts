/** How much more or less than before. */
import * as say from '../text/format.ts';
import { countFigure, type Figure, fixedText, noFigure } from './number.ts';

/** Signed, by rounded per cent: `+12 %`. Of what was nothing there is no change to tell. */
export function changeFigure(change: number | null | undefined): Figure {
  if (change === null || change === undefined) return noFigure(say.nothingToCompare);
  // More than tenfold is no matter of per cent.
  if (change > 9) {
    const times = countFigure(Math.round(change + 1)).exact;
    return { text: `×${times}`, unit: '', exact: say.timesAsMuch(times) };
  }
  const size = Math.abs(change * 100);
  const text = size < 9.95 ? fixedText(size, 1) : countFigure(Math.round(size)).exact;
  const isSame = size < 0.05;
  const sign = isSame ? '' : change < 0 ? '−' : '+';
  const exact = isSame ? say.unchanged : (change < 0 ? say.lessThanBefore : say.moreThanBefore)(text);
  return { text: sign + text, unit: '%', exact };
}

export const changeOf = (now: number, before: number | null | undefined): number | null =>
  before ? (now - before) / before : null;

/** Of shares: what one has more than the other, in hundredths of the whole. */
export function pointsFigure(now: number | null, before: number | null): Figure {
  if (now === null || before === null) return noFigure(say.nothingToCompare);
  const size = Math.abs((now - before) * 100);
  const text = fixedText(size, 1);
  const sign = size < 0.05 ? '' : now < before ? '−' : '+';
  return { text: sign + text, unit: say.pointsUnit, exact: say.percentagePoints(sign, text) };
}
