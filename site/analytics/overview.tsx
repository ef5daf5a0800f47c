/** What was watched, by whom, when and how: over days, from the warehouse of sessions. */
import { effect } from '@preact/signals';
import { currentIdentity } from '../access/session.ts';
import { Ago } from '../admin/moment.tsx';
import { countText } from '../format/number.ts';
import * as say from '../text/analytics.ts';
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
          <a href={searchWith({ [name]: null })}>{say.back}</a>
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
            {name === 'session' && say.timesOf}
            {asked.value.tz}
            <Sample />
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

/** Whose sessions they are, where they are not all. */
function Sample() {
  const oneIn = metrics.value.value?.meta.users_one_in ?? 1;
  return oneIn > 1 ? say.ofOneUserIn(countText(oneIn)) : null;
}

/** How fresh all of it is. */
function Newest() {
  const at = metrics.value.value?.meta.updated_at ?? null;
  return at === null ? null : (
    <>
      {say.newestSession}
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
        <kbd>t</kbd> {tablesShown.value ? say.hidesIt : say.showsIt} {say.tablesHint} <kbd>Esc</kbd>{' '}
        {say.escapeHint} <kbd>/</kbd> {say.searchHint}
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
        <h2>
          {say.noSession} {isFiltered ? say.isLikeThat : say.beganInTheseDays}
        </h2>
        <p>
          {isFiltered && (
            <button
              type="button"
              class="button"
              onClick={() => choose(Object.fromEntries(filterNames.map((name) => [name, null])))}
            >
              {say.removeAllFilters}
            </button>
          )}{' '}
          <button
            type="button"
            class="button"
            onClick={() => chooseAnew({ days: '90', from: null, to: null })}
          >
            {say.show90Days}
          </button>
        </p>
      </div>
    );
  return (
    <div class="empty">
      <h2>{say.theWarehouseHasNoSessionsYet}</h2>
      <p>
        {say.howSessionsCome}
        {currentIdentity.value?.role !== 'admin' && say.whichYouAreNot}
        {say.putFilesInto} <code>PUT /api/admin/imports/NAME</code>
        {say.thenStart} <code>POST /api/admin/run-etl</code>.
      </p>
      <p>
        <a href="/docs">{say.howInTheApiReference}</a>
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
