/** The numbers of a chart as a table, newest first: always there for screen readers, shown to all by one key. */
import { type ReadonlySignal, useComputed } from '@preact/signals';
import { rateFigure, shareFigure } from '../format/number.ts';
import { clockText, hourText } from '../format/time.ts';
import type { Series } from '../live/series.ts';
import { Quantity } from '../panels/quantity.tsx';

interface SeriesTableProps {
  readonly series: ReadonlySignal<Series>;
  readonly caption: string;
  readonly isShown: ReadonlySignal<boolean>;
  /** Changes when the table must be made anew at once. */
  readonly region: ReadonlySignal<string | null>;
}

export function SeriesTable({ series, caption, isShown, region }: SeriesTableProps) {
  // A table that changed five times a second could not be read: it moves on when a slot closes.
  const moved = useComputed(() => `${region.value} ${series.value.times[series.value.closedCount - 1]}`);
  const rows = moved.value ? closedRows(series.peek()) : [];
  return (
    <section
      class={isShown.value ? 'table-scroll' : 'unseen'}
      aria-label={caption}
      // What scrolls must be reached by keyboard.
      tabIndex={isShown.value ? 0 : -1}
    >
      <table class="data">
        <caption class="unseen">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">From</th>
            <th scope="col">Events</th>
            <th scope="col">Downloads</th>
            <th scope="col">Success rate</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ time, label, events, downloads, success }) => (
            <tr key={time}>
              <th scope="row">{label}</th>
              <td>{events === null ? '–' : <Quantity figure={rateFigure(events)} />}</td>
              <td>{downloads === null ? '–' : <Quantity figure={rateFigure(downloads)} />}</td>
              <td>
                <Quantity figure={shareFigure(success, 'no downloads')} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function closedRows({ times, closedCount, span, events, downloads, success }: Series) {
  const text = span.slotMs < 60_000 ? clockText : hourText;
  return times
    .slice(0, closedCount)
    .map((time, i) => ({
      time,
      label: text(time),
      events: events[i] ?? null,
      downloads: downloads[i] ?? null,
      success: success[i] ?? null,
    }))
    .reverse();
}
