/** The questions of the page, one for each panel: an answer that fails, fails for its panel alone. */
import { batch, signal } from '@preact/signals';
import { currentIdentity } from '../access/session.ts';
import type { BatchAnswer, ContentRow, HourRow, MovieRow, RatingRow, UserRow } from './batch-rows.ts';
import { fewRowsAgain, PanelAnswer } from './panel-answer.ts';
import {
  type AnalyticsView,
  dayMs,
  questionOf,
  searchOf,
  stepOf,
  type TimeRange,
  timesOf,
  userDay,
  viewOf,
} from './view.ts';

export const view = signal<AnalyticsView>(viewOf(location.search));
/** Of the view, when it was last asked for. */
export const times = signal<TimeRange>(timesOf(view.peek(), Date.now()));

const rowsMany = '100';
/** What is asked again by itself, and how often: ranges that are not whole yet. */
const askedAgainMs = 60_000;

const addressOf = (
  table: string,
  more: Readonly<Record<string, string | null>> = {},
  range = times.value,
): string => `/api/batch/${table}?${questionOf(range, { region: view.value.region, ...more })}`;

/** As many as the service gives at once. */
const csvRows = '1000';

const listOf = <T>(table: string) =>
  new PanelAnswer<BatchAnswer<T>>(() => addressOf(table, { limit: rowsMany }), csvRows);

export const popular = listOf<MovieRow>('popular-movies');
export const ratings = listOf<RatingRow>('ratings-stats');
export const pattern = new PanelAnswer<BatchAnswer<HourRow>>(
  () => addressOf('hourly-stats', { content_id: view.value.content }),
  csvRows,
);

/** The most viewed stands for one that nobody has chosen. */
export const shownContent = (): string | null =>
  view.value.content ?? popular.value.value?.data[0]?.movie_id ?? null;

export const series = new PanelAnswer<BatchAnswer<ContentRow>>(() => {
  const content_id = shownContent();
  return content_id === null ? null : addressOf('content', { content_id, by: stepOf(times.value) });
}, csvRows);

/** Viewers may not ask; what somebody may is not known at first. */
export const users = new PanelAnswer<BatchAnswer<UserRow>>(() => {
  const role = currentIdentity.value?.role;
  if (role === undefined || role === 'viewer') return null;
  const from = Date.parse(userDay(times.value, view.value.day, Date.now()));
  return addressOf('user-stats', { limit: rowsMany }, { from, to: from + dayMs });
}, csvRows);

const panels = [popular, ratings, pattern, series, users] as const;

/** How far the batch layer is, as whichever panel has heard. */
export const reached = () =>
  [popular, ratings, pattern].find(({ value }) => value.value !== null)?.value.value?.meta ?? null;

/** A person's own choice is a step of the history: back undoes it. */
export function choose(change: Partial<AnalyticsView>): void {
  const next = { ...view.peek(), ...change };
  if (searchOf(next) === searchOf(view.peek())) return;
  history.pushState(null, '', location.pathname + searchOf(next));
  show(next);
}

function show(next: AnalyticsView): void {
  batch(() => {
    view.value = next;
    times.value = timesOf(next, Date.now());
    fewRowsAgain();
  });
}

/** Asks all of it again; the numbers stay until others come. */
async function askAgain(): Promise<void> {
  await Promise.all(panels.map((panel) => panel.load()));
}

export function watchView(): void {
  addEventListener('popstate', () => show(viewOf(location.search)));
  setInterval(() => {
    if (document.hidden) return;
    const now = timesOf(view.peek(), Date.now());
    const meta = reached();
    if (now.to !== times.peek().to) times.value = now;
    else if (meta === null || meta.hours.computed < meta.hours.of) void askAgain();
  }, askedAgainMs);
}
