/** The figures of all users of a day in the lake (BAT-4): Parquet that DuckDB and others read as it is. */
import { parquetWriteBuffer } from 'hyparquet-writer';
import type { UserDay } from '../core/batch/user-day.ts';

/** Epoch day as YYYY-MM-DD. */
export const dateOf = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 10);

const userStatsPrefix = 'lake/user_stats/';

/** Folder of a region and day, partitioned as Hive does it; with the last slash. */
export function userStatsFolder(region: string, day: number): string {
  return `${userStatsPrefix}date=${dateOf(day)}/region=${encodeURIComponent(region)}/`;
}

/** Named by what the day was made of, so that the files of an older run are told from those of a newer one. */
export function userStatsName(
  folder: string,
  { hours, generations }: { readonly hours: number; readonly generations: number },
  partition: number,
): string {
  return `${folder}part-${hours}-${generations}-${partition}.parquet`;
}

/** One row a user; columns are described in docs/batch-tables.md. */
export function encodeUserStats(users: readonly UserDay[]): Uint8Array {
  const column = <T>(of: (user: UserDay) => T): T[] => users.map(of);
  const buffer = parquetWriteBuffer({
    columnData: [
      { name: 'user', type: 'STRING', nullable: false, data: column(({ user }) => user) },
      { name: 'user_id', type: 'INT64', nullable: false, data: column(({ user }) => pseudonymOf(user)) },
      {
        name: 'pseudonym_version',
        type: 'INT32',
        nullable: false,
        data: column(({ user }) => versionOf(user)),
      },
      { name: 'total_events', type: 'INT32', nullable: false, data: column(({ events }) => events) },
      { name: 'movies_watched', type: 'INT32', nullable: false, data: column(({ films }) => films) },
      { name: 'duration_count', type: 'INT32', nullable: false, data: column(({ durations }) => durations) },
      {
        name: 'duration_ms_sum',
        type: 'INT64',
        nullable: false,
        data: column(({ durationMs }) => BigInt(durationMs)),
      },
      { name: 'avg_duration_seconds', type: 'DOUBLE', nullable: true, data: column(meanSeconds) },
    ],
    rowGroupSize: 20_000,
  });
  return new Uint8Array(buffer);
}

/** As the lake's events have it in `user_id`: the 64 bits as a signed integer. */
const pseudonymOf = (user: string): bigint => BigInt.asIntN(64, BigInt(`0x${user.slice(-16)}`));
const versionOf = (user: string): number => Number(user.slice(0, -17));

/** Null where no event told a duration. */
function meanSeconds({ durationMs, durations }: UserDay): number | null {
  return durations === 0 ? null : durationMs / 1000 / durations;
}
