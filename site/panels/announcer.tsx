/** Tells a screen reader of alerts that begin to fire and that are resolved, and of nothing else. */
import { useSignal, useSignalEffect } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { AlertRow } from '../../core/alert/alert-row.ts';
import { alertNews } from '../live/alert-text.ts';
import type { Heard } from '../live/heard.ts';

export function Announcer({ heard }: { readonly heard: Heard }) {
  const known = useRef<ReadonlyMap<string, AlertRow> | null>(null);
  const news = useSignal<readonly string[]>([]);
  useSignalEffect(() => {
    const alerts = heard.live.value?.alerts;
    if (!alerts || alerts === known.current) return;
    // What fires already when the page opens is on the page, and in its headline.
    const latest = known.current === null ? [] : alertNews(known.current, alerts);
    known.current = alerts;
    if (latest.length > 0) news.value = latest;
  });
  return (
    <div class="unseen announcer" aria-live="polite">
      {news.value.map((text) => (
        <p key={text}>{text}</p>
      ))}
    </div>
  );
}
