/**
 * A run that loads files into the warehouse (ETL-1): where it stands, and how it goes on. It is stored as JSON, and each
 * step makes the next of it; a step that is done again makes the same.
 */
import { rejectSamplesMax } from '../protocol/warehouse-limits.ts';
import { addLoads, type LoadCounts } from '../warehouse/load-counts.ts';
import type { WarehouseTable } from '../warehouse/rows.ts';

/** `cancelling`: it ends at its next step, as `cancelled`. `refused`: nothing was loaded, for what `error` says. */
export const etlStates = ['running', 'cancelling', 'done', 'refused', 'cancelled', 'failed'] as const;
export type EtlState = (typeof etlStates)[number];

/** In this order. */
export const etlStepKinds = ['extract', 'check', 'load', 'aggregates', 'movies', 'clear'] as const;
export type EtlStepKind = (typeof etlStepKinds)[number];
/** The kind of its next step. */
export type EtlPhase = EtlStepKind | 'over';

/** Users and movies before what names them. */
const loadOrder: readonly WarehouseTable[] = ['users', 'movies', 'ratings', 'viewing_sessions'];

export interface EtlFile {
  readonly name: string;
  readonly table: WarehouseTable;
  readonly bytes: number;
  /** Of it read, 0 to 1. */
  readonly share: number;
  readonly rows: number;
  readonly rejected: number;
  /** Slices that were read of it: each left its rows in R2. */
  readonly chunks: number;
}

export interface RejectSample {
  readonly file: string;
  readonly line: number;
  readonly field: string | null;
  readonly code: string;
  readonly message: string;
}

/** `Cursor`: how the reader of files says where it stands. */
export interface EtlProgress<Cursor> {
  readonly v: 1;
  /** Share of rejected rows above which nothing is loaded. */
  readonly errorShareMax: number;
  /** In the order of loading. */
  readonly files: readonly EtlFile[];
  readonly phase: EtlPhase;
  readonly phaseStartedAtMs: number;
  /** What the next step takes: a place in `files`, and a slice of it. */
  readonly file: number;
  readonly chunk: number;
  /** Of the file that is being read; null at its start. */
  readonly cursor: Cursor | null;
  /** How it will end, where that is not `done`. */
  readonly outcome: 'refused' | 'cancelled' | 'failed' | null;
  /** Rows by the code of their faults; a row may have several. */
  readonly rejectCodes: Readonly<Record<string, number>>;
  readonly samples: readonly RejectSample[];
  /** Lines of rejects that are kept in R2. */
  readonly rejectsKept: number;
  readonly rowsLoaded: number;
  readonly loaded: Readonly<Partial<Record<WarehouseTable, LoadCounts>>>;
  /** Movies of which views or ratings have changed; null before they were counted. */
  readonly moviesRefreshed: number | null;
  readonly newestSessionMs: number | null;
  /** Epoch days with sessions that were loaded or moved away, half-open; null where there is none. */
  readonly days: { readonly fromDay: number; readonly toDay: number } | null;
  readonly warnings: readonly string[];
}

/** What one slice of a file has given. */
export interface Extracted<Cursor> {
  readonly rows: number;
  readonly rejected: number;
  readonly rejectCodes: Readonly<Record<string, number>>;
  readonly samples: readonly RejectSample[];
  readonly rejectsKept: number;
  readonly newestSessionMs: number | null;
  readonly days: EtlProgress<Cursor>['days'];
  readonly warnings: readonly string[];
  readonly share: number;
  /** Null at the end of the file. */
  readonly next: Cursor | null;
}

export function newProgress<Cursor>(
  files: readonly Pick<EtlFile, 'name' | 'table' | 'bytes'>[],
  errorShareMax: number,
  nowMs: number,
): EtlProgress<Cursor> {
  const rank = ({ table }: Pick<EtlFile, 'table'>): number => loadOrder.indexOf(table);
  const sorted = [...files].sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
  return {
    v: 1,
    errorShareMax,
    files: sorted.map(({ name, table, bytes }) => ({
      name,
      table,
      bytes,
      share: 0,
      rows: 0,
      rejected: 0,
      chunks: 0,
    })),
    phase: 'extract',
    phaseStartedAtMs: nowMs,
    file: 0,
    chunk: 0,
    cursor: null,
    outcome: null,
    rejectCodes: {},
    samples: [],
    rejectsKept: 0,
    rowsLoaded: 0,
    loaded: {},
    moviesRefreshed: null,
    newestSessionMs: null,
    days: null,
    warnings: [],
  };
}

export const rowsOf = ({ files }: Pick<EtlProgress<unknown>, 'files'>): number =>
  files.reduce((sum, { rows }) => sum + rows, 0);
