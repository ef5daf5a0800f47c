/** The rankings of titles: by views, and by ratings. A title that is pressed is looked at below. */
import { countFigure, type Figure, fixedText } from '../format/number.ts';
import { Quantity } from '../panels/quantity.tsx';
import * as say from '../text/analytics-batch.ts';
import { choose, popular, ratings, shownContent, view } from './answers.ts';
import { lengthsOf, meanText } from './bars.ts';
import type { MovieRow } from './batch-rows.ts';
import { NothingYet, Panel } from './panel.tsx';

/** What is not among the titles that an hour names. */
const otherId = '__other__';
export const titleText = (id: string, title: string | null): string =>
  id === otherId ? say.allOtherTitles : (title ?? id);

export function PopularPanel() {
  return (
    <Panel
      id="popular"
      title={say.mostViewed}
      answer={popular}
      isList
      bones={10}
      none={<NothingYet what={say.noViewsWereCounted} />}
    >
      {(rows) => {
        const lengths = lengthsOf(rows.map(({ view_count }) => view_count));
        return (
          <table class="data ranking">
            <caption class="unseen">{say.titlesByViews}</caption>
            <thead>
              <tr>
                <th scope="col" class="text">
                  {say.title}
                </th>
                <th scope="col">{say.views}</th>
                <th scope="col" class="wide">
                  {say.completed}
                </th>
                <th scope="col">
                  {say.watched}
                  <span class="unit">{say.h}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row, i) => (
                <tr key={row.movie_id}>
                  <TitleCell id={row.movie_id} title={row.title} rank={i + 1} length={lengths[i] ?? 0} />
                  <Cell figure={countFigure(row.view_count)} />
                  <Cell figure={countFigure(row.complete_count)} class="wide" />
                  <Cell figure={hoursFigure(row)} />
                </tr>
              ))}
            </tbody>
          </table>
        );
      }}
    </Panel>
  );
}

const hoursFigure = ({ watched_seconds }: MovieRow): Figure => {
  const hours = watched_seconds / 3600;
  return hours < 10
    ? { text: meanText(hours), unit: '', exact: say.meanHours(meanText(hours)) }
    : countFigure(Math.round(hours));
};

export function RatingsPanel() {
  return (
    <Panel
      id="ratings"
      title={say.ratings}
      remark={say.mostRatedFirst}
      answer={ratings}
      isList
      bones={10}
      none={<NothingYet what={say.noRatingsWereCounted} />}
    >
      {(rows) => (
        <table class="data ranking">
          <caption class="unseen">{say.titlesByNumberOfRatings}</caption>
          <thead>
            <tr>
              <th scope="col" class="text">
                {say.title}
              </th>
              <th scope="col">
                {say.mean}
                <span class="unit">{say.ofTen}</span>
              </th>
              <th scope="col">{say.ratings}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ movie_id: id, title, avg_rating: mean, rating_count: count }) => (
              <tr key={id}>
                <TitleCell id={id} title={title} length={mean / 10} />
                <td>{fixedText(mean, 1)}</td>
                <Cell figure={countFigure(count)} />
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}

interface TitleCellProps {
  readonly id: string;
  readonly title: string | null;
  readonly rank?: number;
  /** Of the bar, 0 to 1. */
  readonly length: number;
}

function TitleCell({ id, title, rank, length }: TitleCellProps) {
  const isShown = shownContent() === id;
  return (
    <th scope="row" class="text named">
      <span class="name-line">
        {rank !== undefined && <span class="rank quiet">{rank}</span>}
        <button
          type="button"
          class="name-button"
          aria-pressed={isShown}
          title={title === null ? id : `${title} (${id})`}
          onClick={() => choose({ content: view.peek().content === id ? null : id })}
        >
          <bdi>{titleText(id, title)}</bdi>
        </button>
      </span>
      <span class="bar-track" aria-hidden="true">
        <span style={{ width: `${length * 100}%` }} />
      </span>
    </th>
  );
}

interface CellProps {
  readonly figure: Figure;
  readonly class?: string;
}

export function Cell({ figure, class: name }: CellProps) {
  return (
    <td class={name}>
      <Quantity figure={figure} />
    </td>
  );
}
