/**
 * What a hub ought to show, told naively: of every cell the value in the latest state of its region that was heard of.
 * It knows the order of the states, and so needs no revisions, no seq and no pruning.
 */
import type { Acknowledgement } from '../../../core/alert/alert-record.ts';
import { type AlertRow, alertRow } from '../../../core/alert/alert-row.ts';
import { contentsInSight, minuteInSight, paneInSight } from '../../../core/live/horizon.ts';
import type { KnownAlert } from '../../../core/live/hub-state.ts';
import { alertInSight } from '../../../core/live/live-alerts.ts';
import type { LiveState } from '../../../core/live/live-state.ts';
import { type Subscription, wantsRegion } from '../../../core/live/subscription.ts';
import { OTHER_KEY } from '../../../core/protocol/limits.ts';
import type { LiveBreakdown } from '../../../core/protocol/live.ts';
import type { RegionUpdate } from '../../../core/window/region-answer.ts';
import { registry } from './hub-fixture.ts';
import type { Told, ToldAnswer, ToldWindow } from './sim-region.ts';

const keyedKinds = ['content', 'device', 'content_type'] as const;
type KeyedKind = (typeof keyedKinds)[number];

interface Known {
  readonly kind: 'pane' | 'minute' | KeyedKind;
  readonly regionNumber: number;
  readonly start: number;
  readonly contentId: string;
  readonly version: number;
  readonly count: number;
  readonly title?: string | null | undefined;
}

type Vitals = Pick<RegionUpdate, 'at' | 'viewers' | 'watermark' | 'lastEventAt' | 'lastReceivedAt'>;

/** events and views count alike in the simulation; the rest is zero. */
const counted = { pane: 15, minute: 15, content: 5 } as const;

export class SimModel {
  readonly #cells = new Map<string, Known>();
  readonly #vitals = new Map<number, Vitals>();
  /** With a number that rises with every state of the alert. */
  readonly #alerts = new Map<string, { readonly state: number; readonly known: KnownAlert }>();
  readonly #words = new Map<string, Acknowledgement>();

  alert(known: KnownAlert): void {
    const { id, revision, corrections } = known.record;
    const state = revision.generation * 1e6 + corrections;
    if (state >= (this.#alerts.get(id)?.state ?? 0)) this.#alerts.set(id, { state, known });
    if (known.acknowledgement) this.acknowledged(id, known.acknowledgement);
  }

  acknowledged(id: string, word: Acknowledgement): void {
    if (word.atMs > (this.#words.get(id)?.atMs ?? 0)) this.#words.set(id, word);
  }

  update({ word, version }: Told<RegionUpdate>): void {
    const { regionNumber } = word;
    this.#say(regionNumber, word);
    const put = (
      kind: Known['kind'],
      start: number,
      values: readonly number[],
      contentId = '',
      title?: string | null,
    ) => this.#put({ kind, regionNumber, start, contentId, version, count: values[0] ?? 0, title });
    for (const [start, values] of word.panes) put('pane', start, values);
    for (const [minute, values] of word.minutes) put('minute', minute, values);
    for (const [minute, id, values] of word.contents) {
      const titled = word.titles.find(([at, of]) => at === minute && of === id);
      put('content', minute, values, id, titled?.[2]);
    }
    for (const [minute, key, values] of word.devices) put('device', minute, values, key);
    for (const [minute, key, values] of word.contentTypes) put('content_type', minute, values, key);
    for (const record of word.alerts) this.alert({ record, acknowledgement: null });
  }

  answer({ word, windows }: ToldAnswer): void {
    this.#say(word.regionNumber, word);
    for (const window of windows) this.window(window);
    for (const record of word.alerts) this.alert({ record, acknowledgement: null });
  }

  window({ word, version }: ToldWindow): void {
    const { regionNumber, minute } = word;
    this.total({ word, version });
    for (const known of this.#cells.values()) {
      const within =
        known.kind === 'pane' ? Math.floor(known.start / 60_000) === minute : known.start === minute;
      if (known.regionNumber === regionNumber && known.kind !== 'minute' && within) {
        this.#put({ ...known, version, count: 0, title: undefined });
      }
    }
    for (const [i, values] of word.panes.entries()) {
      const start = minute * 60_000 + i * 10_000;
      if (values)
        this.#put({ kind: 'pane', regionNumber, start, contentId: '', version, count: values[0] ?? 0 });
    }
    for (const kind of keyedKinds) {
      for (const [contentId, values] of word.dimensions[kind]) {
        const title = kind === 'content' ? word.titles.find(([id]) => id === contentId)?.[1] : undefined;
        const count = values[0] ?? 0;
        this.#put({ kind, regionNumber, start: minute, contentId, version, count, title });
      }
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
      if (kind === 'device' || kind === 'content_type') continue;
      const inSight = { pane: paneInSight, minute: minuteInSight, content: contentsInSight }[kind](start, at);
      if (!inSight || !wantsRegion(subscription, name) || (kind === 'content' && !subscription.contents))
        continue;
      const values = Array.from({ length: counted[kind] }, (_, i) => (i < 2 ? count : 0));
      lines.push([name, kind, start, contentId, values].join(' '));
    }
    for (const { known } of this.#alerts.values()) {
      const row = alertRow(known.record, this.#words.get(known.record.id) ?? null);
      if (alertInSight(row, at) && wantsRegion(subscription, row.region)) lines.push(alertLine(row));
    }
    return lines.sort().join('\n');
  }

  /** Of the five minutes from `from` on, in the words of `breakdownText`. */
  breakdown(region: string, from: number): string {
    const numbers = registry.filter(({ name }) => region === '*' || name === region).map((one) => one.number);
    const tally = (kind: KeyedKind, first: number) => {
      const sums = new Map<string, { count: number; title: string | null }>();
      const cells = [...this.#cells.values()].filter((known) => known.kind === kind);
      cells.sort(
        (a, b) => a.start - b.start || numbers.indexOf(a.regionNumber) - numbers.indexOf(b.regionNumber),
      );
      for (const { regionNumber, start, contentId, count, title } of cells) {
        if (!numbers.includes(regionNumber) || start < first || start >= first + 5) continue;
        const sum = sums.get(contentId) ?? { count: 0, title: null };
        sums.set(contentId, { count: sum.count + count, title: title ?? sum.title });
      }
      const ranked = [...sums].filter(([, { count }]) => count > 0);
      return ranked.sort(([a, x], [b, y]) => y.count - x.count || (a < b ? -1 : 1));
    };
    const contents = (first: number) => tally('content', first).filter(([id]) => id !== OTHER_KEY);
    const before = contents(from - 5).map(([id]) => id);
    const lines = contents(from).map(([id, { count, title }]) => [id, count, title, before.indexOf(id) + 1]);
    const shares = (kind: KeyedKind) => tally(kind, from).map(([key, { count }]) => [key, count]);
    return JSON.stringify([region, lines.length, lines, shares('device'), shares('content_type')]);
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

const alertLine = ({ id, state, corrections, comment, resolved_at: at }: AlertRow) =>
  ['alert', id, state, corrections, comment, at].join(' ');

export function breakdownText(breakdown: LiveBreakdown): string {
  const { region, active_contents: active, contents, devices, content_types: types } = breakdown;
  const lines = contents.map((one) => [one.content_id, one.events, one.title, one.rank_before ?? 0]);
  const shares = (list: LiveBreakdown['devices']) => list.map(({ key, events }) => [key, events]);
  return JSON.stringify([region, active, lines, shares(devices), shares(types)]);
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
  for (const alert of state.alerts.values()) lines.push(alertLine(alert));
  return lines.sort().join('\n');
}
