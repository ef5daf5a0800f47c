import { type Figure, noFigure } from './number.ts';

/** Wall-clock time where the viewer is, 24 hours. */
export function clockText(at: number): string {
  const date = new Date(at);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map(twoDigits).join(':');
}

export function hourText(at: number): string {
  const date = new Date(at);
  return [date.getHours(), date.getMinutes()].map(twoDigits).join(':');
}

const dayForm = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });

/** "21 Nov 16:20" */
export const dayTimeText = (at: number): string => `${dayForm.format(at)} ${hourText(at)}`;

/** How long ago, in one unit: 3 s, 2 min, 5 h, 2 d. */
export function agoFigure(ms: number | null): Figure {
  if (ms === null) return noFigure('never');
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds === 0) return { text: 'now', unit: '', exact: 'now' };
  const [text, unit, name] =
    seconds < 60
      ? [seconds, 's', 'seconds']
      : seconds < 3600
        ? [Math.floor(seconds / 60), 'min', 'minutes']
        : seconds < 86_400
          ? [Math.floor(seconds / 3600), 'h', 'hours']
          : [Math.floor(seconds / 86_400), 'd', 'days'];
  return { text: String(text), unit, exact: `${text} ${name} ago` };
}

/** A delay: 180 ms, 1.8 s, 45 s, 3 min. */
export function delayFigure(ms: number | null): Figure {
  if (ms === null) return noFigure('nothing received yet');
  const exact = `${Math.round(ms)} ms`;
  if (ms < 1000) return { text: String(Math.max(0, Math.round(ms))), unit: 'ms', exact };
  if (ms < 9950) return { text: (ms / 1000).toFixed(1), unit: 's', exact };
  const { text, unit } = agoFigure(ms);
  return { text, unit, exact };
}

const twoDigits = (value: number): string => String(value).padStart(2, '0');
