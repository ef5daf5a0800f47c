import { retentionWeeksMax } from '../../../core/protocol/analytics-limits.ts';
import { dateOfDay, type LocalDay, localDays, type SlotSpan } from '../../../core/warehouse/local-days.ts';
import { readCohorts } from '../../../storage/analytics/cohorts.ts';
import { wholeNumber } from '../parameters.ts';
import { rowsAnswer } from './analytics-answer.ts';
import { analyticsRoute, exampleMeta } from './analytics-route.ts';
import { cohortRow } from './analytics-schema.ts';

const weeksDefault = 8;

export const retentionRoute = analyticsRoute({
  path: '/api/analytics/retention',
  doc: DESCRIBED && {
    summary: 'How many users come back, by the week of their first session',
    description:
      'Cohorts of `weeks` weeks of `tz` up to that in which the range ends; where it begins does not matter, and `compare` ' +
      'neither. A user belongs to the week of the first session that is kept (of those that pass the filters). Weeks without ' +
      'a new user have no row.',
    answer: rowsAnswer(cohortRow()),
    example: {
      data: [{ cohort: '2026-11-09', users: 120, retained: [120, 64] }],
      count: 1,
      meta: exampleMeta,
    },
  },
  own: () => ({
    weeks: wholeNumber(1, retentionWeeksMax)
      .optional()
      .describe(DESCRIBED && `Weeks, 1 to ${retentionWeeksMax}. ${weeksDefault} where it is not given`)
      .meta(DESCRIBED && { example: String(weeksDefault) }),
  }),
  row: cohortRow,
  read: async ({ env }, { tz, range, filters }, { weeks: count = weeksDefault }) => {
    const weeks = weeksUpTo(tz, (range.days.at(-1) as LocalDay).day, count);
    const cohorts = await readCohorts(env.DB, weeks, filters);
    return {
      data: cohorts.map(({ week, users, retained }) => ({
        cohort: dateOfDay((weeks[week] as Week).monday),
        users,
        retained,
      })),
      span: { fromSlot: (weeks[0] as Week).fromSlot, toSlot: (weeks.at(-1) as Week).toSlot },
    };
  },
});

interface Week extends SlotSpan {
  /** Epoch day. */
  readonly monday: number;
}

/** Weeks of the zone from Monday to Monday, the last one with that day in it. */
function weeksUpTo(tz: string, day: number, count: number): Week[] {
  const toDay = day - ((day + 3) % 7) + 7;
  const days = localDays(tz, toDay - 7 * count, toDay);
  return Array.from({ length: count }, (_, index) => {
    const monday = toDay - 7 * (count - index);
    const own = days.filter((each) => each.day >= monday && each.day < monday + 7);
    return { monday, fromSlot: own[0]?.fromSlot ?? 0, toSlot: own.at(-1)?.toSlot ?? 0 };
  });
}
