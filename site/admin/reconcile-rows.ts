/** The answer of /api/reconcile, as far as the page shows it. */
import type { HourState } from '../../core/account/hour-check.ts';
import type { AccountFigure, Figures } from '../../core/account/statement.ts';
import * as say from '../text/admin-accounts.ts';

export const fates = [
  'counted',
  'late',
  'duplicates',
  'dead_lettered',
  'in_flight',
  'overdue',
  'missing',
] as const satisfies readonly AccountFigure[];
export type Fate = (typeof fates)[number];

/** What came to a door is of no region: null where one is asked for. */
type OfDoor = 'received' | 'rejected';

export interface Account extends Readonly<Omit<Figures, OfDoor> & Record<OfDoor, number | null>> {}

export interface ProducerAccount extends Account {
  readonly producer: string;
  readonly adds_up: boolean;
}

export interface HourRow {
  readonly region: string;
  readonly hour: string;
  readonly state: HourState;
  readonly stream: number;
  readonly batch: number | null;
  readonly difference: number | null;
  readonly explanation: string;
}

export interface Reconciled {
  readonly adds_up: boolean;
  readonly explanation: string;
  readonly totals: Account;
  readonly producers: readonly ProducerAccount[];
  readonly hours: readonly HourRow[];
  readonly meta: { readonly from: string; readonly to: string; readonly warnings?: readonly string[] };
}

export const fateWords: Readonly<Record<Fate, string>> = {
  counted: say.counted,
  late: say.late,
  duplicates: say.duplicates,
  dead_lettered: say.deadLetters,
  in_flight: say.inFlight,
  overdue: say.overdue,
  missing: say.missing,
};

/** What needs a look comes first, newest before older; hours without a difference are only counted. */
export function hoursToShow(hours: readonly HourRow[]): {
  readonly shown: HourRow[];
  readonly equal: number;
} {
  const shown = hours.filter(({ state }) => state !== 'equal');
  const rank = ({ state }: HourRow) => (state === 'fault' ? 0 : 1);
  shown.sort((a, b) => rank(a) - rank(b) || (a.hour < b.hour ? 1 : a.hour > b.hour ? -1 : 0));
  return { shown, equal: hours.length - shown.length };
}

export const signed = (value: number, text: (value: number) => string): string =>
  value > 0 ? `+${text(value)}` : value < 0 ? `−${text(-value)}` : '0';
