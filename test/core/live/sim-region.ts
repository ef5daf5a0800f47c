/** A region shard as the hub's simulation has it: commits, joined pushes, windows in D1, replays and wiped logs. */
import { dimensions } from '../../../core/aggregate/counters.ts';
import type { PackedWindow } from '../../../core/window/packed-window.ts';
import type { RegionAnswer, RegionUpdate } from '../../../core/window/region-answer.ts';
import type { Revision } from '../../../core/window/revision.ts';
import type { Random } from '../../sim/random.ts';
import { counters } from './hub-fixture.ts';
import { SimAlerts } from './sim-alerts.ts';

/** A word of the region, with the number of the state that it speaks of: a later state has a greater one. */
export interface Told<T> {
  readonly word: T;
  readonly version: number;
}
export type ToldWindow = Told<PackedWindow>;
export interface ToldAnswer extends Told<RegionAnswer> {
  readonly windows: readonly ToldWindow[];
}

interface SimWindow {
  version: number;
  revision: Revision;
  /** Events of each of six panes; 0: none yet. */
  panes: number[];
  contents: Map<string, number>;
  devices: Map<string, number>;
  types: Map<string, number>;
  titles: Map<string, string>;
}

interface Dirty {
  panes: Set<number>;
  contents: Set<string>;
  devices: Set<string>;
  types: Set<string>;
}

const livingMinutes = 10;
const contentIds = ['film', 'série', '映画', '__other__'];
const deviceNames = ['tv', 'phone', '__other__'];
const typeNames = ['movie', 'music'];

export class SimRegion {
  readonly number: number;
  readonly #random: Random;
  readonly #windows = new Map<number, SimWindow>();
  readonly #stored = new Map<number, ToldWindow>();
  readonly #dirty = new Map<number, Dirty>();
  readonly alerts: SimAlerts;
  #version = 1;
  #revision: Revision = { generation: 0, incarnation: 1, logRow: 0 };
  #saidAt = 0;

  constructor(number: number, random: Random) {
    this.number = number;
    this.#random = random;
    this.alerts = new SimAlerts(number, random);
  }

