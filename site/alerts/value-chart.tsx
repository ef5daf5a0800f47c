/** An alert's values against its threshold, as large as a line of text allows: the large one is in its details. */
import { useSignalEffect } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { AlertRow } from '../../core/alert/alert-row.ts';
import { measured } from '../live/alert-text.ts';
import * as say from '../text/alerts.ts';
import { minute } from './alert-list.ts';
import { type AlertValues, known, linePaths, noChart, valueScale, worstValue } from './alert-values.ts';
import { valuesOf, wantValues } from './value-store.ts';

const width = 400;

export function ValueChart({ alert }: { readonly alert: AlertRow }) {
  const place = useRef<HTMLDivElement>(null);
  const without = noChart(alert, minute.peek());
  const isSeen = useSeen(place, without === null);
  useSignalEffect(() => {
    if (minute.value > 0 && isSeen) wantValues(alert);
  });
  useEffect(() => {
    if (isSeen) wantValues(alert);
  }, [isSeen, alert.resolved_at]);
  const told = valuesOf(alert).value;
  const text = without ?? (typeof told === 'string' ? told : null);
  return (
    <div class="value-chart" ref={place}>
      {text !== null && <p class="quiet">{text}</p>}
      {text === null && told === null && <span class="bone" />}
      {text === null && told !== null && typeof told === 'object' && <Picture alert={alert} values={told} />}
    </div>
  );
}

/** Whether it has been in sight. */
function useSeen(place: { readonly current: HTMLElement | null }, isWanted: boolean): boolean {
  const [isSeen, setIsSeen] = useState(false);
  useEffect(() => {
    if (!isWanted || place.current === null) return;
    const watched = new IntersectionObserver((entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) setIsSeen(true);
    });
    watched.observe(place.current);
    return () => watched.disconnect();
  }, [isWanted]);
  return isSeen;
}

function Picture({ alert, values }: { readonly alert: AlertRow; readonly values: AlertValues }) {
  const { times, values: all } = values;
  const worst = worstValue(alert, all);
  if (worst === null) return <p class="quiet">{say.nothingMeasuredSentence}</p>;
  const { all: line, breach } = linePaths(alert, values, width);
  const { min, max } = valueScale(alert, known(all));
  const y = 100 - ((alert.threshold_value - min) / (max - min)) * 100;
  const [first = 0] = times;
  const x = (time: number): number =>
    Math.min(width, Math.max(0, ((time - first) / values.span.lengthMs) * width));
  const from = x(Date.parse(alert.pending_since));
  const until = alert.resolved_at === null ? width : x(Date.parse(alert.resolved_at));
  const limit = measured(alert.metric, alert.threshold_value);
  return (
    <>
      <svg
        viewBox={`0 0 ${width} 100`}
        preserveAspectRatio="none"
        role="img"
        aria-label={say.minutesAtWorst(times.length, measured(alert.metric, worst), limit)}
      >
        <rect class="value-span" x={from} width={Math.max(2, until - from)} height="100" />
        <path class="value-limit" d={`M0 ${y}H${width}`} />
        <path class="value-line" d={line} />
        <path class="value-breach" d={breach} />
      </svg>
      <span class="value-limit-word quiet" style={{ top: `${y}%` }} aria-hidden="true">
        {limit}
      </span>
    </>
  );
}
