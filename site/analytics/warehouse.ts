/** The questions of the view, one for each panel, and what is chosen on it: the same as its address. */
import { batch, computed, effect, signal } from '@preact/signals';
import { ownZone } from '../format/zone.ts';
import { fewRowsAgain, PanelAnswer } from './panel-answer.ts';
import {
  type Asked,
  askedOf,
  type Change,
  changed,
  type DetailName,
  dayMs,
  daysOf,
  filtersOf,
  questionOf,
  searchOf,
} from './question.ts';
import type {
  Answer,
  CohortRow,
  CountryRow,
  DailyRow,
  DeviceRow,
  FilmData,
  FilmRow,
  GenreRow,
  HourRow,
  MetricsRow,
  PersonData,
  PersonRow,
  QualityRow,
  RowsAnswer,
  SessionData,
} from './warehouse-rows.ts';

export const asked = signal<Asked>(askedOf(location.search, ownZone));
/** Days are counted from now: this moves on at midnight, and no sooner. */
export const nowMs = signal(Date.now());
/** Tables are drawn beside their charts. */
export const tablesShown = signal(false);

/** What is looked at alone; the innermost, where one was opened out of another. */
export const detail = computed<DetailName | null>(
  () => (['session', 'user', 'movie'] as const).find((name) => asked.value[name] !== undefined) ?? null,
);
const isStream = computed(() => asked.value.part === 'stream');

const addressOf = (path: string, more: Readonly<Record<string, string | undefined>> = {}): string => {
  const search = questionOf(asked.value);
  for (const [name, value] of Object.entries(more)) if (value) search.set(name, value);
  return `/api/${path}?${search}`;
};

/** Asked as long as the whole is looked at. */
const ofWhole = <A>(address: () => string, csvRows?: string) =>
  new PanelAnswer<A>(() => (isStream.value || detail.value ? null : address()), csvRows);

const filmsAtOnce = 10;
/** As many as the service gives at once. */
const csvRows = '200';

export const metrics = ofWhole<Answer<MetricsRow>>(() => addressOf('dashboard/metrics'));
export const daily = ofWhole<RowsAnswer<DailyRow>>(() => addressOf('analytics/daily-trends'));
export const genres = ofWhole<RowsAnswer<GenreRow>>(() => addressOf('analytics/genres'));
export const devices = ofWhole<RowsAnswer<DeviceRow>>(() => addressOf('analytics/devices'));
export const countries = ofWhole<RowsAnswer<CountryRow>>(() => addressOf('analytics/geographic'));
export const hours = ofWhole<RowsAnswer<HourRow>>(() =>
  addressOf('analytics/hourly-trends', { by: 'weekday' }),
);
export const quality = ofWhole<RowsAnswer<QualityRow>>(() => addressOf('analytics/quality'));
export const retention = ofWhole<RowsAnswer<CohortRow>>(() => addressOf('analytics/retention'));
export const people = ofWhole<RowsAnswer<PersonRow>>(
  () => addressOf('analytics/users', { limit: String(filmsAtOnce) }),
  csvRows,
);
export const films = ofWhole<RowsAnswer<FilmRow>>(() => {
  const { sort, order, q, cursor } = asked.value;
  return addressOf('analytics/top-movies', { limit: String(filmsAtOnce), sort, order, q, cursor });
}, csvRows);

const ofOne = <A>(name: DetailName, path: string) =>
  new PanelAnswer<A>(() => {
    if (isStream.value || detail.value !== name) return null;
    // A film is asked for by its address, and not by a filter as well.
    const question = questionOf(name === 'movie' ? changed(asked.value, { content_id: null }) : asked.value);
    return `/api/analytics/${path}/${encodeURIComponent(asked.value[name] ?? '')}?${question}`;
  });
export const film = ofOne<Answer<FilmData>>('movie', 'movies');
export const user = ofOne<Answer<PersonData>>('user', 'users');
export const session = ofOne<Answer<SessionData>>('session', 'sessions');

/** The days that are shown, and the regions; a day of a zone may begin and end half a day beside that of UTC. */
export const annotatedDays = computed(() => {
  const { first, last } = daysOf(asked.value, nowMs.value);
  const regions = filtersOf(asked.value).find(({ name }) => name === 'region') ?? null;
  return { from: first - dayMs, to: last + 2 * dayMs, regions };
});

/** Address of the page with a change. */
export const searchWith = (change: Change): string => searchOf(changed(asked.value, change));

/** A person's own choice is a step of the history: back undoes it. */
export function choose(change: Change): void {
  const search = searchOf(changed(asked.peek(), change));
  if (search === searchOf(asked.peek())) return;
  history.pushState(null, '', location.pathname + search);
  show();
}

/** Another question begins at its first page. */
export const chooseAnew = (change: Change): void => choose({ cursor: null, ...change });

function show(): void {
  batch(() => {
    asked.value = askedOf(location.search, ownZone);
    nowMs.value = Date.now();
    fewRowsAgain();
  });
}

/** Leaves what is looked at alone, or else takes back the filter that was chosen last. */
export function undo(): void {
  const name = detail.peek();
  const filter = filtersOf(asked.peek()).at(-1);
  if (name) choose({ [name]: null });
  else if (filter) chooseAnew({ [filter.name]: null });
}

/** A link to another state of the page needs no other page; with a key held it does as the browser has it. */
function clicked(event: MouseEvent): void {
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  const search = link?.getAttribute('href') ?? '';
  if (!search.startsWith('?') || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0)
    return;
  const asks = askedOf(search, ownZone);
  if (asks.part === 'stream') return;
  event.preventDefault();
  history.pushState(null, '', location.pathname + search);
  show();
}

const checkedAgainMs = 60_000;

export function watchAddress(): void {
  history.replaceState(null, '', location.pathname + searchOf(asked.peek()));
  addEventListener('popstate', show);
  addEventListener('click', clicked);
  // What is opened is read from its beginning, by eyes and by screen readers.
  let before = detail.peek();
  effect(() => {
    if (detail.value === before) return;
    before = detail.value;
    requestAnimationFrame(() => {
      scrollTo(0, 0);
      document.querySelector('h1')?.focus();
    });
  });
  setInterval(() => {
    if (new Date(nowMs.peek()).toDateString() !== new Date().toDateString()) nowMs.value = Date.now();
  }, checkedAgainMs);
}
