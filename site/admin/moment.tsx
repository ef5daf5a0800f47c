/** Times as people read them: how long ago, with the exact time on hover and for screen readers. */

import { signal } from '@preact/signals';
import { exactText, yearDayText } from '../format/date.ts';
import { agoFigure } from '../format/time.ts';
import * as say from '../text/admin.ts';

/** Moves on while nothing else does, ms. */
export const now = signal(Date.now());
const tickMs = 15_000;
setInterval(() => {
  now.value = Date.now();
}, tickMs);

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
      {yearDayText(at)}
    </time>
  );
}
