/** A hub that watches the shard of a simulation: it takes updates, loses some, and must hold what the recount says. */
import { counterNames } from '../../core/aggregate/counters.ts';
import type { PackedWindow } from '../../core/window/packed-window.ts';
import type { Region } from '../../core/window/region.ts';
import type { RegionUpdate } from '../../core/window/region-answer.ts';
import { Random } from './random.ts';

const events = counterNames.indexOf('events');

/** Events by minute, and by minute and content. */
type Seen = Map<string, number>;

function see(seen: Seen, windows: Iterable<PackedWindow>): Seen {
  for (const { minute, counters, dimensions } of windows) {
    seen.set(`${minute}`, counters[events] ?? 0);
    for (const [content, own] of dimensions.content) seen.set(`${minute} ${content}`, own[events] ?? 0);
  }
  return seen;
}

const inOrder = (seen: Seen): (readonly [string, number])[] =>
  [...seen].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));

/** What somebody sees who sees all of these. */
export const seenOf = (windows: Iterable<PackedWindow>) => inOrder(see(new Map(), windows));

export class WatchSim {
  readonly #seen: Seen = new Map();
  readonly #random: Random;

  constructor(seed: number) {
    this.#random = new Random(seed ^ 0x2c1b3c6d);
  }

  /** As a hub that wakes: what D1 has, and over it what the shard holds; from here on it is told of changes. */
  begin(region: Region, nowMs: number, stored: Iterable<PackedWindow>): Region {
    region.track(true);
    see(this.#seen, stored);
    see(this.#seen, region.answer(nowMs).windows);
    return region;
  }

  /** Now and then an update is not taken at once, or is lost on its way. */
  hear(region: Region, nowMs: number): void {
    if (this.#random.chance(0.3)) return;
    const update = region.takeUpdate(nowMs);
    if (this.#random.chance(0.1)) region.updateLost();
    else this.#take(update);
  }

  /** The hub renews its leases, and reads D1 with that. */
  renew(stored: Iterable<PackedWindow>): void {
    see(this.#seen, stored);
  }

  /** All that it has seen, in the end. */
  end(region: Region, nowMs: number): ReturnType<typeof inOrder> {
    this.#take(region.takeUpdate(nowMs));
    return inOrder(this.#seen);
  }

  #take({ minutes, contents }: RegionUpdate): void {
    for (const [minute, counters] of minutes) this.#seen.set(`${minute}`, counters[events] ?? 0);
    for (const [minute, content, own] of contents) this.#seen.set(`${minute} ${content}`, own[events] ?? 0);
  }
}
