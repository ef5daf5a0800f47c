/** The warehouse by counting alone (WHS-2): what files make of it, slice by slice. */
import type { WarehouseTable } from '../../../core/warehouse/rows.ts';
import type { FileRow, FileVersion } from './etl-files.ts';
import type { SqliteD1 } from './sqlite-d1.ts';

/** By table and key: values, then `is_inferred` of users and movies, or user and movie of facts. */
export type Warehouse = ReadonlyMap<string, readonly (string | number | null)[]>;

/** Rows of a slice of a file. */
export interface Slice {
  readonly table: WarehouseTable;
  readonly rows: readonly FileRow[];
}

const loadOrder: readonly WarehouseTable[] = ['users', 'movies', 'ratings', 'viewing_sessions'];

/** The slices of files, in the order in which they are loaded. */
export function slicesOf(files: readonly FileVersion[], size: number): Slice[] {
  const rank = ({ table }: FileVersion): number => loadOrder.indexOf(table);
  const ordered = files.toSorted((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
  return ordered.flatMap(({ table, rows }) =>
    Array.from({ length: Math.max(1, Math.ceil(rows.length / size)) }, (_, n) => ({
      table,
      rows: rows.slice(n * size, (n + 1) * size).filter((row) => row !== null),
    })),
  );
}

export function afterSlice(before: Warehouse, { table, rows }: Slice): Warehouse {
  const after = new Map(before);
  for (const { key, values, of } of rows) {
    const place = `${table} ${key}`;
    const known = after.get(place);
    const told = values.map((value, at) => value ?? known?.[at] ?? null);
    after.set(place, [...told, ...(of ?? [0])]);
    const [user, movie] = of ?? [];
    for (const named of of ? [`users ${user}`, `movies ${movie}`] : [])
      if (!after.has(named)) after.set(named, [null, null, 1]);
  }
  return after;
}

const sqls = [
  ['users', 'SELECT pseudonym, username, country, is_inferred FROM users'],
  ['movies', 'SELECT content_id, title, genre, is_inferred FROM movies'],
  [
    'ratings',
    `SELECT r.source_id, r.rating_milli, u.pseudonym, m.content_id FROM ratings r
     JOIN users u ON u.id = r.user_id JOIN movies m ON m.id = r.movie_id`,
  ],
  [
    'viewing_sessions',
    `SELECT s.source_id, s.start_time_ms, s.end_time_ms, s.watch_duration_ms, u.pseudonym, m.content_id
     FROM viewing_sessions s JOIN users u ON u.id = s.user_id JOIN movies m ON m.id = s.movie_id`,
  ],
] as const;

export function readWarehouse(database: SqliteD1): Warehouse {
  const found = sqls.flatMap(([table, sql]) =>
    database.rows<Record<string, string | number | null>>(sql).map((row) => {
      const [key, ...values] = Object.values(row);
      return [`${table} ${key}`, values] as const;
    }),
  );
  return new Map(found);
}

export const textOfWarehouse = (warehouse: Warehouse): string =>
  [...warehouse]
    .map(([place, values]) => `${place} ${JSON.stringify(values)}`)
    .sort()
    .join('\n');
