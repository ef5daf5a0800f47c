/** What D1 and the lake must say of viewing sessions (SES-3 to SES-5), at every moment and in the end. */
import { parquetReadObjects } from 'hyparquet';
import { sessionsPrefix } from '../../../storage/warehouse/session-files.ts';
import type { FilmLake } from './film-lake.ts';
import { type MemoryR2, namesLeft } from './memory-r2.ts';
import { type NaiveSitting, naiveSittings } from './naive-sittings.ts';
import type { SqliteD1 } from './sqlite-d1.ts';
import { checkSums } from './sum-rules.ts';

interface HourRow {
  readonly key: number;
  readonly generation: number;
  readonly carry_in: string;
  readonly carry_out: string;
  readonly carry_files: number;
  readonly files: string;
}

const hourSql = `SELECT key, generation, carry_in, carry_out, carry_files, files FROM session_hours
  WHERE generation >= 0`;
const rowSql = `SELECT u.pseudonym, m.content_id, s.start_time_ms, s.end_time_ms, s.watch_duration_ms, s.completion_milli,
    s.buffering_count, s.device_type, s.quality, s.user_country, s.subscription_type, s.region_number
  FROM viewing_sessions s JOIN users u ON u.id = s.user_id JOIN movies m ON m.id = s.movie_id`;

const openPrefixOf = ({ key, generation, carry_in }: HourRow): string =>
  `lake/open_sittings/${Math.floor(key / 2 ** 34)}/${key % 2 ** 26}/${generation}-${carry_in || 'none'}-`;

export class SessionRules {
  readonly #database: SqliteD1;
  readonly #bucket: MemoryR2;
  readonly #lakes: readonly FilmLake[];

  constructor(database: SqliteD1, bucket: MemoryR2, lakes: readonly FilmLake[]) {
    this.#database = database;
    this.#bucket = bucket;
    this.#lakes = lakes;
  }

  /** Behind each statement of the product. */
  checkStatement(sql: string): void {
    if (/UPDATE session_hours/.test(sql)) this.#checkFiles();
  }

  /** Behind each write to R2. */
  checkObject(key: string): void {
    if (/^lake\/(viewing_sessions|open_sittings)/.test(key)) this.#checkFiles();
  }

  /** SES-5: what stands of an hour is in the lake, whatever other runs clear; and so is what the next goes on from. */
  #checkFiles(): void {
    for (const row of this.#database.rows<HourRow>(hourSql)) {
      const gone = (JSON.parse(row.files) as string[]).find((name) => !this.#bucket.objects.has(name));
      if (gone !== undefined) throw new Error(`[SES-5] ${gone} stands, and is not in the lake`);
      if (this.#bucket.namesOf(openPrefixOf(row)).length < row.carry_files)
        throw new Error(`[SES-3] what hour ${row.key % 2 ** 26} leaves open is gone`);
    }
  }

  /** In the end: the sessions of the whole history, in D1 and in the lake, once, with their sums. */
  async checkLeft(): Promise<number> {
    const expected = this.#expected();
    const wanted = expected.map(({ text }) => text).sort();
    const inD1 = this.#database
      .rows<Record<string, unknown>>(rowSql)
      .map((row) => JSON.stringify(Object.values(row)));
    compare('SES-4', 'D1', inD1, wanted);
    compare('SES-5', 'the lake', await this.#inLake(), wanted);
    checkSums(this.#database);
    return expected.length;
  }

  /** Nothing but what stands. */
  checkFolders(): void {
    const standing = this.#database.rows<HourRow>(hourSql);
    const stands = (name: string): boolean => standing.some((row) => name.startsWith(openPrefixOf(row)));
    const open = namesLeft(this.#bucket, 'lake/open_sittings/', stands).find((name) => !stands(name));
    if (open !== undefined) throw new Error(`[SES-3] ${open} is of no hour that stands`);
  }

  #expected(): NaiveSitting[] {
    return this.#lakes.flatMap((lake) =>
      naiveSittings(
        lake.regionNumber,
        lake.hours.flatMap((hour) => lake.countedOf(hour)),
      ),
    );
  }

  async #inLake(): Promise<string[]> {
    const told: string[] = [];
    const standing = this.#database
      .rows<HourRow>(hourSql)
      .flatMap(({ files }) => JSON.parse(files) as string[]);
    for (const name of namesLeft(this.#bucket, sessionsPrefix, (one) => standing.includes(one))) {
      const file = this.#bucket.objects.get(name)?.bytes.slice().buffer as ArrayBuffer;
      const region = Number(/region=R(\d+)/.exec(name)?.[1]);
      for (const row of await parquetReadObjects({ file }))
        told.push(
          JSON.stringify([
            row.user,
            row.movie_id,
            (row.start_time as Date).getTime(),
            (row.end_time as Date).getTime(),
            Number(row.watch_duration_ms),
            row.completion_rate === null ? null : Math.round((row.completion_rate as number) * 1000),
            row.buffering_count,
            row.device_type,
            row.quality,
            row.user_country,
            row.subscription_type,
            region,
          ]),
        );
    }
    return told;
  }
}

function compare(rule: string, where: string, told: readonly string[], wanted: readonly string[]): void {
  const found = told.toSorted();
  if (found.join('\n') === wanted.join('\n')) return;
  const left = [...wanted];
  const extra = found.filter((text) => {
    const at = left.indexOf(text);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  throw new Error(
    `[${rule}] ${where} has too many sessions\n${extra.join('\n')}\nand lacks\n${left.join('\n')}`,
  );
}
