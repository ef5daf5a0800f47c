/** What the picture of the pipeline shows: its places, and what passes the arrow to each. Pure. */
import type { Bounds } from '../../core/cost/requests.ts';
import {
  findingLevels,
  type RegionState,
  type SystemPart,
  type SystemState,
} from '../../core/system/judge.ts';
import { countFigure, countText, type Figure, fixedText, noFigure, rateFigure } from '../format/number.ts';
import { delayFigure } from '../format/time.ts';
import * as say from '../text/system.ts';
import type { RegionRow, SystemData } from './answer.ts';

export interface Place {
  readonly part: SystemPart | 'rejects';
  readonly name: string;
  readonly state: SystemState;
  /** What passes the arrow that leads here, and its word. */
  readonly flow: Figure;
  readonly flowWord: string;
  /** Nothing passes. */
  readonly isStill: boolean;
  readonly figure: Figure;
  readonly remark: string;
}

export const stateWords: Readonly<Record<SystemState, string>> = {
  failing: say.failing,
  warning: say.needsALook,
  unknown: say.notKnown,
  idle: say.quiet,
  well: say.well,
};

export const stateMarks = {
  failing: 'failing',
  warning: 'warning',
  unknown: 'info',
  idle: 'idle',
  well: 'healthy',
} as const satisfies Record<SystemState, string>;

const words = (text: string): Figure => ({ text, unit: '', exact: text });

function perHour(count: number | null): Figure {
  if (count === null) return noFigure(say.notKnown);
  const { text, unit, exact } = countFigure(count);
  return { text, unit: say.perHour(unit), exact: say.inAnHour(exact) };
}

function perMinute(perSecond: number): Figure {
  const { exact, ...short } = rateFigure(perSecond * 60, '/min');
  return { ...short, exact: exact.replace(say.aSecond, say.aMinute) };
}

/** One rate where its bounds lie close together. */
export function boundsFigure({ low, high }: Bounds): Figure {
  const [from, to] = [rateFigure(low), rateFigure(high)];
  if (high - low <= 0.05 * high) return to;
  return {
    text: `${from.text}${from.unit === to.unit ? '' : from.unit}–${to.text}`,
    unit: to.unit,
    exact: say.range(from.exact.replace(say.aSecond, ''), to.exact),
  };
}

type Told = Omit<Place, 'state' | 'isStill'> & { readonly amount: number | null };

/** In the order of the way of an event. */
export function placesOf(data: SystemData): Place[] {
  const [doors, queue, regions] = way(data);
  const [rejects, letters] = refused(data);
  return [doors, rejects, queue, letters, regions, ...ends(data)].map(({ amount, ...told }) => ({
    ...told,
    state: stateOf(data, told.part, amount),
    isStill: amount === 0,
  }));
}

const way = ({ doors, queue, regions, events_per_second: events }: SystemData): [Told, Told, Told] => {
  const requests = rateFigure(doors.requests_per_second);
  const waiting = queue.in_flight + queue.overdue;
  return [
    {
      part: 'doors',
      name: say.doors,
      flow: requests,
      flowWord: say.requestsWord,
      amount: doors.requests_per_second,
      figure: requests,
      remark: say.requestsAccepted,
    },
    {
      part: 'queue',
      name: say.queue,
      flow: boundsFigure(queue.messages_per_second),
      flowWord: say.messagesWord,
      amount: queue.messages_per_second.high,
      figure: delayFigure(queue.wait_ms),
      remark: waiting > 0 ? say.toCountOnTheWay(countText(waiting)) : say.fromDoorToCount,
    },
    {
      part: 'regions',
      name: say.regions,
      flow: rateFigure(events),
      flowWord: say.eventsWord,
      amount: events,
      figure: words(say.someOf(regions.filter(({ state }) => state === 'well').length, regions.length)),
      remark: say.heardAndWell,
    },
  ];
};

