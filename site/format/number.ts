import * as say from '../text/format.ts';

/**
 * Numbers as the page writes them. A shortened number keeps three figures and its unit apart, since units are drawn
 * smaller; the exact one goes with it into titles and tables. English words, so English separators.
 */
export interface Figure {
  readonly text: string;
  /** Empty where there is none. */
  readonly unit: string;
  /** In full, for titles and screen readers. */
  readonly exact: string;
}

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const fine = new Intl.NumberFormat('en-US', { maximumFractionDigits: 2 });

/** A figure that cannot be known, such as a rate without attempts. */
export function noFigure(why: string): Figure {
  return { text: '–', unit: '', exact: why };
}

/** Up to 9,999 in full, then 12.4 K, 1.24 M, 1.24 B, 1.24 T. */
export function countFigure(count: number): Figure {
  const exact = whole.format(count);
  if (Math.abs(count) < 10_000) return { text: exact, unit: '', exact };
  let value = count / 1000;
  let unit = 'K';
  // 999,950 would round to "1000 K": from there on it is a million.
  for (const larger of ['M', 'B', 'T']) {
    if (Math.abs(value) < 999.5) break;
    value /= 1000;
    unit = larger;
  }
  return { text: threeFigures(value), unit, exact };
}

/** The same in one piece, for sentences. */
export function countText(count: number): string {
  const { text, unit } = countFigure(count);
  return unit ? `${text}\u202f${unit}` : text;
}

/** Events a second. Something is never written as nothing. */
export function rateFigure(perSecond: number, unit = '/s'): Figure {
  const exact = say.aSecond(fine.format(perSecond));
  if (perSecond === 0) return { text: '0', unit, exact };
  if (perSecond < 0.1) return { text: '<0.1', unit, exact };
  if (perSecond < 99.95) return { text: perSecond.toFixed(1), unit, exact };
  const short = countFigure(Math.round(perSecond));
  return { text: short.text, unit: short.unit + unit, exact };
}

/**
 * A share as per cent with one decimal, rounded down: 99.96 % is not "100", and what lies under a threshold is never
 * written as the threshold.
 */
export function shareFigure(share: number | null, without: string): Figure {
  if (share === null) return noFigure(without);
  const tenths = Math.floor(share * 1000 + 1e-6);
  return {
    text: tenths === 1000 ? '100' : (tenths / 10).toFixed(1),
    unit: '%',
    exact: `${fine.format(Math.floor(share * 10_000 + 1e-6) / 100)} %`,
  };
}

export function speedFigure(mbps: number | null): Figure {
  if (mbps === null) return noFigure(say.noSpeedReported);
  return {
    text: mbps < 100 ? mbps.toFixed(1) : whole.format(mbps),
    unit: say.megabitsUnit,
    exact: say.megabits(fine.format(mbps)),
  };
}

function threeFigures(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(size < 9.995 ? 2 : size < 99.95 ? 1 : 0);
}
