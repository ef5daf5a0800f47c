/**
 * What a hub ought to show, told naively: of every cell the value in the latest state of its region that was heard of.
 * It knows the order of the states, and so needs no revisions, no seq and no pruning.
 */
import { contentsInSight, minuteInSight, paneInSight } from '../../../core/live/horizon.ts';
import type { LiveState } from '../../../core/live/live-state.ts';
import { type Subscription, wantsRegion } from '../../../core/live/subscription.ts';
import type { RegionUpdate } from '../../../core/window/region-answer.ts';
import { registry } from './hub-fixture.ts';
import type { Told, ToldAnswer, ToldWindow } from './sim-region.ts';

interface Known {
  readonly kind: 'pane' | 'minute' | 'content';
  readonly regionNumber: number;
  readonly start: number;
  readonly contentId: string;
  readonly version: number;
  readonly count: number;
}

type Vitals = Pick<RegionUpdate, 'at' | 'viewers' | 'watermark' | 'lastEventAt' | 'lastReceivedAt'>;

/** events and views count alike in the simulation; the rest is zero. */
const counted = { pane: 15, minute: 15, content: 5 } as const;

export class SimModel {
  readonly #cells = new Map<string, Known>();
  readonly #vitals = new Map<number, Vitals>();

  update({ word, version }: Told<RegionUpdate>): void {
    const { regionNumber } = word;
    this.#say(regionNumber, word);
    const put = (kind: Known['kind'], start: number, values: readonly number[], contentId = '') =>
      this.#put({ kind, regionNumber, start, contentId, version, count: values[0] ?? 0 });
    for (const [start, values] of word.panes) put('pane', start, values);
    for (const [minute, values] of word.minutes) put('minute', minute, values);
    for (const [minute, id, values] of word.contents) put('content', minute, values, id);
  }

  answer({ word, windows }: ToldAnswer): void {
    this.#say(word.regionNumber, word);
    for (const window of windows) this.window(window);
  }

  window({ word, version }: ToldWindow): void {
    const { regionNumber, minute } = word;
    this.total({ word, version });
    for (const known of this.#cells.values()) {
      const within =
        known.kind === 'content' ? known.start === minute : Math.floor(known.start / 60_000) === minute;
      if (known.regionNumber === regionNumber && known.kind !== 'minute' && within) {
        this.#put({ ...known, version, count: 0 });
      }
    }
    for (const [i, values] of word.panes.entries()) {
      const start = minute * 60_000 + i * 10_000;
      if (values)
        this.#put({ kind: 'pane', regionNumber, start, contentId: '', version, count: values[0] ?? 0 });
    }
    for (const [contentId, values] of word.dimensions.content) {
      this.#put({ kind: 'content', regionNumber, start: minute, contentId, version, count: values[0] ?? 0 });
    }
  }

  total({ word, version }: ToldWindow): void {
    const count = word.counters[0] ?? 0;
    this.#put({
      kind: 'minute',
      regionNumber: word.regionNumber,
      start: word.minute,
      contentId: '',
      version,
      count,
    });
  }

  /** What a viewer with this subscription must hold after a frame of this time, in the words of `pictureOf`. */
  expected(subscription: Subscription, at: number): string {
    const lines = registry
      .filter(({ name }) => wantsRegion(subscription, name))
      .map(({ name, number }) => {
        const {
          viewers = 0,
          watermark = null,
          lastEventAt = null,
          lastReceivedAt = null,
        } = this.#vitals.get(number) ?? {};
        return [name, viewers, watermark, lastEventAt, lastReceivedAt].join(' ');
      });
    for (const known of this.#cells.values()) {
      const name = registry.find(({ number }) => number === known.regionNumber)?.name ?? '';
      const { kind, start, contentId, count } = known;
      const inSight = { pane: paneInSight, minute: minuteInSight, content: contentsInSight }[kind](start, at);
      if (!inSight || !wantsRegion(subscription, name) || (kind === 'content' && !subscription.contents))
        continue;
      const values = Array.from({ length: counted[kind] }, (_, i) => (i < 2 ? count : 0));
      lines.push([name, kind, start, contentId, values].join(' '));
    }
    return lines.sort().join('\n');
  }

  #say(regionNumber: number, vitals: Vitals): void {
    const held = this.#vitals.get(regionNumber);
    if (!held || vitals.at > held.at) this.#vitals.set(regionNumber, vitals);
  }

  #put(known: Known): void {
    const key = [known.regionNumber, known.kind, known.start, known.contentId].join(' ');
    const held = this.#cells.get(key);
    if (!held || known.version >= held.version) this.#cells.set(key, known);
  }
}

/** All that a viewer holds, as sorted lines. */
export function pictureOf(state: LiveState): string {
  const lines: string[] = [];
  for (const [name, region] of state.regions) {
    const { viewers, watermark, lastEventAt, lastReceivedAt } = region;
    lines.push([name, viewers, watermark, lastEventAt, lastReceivedAt].join(' '));
    for (const [start, values] of region.panes) lines.push([name, 'pane', start, '', values].join(' '));
    for (const [minute, values] of region.minutes) lines.push([name, 'minute', minute, '', values].join(' '));
    for (const [minute, contents] of region.contents) {
      for (const [id, values] of contents) lines.push([name, 'content', minute, id, values].join(' '));
    }
  }
  return lines.sort().join('\n');
}
