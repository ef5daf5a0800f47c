// The peer of the window engine: DuckDB on one thread, which drops twins and counts the same events, all of them in memory.
import {
  BIGINT,
  DOUBLE,
  type DuckDBConnection,
  DuckDBDataChunk,
  DuckDBInstance,
  INTEGER,
  UBIGINT,
  UTINYINT,
  VARCHAR,
} from '@duckdb/node-api';
import { decodeChunk, type TextColumn } from '../core/protocol/chunk.ts';
import { paneMs } from '../core/protocol/limits.ts';

const columns = [
  ['identity', UBIGINT],
  ['region', INTEGER],
  ['time_ms', BIGINT],
  ['type', UTINYINT],
  ['content', VARCHAR],
  ['device', VARCHAR],
  ['user_id', UBIGINT],
  ['session_id', UBIGINT],
  ['duration_ms', DOUBLE],
  ['bytes', DOUBLE],
] as const;

const wide = (hi: number, lo: number): bigint => (BigInt(hi) << 32n) | BigInt(lo);

function textsOf({ codes, texts }: TextColumn): (string | null)[] {
  return Array.from(codes, (code) => texts[code - 1] ?? null);
}

/** Nullable columns hold value + 1, and 0 for null. */
const numbersOf = (held: Float64Array): (number | null)[] =>
  Array.from(held, (value) => (value === 0 ? null : value - 1));

/** A table `events` of what chunks hold, on one thread. */
export async function duckOf(chunks: Iterable<Uint8Array>): Promise<DuckDBConnection> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const duck = await instance.connect();
  await duck.run(
    `CREATE TABLE events (${columns.map(([name, type]) => `${name} ${type.toString()}`).join(', ')})`,
  );
  const appender = await duck.createAppender('events');
  const types = columns.map(([, type]) => type);
  for (const bytes of chunks) {
    const { header, columns: of } = decodeChunk(bytes);
    const rows = DuckDBDataChunk.create(types, header.count);
    const ids = ({ hi, lo }: { hi: Uint32Array; lo: Uint32Array }) =>
      Array.from(hi, (high, i) => wide(high, lo[i] as number));
    rows.setColumns([
      ids(of.identity),
      Array.from(of.timeMs, () => header.regionNumber),
      Array.from(of.timeMs, BigInt),
      [...of.type],
      textsOf(of.contentId),
      textsOf(of.deviceType),
      ids(of.user),
      ids(of.session),
      numbersOf(of.durationMs),
      numbersOf(of.bytes),
    ]);
    appender.appendDataChunk(rows);
  }
  appender.closeSync();
  return duck;
}

const keys = 'region, pane, content, type, device';
const groupedBy = (sums: string, more: string): string =>
  `CREATE OR REPLACE TEMP TABLE answer AS SELECT ${keys}, count(*) AS n${sums} FROM (SELECT DISTINCT ON (identity)
    region, time_ms // ${paneMs} AS pane, content, type, device${more} FROM events) GROUP BY ALL`;

/** All of them keep less than the window engine does: it has five dimensions, 21 counters and three sketches. */
const duckQuestions = {
  counts: groupedBy('', ''),
  'counts and two sums': groupedBy(', sum(duration_ms), sum(bytes)', ', duration_ms, bytes'),
  'counts, two sums, distinct users and sessions': groupedBy(
    ', sum(duration_ms), sum(bytes), approx_count_distinct(user_id), approx_count_distinct(session_id)',
    ', duration_ms, bytes, user_id, session_id',
  ),
} as const;

export type DuckQuestion = keyof typeof duckQuestions;

export const questionsOfDuck = Object.keys(duckQuestions) as DuckQuestion[];

/** Into a table `answer`. */
export async function askDuck(duck: DuckDBConnection, question: DuckQuestion): Promise<void> {
  await duck.run(duckQuestions[question]);
}

export async function countedByDuck(duck: DuckDBConnection): Promise<number> {
  const answer = await duck.runAndReadAll('SELECT sum(n)::INTEGER FROM answer');
  return Number(answer.getRows()[0]?.[0]);
}
