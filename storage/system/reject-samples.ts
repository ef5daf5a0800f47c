import type { RejectReport, RejectSample } from '../../core/protocol/reject-report.ts';
import { rejectReportsReadMax, rejectSamplesToldMax } from '../../core/protocol/system-limits.ts';
import { StoredDataError } from '../stored-data-error.ts';

export interface ToldSample extends RejectSample, Pick<RejectReport, 'producer' | 'minute'> {}

const samplesSql = `SELECT producer, minute, samples FROM reject_reports WHERE key >= ?1
  ORDER BY key DESC LIMIT ${rejectReportsReadMax}`;

/** The newest samples of rejects since a minute of receipt, a few of each producer and reason. Throws StoredDataError. */
export async function readRejectSamples(db: D1Database, fromMinute: number): Promise<ToldSample[]> {
  const rows = await db
    .prepare(samplesSql)
    .bind(String(fromMinute).padStart(8, '0'))
    .raw<[producer: string, minute: number, samples: string]>();
  const told: ToldSample[] = [];
  for (const [producer, minute, text] of rows) {
    for (const sample of parsed(text, producer)) told.push({ producer, minute, ...sample });
  }
  return varied(told).slice(0, rejectSamplesToldMax);
}

/** One of each producer and reason before a second of any. */
function varied(samples: readonly ToldSample[]): ToldSample[] {
  const before = new Map<string, number>();
  const ranked = samples.map((sample) => {
    const kind = `${sample.producer}/${sample.code}`;
    const rank = before.get(kind) ?? 0;
    before.set(kind, rank + 1);
    return { sample, rank };
  });
  return ranked.sort((a, b) => a.rank - b.rank).map(({ sample }) => sample);
}

function parsed(text: string, producer: string): RejectSample[] {
  try {
    const read: unknown = JSON.parse(text);
    if (Array.isArray(read)) return read as RejectSample[];
  } catch {
    // Told below, with the row it is of.
  }
  throw new StoredDataError('reject_reports', producer, 'samples are no list');
}
