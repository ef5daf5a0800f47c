/** What the picture of the pipeline shows: its places, and what passes the arrow to each. Pure. */
import type { Bounds } from '../../core/cost/requests.ts';
import { findingLevels, type SystemPart, type SystemState } from '../../core/system/judge.ts';
import { countFigure, type Figure, noFigure, rateFigure } from '../format/number.ts';
import { delayFigure } from '../format/time.ts';
import type { SystemData } from './answer.ts';

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
  failing: 'failing',
  warning: 'needs a look',
  unknown: 'not known',
  idle: 'quiet',
  well: 'well',
};

export const stateMarks = {
  failing: 'failing',
  warning: 'warning',
  unknown: 'info',
  idle: 'idle',
  well: 'healthy',
} as const satisfies Record<SystemState, string>;

const words = (text: string): Figure => ({ text, unit: '', exact: text });
const perHour = (count: number | null): Figure =>
  count === null ? noFigure('not known') : { ...countFigure(count), unit: `${countFigure(count).unit}/h` };

/** One rate where its bounds lie close together. */
export function boundsFigure({ low, high }: Bounds): Figure {
  const [from, to] = [rateFigure(low), rateFigure(high)];
  if (high - low < 0.05 * high) return to;
  return { text: `${from.text}–${to.text}`, unit: to.unit, exact: `${from.exact} to ${to.exact}` };
}

/** In the order of the way of an event. */
export function placesOf(data: SystemData): Place[] {
  const { doors, queue, regions, d1, lake, hubs, dead_letters: letters } = data;
  const place = (
    part: Place['part'],
    name: string,
    [flow, flowWord, amount]: readonly [Figure, string, number],
    [figure, remark]: readonly [Figure, string],
  ): Place => ({
    part,
    name,
    state: stateOf(data, part, amount),
    flow,
    flowWord,
    isStill: amount === 0,
    figure,
    remark,
  });
  const heard = regions.filter(({ state }) => state === 'well').length;
  const waiting = queue.in_flight + queue.overdue;
  const { requests_per_second: requests } = doors;
  const minutes = d1.windows_per_second * 60;
  const { rejected } = doors;
  return [
    place(
      'doors',
      'Doors',
      [rateFigure(requests), 'requests', requests],
      [rateFigure(requests), 'requests accepted'],
    ),
    place(
      'rejects',
      'Rejected',
      [perHour(rejected), 'records', rejected ?? 0],
      [rejected === null ? noFigure('of no region') : countFigure(rejected), 'records in an hour'],
    ),
    place(
      'queue',
      'Queue',
      [boundsFigure(queue.messages_per_second), 'messages', queue.messages_per_second.high],
      [
        delayFigure(queue.wait_ms),
        waiting > 0 ? `to count; ${countFigure(waiting).text} on the way` : 'from door to count',
      ],
    ),
    place(
      'dead_letters',
      'Dead letters',
      [letters ? countFigure(letters.count) : noFigure('not known'), 'letters', letters?.count ?? 0],
      [
        letters ? countFigure(letters.count) : noFigure('not known'),
        letters?.whole === false ? 'and more' : 'kept in R2',
      ],
    ),
    place(
      'regions',
      'Regions',
      [rateFigure(data.events_per_second), 'events', data.events_per_second],
      [words(`${heard} of ${regions.length}`), 'heard and well'],
    ),
    place(
      'd1',
      'D1',
      [rateFigure(minutes, '/min'), 'minutes', minutes],
      [
        d1.behind_ms === null ? words('Up to date') : delayFigure(d1.behind_ms),
        d1.behind_ms === null ? 'lacks no minute' : `behind, ${countFigure(d1.windows_due).text} due`,
      ],
    ),
    place(
      'lake',
      'Lake',
      [perHour(lake.events), 'events', lake.events ?? 0],
      [
        lake.behind_ms === null ? words('Up to date') : delayFigure(lake.behind_ms),
        lake.behind_ms === null ? 'all is sealed' : 'since the last seal',
      ],
    ),
    place(
      'hubs',
      'Hubs',
      [rateFigure(hubs.changes_per_second), 'changes', hubs.changes_per_second],
      [
        hubs.viewers === null ? noFigure('not known') : countFigure(hubs.viewers + (hubs.readers ?? 0)),
        'watching',
      ],
    ),
  ];
}

/** The worst that was found there; rejects are told at the doors. */
function stateOf({ findings }: SystemData, part: Place['part'], amount: number): SystemState {
  const found = findings.filter((one) => one.part === (part === 'rejects' ? 'doors' : part));
  const level = findingLevels.find((one) => found.some((finding) => finding.level === one));
  if (part === 'dead_letters' || part === 'rejects') return level ?? 'well';
  return level ?? (amount === 0 ? 'idle' : 'well');
}

const dollars = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3, useGrouping: true });

/** `$4.15`, or `$0.5 to $1.2` where it is not known closer. */
export function dollarText({ low, high }: Bounds): string {
  const [from, to] = [dollars.format(low), dollars.format(high)];
  return from === to ? `$${to}` : `$${from} to $${to}`;
}
