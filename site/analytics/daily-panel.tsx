/** Views day by day, with the days before as a quiet second line. */

import { type ReadonlySignal, signal, useComputed, useSignal } from '@preact/signals';
import { Annotated } from '../annotations/annotated.tsx';
import { annotationsWithin, annotationText } from '../annotations/annotation.ts';
import { annotations } from '../annotations/annotation-list.ts';
import { Plot } from '../chart/plot.tsx';
import { TimeCursor } from '../chart/time-cursor.tsx';
import { changeFigure, changeOf } from '../format/change.ts';
import { utcDayText } from '../format/date.ts';
import { countFigure, countText, shareFigure } from '../format/number.ts';
import { DataTable } from '../panels/data-table.tsx';
import { Quantity } from '../panels/quantity.tsx';
import * as say from '../text/analytics-warehouse.ts';
import { type DailySeries, dailySeries, dailySpec } from './daily-series.ts';
import { amountFigure } from './figures.ts';
import { Panel } from './panel.tsx';
import { dateIn, dayMs, noonIn } from './question.ts';
import { asked, chooseAnew, daily, nowMs, tablesShown } from './warehouse.ts';
import type { DailyRow } from './warehouse-rows.ts';

const specs = { with: dailySpec(true), without: dailySpec(false) };
const noSpans = signal([]);

export function DailyPanel() {
  return (
    <Panel id="daily" title={say.viewsByDay} answer={daily} bones={5} hasChart none="">
      {(rows) => <DailyChart rows={rows} />}
    </Panel>
  );
}

export function DailyChart({ rows }: { readonly rows: readonly DailyRow[] }) {
  const given = useSignal(rows);
  given.value = rows;
  const series = useComputed(() => dailySeries(given.value, dateIn(asked.value.tz ?? 'UTC', nowMs.value)));
  const crosshair = useSignal<number | null>(null);
  const hasPrevious = rows.some((row) => row.previous_views !== null);
  const rowAt = (time: number) =>
    series.value.rows[Math.round((time - (series.value.times[1] ?? 0)) / dayMs)];
  const zone = asked.value.tz ?? 'UTC';
  const notesOn = (time: number): string[] =>
    annotationsWithin(annotations.value, time, time + dayMs, placeOf(zone)).map((row) =>
      say.annotationOf(annotationText(row)),
    );
  const date = (time: number) => rowAt(time)?.date ?? null;
  return (
    <>
      {rows.length > 1 && (
        <>
          <Readout series={series} time={crosshair} rowAt={rowAt} />
          <Annotated
            series={series}
            crosshair={crosshair}
            place={placeOf(zone)}
            instant={(time) => noonIn(zone, dateIn('UTC', time))}
          >
            <TimeCursor
              label={say.crosshairHint}
              series={series}
              crosshair={crosshair}
              slotText={(time) => [rowText(rowAt(time)), ...notesOn(time)].join('. ')}
              chosen={(time) => chooseAnew({ days: null, from: date(time), to: date(time) })}
            >
              <Plot
                spec={specs[hasPrevious ? 'with' : 'without']}
                series={series}
                stretches={noSpans}
                crosshair={crosshair}
              />
            </TimeCursor>
          </Annotated>
        </>
      )}
      <DataTable
        caption={say.byDay}
        columns={[say.day, say.views, say.before, say.users, say.watchedH, say.completed, say.annotations]}
        isShown={rows.length > 1 ? tablesShown : signal(true)}
        rows={rows.toReversed().map((row) => ({
          key: row.date,
          cells: [
            utcDayText(Date.parse(row.date)),
            countFigure(row.views),
            row.previous_views === null ? '–' : countFigure(row.previous_views),
            countFigure(row.unique_users),
            amountFigure(row.watch_hours),
            shareFigure(row.avg_completion_rate, say.noCompletionTold),
            annotationsWithin(
              annotations.value,
              Date.parse(row.date),
              Date.parse(row.date) + dayMs,
              placeOf(zone),
            )
              .map(annotationText)
              .join('; ') || '–',
          ],
        }))}
      />
    </>
  );
}

/** Days stand as UTC midnights, whatever zone they are of. */
const placeOf = (zone: string) => (ms: number) => Date.parse(dateIn(zone, ms));

function rowText(row: DailyRow | undefined): string {
  if (!row) return '';
  const { date, views, previous_views: before, previous_date: day } = row;
  const change = before === null ? '' : say.beforeOn(countText(before), utcDayText(Date.parse(day ?? '')));
  return say.viewsOn(utcDayText(Date.parse(date)), countText(views), change);
}

interface ReadoutProps {
  readonly series: ReadonlySignal<DailySeries>;
  readonly time: ReadonlySignal<number | null>;
  readonly rowAt: (time: number) => DailyRow | undefined;
}

/** The numbers under the crosshair, or else of the last day that is over. */
function Readout({ series, time, rowAt }: ReadoutProps) {
  const { rows, closedCount } = series.value;
  const row = time.value === null ? rows[Math.max(0, closedCount - 2)] : rowAt(time.value);
  if (!row) return null;
  const { date, views, previous_views: before } = row;
  return (
    <p class="readout quiet" aria-hidden="true">
      <span>{utcDayText(Date.parse(date))}</span>
      <b class="ink-1">{countText(views)}</b>
      {before !== null && (
        <span>
          {say.countBefore(countText(before))}
          {before > 0 && ', '}
          {before > 0 && <Quantity figure={changeFigure(changeOf(views, before))} />}
        </span>
      )}
    </p>
  );
}
