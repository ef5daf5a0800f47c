/** Sessions in R2: the lake's files of them (SES-5), and the sittings that hours leave open. */
import { parquetWriteBuffer } from 'hyparquet-writer';
import type { SessionHour, SessionMark } from '../../core/warehouse/session-hour.ts';
import type { Sitting } from '../../core/warehouse/stitch.ts';
import { sessionRow } from '../../core/warehouse/stitched-row.ts';
import { dateOf } from '../user-stats.ts';

export const sessionsPrefix = 'lake/viewing_sessions/';
export const isSessionsFile = (name: string): boolean => name.startsWith(sessionsPrefix);
const dayMs = 86_400_000;
const groupRows = 20_000;

export const dayOf = ({ startMs }: Pick<Sitting, 'startMs'>): number => Math.floor(startMs / dayMs);

/** Of those that begin on a day; with the last slash. Partitioned as Hive does it. */
export function sessionsFolder(region: string, day: number): string {
  return `${sessionsPrefix}date=${dateOf(day)}/region=${encodeURIComponent(region)}/`;
}

/** With it begin the names of the files of an hour, the folder aside. */
export const sessionsFilePrefix = (hour: number): string => `part-${hour}-`;

/** Named by what the hour was made of, so that a step that is done again writes the same file. */
export function sessionsFileName(
  { hour }: SessionHour,
  { generation, carryIn }: SessionMark,
  partition: number,
): string {
  return `${sessionsFilePrefix(hour)}${generation}-${carryIn || 'none'}-${partition}.parquet`;
}

/** The day of a file, from its name in the lake. */
export const dayOfFile = (name: string): number =>
  Date.parse(`${/date=([\d-]+)/.exec(name)?.[1]}T00:00:00Z`) / dayMs;

const signed = (hi: number, lo: number): bigint => BigInt.asIntN(64, (BigInt(hi) << 32n) | BigInt(lo));

/** One row a sitting; columns are described in docs/sessions.md. */
export function encodeSessions(regionNumber: number, sittings: readonly Sitting[]): Uint8Array {
  const rows = sittings.map((sitting) => ({ sitting, row: sessionRow(regionNumber, sitting) }));
  const column = <T>(of: (one: (typeof rows)[number]) => T): T[] => rows.map(of);
  const text = (name: string, of: (one: (typeof rows)[number]) => string | null) =>
    ({ name, type: 'STRING', nullable: true, data: column(of) }) as const;
  const buffer = parquetWriteBuffer({
    columnData: [
      { name: 'id', type: 'STRING', nullable: false, data: column(({ row }) => row.source_id) },
      { name: 'user', type: 'STRING', nullable: false, data: column(({ row }) => row.pseudonym) },
      {
        name: 'user_id',
        type: 'INT64',
        nullable: false,
        data: column(({ sitting }) => signed(sitting.userHi, sitting.userLo)),
      },
      {
        name: 'session_id',
        type: 'INT64',
        nullable: false,
        data: column(({ sitting }) => signed(sitting.sessionHi, sitting.sessionLo)),
      },
      {
        name: 'pseudonym_version',
        type: 'INT32',
        nullable: false,
        data: column(({ sitting }) => sitting.version),
      },
      { name: 'movie_id', type: 'STRING', nullable: false, data: column(({ row }) => row.content_id) },
      time(
        'start_time',
        column(({ row }) => row.start_time_ms),
      ),
      time(
        'end_time',
        column(({ row }) => row.end_time_ms),
      ),
      {
        name: 'watch_duration_ms',
        type: 'INT64',
        nullable: false,
        data: column(({ row }) => BigInt(row.watch_duration_ms)),
      },
      {
        name: 'watch_duration_minutes',
        type: 'DOUBLE',
        nullable: false,
        data: column(({ row }) => row.watch_duration_ms / 60_000),
      },
      {
        name: 'completion_rate',
        type: 'DOUBLE',
        nullable: true,
        data: column(({ row }) => (row.completion_milli === null ? null : row.completion_milli / 1000)),
      },
      text('device_type', ({ row }) => row.device_type),
      text('quality', ({ row }) => row.quality),
      {
        name: 'buffering_count',
        type: 'INT32',
        nullable: false,
        data: column(({ row }) => row.buffering_count),
      },
      text('user_country', ({ row }) => row.user_country),
      text('subscription_type', ({ row }) => row.subscription_type),
    ],
    rowGroupSize: groupRows,
  });
  return new Uint8Array(buffer);
}

/** ms in UTC, without a zone to convert to. */
function time(name: string, ms: readonly number[]) {
  return { name, type: 'TIMESTAMP', nullable: false, data: ms.map((at) => new Date(at)) } as const;
}

/** Where the sittings rest that an hour leaves open; with the last slash. */
export const openFolder = ({ regionNumber, hour }: SessionHour): string =>
  `lake/open_sittings/${regionNumber}/${hour}/`;

/** With it begin the names of what an hour that was made of `mark` leaves open. */
export const openPrefix = (place: SessionHour, { generation, carryIn }: SessionMark): string =>
  `${openFolder(place)}${generation}-${carryIn || 'none'}-`;

export const openName = (place: SessionHour, mark: SessionMark, file: number): string =>
  `${openPrefix(place, mark)}${file}.json`;
