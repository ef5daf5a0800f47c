import type { RejectLine } from '../core/account/statement.ts';
import type { RejectReport } from '../core/protocol/reject-report.ts';
import { jsonChunks } from './json-chunks.ts';
import { StoredDataError } from './stored-data-error.ts';

/** What one producer's records were rejected for, over a range of minutes of receipt. */
export interface RejectTotals {
  readonly producer: string;
  /** Rejected records by code. */
  readonly rejected: ReadonlyMap<string, number>;
  readonly twins: number;
}

/** Absolute values, highest seq wins: a report delivered twice or late counts once (ING-6). */
const upsertSql = `INSERT INTO reject_reports (key, door, producer, minute, seq, rejected, twins, samples)
  SELECT value ->> '$[0]', value ->> '$[1]', value ->> '$[2]', value ->> '$[3]', value ->> '$[4]',
    value -> '$[5]', value ->> '$[6]', value -> '$[7]'
  FROM json_each(?1) WHERE true
  ON CONFLICT (key) DO UPDATE SET seq = excluded.seq, rejected = excluded.rejected, twins = excluded.twins,
    samples = excluded.samples
  WHERE excluded.seq > reject_reports.seq`;

/** The minute leads the key, so that a range of minutes is one range of the primary key. */
const keyOf = (minute: number): string => String(minute).padStart(8, '0');

export async function saveRejectReports(db: D1Database, reports: readonly RejectReport[]): Promise<void> {
  const texts = reports.map(({ door, producer, minute, seq, rejected, twins, samples }) => {
    const key = `${keyOf(minute)}:${door}:${producer}`;
    return JSON.stringify([key, door, producer, minute, seq, rejected, twins, samples]);
  });
  for (const chunk of jsonChunks(texts)) await db.prepare(upsertSql).bind(chunk).run();
}

export const rejectTotalsSql = `SELECT producer, NULL AS code, sum(twins) AS count FROM reject_reports
    WHERE key >= ?1 AND key < ?2 GROUP BY producer
  UNION ALL
  SELECT r.producer, j.key, sum(j.value) FROM reject_reports r, json_each(r.rejected) j
    WHERE r.key >= ?1 AND r.key < ?2 GROUP BY r.producer, j.key
  ORDER BY producer, code`;

/** Rejects by producer and code, of minutes of receipt with fromMinute <= minute < toMinute, by producer. */
export async function readRejectTotals(
  db: D1Database,
  fromMinute: number,
  toMinute: number,
): Promise<RejectTotals[]> {
  const rows = await db.prepare(rejectTotalsSql).bind(keyOf(fromMinute), keyOf(toMinute)).raw<unknown[]>();
  const totals = new Map<string, { producer: string; rejected: Map<string, number>; twins: number }>();
  for (const [producer, code, count] of rows) {
    if (typeof producer !== 'string' || typeof count !== 'number') {
      throw new StoredDataError('reject_reports', String(producer), 'rejected cannot be read');
    }
    const total = totals.get(producer) ?? { producer, rejected: new Map<string, number>(), twins: 0 };
    totals.set(producer, total);
    if (typeof code === 'string') total.rejected.set(code, count);
    else total.twins = count;
  }
  return [...totals.values()];
}

const rejectLinesSql = `SELECT producer, minute, NULL AS code, sum(twins) AS count FROM reject_reports
    WHERE key >= ?1 AND key < ?2 GROUP BY producer, minute
  UNION ALL
  SELECT r.producer, r.minute, j.key, sum(j.value) FROM reject_reports r, json_each(r.rejected) j
    WHERE r.key >= ?1 AND r.key < ?2 GROUP BY r.producer, r.minute, j.key`;

/** The same by minute of receipt too, for the statement of accounts (ING-6b). */
export async function readRejectLines(
  db: D1Database,
  fromMinute: number,
  toMinute: number,
): Promise<RejectLine[]> {
  const rows = await db.prepare(rejectLinesSql).bind(keyOf(fromMinute), keyOf(toMinute)).raw<unknown[]>();
  return rows.map(([producer, minute, code, count]) => {
    if (typeof producer !== 'string' || typeof minute !== 'number' || typeof count !== 'number')
      throw new StoredDataError('reject_reports', String(producer), 'rejected cannot be read');
    const isCode = typeof code === 'string';
    return { producer, minute, rejected: new Map(isCode ? [[code, count]] : []), twins: isCode ? 0 : count };
  });
}
