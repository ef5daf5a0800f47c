/** Answers of /api/reconcile, as the page of the accounts shows them. */
import type { HourRow, ProducerAccount, Reconciled } from '../../site/admin/reconcile-rows.ts';

const none = { late: 0, duplicates: 0, dead_lettered: 0, in_flight: 0, overdue: 0, missing: 0 };
const meta = { from: '2026-11-20T09:00:00.000Z', to: '2026-11-21T09:00:00.000Z' };

const tv: ProducerAccount = {
  producer: 'tv-apps',
  received: 1_204_611,
  accepted: 1_203_902,
  rejected: 402,
  twins: 307,
  adds_up: true,
  ...none,
  counted: 1_203_180,
  late: 312,
  duplicates: 398,
  in_flight: 12,
};
const web: ProducerAccount = {
  producer: 'web-player',
  received: 88_120,
  accepted: 88_104,
  rejected: 16,
  twins: 0,
  adds_up: true,
  ...none,
  counted: 88_100,
  late: 4,
};

const hour = (n: number, fields: Partial<HourRow>): HourRow => ({
  region: 'EU-London',
  hour: `2026-11-21T0${n}:00:00.000Z`,
  state: 'equal',
  stream: 48_210,
  batch: 48_210,
  difference: 0,
  explanation: '',
  ...fields,
});

const late = {
  batch: 48_522,
  difference: 312,
  explanation: '312 came late and count now; 2 came late and were twins',
};

export const wholeAccounts: Reconciled = {
  adds_up: true,
  explanation: 'All 1,291,994 events are accounted for. 12 more are on the way.',
  totals: {
    received: 1_292_731,
    accepted: 1_292_006,
    rejected: 418,
    twins: 307,
    ...none,
    counted: 1_291_280,
    late: 316,
    duplicates: 398,
    in_flight: 12,
  },
  producers: [tv, web],
  hours: [
    hour(3, {}),
    hour(4, {}),
    hour(5, { state: 'explained', ...late }),
    hour(7, {
      state: 'open',
      batch: null,
      difference: null,
      stream: 1_204,
      explanation: 'the batch layer has not computed the hour yet',
    }),
  ],
  meta,
};

export const brokenAccounts: Reconciled = {
  ...wholeAccounts,
  adds_up: false,
  explanation:
    'It does not add up: 37 events accepted and never seen: the queue no longer has them; 1 hour of which batch and stream disagree.',
  producers: [{ ...tv, missing: 37, adds_up: false }, web],
  hours: [
    ...wholeAccounts.hours,
    hour(2, {
      state: 'fault',
      batch: 48_190,
      difference: -20,
      explanation: 'batch counts 48,190 where its parts hold 48,210 that count',
    }),
  ],
  meta: {
    ...meta,
    warnings: ['OC-Sydney does not answer: its newest events and what is under way are missing'],
  },
};

export const noAccounts: Reconciled = {
  ...wholeAccounts,
  explanation: 'No events were accepted.',
  totals: { ...none, counted: 0, received: 0, accepted: 0, rejected: 0, twins: 0 },
  producers: [],
  hours: [],
};
