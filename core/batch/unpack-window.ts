import { addCounters, dimensions } from '../aggregate/counters.ts';
import { DistinctSketch } from '../aggregate/distinct-sketch.ts';
import { QuantileSketch } from '../aggregate/quantile-sketch.ts';
import { assert } from '../protocol/assert.ts';
import type { PackedWindow } from '../window/packed-window.ts';
import type { Pane } from '../window/pane.ts';
import { WindowState } from '../window/window-state.ts';

/**
 * A window that goes on counting where a packed one stopped. Sketches are packed for the whole window, so one pane
 * gets all of them: packed again it says the same.
 */
export function unpackWindow(packed: PackedWindow): WindowState {
  const { minute, revision, panes, users, sessions, speed } = packed;
  const window = new WindowState(minute, revision.logRow);
  let first: Pane | null = null;
  for (const [index, counters] of panes.entries()) {
    if (!counters) continue;
    const pane = window.paneFor(index, revision.logRow);
    addCounters(pane.counters, counters);
    first ??= pane;
  }
  assert(first !== null, `window ${minute} holds no event`);
  first.users.merge(DistinctSketch.fromBytes(users));
  first.sessions.merge(DistinctSketch.fromBytes(sessions));
  first.speed.merge(QuantileSketch.fromBytes(speed));
  for (const name of dimensions) {
    for (const [key, counters] of packed.dimensions[name])
      addCounters(window.countersFor(name, key), counters);
  }
  for (const [content, title, contentType] of packed.titles) window.noteTitle(content, title, contentType);
  return window;
}
