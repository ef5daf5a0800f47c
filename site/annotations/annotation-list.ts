/** The annotations of the time that a page shows: asked for as it moves on, and again now and then, since others write. */
import { computed, effect, type ReadonlySignal, signal } from '@preact/signals';
import { askService } from '../access/service.ts';
import { currentIdentity } from '../access/session.ts';
import type { ValueList } from '../filter/value-list.ts';
import { type AnnotationRow, ofRegions } from './annotation.ts';

/** What a page shows: ms, and which regions; null for all of them. */
export interface AnnotatedTime {
  readonly from: number;
  readonly to: number;
  readonly regions: ValueList | null;
}

/** Nobody waits for them; what one has written is there at once. */
const askedAgainMs = 15_000;
/** Ends of what is asked for are multiples of it, so that a sliding chart does not ask anew with every minute. */
const stepMs = 600_000;
/** As far back as the service goes. */
const lengthMsMax = 366 * 86_400_000;

const rows = signal<readonly AnnotationRow[]>([]);
/** Of the page's own filter. */
const regions = signal<ValueList | null>(null);
export const annotations: ReadonlySignal<readonly AnnotationRow[]> = computed(() =>
  ofRegions(rows.value, regions.value),
);
/** Why they could not be had; null where they could. */
export const annotationsFailure = signal<string | null>(null);
/** Read aloud when it changes. */
export const annotationNews = signal('');

/** The one region of the filter, for a new one; null where there is none or more than one. */
export function regionOfFilter(): string | null {
  const { values = [], isNot = false } = regions.peek() ?? {};
  return values.length === 1 && !isNot ? (values[0] ?? null) : null;
}

let question = '';

export async function loadAnnotations(): Promise<void> {
  const asked = question;
  if (asked === '') return;
  const answer = await askService<{ readonly data: readonly AnnotationRow[] }>(asked);
  // Another time is shown by now.
  if (asked !== question) return;
  if (answer.ok) rows.value = answer.value.data;
  else if (answer.status === 401) rows.value = [];
  // A page that cannot reach the service says so elsewhere.
  annotationsFailure.value = answer.ok || answer.status === 0 || answer.status === 401 ? null : answer.text;
}

export function watchAnnotations(shown: ReadonlySignal<AnnotatedTime | null>): void {
  effect(() => {
    if (shown.value === null) return;
    const { from, to, regions: of } = shown.value;
    regions.value = of;
    const end = Math.ceil((to + 1) / stepMs) * stepMs;
    const start = Math.max(Math.floor(from / stepMs) * stepMs, end - lengthMsMax);
    const ends = { from: new Date(start).toISOString(), to: new Date(end).toISOString() };
    const next = `/api/annotations?${new URLSearchParams({ ...ends, limit: '500' })}`;
    if (next === question) return;
    question = next;
    void loadAnnotations();
  });
  const again = (): void => {
    if (!document.hidden && currentIdentity.peek() !== null) void loadAnnotations();
  };
  document.addEventListener('visibilitychange', again);
  setInterval(again, askedAgainMs);
}

export const mayAnnotate = (): boolean =>
  currentIdentity.value !== null && currentIdentity.value.role !== 'viewer';
