// A shard's whole log, cut into parts at random, and its hours computed anew from them.
import { expect } from 'vitest';
import { HourFold } from '../../../core/batch/hour-fold.ts';
import { PartEvents } from '../../../core/batch/part-events.ts';
import { orderParts } from '../../../core/batch/part-order.ts';
import { TWIN, TwinFinder } from '../../../core/batch/twin-finder.ts';
import type { AcceptedEvent } from '../../../core/protocol/accepted-event.ts';
import type { PackedWindow } from '../../../core/window/packed-window.ts';
import { makeHistory, simRegion } from '../../sim/history.ts';
import { minuteOf } from '../../sim/naive.ts';
import { type RecountedWindow, recountWindow } from '../../sim/naive-window.ts';
import type { Random } from '../../sim/random.ts';
import { Database } from '../../sim/shard-store.ts';
import { simulate } from '../../sim/simulate.ts';
import {
  hourOf,
  type LoggedEvent,
  loggedEvents,
  type MadePart,
  partsOf,
} from '../../support/logged-events.ts';

export interface Computed {
  readonly windows: readonly PackedWindow[];
  readonly counted: number;
  readonly lateAdded: number;
  readonly lateTwins: number;
}

/** Seals the log in ranges of random length. */
function sealAtRandom(logged: readonly LoggedEvent[], random: Random): MadePart[] {
  const parts: MadePart[] = [];
  const incarnations = [...new Set(logged.map(({ incarnation }) => incarnation))];
  for (const incarnation of incarnations) {
    const rows = [...new Set(logged.filter((one) => one.incarnation === incarnation).map(({ row }) => row))];
    while (rows.length > 0) {
      const range = new Set(rows.splice(0, random.between(1, 40)));
      const own = logged.filter((one) => one.incarnation === incarnation && range.has(one.row));
      parts.push(...partsOf(own, 'Nowhere', random.between(2, 60)));
    }
  }
  return parts;
}

/** Computes one hour from its parts, in any order, in groups of random size. */
function computeHour(hour: number, parts: readonly MadePart[], random: Random): Computed {
  const own = parts.filter(({ address }) => address.hour === hour);
  own.sort(() => random.below(3) - 1);
  const ordered = orderParts(own.map((part) => ({ ...part.address, groups: part.groups })));
  const marks = markTwins(ordered, random);
  let fold = new HourFold(simRegion, hour);
  const sums = { counted: 0, lateAdded: 0, lateTwins: 0 };
  for (const [n, { part }] of ordered.entries()) {
    const added = fold.add(new PartEvents(part.groups), part.incarnation, marks[n]);
    if (part.kind === 'late') sums.lateAdded += added;
    else sums.counted += added;
    sums.lateTwins += marks[n]?.filter((mark) => mark === TWIN).length ?? 0;
    if (random.chance(0.3)) fold = new HourFold(simRegion, hour, fold.pack());
  }
  return { windows: fold.pack(), ...sums };
}

type Ordered = ReturnType<typeof orderParts<MadePart['address'] & Pick<MadePart, 'groups'>>>;

function markTwins(ordered: Ordered, random: Random): (Uint8Array | null)[] {
  const of = random.between(1, 3);
  const marks = ordered.map(({ part, suspect }) =>
    suspect ? new Uint8Array(new PartEvents(part.groups).count) : null,
  );
  for (let index = 0; index < of; index++) {
    const finder = new TwinFinder({ index, of });
    const groups = ordered.flatMap(({ part, suspect }) => part.groups.map((rows) => ({ rows, suspect })));
    for (const { rows, suspect } of groups) if (suspect) finder.addSuspects(rows);
    for (const { rows, suspect } of groups) if (!suspect) finder.addCounted(rows);
    for (const [n, { part }] of ordered.entries()) {
      const own = marks[n];
      const judged = own ? finder.judge(new PartEvents(part.groups)) : [];
      for (const [rank, mark] of judged.entries()) if (own && mark > 0) own[rank] = mark;
    }
  }
  return marks;
}

export interface Workload {
  readonly logged: readonly LoggedEvent[];
  /** What the stream left in D1. */
  readonly stream: ReadonlyMap<number, PackedWindow>;
}

export function playWorkload(seed: number): Workload {
  const rows = new Map<number, Uint8Array>();
  const database = new Database();
  simulate(makeHistory(seed, 150), {
    database,
    intoStore: (effects) => {
      for (const effect of effects) if (effect.kind === 'append') rows.set(effect.row, effect.body);
      return effects;
    },
  });
  const log = [...rows].map(([row, body]) => ({ row, body })).sort((a, b) => a.row - b.row);
  return { logged: loggedEvents(log), stream: database.windows };
}

/** What counts of a window, whoever counted it. */
function contentOf(window: PackedWindow): RecountedWindow {
  const { counters, panes, dimensions, titles, users, sessions, speed } = window;
  return { counters, panes, dimensions, titles, users, sessions, speed };
}

/** Computes each hour of a log anew and holds every window against a recount of all that should count. */
export function computeAll(logged: readonly LoggedEvent[], random: Random, what: string): Computed[] {
  const parts = sealAtRandom(logged, random);
  const counted = standing(logged);
  const hours = [...new Set(logged.map(hourOf))].map((hour) => {
    const computed = computeHour(hour, parts, random);
    for (const window of computed.windows) {
      const events = counted.filter((event) => minuteOf(event) === window.minute);
      expect(contentOf(window), `${what}, minute ${window.minute}`).toEqual(recountWindow(events));
    }
    const own = logged.filter((one) => hourOf(one) === hour);
    expect(computed.counted + computed.lateAdded + computed.lateTwins, what).toBe(own.length);
    return computed;
  });
  const windows = hours.flatMap((computed) => computed.windows);
  expect(windows.length, what).toBe(new Set(counted.map(minuteOf)).size);
  return hours;
}

/** What should count, obviously: the first of each identity, what the stream counted before what was late. */
function standing(logged: readonly LoggedEvent[]): AcceptedEvent[] {
  const ordered = logged.toSorted(
    (a, b) =>
      Number(a.kind === 'late') - Number(b.kind === 'late') ||
      a.incarnation - b.incarnation ||
      a.row - b.row ||
      a.index - b.index,
  );
  const seen = new Set<string>();
  return ordered.flatMap(({ event }) => {
    const identity = `${event.identityHi}/${event.identityLo}`;
    if (seen.has(identity)) return [];
    seen.add(identity);
    return [event];
  });
}
