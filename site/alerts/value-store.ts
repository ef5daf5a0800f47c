/** The minutes around each alert: asked for when its chart comes into sight, a few at a time, and again as they close. */
import { type Signal, signal } from '@preact/signals';
import type { AlertRow } from '../../core/alert/alert-row.ts';
import { askService } from '../access/service.ts';
import * as say from '../text/alerts.ts';
import { minute } from './alert-list.ts';
import { type AlertValues, alertValues, type MinuteRow, valuesAddress } from './alert-values.ts';

/** Null before the answer; a text says why there is none. */
type Told = AlertValues | string | null;
interface Held {
  readonly values: Signal<Told>;
  /** The minute up to which it was asked for. */
  askedAt: number;
}

/** A browser opens six connections to a server; the page needs some of them for what people do. */
const atOnceMax = 3;
const held = new Map<string, Held>();
const waiting: (() => Promise<void>)[] = [];
let running = 0;

/** Of the alert as it was when it was last asked for. */
export function valuesOf({ id }: AlertRow): Signal<Told> {
  const one = held.get(id) ?? { values: signal<Told>(null), askedAt: 0 };
  held.set(id, one);
  return one.values;
}

/** Asks unless the newest minute is there; what is over for longer than its chart shows rests. */
export function wantValues(alert: AlertRow): void {
  const values = valuesOf(alert);
  const one = held.get(alert.id) as Held;
  const now = minute.peek();
  const restsAt = alert.resolved_at === null ? now : Date.parse(alert.resolved_at) + 30 * 60_000;
  const upTo = Math.min(now, restsAt);
  // Not "later than": until the server has spoken it is this machine's clock, which may be ahead.
  if (one.askedAt === upTo) return;
  one.askedAt = upTo;
  waiting.push(async () => {
    const answer = await askService<{ readonly data: readonly MinuteRow[] }>(
      valuesAddress(alert, minute.peek()),
    );
    if (answer.ok) values.value = alertValues(alert, answer.value.data);
    else if (typeof values.peek() !== 'object' || values.peek() === null) {
      values.value = say.noValues(answer.text);
      one.askedAt = 0;
    }
  });
  next();
}

function next(): void {
  if (running >= atOnceMax) return;
  const work = waiting.shift();
  if (!work) return;
  running++;
  void work().finally(() => {
    running--;
    next();
  });
}
