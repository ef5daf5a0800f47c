import { type Dimension, dimensions } from '../aggregate/counters.ts';
import type { PackedWindow } from './packed-window.ts';

/** What a reader needs of a shard's windows: a whole one is twenty kilobytes, its counters are two hundred bytes. */
export interface WindowParts {
  /** Windows from this minute on are left out. */
  readonly toMinute: number;
  readonly dimensions: readonly Dimension[];
  /** Of the dimensions only this key, where it is not null. */
  readonly key: string | null;
  readonly titles: boolean;
  readonly sketches: boolean;
  readonly panes: boolean;
}

const nothing = new Uint8Array();

/** The window with what is wanted of it; what is not is empty. Only for the reader that asked: it cannot be stored. */
export function windowParts(window: PackedWindow, wanted: WindowParts): PackedWindow {
  const { key } = wanted;
  const entriesOf = (name: Dimension) => {
    if (!wanted.dimensions.includes(name)) return [];
    const entries = window.dimensions[name];
    return key === null ? entries : entries.filter(([entry]) => entry === key);
  };
  return {
    ...window,
    panes: wanted.panes ? window.panes : [],
    dimensions: Object.fromEntries(
      dimensions.map((name) => [name, entriesOf(name)]),
    ) as unknown as PackedWindow['dimensions'],
    titles: wanted.titles ? window.titles : [],
    ...(wanted.sketches ? {} : { users: nothing, sessions: nothing, speed: nothing }),
  };
}