  /** One event or a few, in a living window. */
  commit(now: number): void {
    this.#advance({ ...this.#revision, logRow: this.#revision.logRow + 1 });
    const minute =
      Math.floor(now / 60_000) - (this.#random.chance(0.7) ? 0 : this.#random.below(livingMinutes));
    const window = this.#windowOf(minute);
    const pane = this.#random.below(6);
    const contentId = this.#random.pick(contentIds);
    const count = this.#random.between(1, 3);
    window.panes[pane] = (window.panes[pane] ?? 0) + count;
    const [device, type] = [this.#random.pick(deviceNames), this.#random.pick(typeNames)];
    add(window.contents, contentId, count);
    add(window.devices, device, count);
    add(window.types, type, count);
    if (this.#random.chance(0.3)) window.titles.set(contentId, `title ${this.#version}`);
    Object.assign(window, { version: this.#version, revision: this.#revision });
    const none: Dirty = { panes: new Set(), contents: new Set(), devices: new Set(), types: new Set() };
    const dirty = this.#dirty.get(minute) ?? none;
    this.#dirty.set(minute, dirty);
    dirty.panes.add(pane);
    dirty.contents.add(contentId);
    dirty.devices.add(device);
    dirty.types.add(type);
  }

  /** A replay judges the living windows anew: some of what they held is gone. */
  replay(now: number): void {
    this.#advance({ ...this.#revision, generation: this.#revision.generation + 1, logRow: 0 });
    for (const [minute, window] of this.#windows) {
      if (!this.#lives(minute, now)) continue;
      window.panes = window.panes.map((count) => (this.#random.chance(0.3) ? 0 : count));
      for (const contentId of window.contents.keys()) {
        if (this.#random.chance(0.7)) continue;
        window.contents.delete(contentId);
        window.titles.delete(contentId);
      }
      for (const device of window.devices.keys()) {
        if (this.#random.chance(0.3)) window.devices.delete(device);
      }
      Object.assign(window, { version: this.#version, revision: this.#revision });
    }
    this.#dirty.clear();
    this.alerts.replay();
  }

  /** The log is gone, and begins anew. */
  wipe(): void {
    this.#advance({ ...this.#revision, incarnation: this.#revision.incarnation + 1, logRow: 0 });
    this.#windows.clear();
    this.#dirty.clear();
    this.alerts.wipe();
  }

  /** The object dies before its push, and another wakes from the log: what hubs were still to be told is forgotten. */
  die(): void {
    this.#dirty.clear();
  }

  /** Some windows reach D1, where they stay as they are now. */
  store(share = 0.5): void {
    for (const minute of this.#windows.keys()) {
      if (this.#random.chance(share)) this.#stored.set(minute, this.#packed(minute));
    }
    this.alerts.store();
  }

  /** Changes since the last push. */
  push(now: number): Told<RegionUpdate> {
    const panes: [number, number[]][] = [];
    const minutes: [number, number[]][] = [];
    const contents: [number, string, number[]][] = [];
    const devices: [number, string, number[]][] = [];
    const contentTypes: [number, string, number[]][] = [];
    const titles: [number, string, string | null, null][] = [];
    for (const [minute, dirty] of this.#dirty) {
      const window = this.#windowOf(minute);
      minutes.push([minute, counters(total(window))]);
      for (const pane of dirty.panes)
        panes.push([minute * 60_000 + pane * 10_000, counters(window.panes[pane] ?? 0)]);
      for (const id of dirty.contents) {
        contents.push([minute, id, counters(window.contents.get(id) ?? 0)]);
        const title = window.titles.get(id);
        if (title !== undefined) titles.push([minute, id, title, null]);
      }
      for (const key of dirty.devices) devices.push([minute, key, counters(window.devices.get(key) ?? 0)]);
      for (const key of dirty.types) contentTypes.push([minute, key, counters(window.types.get(key) ?? 0)]);
    }
    this.#dirty.clear();
    const cells = { panes, minutes, contents, devices, contentTypes, titles };
    const word = {
      ...this.#vitals(now),
      ...cells,
      alerts: this.alerts.listed(),
      revision: this.#revision,
    };
    return { word, version: this.#version };
  }

  /** A push did not arrive: the next one carries all that lives. */
  pushLost(now: number): void {
    for (const [minute, window] of this.#windows) {
      if (!this.#lives(minute, now)) continue;
      const panes = window.panes.flatMap((count, i) => (count > 0 ? [i] : []));
      this.#dirty.set(minute, {
        panes: new Set(panes),
        contents: new Set(window.contents.keys()),
        devices: new Set(window.devices.keys()),
        types: new Set(window.types.keys()),
      });
    }
  }

  answer(now: number): ToldAnswer {
    const windows = this.living(now);
    const word = {
      lateTotal: 0,
      duplicatesTotal: 0,
      horizonCutTotal: 0,
      windows: windows.map((told) => told.word),
      alerts: this.alerts.listed(),
    };
    return { word: { ...this.#vitals(now), ...word }, version: this.#version, windows };
  }

  living(now: number): ToldWindow[] {
    return [...this.#windows.keys()].filter((minute) => this.#lives(minute, now)).map((m) => this.#packed(m));
  }

  /** Since its log began, the dead ones too. */
  all(): ToldWindow[] {
    return [...this.#windows.keys()].map((minute) => this.#packed(minute));
  }

  stored(): ToldWindow[] {
    return [...this.#stored.values()];
  }

  #advance(revision: Revision): void {
    this.#version++;
    this.#revision = revision;
  }

  #lives(minute: number, now: number): boolean {
    return minute > now / 60_000 - livingMinutes - 1;
  }

  #windowOf(minute: number): SimWindow {
    const { version, revision } = { version: this.#version, revision: this.#revision };
    const maps = { contents: new Map(), devices: new Map(), types: new Map(), titles: new Map() };
    const window = this.#windows.get(minute) ?? { version, revision, panes: [0, 0, 0, 0, 0, 0], ...maps };
    this.#windows.set(minute, window);
    return window;
  }

  /** The region's clock never says the same twice, so that the order of its words is known. */
  #vitals(now: number) {
    this.#saidAt = Math.max(now, this.#saidAt + 1);
    const received = this.#windows.size > 0;
    return {
      regionNumber: this.number,
      shard: 0,
      at: this.#saidAt,
      watermark: this.#saidAt - 5_000,
      lastEventAt: received ? this.#saidAt - 100 : null,
      lastReceivedAt: received ? this.#saidAt - (this.#version % 50) : null,
      viewers: this.#random.below(4),
    };
  }

  #packed(minute: number): ToldWindow {
    const window = this.#windowOf(minute);
    const none = Object.fromEntries(
      dimensions.map((name) => [name, []]),
    ) as unknown as PackedWindow['dimensions'];
    const rows = (counts: ReadonlyMap<string, number>) =>
      [...counts].map(([key, count]) => [key, counters(count)] as const);
    const word: PackedWindow = {
      v: 1,
      regionNumber: this.number,
      shard: 0,
      minute,
      revision: window.revision,
      closed: false,
      counters: counters(total(window)),
      panes: window.panes.map((count) => (count > 0 ? counters(count) : null)),
      dimensions: {
        ...none,
        content: rows(window.contents),
        device: rows(window.devices),
        content_type: rows(window.types),
      },
      titles: [...window.titles].map(([id, title]) => [id, title, null]),
      users: new Uint8Array(),
      sessions: new Uint8Array(),
      speed: new Uint8Array(),
    };
    return { word, version: window.version };
  }
}

function add(counts: Map<string, number>, key: string, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}

function total(window: SimWindow): number {
  return window.panes.reduce((sum, count) => sum + count, 0);
}
