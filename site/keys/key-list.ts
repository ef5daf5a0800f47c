/** The keys of a page: one list, by which keys are heard and from which the sheet of help is drawn. */
import { signal } from '@preact/signals';
import * as say from '../text/frame.ts';

/** In the order of the sheet. */
export const keyGroups = [say.whatIsShown, say.inAChart, say.thisPage, say.goTo] as const;

export interface Key {
  /** Ways to the same, as a keyboard names them; two with a space between are pressed one after the other. */
  readonly keys: readonly string[];
  readonly meaning: string;
  readonly group: (typeof keyGroups)[number];
  /** Absent where what has the focus hears it by the same list. */
  readonly press?: () => void;
  /** Whether there is anything to do; if not said, always. */
  readonly when?: () => boolean;
}

/** How long the second key of two may take, ms. */
const secondKeyMsMax = 1_500;

export const keyList = signal<readonly Key[]>([]);

/** Those that came last are asked first. Returns what takes them out again. */
export function bindKeys(...keys: readonly Key[]): () => void {
  if (keyList.peek().length === 0) document.addEventListener('keydown', pressed);
  keyList.value = [...keys, ...keyList.peek()];
  return () => {
    keyList.value = keyList.peek().filter((key) => !keys.includes(key));
  };
}

let first = { key: '', at: 0 };

/** None where something is typed, another key is held, or a dialog has the floor. */
function pressed(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
  if (isTaken(event) || document.querySelector('dialog[open]')) return;
  const isSecond = event.timeStamp - first.at < secondKeyMsMax;
  const both = isSecond ? `${first.key} ${event.key}` : '';
  first = { key: event.key, at: event.timeStamp };
  const found = heard(both) ?? heard(event.key);
  if (!found) return;
  first.at = Number.NEGATIVE_INFINITY;
  event.preventDefault();
  found.press?.();
}

const heard = (way: string): Key | undefined =>
  keyList.peek().find(({ keys, press, when }) => press && keys.includes(way) && when?.() !== false);

/** Elsewhere the space bar presses what has the focus, or scrolls it. */
function isTaken({ target, key }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement) || target === document.body) return false;
  if (target.matches('input, textarea, select, [contenteditable]')) return true;
  return key === ' ' && !target.matches('.plots, .alert');
}
