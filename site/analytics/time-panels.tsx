/** When things are done: the pattern of a day, and one title over the range. Each as columns and as a table. */
import { countFigure, shareFigure } from '../format/number.ts';
import { pattern, popular, ratings, series, shownContent, times, view } from './answers.ts';
import { hourText, meanText, patternColumns, seriesColumns, stepText } from './bars.ts';
import { Columns } from './columns.tsx';
import { NothingYet, Panel } from './panel.tsx';
import { Cell, titleText } from './title-lists.tsx';
import { stepOf } from './view.ts';

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
      title="By hour of the day"
      remark={view.value.content === null ? 'events an hour, mean of the days, UTC' : `${shownTitle()}, UTC`}
      answer={pattern}
      bones={8}
      none={<NothingYet what="No events were counted" />}
    >
      {(rows) => (
        <div class="beside">
          <Columns columns={patternColumns(rows)} />
          <section class="table-scroll" aria-label="By hour of the day" tabIndex={0}>
            <table class="data">
              <caption class="unseen">Events by hour of the day, UTC</caption>
              <thead>
                <tr>
                  {['Hour', 'Mean', 'Events', 'Views', 'Downloads'].map((name) => (
                    <th scope="col" key={name}>
                      {name}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {rows.map((row) => (
                  <tr key={row.hour}>
                    <th scope="row">{hourText(row.hour)}</th>
                    <td>{meanText(row.avg_events)}</td>
                    <Cell figure={countFigure(row.total_events)} />
                    <Cell figure={countFigure(row.view_count)} />
                    <Cell figure={countFigure(row.download_count)} />
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        </div>
      )}
    </Panel>
  );
}

export function SeriesPanel() {
  const range = times.value;
  const step = stepOf(range);
  const title = shownTitle();
  const failed = popular.failure.value;
  if (title === '' && (popular.value.value || failed)) {
    return (
      <section class="panel series-panel" aria-labelledby="series-title">
        <header class="panel-head">
          <h2 id="series-title">One title</h2>
        </header>
        <p class="none quiet">Press a title in a list: its views by {step} stand here.</p>
      </section>
    );
  }
  return (
    <Panel
      id="series"
      title={title || 'One title'}
      remark={`views by ${step}`}
      answer={series}
      bones={8}
      none={<NothingYet what={`Nothing of ${title} was counted`} />}
    >
      {(rows) => (
        <>
          <Columns columns={seriesColumns(rows, range)} />
          <section class="table-scroll" aria-label={`${title} by ${step}`} tabIndex={0}>
            <table class="data">
              <caption class="unseen">
                {title} by {step}, UTC
              </caption>
              <thead>
                <tr>
                  <th scope="col">{step === 'hour' ? 'Hour' : 'Day'}</th>
                  <th scope="col">Views</th>
                  <th scope="col">Completed</th>
                  <th scope="col" class="wide">
                    Downloads
                  </th>
                  <th scope="col">Success</th>
                </tr>
              </thead>
              <tbody>
                {rows.map((row) => (
                  <tr key={row.window_start}>
                    <th scope="row">{stepText(Date.parse(row.window_start), range)}</th>
                    <Cell figure={countFigure(row.view_count)} />
                    <Cell figure={countFigure(row.complete_count)} />
                    <Cell figure={countFigure(row.total_downloads)} class="wide" />
                    <Cell figure={shareFigure(row.success_rate, 'no downloads')} />
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        </>
      )}
    </Panel>
  );
}
