import { packedKey } from '../../core/protocol/region.ts';
import { isNewer } from '../../core/window/newest-windows.ts';
import type { PackedWindow } from '../../core/window/packed-window.ts';
import type { RegionAnswer } from '../../core/window/region-answer.ts';
import type { RangePart, RangeWant, Span } from '../../storage/range-store.ts';
import type { MinuteRange } from './parameters.ts';

/** One state a window: the newer of what the shards told and what D1 has. */
export class RangeMerge {
  readonly active = new Set<number>();
  readonly #held = new Map<number, PackedWindow>();
  readonly #heldHours = new Set<number>();
  readonly #behind: Span[] = [];
  readonly #want: RangeWant;
  readonly #visit: (part: RangePart) => void;

  constructor(
    answers: readonly RegionAnswer[],
    { fromMinute, toMinute }: MinuteRange,
    want: RangeWant,
    visit: (part: RangePart) => void,
  ) {
    this.#want = want;
    this.#visit = visit;
    for (const window of answers.flatMap((answer) => answer.windows)) {
      const { regionNumber, shard, minute } = window;
      if (minute < fromMinute || minute >= toMinute) continue;
      const key = packedKey(regionNumber, shard, minute);
      const other = this.#held.get(key);
      if (!other || isNewer(window, other)) this.#held.set(key, window);
      this.#heldHours.add(packedKey(regionNumber, shard, Math.floor(minute / 60)));
    }
  }

  takeStored(part: RangePart): void {
    const { regionNumber, shard, minute } = part;
    if (part.minutes === 60 && this.#heldHours.has(packedKey(regionNumber, shard, minute / 60))) {
      this.#behind.push({ regionNumber, shard, from: minute, to: minute + 60 });
      return;
    }
    const key = packedKey(regionNumber, shard, minute);
    const held = this.#held.get(key);
    if (held && !isNewer(part, held)) return;
    this.#held.delete(key);
    this.#take(part);
  }

  /** Hours that were left out: of which a shard holds a window that may be newer than the hour's. */
  hoursBehind(): readonly Span[] {
    return this.#behind;
  }

  /** Whether a shard told something that D1 has not, or has older. */
  get isHeldVisited(): boolean {
    return this.#held.size > 0;
  }

  visitHeld(): void {
    for (const window of this.#held.values()) this.#take(partOf(window, this.#want));
  }

  #take(part: RangePart): void {
    this.active.add(part.regionNumber);
    this.#visit(part);
  }
}

function partOf(window: PackedWindow, { titles, sketches, panes }: RangeWant): RangePart {
  const { regionNumber, shard, minute, revision, closed, counters } = window;
  return {
    regionNumber,
    shard,
    minute,
    minutes: 1,
    revision,
    closed,
    counters,
    panes: panes ? window.panes : null,
    entries: window.dimensions,
    titles: titles ? window.titles : [],
    sketches: sketches ? window : null,
  };
}
