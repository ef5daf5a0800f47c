/**
 * Loading a table of the warehouse: rows as JSON arrays, one upsert a chunk, in one transaction with the users and movies
 * that nothing has told of yet. What is the same already is not written.
 */
import { loadRowsMax } from '../../core/protocol/warehouse-limits.ts';
import { addLoads, type LoadCounts, nothingLoaded } from '../../core/warehouse/load-counts.ts';
import { jsonChunks } from '../json-chunks.ts';
import { needsMigration } from '../migrated.ts';

export interface UpsertTable<Row> {
  readonly table: 'users' | 'movies' | 'ratings' | 'viewing_sessions';
  /** The natural key, and first in the JSON of a row. */
  readonly key: keyof Row & string;
  /** Taken as they are, in this order behind the key. */
  readonly columns: readonly (keyof Row & string)[];
  /** Ends of the list of columns, and of the values: what is not in a row. */
  readonly constants?: Readonly<Record<string, string | number>>;
  /** A fact: its user and movie come behind the columns in the JSON, and are looked up or inferred. */
  readonly refers: boolean;
  /** Whether null leaves what was known. */
  readonly keepsKnown: boolean;
  /** Conditions: for all that is written, with values from ?2 on, and for changing a row that is there. */
  readonly onlyWhere?: string;
  readonly changesWhere?: string;
}

interface Statements {
  readonly upsert: string;
  readonly inferUsers: string;
  readonly inferMovies: string;
}

export function statementsOf<Row>(spec: UpsertTable<Row>): Statements {
  const { table, key, columns, refers, keepsKnown, constants = {} } = spec;
  const { onlyWhere = 'true', changesWhere = 'true' } = spec;
  const value = (at: number): string => `j.value ->> '$[${at}]'`;
  const user = value(columns.length + 1);
  const movie = value(columns.length + 2);
  const names = [key, ...columns, ...(refers ? ['user_id', 'movie_id'] : []), ...Object.keys(constants)];
  const values = [
    ...[key, ...columns].map((_, at) => value(at)),
    ...(refers ? ['u.id', 'm.id'] : []),
    ...Object.values(constants),
  ];
  // CROSS JOIN: in the order of the rows, so that the same rows are numbered the same whenever they come.
  const joins = refers
    ? `CROSS JOIN users u ON u.pseudonym = ${user} CROSS JOIN movies m ON m.content_id = ${movie}`
    : '';
  const next = (column: string): string =>
    keepsKnown ? `coalesce(excluded.${column}, ${table}.${column})` : `excluded.${column}`;
  const updated = names.slice(1);
  return {
    upsert: `INSERT INTO ${table} (${names.map((name) => `"${name}"`).join(', ')})
      SELECT ${values.join(', ')} FROM json_each(?1) j ${joins} WHERE ${onlyWhere}
      ON CONFLICT (${key}) DO UPDATE SET ${updated.map((name) => `"${name}" = ${next(name)}`).join(', ')}
      WHERE ${changesWhere}
        AND (${updated.map((name) => `${next(name)} IS NOT ${table}."${name}"`).join(' OR ')})`,
    inferUsers: `INSERT INTO users (pseudonym, is_inferred) SELECT ${user}, 1 FROM json_each(?1) j
      WHERE ${onlyWhere} ON CONFLICT (pseudonym) DO NOTHING`,
    inferMovies: `INSERT INTO movies (content_id, is_inferred) SELECT ${movie}, 1 FROM json_each(?1) j
      WHERE ${onlyWhere} ON CONFLICT (content_id) DO NOTHING`,
  };
}

type Referred<Row> = (row: Row) => readonly [pseudonym: string, contentId: string] | null;

/** A row as the statements take it. */
export function rowText<Row>(spec: UpsertTable<Row>, row: Row, referred: Referred<Row>): string {
  const own = [spec.key, ...spec.columns].map((column) => row[column]);
  return JSON.stringify([...own, ...(referred(row) ?? [])]);
}

/** Rows of one table; each transaction has at most loadRowsMax of them. Of two with one key the later one counts. */
export async function upsertRows<Row>(
  db: D1Database,
  spec: UpsertTable<Row>,
  rows: readonly Row[],
  referred: Referred<Row>,
  values: readonly (string | number)[] = [],
): Promise<LoadCounts> {
  const sql = statementsOf(spec);
  // Ids are given in turn, above all there are: so they tell what was inserted.
  const last = db.prepare(`SELECT coalesce(max(id), 0) AS id FROM ${spec.table}`);
  let loaded = nothingLoaded;
  for (let from = 0; from < rows.length; from += loadRowsMax) {
    const texts = rows.slice(from, from + loadRowsMax).map((row) => rowText(spec, row, referred));
    for (const chunk of jsonChunks(texts)) {
      const write = (text: string): D1PreparedStatement => db.prepare(text).bind(chunk, ...values);
      const inferred = spec.refers ? [write(sql.inferUsers), write(sql.inferMovies)] : [];
      const statements = [...inferred, last, write(sql.upsert), last];
      loaded = addLoads(loaded, countsOf(await needsMigration(() => db.batch(statements))));
    }
  }
  return loaded;
}

function countsOf(results: readonly D1Result[]): LoadCounts {
  const [before, upsert, after] = results.slice(-3);
  const [users, movies] = results.slice(0, -3);
  const idOf = (result: D1Result | undefined) => (result?.results[0] as { id: number } | undefined)?.id ?? 0;
  const inserted = idOf(after) - idOf(before);
  return {
    inserted,
    updated: (upsert?.meta.changes ?? 0) - inserted,
    inferredUsers: users?.meta.changes ?? 0,
    inferredMovies: movies?.meta.changes ?? 0,
  };
}
