/** The questions of the page, one for each panel: an answer that fails, fails for its panel alone. */
import { batch, effect, type ReadonlySignal, signal } from '@preact/signals';
import { currentIdentity } from '../access/session.ts';
import { askAdmin, type Failure } from '../admin/resource.ts';
import type { BatchAnswer, ContentRow, HourRow, MovieRow, RatingRow, UserRow } from './batch-rows.ts';
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

/** Rows of a list at first, and all that are asked for. */
const rowsFew = 10;
const rowsMany = '100';
/** What is asked again by itself, and how often: ranges that are not whole yet. */
const askedAgainMs = 60_000;

/** Ids of panels whose lists are shown in full. */
const longLists = signal<ReadonlySet<string>>(new Set());

export const shownRows = <T>(id: string, rows: readonly T[]): readonly T[] =>
  longLists.value.has(id) ? rows : rows.slice(0, rowsFew);

export function showAllRows(id: string): void {
  longLists.value = new Set([...longLists.peek(), id]);
}

/** Address of the service; null for what is not asked. */
type Question = string | null;

export class PanelAnswer<T> {
  readonly #addressOf: () => Question;
  readonly #value = signal<BatchAnswer<T> | null>(null);
  readonly #failure = signal<Failure | null>(null);
  #asked: Question = null;

  /** Asks anew whenever a signal that the address reads makes another of it. */
  constructor(addressOf: () => Question) {
    this.#addressOf = addressOf;
    effect(() => {
      const address = addressOf();
      if (address === this.#asked) return;
      this.#asked = address;
      this.#value.value = null;
      this.#failure.value = null;
      void this.load();
    });
  }

  /** Null before the first answer to the question. */
  get value(): ReadonlySignal<BatchAnswer<T> | null> {
    return this.#value;
  }

  /** Beside a value, that is the last one there was. */
  get failure(): ReadonlySignal<Failure | null> {
    return this.#failure;
  }

  get address(): Question {
    return this.#addressOf();
  }

  load = async (): Promise<void> => {
    const asked = this.#asked;
    if (asked === null) return;
    const answer = await askAdmin<BatchAnswer<T>>(asked);
    // Another question was asked meanwhile.
    if (asked !== this.#asked) return;
    if (answer.ok) this.#value.value = answer.value;
    this.#failure.value = answer.ok ? null : answer;
  };
}

const addressOf = (
  table: string,
  more: Readonly<Record<string, string | null>> = {},
  range = times.value,
): string => `/api/batch/${table}?${questionOf(range, { region: view.value.region, ...more })}`;

const listOf = <T>(table: string) => new PanelAnswer<T>(() => addressOf(table, { limit: rowsMany }));

export const popular = listOf<MovieRow>('popular-movies');
export const ratings = listOf<RatingRow>('ratings-stats');
export const pattern = new PanelAnswer<HourRow>(() =>
  addressOf('hourly-stats', { content_id: view.value.content }),
);

/** The most viewed stands for one that nobody has chosen. */
export const shownContent = (): string | null =>
  view.value.content ?? popular.value.value?.data[0]?.movie_id ?? null;

export const series = new PanelAnswer<ContentRow>(() => {
  const content_id = shownContent();
  return content_id === null ? null : addressOf('content', { content_id, by: stepOf(times.value) });
});

/** Viewers may not ask; what somebody may is not known at first. */
export const users = new PanelAnswer<UserRow>(() => {
  const role = currentIdentity.value?.role;
  if (role === undefined || role === 'viewer') return null;
  const from = Date.parse(userDay(times.value, view.value.day, Date.now()));
  return addressOf('user-stats', { limit: rowsMany }, { from, to: from + dayMs });
});

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
    longLists.value = new Set();
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
