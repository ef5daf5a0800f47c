import { needsMigration } from '../migrated.ts';

/** A statement with its parameters. */
export interface Statement {
  readonly sql: string;
  readonly values: readonly (string | number)[];
}

const prepared = (db: D1Database, { sql, values }: Statement): D1PreparedStatement =>
  db.prepare(sql).bind(...values);

export async function readRows<Row>(db: D1Database, statement: Statement): Promise<Row[]> {
  const { results } = await needsMigration(() => prepared(db, statement).all<Row>());
  return results;
}

/** The rows of each, of one state of the database. */
export async function readAll<Row>(db: D1Database, statements: readonly Statement[]): Promise<Row[][]> {
  const results = await needsMigration(() => db.batch<Row>(statements.map((each) => prepared(db, each))));
  return results.map((result) => result.results);
}
