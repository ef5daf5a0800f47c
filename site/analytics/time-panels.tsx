/** When things are done: the pattern of a day, and one title over the range. Each as columns and as a table. */
import { signal, useSignal } from '@preact/signals';
import { Annotated } from '../annotations/annotated.tsx';
import { annotationsWithin, annotationText } from '../annotations/annotation.ts';
import { annotations } from '../annotations/annotation-list.ts';
import type { PlotSeries } from '../chart/plot-spec.ts';
import { countFigure, shareFigure } from '../format/number.ts';
import { DataTable } from '../panels/data-table.tsx';
import * as say from '../text/analytics-batch.ts';
import { pattern, popular, ratings, series, shownContent, times, view } from './answers.ts';
import { type Column, hourText, patternColumns, seriesColumns, stepMsOf, stepText } from './bars.ts';
import { Columns } from './columns.tsx';
import { NothingYet, Panel } from './panel.tsx';
import { titleText } from './title-lists.tsx';
import { stepOf } from './view.ts';

/** Here there is room for the tables beside their charts. */
const always = signal(true);

/** Of the title that is looked at, as far as an answer told it. */
function shownTitle(): string {
  const id = shownContent();
  if (id === null) return '';
  const rows = [series, popular, ratings].flatMap(
    ({ value }) => (value.value?.data ?? []) as readonly TitledRow[],
  );
  const told = rows.find((row) => (row.content_id ?? row.movie_id) === id && row.title !== null);
  return titleText(id, told?.title ?? null);
}

interface TitledRow {
  readonly content_id?: string;
  readonly movie_id?: string;
  readonly title: string | null;
}

export function PatternPanel() {
  return (
    <Panel
      id="pattern"
      title={say.byHourOfTheDay}
      remark={view.value.content === null ? say.hoursRemark : say.inUtc(shownTitle())}
      answer={pattern}
      bones={8}
      none={<NothingYet what={say.noEventsWereCounted} />}
    >
      {(rows) => (
        <div class="beside">
          <Columns columns={patternColumns(rows)} />
          <DataTable
            caption={say.eventsByHourOfTheDayUtc}
            columns={[say.hour, say.mean, say.events, say.views, say.downloads]}
            isShown={always}
            rows={rows.map((row) => ({
              key: String(row.hour),
              cells: [
                hourText(row.hour),
                countFigure(Math.round(row.avg_events)),
                ...[row.total_events, row.view_count, row.download_count].map(countFigure),
              ],
            }))}
          />
        </div>
      )}
    </Panel>
  );
}

export function SeriesPanel() {
  const range = times.value;
  const hasNotes = annotations.value.length > 0;
  const step = stepOf(range);
  const title = shownTitle();
  const hasNone = popular.value.value?.data.length === 0;
  if (title === '' && (hasNone || popular.failure.value)) {
    return (
      <section class="panel series-panel" aria-labelledby="series-title">
        <header class="panel-head">
          <h2 id="series-title">{say.oneTitle}</h2>
        </header>
        <p class="none quiet">{hasNone ? say.noTitleViewed : say.pressATitle(step)}</p>
      </section>
    );
  }
  return (
    <Panel
      id="series"
      title={title || say.oneTitle}
      remark={say.viewsBy(step)}
      answer={series}
      bones={8}
      none={<NothingYet what={say.nothingOf(title)} />}
    >
      {(rows) => (
        <>
          <AnnotatedColumns columns={seriesColumns(rows, range)} stepMs={stepMsOf(range)} />
          <DataTable
            caption={say.titleBy(title, step)}
            columns={[
              step === 'hour' ? say.hour : say.day,
              say.views,
              say.completed,
              say.downloads,
              say.success,
              ...(hasNotes ? [say.annotations] : []),
            ]}
            isShown={always}
            rows={rows.map((row) => ({
              key: row.window_start,
              cells: [
                stepText(Date.parse(row.window_start), range),
                ...[row.view_count, row.complete_count, row.total_downloads].map(countFigure),
                shareFigure(row.success_rate, say.noDownloads),
                ...(hasNotes ? [notesOf(Date.parse(row.window_start), stepMsOf(range))] : []),
              ],
            }))}
          />
        </>
      )}
    </Panel>
  );
}

const notesOf = (start: number, stepMs: number): string =>
  annotationsWithin(annotations.value, start, start + stepMs)
    .map(annotationText)
    .join('; ') || '–';

interface AnnotatedColumnsProps {
  readonly columns: readonly Column[];
  readonly stepMs: number;
}

const minuteMs = 60_000;

const laneOf = (min: number, max: number): PlotSeries => ({
  // The first is where a plot is cut by its edge.
  times: [min, min, max],
  asOf: max,
  span: { slotMs: minuteMs, lengthMs: max - min },
  closedCount: 3,
});

/** The lane stands over the columns as it does over a plot, to the minute. */
function AnnotatedColumns({ columns, stepMs }: AnnotatedColumnsProps) {
  const min = columns[0]?.key ?? 0;
  const max = min + columns.length * stepMs;
  const lane = useSignal(laneOf(min, max));
  lane.value = laneOf(min, max);
  return (
    <Annotated series={lane} crosshair={useSignal(null)} place={Number}>
      <Columns columns={columns} />
    </Annotated>
  );
}
