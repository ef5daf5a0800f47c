/** The alerts that the page shows: what the service has kept, with what the live connection tells of them since. */
import { batch, computed, effect, signal } from '@preact/signals';
import type { AlertRow } from '../../core/alert/alert-row.ts';
import { askAdmin, type Failure } from '../admin/resource.ts';
import { createAcknowledgements, withAnswer } from '../live/acknowledgements.ts';
import { alertFeed } from '../live/alert-feed.ts';
import { browserAck } from '../live/browser-ack.ts';
import { browserPorts } from '../live/browser-ports.ts';
import { LiveConnection } from '../live/connection.ts';
import { createHeard } from '../live/heard.ts';
import { type AlertFilter, alertAddress, alertFilterOf, alertSearch, isShown } from './alert-filter.ts';

interface Page {
  readonly data: readonly AlertRow[];
  readonly meta: { readonly next_cursor: string | null };
}

export const heard = createHeard(() => performance.now());
const connection = new LiveConnection(browserPorts, heard.events);
export const acknowledgements = createAcknowledgements(browserAck);

export const filter = signal<AlertFilter>(alertFilterOf(location.search));
/** Every alert that was heard of since the filter was chosen, by id; null before the first answer. */
const known = signal<ReadonlyMap<string, AlertRow> | null>(null);
/** Where the resolved ones go on; null at the end. */
export const older = signal<string | null>(null);
export const failure = signal<Failure | null>(null);
export const isAsking = signal(false);
/** Server time, to the minute: what it decides changes with it, and no sooner. */
export const minute = computed(() => Math.floor((heard.moment.value.asOf || Date.now()) / 60_000) * 60_000);

/** Null before the first answer. */
export const shown = computed(() => {
  if (known.value === null) return null;
  const states = acknowledgements.states.value;
  const alerts = [...known.value.values()].map((alert) => withAnswer(alert, states.get(alert.id)));
  const written = (id: string): boolean => states.get(id)?.kind === 'writing';
  const isOf = (alert: AlertRow): boolean => isShown(filter.value, alert, minute.value + 60_000);
  // What somebody is writing about does not go away under their hands.
  const { firing, resolved } = alertFeed(
    alerts.filter((alert) => isOf(alert) || written(alert.id)),
    null,
  );
  return {
    firing: firing.filter(({ acknowledged }) => !acknowledged),
    acknowledged: firing.filter(({ acknowledged }) => acknowledged),
    resolved,
  };
});

/** What fires anywhere, whatever the filter leaves of it. */
export const firingNow = computed(() => {
  const states = acknowledgements.states.value;
  const alerts = [...(heard.live.value?.alerts.values() ?? [])];
  return alertFeed(
    alerts.map((alert) => withAnswer(alert, states.get(alert.id))),
    null,
  ).firing;
});

export const regionNames = computed(() =>
  [...(heard.live.value?.facts.keys() ?? [])].toSorted((a, b) => a.localeCompare(b, 'en')),
);

const learn = (alerts: Iterable<AlertRow>): void => {
  known.value = new Map([...(known.peek() ?? []), ...[...alerts].map((alert) => [alert.id, alert] as const)]);
};

/** Asks for both lists, or for the next page; an answer to an older question is dropped. */
export async function ask(cursor?: string): Promise<void> {
  const asked = filter.peek();
  isAsking.value = true;
  const addresses = [
    cursor === undefined ? alertAddress(asked, 'firing') : null,
    alertAddress(asked, 'resolved', cursor),
  ];
  const [firing, resolved] = await Promise.all(
    addresses.map(async (address) => (address === null ? null : await askAdmin<Page>(address))),
  );
  if (filter.peek() !== asked) return;
  batch(() => {
    isAsking.value = false;
    failure.value = ([firing, resolved].find((answer) => answer?.ok === false) as Failure | null) ?? null;
    const pages = [firing, resolved].flatMap((answer) => (answer?.ok ? [answer.value] : []));
    if (pages.length === 0) return;
    // A connection that is lost knows less than the answer.
    const told = heard.link.peek().kind === 'live' ? (heard.live.peek()?.alerts.values() ?? []) : [];
    learn([...pages.flatMap(({ data }) => data), ...told]);
    if (resolved?.ok) older.value = resolved.value.meta.next_cursor;
  });
}

/** A person's own choice is a step of the history: back undoes it. */
export function choose(next: AlertFilter): void {
  if (alertSearch(next) === alertSearch(filter.peek())) return;
  history.pushState(null, '', location.pathname + alertSearch(next));
  show(next);
}

function show(next: AlertFilter): void {
  const isSameList = alertSearch({ ...next, alert: '' }) === alertSearch({ ...filter.peek(), alert: '' });
  filter.value = next;
  if (isSameList) return;
  known.value = null;
  older.value = null;
  failure.value = null;
  void ask();
}

export function startList(): void {
  addEventListener('popstate', () => show(alertFilterOf(location.search)));
  let alerts: unknown;
  effect(() => {
    const told = heard.live.value?.alerts;
    if (!told || told === alerts) return;
    alerts = told;
    if (known.peek() !== null) learn(told.values());
  });
  let wasLost = false;
  effect(() => {
    const { kind } = heard.link.value;
    // What changed meanwhile, and was over for too long to be told, is asked for.
    if (kind === 'live' && wasLost) void ask();
    wasLost = kind !== 'live' && kind !== 'connecting';
  });
  addEventListener('online', () => connection.networkChanged());
  addEventListener('offline', () => connection.networkChanged());
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) connection.retryNow();
  });
  setInterval(() => heard.tick(), 1000);
  connection.start();
  void ask();
}

export const retry = (): void => {
  connection.retryNow();
  void ask();
};