const refused = ({ doors: { rejected }, dead_letters: letters }: SystemData): [Told, Told] => [
  {
    part: 'rejects',
    name: say.rejected,
    flow: perHour(rejected),
    flowWord: say.recordsWord,
    amount: rejected,
    figure: rejected === null ? noFigure(say.ofNoRegion) : countFigure(rejected),
    remark: say.recordsInAnHour,
  },
  {
    part: 'dead_letters',
    name: say.deadLetters,
    flow: letters ? countFigure(letters.count) : noFigure(say.notKnown),
    flowWord: say.lettersWord,
    amount: letters?.count ?? null,
    figure: letters ? countFigure(letters.count) : noFigure(say.notKnown),
    remark: letters?.whole === false ? say.andMoreRejects : say.keptInR2,
  },
];

const ends = ({ d1, lake, hubs }: SystemData): Told[] => [
  {
    part: 'd1',
    name: 'D1',
    flow: perMinute(d1.windows_per_second),
    flowWord: say.windowsWord,
    amount: d1.windows_per_second,
    figure: d1.behind_ms === null ? words(say.upToDate) : delayFigure(d1.behind_ms),
    remark: d1.behind_ms === null ? say.lacksNoMinute : say.behindDue(countText(d1.windows_due)),
  },
  {
    part: 'lake',
    name: say.lake,
    flow: perHour(lake.events),
    flowWord: say.eventsWord,
    amount: lake.events,
    figure: lake.behind_ms === null ? words(say.upToDate) : delayFigure(lake.behind_ms),
    remark: lake.behind_ms === null ? say.allIsSealed : say.notSealedTheOldest,
  },
  {
    part: 'hubs',
    name: say.hubs,
    flow: rateFigure(hubs.changes_per_second),
    flowWord: say.changesWord,
    amount: hubs.changes_per_second,
    figure: hubs.viewers === null ? noFigure(say.notKnown) : countFigure(hubs.viewers + (hubs.readers ?? 0)),
    remark: say.watching,
  },
];

/** As many as the picture has room for. */
const shownRegionsMax = 12;
const worstFirst: readonly RegionState[] = ['no_answer', 'behind', 'silent', 'well', 'idle'];

/** Those in trouble, then those with most events, where there is no room for all; in the order of the answer, so that none jumps. */
export function regionsToShow(regions: readonly RegionRow[]): readonly RegionRow[] {
  if (regions.length <= shownRegionsMax) return regions;
  const ranked = [...regions].sort(
    (a, b) =>
      worstFirst.indexOf(a.state) - worstFirst.indexOf(b.state) || b.events_per_second - a.events_per_second,
  );
  const chosen = new Set(ranked.slice(0, shownRegionsMax));
  return regions.filter((one) => chosen.has(one));
}

type Sample = SystemData['doors']['samples'][number];

/** The newest sample of each producer and reason: a fault repeats itself. */
export function firstOfEachKind(samples: readonly Sample[]): readonly Sample[] {
  const kinds = new Map<string, Sample>();
  for (const sample of samples) {
    const kind = `${sample.producer}/${sample.code}`;
    if (!kinds.has(kind)) kinds.set(kind, sample);
  }
  return [...kinds.values()];
}

/** Where more of a place is told: below the picture, or on a page of its own. */
export function addressOf(part: Place['part']): string {
  if (part === 'hubs') return '/';
  if (part === 'accounts') return '/admin/reconcile?minutes=60';
  if (part === 'rejects') return '#doors';
  return part === 'doors' || part === 'dead_letters' || part === 'runs' ? `#${part}` : '#regions';
}

/** The worst that was found there; rejects are told at the doors. */
function stateOf({ findings }: SystemData, part: Place['part'], amount: number | null): SystemState {
  const found = findings.filter((one) => one.part === (part === 'rejects' ? 'doors' : part));
  const level = findingLevels.find((one) => found.some((finding) => finding.level === one));
  if (part === 'dead_letters' || part === 'rejects') return level ?? 'well';
  return level ?? (amount === 0 ? 'idle' : 'well');
}

/** Something is never written as nothing. */
function amountText(usd: number): string {
  if (usd === 0) return '$0';
  if (usd < 0.01) return `<$${fixedText(0.01, 2)}`;
  return `$${usd < 1000 ? fixedText(usd, 2) : countText(usd)}`;
}

/** `$4.15`, or `$0.50 to $1.20` where it is not known closer. */
export function dollarText({ low, high }: Bounds): string {
  const [from, to] = [amountText(low), amountText(high)];
  return from === to ? to : say.range(from, to);
}
