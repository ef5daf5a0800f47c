/** What was watched, by whom, when and how: over days, from the warehouse of sessions. */
import { effect } from '@preact/signals';
import { currentIdentity } from '../access/session.ts';
import { Ago } from '../admin/moment.tsx';
import {
  CountriesPanel,
  DevicesPanel,
  GenresPanel,
  HoursPanel,
  QualityPanel,
  RetentionPanel,
} from './breakdowns.tsx';
import { DailyPanel } from './daily-panel.tsx';
import { detailTitle, FilmDetail, SessionDetail, UserDetail } from './details.tsx';
import { FilmsPanel, PeoplePanel } from './films-panel.tsx';
import { Chips, RangeChoice } from './filter-bar.tsx';
import { MetricCards } from './metric-cards.tsx';
import { daysOf, daysText, filterNames, filtersOf, rangeWord } from './question.ts';
import { asked, choose, chooseAnew, detail, metrics, nowMs, searchWith, tablesShown } from './warehouse.ts';

const details = { movie: FilmDetail, user: UserDetail, session: SessionDetail } as const;

export function Overview() {
  const name = detail.value;
  const Detail = name && details[name];
  const { first, last } = daysOf(asked.value, nowMs.value);
  const days = daysText(first, last);
  const word = rangeWord(asked.value);
  const title = name ? detailTitle() : (word ?? days);
  return (
    <>
      {name && (
        <p class="back">
          <a href={searchWith({ [name]: null })}>Back</a>
        </p>
      )}
      <header class="title">
        <div>
          <h1 tabIndex={-1}>
            <bdi>{title}</bdi>
          </h1>
          <p class="title-remark">
            {name && name !== 'session' && word && `${word}: `}
            {name !== 'session' && (name ?? word) && `${days}, `}
            {name === 'session' && 'Times of '}
            {asked.value.tz}
            <Newest />
          </p>
        </div>
        {name !== 'session' && <RangeChoice />}
      </header>
      {name !== 'session' && <Chips />}
      {Detail ? <Detail /> : <Panels />}
    </>
  );
}

/** How fresh all of it is. */
function Newest() {
  const at = metrics.value.value?.meta.updated_at ?? null;
  return at === null ? null : (
    <>
      {', newest session '}
      <Ago at={at} never="" />
    </>
  );
}

function Panels() {
  if (metrics.value.value?.data.total_views === 0 && !asked.value.q) return <Nothing />;
  // One day has no line.
  const isOne = daysOf(asked.value, nowMs.value).count === 1;
  return (
    <>
      <MetricCards />
      <div class="panels">
        {!isOne && <DailyPanel />}
        {!isOne && <GenresPanel />}
        <HoursPanel />
        <DevicesPanel />
        <FilmsPanel />
        {isOne ? <GenresPanel /> : <CountriesPanel />}
        <PeoplePanel />
        {isOne && <CountriesPanel />}
        <div class={isOne ? 'side whole' : 'side'}>
          <QualityPanel />
          <RetentionPanel />
        </div>
      </div>
      <p class="quiet keys-line">
        <kbd>t</kbd> {tablesShown.value ? 'hides' : 'shows'} the tables beside charts, <kbd>Esc</kbd> takes
        back the last filter, <kbd>/</kbd> searches films.
      </p>
    </>
  );
}

/** Why there is nothing, and what to do. */
function Nothing() {
  const isEmpty = metrics.value.value?.meta.updated_at === null;
  const isFiltered = filtersOf(asked.value).length > 0;
  if (!isEmpty)
    return (
      <div class="empty">
        <h2>No session {isFiltered ? 'is like that' : 'began in these days'}</h2>
        <p>
          {isFiltered && (
            <button
              type="button"
              class="button"
              onClick={() => choose(Object.fromEntries(filterNames.map((name) => [name, null])))}
            >
              Remove all filters
            </button>
          )}{' '}
          <button
            type="button"
            class="button"
            onClick={() => chooseAnew({ days: '90', from: null, to: null })}
          >
            Show 90 days
          </button>
        </p>
      </div>
    );
  return (
    <div class="empty">
      <h2>The warehouse has no sessions yet</h2>
      <p>
        Sessions of the stream come by themselves, once an hour is over and computed. Files are imported by an
        admin{currentIdentity.value?.role !== 'admin' && ', which you are not'}: put users, movies, ratings
        and viewing_sessions as CSV, NDJSON or Parquet into <code>PUT /api/admin/imports/NAME</code>, then
        start <code>POST /api/admin/run-etl</code>.
      </p>
      <p>
        <a href="/docs">How, in the API reference</a>
      </p>
    </div>
  );
}

/** The tab says what is looked at. */
export function watchTitle(): void {
  const plain = document.title;
  effect(() => {
    document.title = detail.value ? `${detailTitle()} · ${plain}` : plain;
  });
}
