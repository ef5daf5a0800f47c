import { computed, signal } from '@preact/signals';
import * as say from '../text/format.ts';
import { locale } from './locale.ts';
import { type Figure, fixedText, noFigure } from './number.ts';

/** The zone whose clocks the page shows, by its IANA name; undefined for the browser's own. */
export const shownZone = signal<string | undefined>(undefined);

/** Making one takes longer than writing a thousand times with it. */
const clocks = computed(() => {
  const { value: timeZone } = shownZone;
  const form = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, { hourCycle: 'h23', ...options, ...(timeZone && { timeZone }) });
  return {
    clock: form({ hour: '2-digit', minute: '2-digit', second: '2-digit' }),
    hour: form({ hour: '2-digit', minute: '2-digit' }),
    day: form({ day: 'numeric', month: 'short' }),
  };
});

/** Wall-clock time in that zone, 24 hours. */
export const clockText = (at: number): string => clocks.value.clock.format(at);
export const hourText = (at: number): string => clocks.value.hour.format(at);
/** "21 Nov" */
const dayMs = 86_400_000;

/** How the slots of a chart are called: by seconds where they are shorter than a minute, with their day where it needs it. */
export const slotText = (span: { readonly slotMs: number; readonly lengthMs: number }) =>
  span.lengthMs > dayMs ? dayTimeText : span.slotMs < 60_000 ? clockText : hourText;

/** The same for the axis below it, which has less room. */
export const axisTimeText =
  ({ lengthMs }: { readonly lengthMs: number }) =>
  (at: number): string =>
    lengthMs > 4 * dayMs || (lengthMs > dayMs && hourText(at) === '00:00') ? dayOfText(at) : hourText(at);

const dayOfText = (at: number): string => clocks.value.day.format(at);
/** "21 Nov 16:20" */
export const dayTimeText = (at: number): string => `${dayOfText(at)} ${hourText(at)}`;

/** How long ago, in one unit: 3 s, 2 min, 5 h, 2 d. */
export function agoFigure(ms: number | null): Figure {
  if (ms === null) return noFigure(say.never);
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds === 0) return { text: say.now, unit: '', exact: say.now };
  const [text, unit, name] =
    seconds < 60
      ? [seconds, say.secondsUnit, say.seconds]
      : seconds < 3600
        ? [Math.floor(seconds / 60), say.minutesUnit, say.minutes]
        : seconds < 86_400
          ? [Math.floor(seconds / 3600), say.hoursUnit, say.hours]
          : [Math.floor(seconds / 86_400), say.daysUnit, say.days];
  return { text: String(text), unit, exact: say.ago(text, name) };
}

/** A delay: 180 ms, 1.8 s, 45 s, 3 min. */
export function delayFigure(ms: number | null): Figure {
  if (ms === null) return noFigure(say.nothingReceivedYet);
  const exact = say.milliseconds(Math.round(ms));
  if (ms < 1000) return { text: String(Math.max(0, Math.round(ms))), unit: say.millisecondsUnit, exact };
  if (ms < 9950) return { text: fixedText(ms / 1000, 1), unit: say.secondsUnit, exact };
  const { text, unit } = agoFigure(ms);
  return { text, unit, exact };
}
