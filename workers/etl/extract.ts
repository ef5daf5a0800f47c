/** Reads a slice of a file and judges its records: rows and rejects go to R2, and nothing into the tables (ETL-2, ETL-3). */
import {
  type EtlFile,
  type Extracted,
  extracted,
  joinDays,
  type RejectSample,
} from '../../core/etl/etl-progress.ts';
import type { Hash64 } from '../../core/protocol/identity.ts';
import {
  etlFileRowsMax,
  rejectRecordLengthMax,
  rejectSamplesMax,
  rejectsKeptMax,
} from '../../core/protocol/warehouse-limits.ts';
import { importKey, parseImportName } from '../../core/warehouse/import-name.ts';
import { judgeRecord, type QualityContext, type RowOf } from '../../core/warehouse/quality.ts';
import type { WarehouseTable } from '../../core/warehouse/rows.ts';
import type { IdentitySet } from '../../core/window/identity-set.ts';
import type { EtlRun, RunProgress } from '../../storage/etl/etl-store.ts';
import { type EtlReject, saveRejects } from '../../storage/etl/rejects.ts';
import { type ImportCursor, type ImportItem, importStart } from '../../storage/import/import-cursor.ts';
import { ImportFile, type ImportSource } from '../../storage/import/import-file.ts';
import { ImportFileError } from '../../storage/import/import-file-error.ts';
import { readRecords } from '../../storage/import/read-records.ts';
import type { EtlPorts } from './ports.ts';

type Row = RowOf[WarehouseTable];
/** Why a row was not taken, as of RowFault. */
type Fault = Omit<RejectSample, 'file' | 'line'>;

const dayMs = 86_400_000;

export const rowsName = (file: number, chunk: number): string => `rows-${file}-${chunk}.json`;

/**
 * `note`: called with the version of a file before anything is read of it, so that whoever does the step again, or is
 * still at it, reads that version or none. Throws ImportFileError.
 */
export async function extractChunk(
  ports: EtlPorts,
  run: EtlRun,
  note: (progress: RunProgress) => Promise<EtlRun>,
): Promise<RunProgress> {
  const { file, chunk } = run.progress;
  const of = run.progress.files[file] as EtlFile;
  const parsed = parseImportName(of.name);
  if (!parsed) throw new ImportFileError(of.name, 'its name is none of a file to import');
  const source = { bucket: ports.bucket, key: importKey(of.name) };
  const cursor = run.progress.cursor ?? (await startOf(source));
  const { progress } = run.progress.cursor ? run : await note({ ...run.progress, cursor });
  const slice = await readRecords(source, parsed.format, cursor, ports.chunkRows);
  if (of.rows + slice.items.length > etlFileRowsMax)
    throw new ImportFileError(of.name, `it has more than ${etlFileRowsMax} rows: it is to be split`);
  const seen = await ports.keys.before({ file, chunk });
  const judge = new SliceJudge(of, await ports.context(run.startedAtMs), seen, ports.hashOf);
  for (const item of slice.items) judge.take(item);
  const kept = judge.rejects.slice(0, Math.max(0, rejectsKeptMax - progress.rejectsKept));
  await Promise.all([
    ports.work.save(rowsName(file, chunk), judge.rows),
    saveRejects(ports.bucket, run.id, { file, chunk }, kept),
    ports.keys.done({ file, chunk }, seen, judge.hashes),
  ]);
  const { rejected, rejectCodes, newestSessionMs, days } = judge;
  const found: Extracted<ImportCursor> = {
    rows: slice.items.length,
    rejected,
    rejectCodes,
    samples: judge.rejects.slice(0, rejectSamplesMax).map(sampleOf),
    rejectsKept: kept.length,
    newestSessionMs,
    days,
    warnings: slice.warnings,
    share: slice.share,
    next: slice.next,
  };
  return extracted(progress, found, ports.now());
}

async function startOf(source: ImportSource): Promise<ImportCursor> {
  const { etag, size } = await ImportFile.open(source, importStart);
  return { ...importStart, etag, size };
}

function sampleOf({ file, line, field, code, message }: EtlReject): RejectSample {
  return { file, line, field, code, message };
}

class SliceJudge {
  readonly rows: Row[] = [];
  readonly rejects: EtlReject[] = [];
  readonly hashes: Hash64[] = [];
  readonly rejectCodes: Record<string, number> = {};
  rejected = 0;
  newestSessionMs: number | null = null;
  days: Extracted<ImportCursor>['days'] = null;
  readonly #file: EtlFile;
  readonly #context: QualityContext;
  readonly #seen: IdentitySet;
  readonly #hashOf: EtlPorts['hashOf'];

  constructor(file: EtlFile, context: QualityContext, seen: IdentitySet, hashOf: EtlPorts['hashOf']) {
    this.#file = file;
    this.#context = context;
    this.#seen = seen;
    this.#hashOf = hashOf;
  }

  take(item: ImportItem): void {
    if ('fault' in item) {
      this.#reject(item.line, [item.fault], null);
      return;
    }
    const judged = judgeRecord(this.#file.table, item.record, this.#context);
    if (!judged.ok) {
      this.#reject(item.line, judged.faults, item.record);
      return;
    }
    const hash = this.#hashOf(keyOf(judged.row));
    if (!this.#seen.add(hash.hi, hash.lo)) {
      const message = 'id is that of an earlier row of this file, which was kept';
      this.#reject(item.line, [{ field: 'id', code: 'duplicate_key', message }], item.record);
      return;
    }
    this.hashes.push(hash);
    this.rows.push(judged.row);
    if ('start_time_ms' in judged.row) this.#noteTime(judged.row.start_time_ms);
  }

  #noteTime(startMs: number): void {
    const day = Math.floor(startMs / dayMs);
    this.newestSessionMs = Math.max(this.newestSessionMs ?? startMs, startMs);
    this.days = joinDays(this.days, { fromDay: day, toDay: day + 1 });
  }

  #reject(line: number, faults: readonly Fault[], record: ImportItem | object | null): void {
    this.rejected++;
    const text = record && JSON.stringify(record).slice(0, rejectRecordLengthMax);
    for (const code of new Set(faults.map((fault) => fault.code)))
      this.rejectCodes[code] = (this.rejectCodes[code] ?? 0) + 1;
    for (const { field, code, message } of faults)
      this.rejects.push({ file: this.#file.name, line, field, code, message, record: text });
  }
}

function keyOf(row: Row): string {
  if ('source_id' in row) return row.source_id;
  return 'pseudonym' in row ? row.pseudonym : row.content_id;
}
