import * as say from '../text/format.ts';
import { locale } from './locale.ts';

/**
 * Numbers as the page writes them. A shortened number keeps three figures and its unit apart, since units are drawn
 * smaller; the exact one goes with it into titles and tables. Separators are the browser's.
 */
export interface Figure {
  readonly text: string;
  /** Empty where there is none. */
  readonly unit: string;
  /** In full, for titles and screen readers. */
  readonly exact: string;
}

const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
const fine = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
const fixed = [0, 1, 2].map(
  (digits) => new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }),
);

/** With that many digits after the point, nought to two. */
export const fixedText = (value: number, digits: 0 | 1 | 2): string => fixed[digits]?.format(value) ?? '';
/** With two digits after the point at most. */
export const fineText = (value: number): string => fine.format(value);
export const wholeText = (value: number): string => whole.format(value);

const [, group = ','] = whole.formatToParts(12_345).map(({ value }) => value);
const [, point = '.'] = fine.formatToParts(1.5).map(({ value }) => value);

/** What has been written so, as programs write it: `12.345,6` is 12345.6 in German. Other text stays. */
export const plainNumber = (text: string): string =>
  text
    .replaceAll(/\s/g, ' ')
    .replace(/\d[\d.,'’ ]*/, (digits) =>
      digits
        .replaceAll(group.replace(/\s/, ' '), (mark, at: number) =>
          /^\d/.test(digits.slice(at + 1)) ? '' : mark,
        )
        .replace(point, '.'),
    );

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
  if (perSecond < 0.1) return { text: `<${fixedText(0.1, 1)}`, unit, exact };
  if (perSecond < 99.95) return { text: fixedText(perSecond, 1), unit, exact };
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
    text: tenths === 1000 ? '100' : fixedText(tenths / 10, 1),
    unit: '%',
    exact: `${fine.format(Math.floor(share * 10_000 + 1e-6) / 100)} %`,
  };
}

export function speedFigure(mbps: number | null): Figure {
  if (mbps === null) return noFigure(say.noSpeedReported);
  return {
    text: mbps < 100 ? fixedText(mbps, 1) : whole.format(mbps),
    unit: say.megabitsUnit,
    exact: say.megabits(fine.format(mbps)),
  };
}

function threeFigures(value: number): string {
  const size = Math.abs(value);
  return fixedText(value, size < 9.995 ? 2 : size < 99.95 ? 1 : 0);
}
