import {
  addCounters,
  type Counters,
  type Dimension,
  dimensions,
  emptyCounters,
} from '../aggregate/counters.ts';
import type { JudgedWindow } from '../alert/fold.ts';
import { dimensionKeysMax, OTHER_KEY, panesPerWindow, reemitAfterMs } from '../protocol/limits.ts';
import { packedWindowVersion } from '../protocol/version.ts';
import { IdentitySet } from './identity-set.ts';
import type { PackedWindow } from './packed-window.ts';
import { Pane } from './pane.ts';
import type { Revision } from './revision.ts';

/** Which shard's log a window is a function of. */
export interface WindowOrigin {
  readonly regionNumber: number;
  readonly shard: number;
  readonly generation: number;
  readonly incarnation: number;
}

/** One living window of a shard: six panes, the dimensions of the whole, and the identities it has counted. */
export class WindowState {
  readonly minute: number;
  /** The log row that made the window; replay must start no later. */
  readonly firstRow: number;
  /** The last log row that changed it: with generation and incarnation its revision. */
  lastRow: number;
  closed = false;
  /** Log row of the state that D1 has confirmed; -1 before. */
  confirmedRow = -1;
  /** Server time of the last emission, ms; null before. */
  emittedAtMs: number | null = null;
  readonly identities = new IdentitySet();
  readonly panes: (Pane | null)[] = new Array<Pane | null>(panesPerWindow).fill(null);
  readonly #keys = new Map<Dimension, Map<string, Counters>>(dimensions.map((name) => [name, new Map()]));
  readonly #titles = new Map<string, readonly [string | null, string | null]>();
  #packed: PackedWindow | null = null;
  #totals: Counters | null = null;

  constructor(minute: number, firstRow: number) {
    this.minute = minute;
    this.firstRow = firstRow;
    this.lastRow = firstRow;
  }

  /** Whether D1 lacks the present state. */
  get dirty(): boolean {
    return this.confirmedRow < this.lastRow;
  }

  /** When it may be emitted next, ms: re-emissions are joined (WIN-5). A clock that was set back counts as time enough. */
  emissionDueMs(nowMs: number): number {
    const { emittedAtMs } = this;
    return emittedAtMs === null || emittedAtMs > nowMs ? nowMs : emittedAtMs + reemitAfterMs;
  }

  /** An event of log row `row` is about to be counted in pane `index`. */
  paneFor(index: number, row: number): Pane {
    this.lastRow = row;
    this.#packed = null;
    this.#totals = null;
    let pane = this.panes[index];
    if (!pane) {
      pane = new Pane();
      this.panes[index] = pane;
    }
    return pane;
  }

  /** Counters of a dimension's key; first come first kept, the rest fold into OTHER_KEY (WIN-6). */
  countersFor(dimension: Dimension, key: string): Counters {
    const keys = this.#keys.get(dimension) as Map<string, Counters>;
    const held = keys.get(key);
    if (held) return held;
    if (keys.size >= dimensionKeysMax && key !== OTHER_KEY) {
      return keys.get(OTHER_KEY) ?? this.#addKey(keys, OTHER_KEY);
    }
    return this.#addKey(keys, key);
  }

  #addKey(keys: Map<string, Counters>, key: string): Counters {
    const counters = emptyCounters();
    keys.set(key, counters);
    return counters;
  }

  /** Keeps what is known of a content that the window holds by name. The last word in log order stands. */
  noteTitle(contentId: string, title: string | null, contentType: string | null): void {
    if (!this.#keys.get('content')?.has(contentId)) return;
    const held = this.#titles.get(contentId);
    if (held && (title === null || title === held[0]) && (contentType === null || contentType === held[1]))
      return;
    this.#titles.set(contentId, [title ?? held?.[0] ?? null, contentType ?? held?.[1] ?? null]);
  }

  /** Undefined where the window holds no such key by name. */
  keyCounters(dimension: Dimension, key: string): Counters | undefined {
    return this.#keys.get(dimension)?.get(key);
  }

  keysOf(dimension: Dimension): IterableIterator<string> {
    return (this.#keys.get(dimension) as Map<string, Counters>).keys();
  }

  /** Title and content type of a content, where either is known. */
  titleOf(contentId: string): readonly [title: string | null, contentType: string | null] | undefined {
    return this.#titles.get(contentId);
  }

  revision(origin: WindowOrigin): Revision {
    return { generation: origin.generation, incarnation: origin.incarnation, logRow: this.lastRow };
  }

  /** Every key of a dimension with its counters. Do not write to them. */
  countersByKey(dimension: Dimension): Iterable<readonly [string, Counters]> {
    return this.#keys.get(dimension) as Map<string, Counters>;
  }

  /** Counters of the whole window. Shared until the next change: do not write to them. */
  totals(): Counters {
    if (this.#totals) return this.#totals;
    const totals = emptyCounters();
    for (const pane of this.panes) if (pane) addCounters(totals, pane.counters);
    this.#totals = totals;
    return totals;
  }

  /** The window as it stands, in the form that travels. Shared until the next change: do not write to it. */
  pack(origin: WindowOrigin): PackedWindow {
    if (!this.#packed || this.#packed.closed !== this.closed) this.#packed = this.#packNow(origin);
    return this.#packed;
  }

  #packNow(origin: WindowOrigin): PackedWindow {
    const whole = new Pane();
    for (const pane of this.panes) if (pane) whole.merge(pane);
    return {
      v: packedWindowVersion,
      regionNumber: origin.regionNumber,
      shard: origin.shard,
      minute: this.minute,
      revision: this.revision(origin),
      closed: this.closed,
      counters: [...whole.counters],
      panes: this.panes.map((pane) => (pane ? [...pane.counters] : null)),
      dimensions: Object.fromEntries(
        dimensions.map((name) => [name, this.#packKeys(name)]),
      ) as unknown as PackedWindow['dimensions'],
      titles: [...this.#titles].map(([id, [title, contentType]]) => [id, title, contentType] as const),
      users: whole.users.toBytes(),
      sessions: whole.sessions.toBytes(),
      speed: whole.speed.toBytes(),
    };
  }

  #packKeys(dimension: Dimension): [string, number[]][] {
    const keys = this.#keys.get(dimension) as Map<string, Counters>;
    return [...keys].map(([key, counters]) => [key, [...counters]]);
  }
}

/** A window as alert rules see it. */
export function judged(window: WindowState): JudgedWindow {
  return {
    minute: window.minute,
    get counters() {
      return window.totals();
    },
    keys: (dimension) => window.countersByKey(dimension),
  };
}
