/** Times as people read them: how long ago, with the exact time on hover and for screen readers. */
import { signal } from '@preact/signals';
import { agoFigure } from '../format/time.ts';
import * as say from '../text/admin.ts';

/** Moves on while nothing else does, ms. */
export const now = signal(Date.now());
const tickMs = 15_000;
setInterval(() => {
  now.value = Date.now();
}, tickMs);

const dayFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const clockFormat = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});
const exactFormat = new Intl.DateTimeFormat('en-GB', {
  dateStyle: 'medium',
  timeStyle: 'long',
});

export const dayText = (at: string | number): string => dayFormat.format(new Date(at));
export const clockText = (at: string): string => clockFormat.format(new Date(at));
export const exactText = (at: string | number): string => exactFormat.format(new Date(at));

/** `3 min ago`. */
export function agoText(atMs: number, nowMs: number): string {
  const { text, unit } = agoFigure(nowMs - atMs);
  return unit === '' ? say.now : say.ago(text, unit);
}

export function Ago({ at, never }: { readonly at: string | null; readonly never: string }) {
  if (at === null) return <span class="quiet">{never}</span>;
  return (
    <time dateTime={at} title={exactText(at)}>
      {agoText(Date.parse(at), now.value)}
    </time>
  );
}

export function Day({ at }: { readonly at: string }) {
  return (
    <time dateTime={at} title={exactText(at)}>
      {dayText(at)}
    </time>
  );
}
