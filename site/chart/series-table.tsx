/** The numbers of a chart as a table, newest first, with the alerts that it shades. */
import { type ReadonlySignal, useComputed } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import type { AlertRow } from '../../core/alert/alert-row.ts';
import { alertSeverities } from '../../core/alert/alert-rule.ts';
import { annotationsWithin, annotationText } from '../annotations/annotation.ts';
import { annotations } from '../annotations/annotation-list.ts';
import { rateFigure, shareFigure } from '../format/number.ts';
import { slotText } from '../format/time.ts';
import { type AlertSpan, alertsWithin } from '../live/alert-spans.ts';
import { severityWords } from '../live/alert-text.ts';
import type { Series } from '../live/series.ts';
import { DataTable } from '../panels/data-table.tsx';
import * as say from '../text/chart.ts';

interface SeriesTableProps {
  readonly series: ReadonlySignal<Series>;
  readonly spans: ReadonlySignal<readonly AlertSpan[]>;
  readonly caption: string;
  readonly isShown: ReadonlySignal<boolean>;
  /** Changes when the table must be made anew at once. */
  readonly subject: ReadonlySignal<string>;
}

export function SeriesTable({ series, spans, caption, isShown, subject }: SeriesTableProps) {
  // Rows come once the page is drawn. Those of a first rendering would also be held for as long as the page is open:
  // the elements that a resting parent keeps lead to them.
  const [isDrawn, setIsDrawn] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIsDrawn(true));
    return () => clearTimeout(timer);
  }, []);
  // A table that changed five times a second could not be read: it moves on when a slot closes.
  const moved = useComputed(() => {
    const { times, closedCount, before } = series.value;
    return `${subject.value} ${times[closedCount - 1]} ${before !== undefined}`;
  });
  const rows = moved.value && isDrawn ? closedRows(series.peek(), spans.value) : [];
  return (
    <DataTable
      caption={caption}
      columns={[
        say.from,
        say.events,
        ...(series.peek().before ? [say.before] : []),
        say.downloads,
        say.successRate,
        say.alerts,
        say.annotations,
      ]}
      rows={rows}
      isShown={isShown}
    />
  );
}

function closedRows(series: Series, spans: readonly AlertSpan[]) {
  const { times, closedCount, span, events, downloads, success, before } = series;
  const text = slotText(span);
  const rate = (value: number | null | undefined) => (typeof value === 'number' ? rateFigure(value) : '–');
  return times
    .slice(0, closedCount)
    .map((time, i) => ({
      key: String(time),
      at: time,
      cells: [
        text(time),
        rate(events[i]),
        ...(before ? [rate(before.events[i])] : []),
        rate(downloads[i]),
        shareFigure(success[i] ?? null, say.noDownloads),
        alertCounts(alertsWithin(spans, time, time + span.slotMs)),
        annotationsWithin(annotations.value, time, time + span.slotMs)
          .map(annotationText)
          .join('; ') || '–',
      ],
    }))
    .reverse();
}

/** "2 critical, 1 warning" */
function alertCounts(alerts: readonly AlertRow[]): string {
  const counts = alertSeverities.flatMap((severity) => {
    const count = alerts.filter((alert) => alert.severity === severity).length;
    return count === 0 ? [] : [`${count} ${severityWords[severity].toLowerCase()}`];
  });
  return counts.join(', ') || '–';
}
