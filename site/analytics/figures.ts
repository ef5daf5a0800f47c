/** Numbers of the warehouse as people read them. */
import { countFigure, type Figure, fixedText, noFigure, shareFigure } from '../format/number.ts';
import * as say from '../text/analytics-warehouse.ts';

/** With a tenth below ten. */
export function amountFigure(value: number | null | undefined, unit = ''): Figure {
  if (value === null || value === undefined) return noFigure(say.notKnown);
  const short = countFigure(Math.round(value));
  if (value >= 10) return { ...short, unit: short.unit + unit, exact: `${short.exact} ${unit}`.trim() };
  const text = value === 0 ? '0' : fixedText(value, 1);
  return { text, unit, exact: `${text} ${unit}`.trim() };
}

export const completionFigure = (share: number | null): Figure => shareFigure(share, say.noCompletionTold);
