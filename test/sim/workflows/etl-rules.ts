/** What the warehouse must hold while imports go on, die, are cancelled and follow each other (ETL-2 to ETL-6). */
import type { RunProgress } from '../../../storage/etl/etl-store.ts';
import { rejectsFolderOf } from '../../../storage/etl/rejects.ts';
import type { FileVersion } from './etl-files.ts';
import { afterSlice, readWarehouse, slicesOf, textOfWarehouse, type Warehouse } from './etl-model.ts';
import type { MemoryR2 } from './memory-r2.ts';
import type { SqliteD1 } from './sqlite-d1.ts';
import { checkSums } from './sum-rules.ts';

interface RunRow {
  readonly id: string;
  readonly state: string;
  readonly progress: string;
}

/** The states of the tables that a run may go through, with these files: one more with each slice. */
interface Way {
  readonly files: readonly FileVersion[];
  readonly states: readonly string[];
  /** Rows that were loaded by then. */
  readonly rows: readonly number[];
}

const isOver = (state: string): boolean => state !== 'running' && state !== 'cancelling';
const decoder = new TextDecoder();

export class EtlRules {
  readonly #database: SqliteD1;
  readonly #bucket: MemoryR2;
  readonly #sliceRows: number;
  readonly #over = new Map<string, string>();
  #settled: Warehouse = new Map();
  #standing: string | null = null;
  /** By run and name: what it may have read, or may read. */
  readonly #readable = new Map<string, Map<string, FileVersion[]>>();
  readonly #etags = new Map<string, string>();
  #way: Way | null = null;
  /** A run has failed twice: sums are owed. */
  owesSums = false;

  constructor(database: SqliteD1, bucket: MemoryR2, sliceRows: number) {
    this.#database = database;
    this.#bucket = bucket;
    this.#sliceRows = sliceRows;
  }

  /** A run over these files may begin. */
  asked(id: string, files: readonly FileVersion[]): void {
    this.#readable.set(id, new Map(files.map((file) => [file.name, [file]])));
  }

  uploaded(file: FileVersion): void {
    for (const files of this.#readable.values()) files.get(file.name)?.push(file);
    this.#way = null;
  }

  /** Behind each statement of the product; returns how a run has ended, where one has. */
  check(sql: string): string | null {
    if (/INSERT INTO (users|movies|ratings|viewing_sessions)/.test(sql)) this.#checkTables();
    return /etl_runs/.test(sql) && /INSERT|UPDATE/i.test(sql) ? this.#checkRuns() : null;
  }

  /** ETL-2: at every moment the tables are as some slices have made them, in their order, and nothing else. */
  #checkTables(): void {
    const text = textOfWarehouse(readWarehouse(this.#database));
    if (this.#wayNow().states.includes(text)) return;
    const settled = textOfWarehouse(this.#settled);
    throw new Error(`[ETL-2] the tables are\n${text}\nas no run leaves them; they were\n${settled}`);
  }

  #checkRuns(): string | null {
    let ended: string | null = null;
    for (const row of this.#database.rows<RunRow>('SELECT id, state, progress FROM etl_runs')) {
      const before = this.#over.get(row.id);
      if (before !== undefined && before !== row.state)
        throw new Error(`[ETL-1] a run that was ${before} is ${row.state}`);
      if (before !== undefined || !isOver(row.state)) continue;
      this.#over.set(row.id, row.state);
      this.#checkEnd(row);
      ended = row.state;
    }
    const sql = "SELECT id, progress FROM etl_runs WHERE state IN ('running', 'cancelling')";
    const [standing, other] = this.#database.rows<{ id: string; progress: string }>(sql);
    if (other) throw new Error('[ETL-1] two runs go on at once');
    if (standing && standing.id !== this.#standing) {
      this.#standing = standing.id;
      this.#etags.clear();
      this.#way = null;
    }
    if (standing) this.#noteEtag(standing.progress);
    return ended;
  }

  #checkEnd({ id, state, progress: text }: RunRow): void {
    const progress = JSON.parse(text) as RunProgress;
    const tables = readWarehouse(this.#database);
    const is = textOfWarehouse(tables);
    const way = this.#wayNow();
    if (!mayEnd(way, state, progress, is))
      throw new Error(
        `[ETL-2] run ${id} is ${state} with ${progress.rowsLoaded} rows, and the tables are\n${is}\nwhere they were\n${textOfWarehouse(this.#settled)}`,
      );
    if (state === 'done') this.#checkRejects(id, progress, way);
    this.#settled = tables;
    this.#standing = null;
    this.#way = null;
    // What it could not sum is summed by the watchdog.
    this.owesSums ||= state === 'failed' && progress.phase !== 'over';
    if (!this.owesSums) checkSums(this.#database);
  }

  /** ETL-3: a line for each row that was rejected, here each with one fault. */
  #checkRejects(id: string, progress: RunProgress, { files }: Way): void {
    const lines = this.#bucket
      .namesOf(rejectsFolderOf(id))
      .flatMap((name) => decoder.decode(this.#bucket.objects.get(name)?.bytes).trim().split('\n')).length;
    const told = progress.files.map(({ rejected }) => rejected).reduce((sum, count) => sum + count, 0);
    const count = files.flatMap(({ rows }) => rows.filter((row) => row === null)).length;
    if (lines !== told || told !== count)
      throw new Error(`[ETL-3] ${lines} rejects are kept, ${told} told of, and there are ${count}`);
  }

  /** The tables as they stand before it, where none goes on. */
  #wayNow(): Way {
    this.#way ??= this.#wayOf(this.#standing === null ? [] : this.#files());
    return this.#way;
  }

  /** Of each file the version that the run says to read. */
  #files(): FileVersion[] {
    const versions = this.#readable.get(this.#standing ?? '') ?? new Map<string, FileVersion[]>();
    return [...versions].flatMap(([name, held]) => {
      const etag = this.#etags.get(name);
      return held.filter((file) => etag === undefined || file.etag === etag).slice(-1);
    });
  }

  #noteEtag(text: string): void {
    const { cursor, file, files } = JSON.parse(text) as RunProgress;
    const name = files[file]?.name;
    if (!name || !cursor?.etag || this.#etags.get(name) === cursor.etag) return;
    if (this.#etags.has(name)) throw new Error(`[ETL-3] ${name} is read on after it was replaced`);
    this.#etags.set(name, cursor.etag);
    this.#way = null;
  }

  #wayOf(files: readonly FileVersion[]): Way {
    let [tables, count] = [this.#settled, 0];
    const [states, rows] = [[textOfWarehouse(tables)], [0]];
    for (const slice of slicesOf(files, this.#sliceRows)) {
      tables = afterSlice(tables, slice);
      count += slice.rows.length;
      states.push(textOfWarehouse(tables));
      rows.push(count);
    }
    return { files, states, rows };
  }
}

/** Done: all of it. Cancelled or failed: what it tells of, or a slice more, whose step was not noted. Refused: nothing. */
function mayEnd({ states, rows }: Way, state: string, { rowsLoaded }: RunProgress, is: string): boolean {
  if (state === 'done') return states.at(-1) === is && rows.at(-1) === rowsLoaded;
  if (state === 'refused') return states[0] === is && rowsLoaded === 0;
  return states.some((text, at) => text === is && (rows[at] === rowsLoaded || rows[at - 1] === rowsLoaded));
}
