// Windows of downloads, rules, and a shard's book of alerts over its lives.
import { counterIndex, emptyCounters } from '../../../core/aggregate/counters.ts';
import type { AlertRecord } from '../../../core/alert/alert-record.ts';
import type { AlertRule } from '../../../core/alert/alert-rule.ts';
import { AlertBook, decodeBook } from '../../../core/alert/book.ts';
import { builtInRules } from '../../../core/alert/built-in-rules.ts';
import { type AlertBase, emptyBase, type JudgedWindow } from '../../../core/alert/fold.ts';
import { minuteEndMs } from '../../../core/window/time.ts';

/** Noon. */
export const m0 = Date.UTC(2026, 10, 21, 12) / 60_000;

const ruleNamed = (id: string): AlertRule => builtInRules.find((rule) => rule.id === id) as AlertRule;
export const lowSuccess = ruleNamed('LOW_SUCCESS_RATE');
export const highError = ruleNamed('HIGH_ERROR_RATE');
export const noData = ruleNamed('NO_DATA');
export const latenessCut = ruleNamed('LATENESS_CUT');

/** Downloads of a window: [all, failed]; what did not fail succeeded. */
export type Downloads = readonly [number, number];

export function counters([all, failed]: Downloads): Float64Array {
  const of = emptyCounters();
  of[counterIndex.downloads] = all;
  of[counterIndex.downloads_failed] = failed;
  of[counterIndex.downloads_succeeded] = all - failed;
  return of;
}

export function window(
  minute: number,
  downloads: Downloads,
  contents: Readonly<Record<string, Downloads>> = {},
): JudgedWindow {
  const keys = Object.entries(contents).map(([key, of]) => [key, counters(of)] as const);
  return { minute, counters: counters(downloads), keys: () => keys };
}

const origin = { regionNumber: 3, shard: 0, generation: 0, incarnation: 1 };

/** A book of alerts with the windows that it judges, from minute 0 (m0) on. */
export class Shard {
  readonly rules: readonly AlertRule[];
  readonly windows = new Map<number, JudgedWindow>();
  book: AlertBook;
  #keptBase: AlertBase;
  #through = -1;
  #stored: string | null = null;

  constructor(...rules: readonly AlertRule[]) {
    this.rules = rules;
    this.#keptBase = emptyBase(m0 - 1);
    this.book = new AlertBook(origin, this.#keptBase, null, { region: 'EU-London', rules });
  }

  /** Downloads of the windows from the next one on, each closed and judged in its turn; null for an empty one. */
  see(...list: readonly (Downloads | null)[]): this {
    for (const downloads of list) {
      const minute = this.#through + 1;
      if (downloads) this.put(minute, downloads);
      this.judge(minute);
    }
    return this;
  }

  /** Late data or early: what a window holds now. */
  put(minute: number, downloads: Downloads, contents: Readonly<Record<string, Downloads>> = {}): this {
    this.windows.set(minute, window(m0 + minute, downloads, contents));
    return this;
  }

  /** Judges, a second after the window has closed; stores what is new. True where something was. */
  judge(through = this.#through): boolean {
    this.#through = Math.max(this.#through, through);
    const isNew = this.book.judge([...this.windows.values()], m0 + through, minuteEndMs(m0 + through) + 6000);
    if (isNew) this.#stored = this.book.encode();
    return isNew;
  }

  close(id: string): string {
    const outcome = this.book.close(id, minuteEndMs(m0 + this.#through) + 20_000, 'ada');
    this.#stored = this.book.encode();
    return outcome;
  }

  /** Windows up to this one die. */
  advance(through: number): this {
    const dead = [...this.windows].filter(([minute]) => minute <= through).map(([, one]) => one);
    this.book.advance(dead, m0 + through);
    return this;
  }

  /** A commit: the base is stored. */
  keep(): this {
    this.#keptBase = this.book.base;
    this.book.noteKept();
    return this;
  }

  /** The object dies and wakes from what is stored. */
  crash(): this {
    const stored = this.#stored === null ? null : decodeBook(this.#stored);
    const setup = { region: 'EU-London', rules: this.rules };
    const base = JSON.parse(JSON.stringify(this.#keptBase)) as AlertBase;
    this.book = new AlertBook(origin, base, stored, setup);
    this.book.resume([...this.windows.values()], m0 + this.#through);
    return this;
  }

  confirmAll(): this {
    this.book.confirm(this.book.due);
    this.#stored = this.book.encode();
    return this;
  }

  /** Each alert in a line: rule, window that fired, state and the window that resolved it. */
  get lives(): string[] {
    return this.book.records.map(lifeOf);
  }

  get first(): AlertRecord {
    return this.book.records[0] as AlertRecord;
  }
}

function lifeOf(record: AlertRecord): string {
  const { ruleId, dimensionKey, windowMinute, state, resolution, resolvedMinute } = record;
  const end = state === 'firing' ? 'firing' : `${resolution} ${(resolvedMinute ?? 0) - m0}`;
  return `${ruleId}${dimensionKey === null ? '' : ` ${dimensionKey}`} ${windowMinute - m0} ${end}`;
}