export const rejectedOf = ({ files }: Pick<EtlProgress<unknown>, 'files'>): number =>
  files.reduce((sum, { rejected }) => sum + rejected, 0);

/** After a slice: the next one, the next file, or the check. */
export function extracted<Cursor>(
  progress: EtlProgress<Cursor>,
  slice: Extracted<Cursor>,
  nowMs: number,
): EtlProgress<Cursor> {
  const { file, chunk } = progress;
  const files = progress.files.map((of, at) =>
    at === file
      ? {
          ...of,
          rows: of.rows + slice.rows,
          rejected: of.rejected + slice.rejected,
          chunks: chunk + 1,
          share: slice.share,
        }
      : of,
  );
  const went: EtlProgress<Cursor> = {
    ...progress,
    files,
    rejectCodes: addCounts(progress.rejectCodes, slice.rejectCodes),
    samples: [...progress.samples, ...slice.samples].slice(0, rejectSamplesMax),
    rejectsKept: progress.rejectsKept + slice.rejectsKept,
    newestSessionMs: maxOf(progress.newestSessionMs, slice.newestSessionMs),
    days: joinDays(progress.days, slice.days),
    warnings: [...progress.warnings, ...slice.warnings],
  };
  if (slice.next !== null) return { ...went, chunk: chunk + 1, cursor: slice.next };
  if (file + 1 < files.length) return { ...went, file: file + 1, chunk: 0, cursor: null };
  return entered(went, 'check', nowMs);
}

/** After the rows of a slice were loaded: those of the next one, or the sums. */
export function loadedChunk<Cursor>(
  progress: EtlProgress<Cursor>,
  rows: number,
  counts: LoadCounts,
  nowMs: number,
): EtlProgress<Cursor> {
  const of = progress.files[progress.file];
  if (!of) return entered(progress, 'aggregates', nowMs);
  const before = progress.loaded[of.table];
  const went = {
    ...progress,
    rowsLoaded: progress.rowsLoaded + rows,
    loaded: { ...progress.loaded, [of.table]: before ? addLoads(before, counts) : counts },
  };
  if (progress.chunk + 1 < of.chunks) return { ...went, chunk: progress.chunk + 1 };
  if (progress.file + 1 < progress.files.length) return { ...went, file: progress.file + 1, chunk: 0 };
  return entered(went, 'aggregates', nowMs);
}

export function entered<Cursor>(
  progress: EtlProgress<Cursor>,
  phase: EtlPhase,
  nowMs: number,
): EtlProgress<Cursor> {
  return { ...progress, phase, phaseStartedAtMs: nowMs, file: 0, chunk: 0, cursor: null };
}

/**
 * Ends it before its time. What is in the tables already gets its sums; else only what it had put by is cleared.
 */
export function broken<Cursor>(
  progress: EtlProgress<Cursor>,
  outcome: NonNullable<EtlProgress<Cursor>['outcome']>,
  nowMs: number,
): EtlProgress<Cursor> {
  const { phase } = progress;
  const next =
    phase === 'load' ? 'aggregates' : phase === 'aggregates' || phase === 'movies' ? phase : 'clear';
  return { ...entered(progress, next, nowMs), outcome };
}

/** Whether a cancel has anything to stop. */
export const isStoppable = (phase: EtlPhase): boolean =>
  phase === 'extract' || phase === 'check' || phase === 'load';

/** Why the rows may not be loaded; null where they may. */
export function refusalOf(progress: EtlProgress<unknown>): string | null {
  const [rows, rejected] = [rowsOf(progress), rejectedOf(progress)];
  if (rows === 0) return 'the files have no rows';
  const share = rejected / rows;
  if (share <= progress.errorShareMax) return null;
  const percent = (of: number): string => `${Math.round(of * 10_000) / 100} %`;
  return `${rejected} of ${rows} rows are rejected: ${percent(share)}, where ${percent(progress.errorShareMax)} may be`;
}

export function joinDays(
  a: EtlProgress<unknown>['days'],
  b: EtlProgress<unknown>['days'],
): EtlProgress<unknown>['days'] {
  if (!a || !b) return a ?? b;
  return { fromDay: Math.min(a.fromDay, b.fromDay), toDay: Math.max(a.toDay, b.toDay) };
}

function addCounts(
  a: Readonly<Record<string, number>>,
  b: Readonly<Record<string, number>>,
): Record<string, number> {
  const sum = { ...a };
  for (const [code, count] of Object.entries(b)) sum[code] = (sum[code] ?? 0) + count;
  return sum;
}

function maxOf(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}
