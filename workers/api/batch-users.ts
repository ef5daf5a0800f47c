/** The users of days: the table batch_user_stats (docs/batch-tables.md). */
import * as z from 'zod';
import { topUsersMax, userRangeDaysMax } from '../../core/protocol/batch-limits.ts';
import { once } from '../../core/protocol/once.ts';
import { readTopUsers } from '../../storage/day-store.ts';
import { dateOf } from '../../storage/user-stats.ts';
import { amount, count } from './answer-schema.ts';
import { exampleMeta } from './batch.ts';
import type { BatchTable } from './batch-table.ts';

export const userStats: BatchTable = {
  path: '/api/batch/user-stats',
  // What one person did over a day, though under a pseudonym: for those who analyse, not for every screen.
  role: 'analyst',
  unit: 'day',
  daysMax: userRangeDaysMax,
  contentFilter: false,
  summary: DESCRIBED && 'The busiest users of each region and day',
  description:
    `The ${topUsersMax} pseudonyms with the most events of each region and day; the lake has all of them. A user who was ` +
    'active in two regions has a row in each. Days are there once all of their hours are computed. It tells what single ' +
    'people did, if under pseudonyms, so viewers may not ask.',
  row: once(() =>
    z.strictObject({
      date: z.iso.date().describe(DESCRIBED && 'The day, in UTC'),
      region: z.string().describe(DESCRIBED && 'Name of the region'),
      user: z
        .string()
        .describe(
          DESCRIBED && 'Version of the key that made the pseudonym, and the pseudonym: 16 hex digits',
        ),
      total_events: count(DESCRIBED && 'Events of all types').min(1),
      movies_watched: count(DESCRIBED && 'Distinct contents of which there is a view'),
      avg_duration_seconds: amount(
        DESCRIBED && 'Mean of the durations that events told; null without',
      ).nullable(),
    }),
  ),
  ranking: {
    of: (row) => [String(row.date), Number(row.total_events), String(row.region), String(row.user)],
    shape: ['string', 'number', 'string', 'string'],
  },
  read: async (db, { regions, fromHour, toHour }) => {
    const names = new Map(regions.map(({ number, name }) => [number, name]));
    const days = await readTopUsers(db, [...names.keys()], fromHour / 24, toHour / 24);
    const rows = days.flatMap(({ regionNumber, day, users }) =>
      users.map(({ user, events, films, durationMs, durations }) => ({
        date: dateOf(day),
        region: names.get(regionNumber),
        user,
        total_events: events,
        movies_watched: films,
        avg_duration_seconds: durations === 0 ? null : durationMs / 1000 / durations,
      })),
    );
    return { rows, warnings: [] };
  },
  example: DESCRIBED && {
    data: [
      {
        date: '2026-11-20',
        region: 'EU-London',
        user: '1-8f0c51d2a94e7b36',
        total_events: 412,
        movies_watched: 6,
        avg_duration_seconds: 58.75,
      },
    ],
    count: 1,
    meta: exampleMeta,
  },
};
