/** Says that the picture stands still, since when, and what has happened meanwhile. Stays in sight. */
import { useComputed } from '@preact/signals';
import { clockText } from '../format/time.ts';
import type { Store } from '../live/store.ts';
import * as say from '../text/frame.ts';

export function PausedBar({ store }: { readonly store: Store }) {
  const { picture, behindMs, missedAlerts, toggle } = store.pause;
  const seconds = useComputed(() => Math.floor(behindMs.value / 1000));
  const held = picture.value;
  if (held === null) return null;
  const missed = missedAlerts.value;
  return (
    <section class="paused-bar" aria-label={say.paused}>
      <p>
        <b role="status">{say.pausedAt(clockText(held.asOf))}</b>
        <span class="paused-behind">
          {seconds} {say.secondsBehindNow}
        </span>
        {missed > 0 && (
          <span class="paused-alerts" role="status">
            {say.alertsFiredSince(missed)}
          </span>
        )}
      </p>
      <button type="button" class="button primary" aria-keyshortcuts="p" onClick={toggle}>
        {say.resume}
      </button>
    </section>
  );
}
