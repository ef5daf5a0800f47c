/** D1 that counts the rows that each statement reads and writes, as its answers tell them. */
import { count, during } from './tally.ts';

const target = /\b(?:into|update|from|join)\s+"?([a-z]\w*)/gi;
/** Names in a statement that are no tables. */
const functions = new Set(['json_each', 'select', 'generate_series']);

/** What a statement writes, or reads first. */
function tableOf(sql: string): string {
  const verb = /\b(insert|update|delete)\b/i.exec(sql)?.[1]?.toLowerCase();
  const text = verb ? sql.slice(sql.toLowerCase().indexOf(verb)) : sql;
  const found = [...text.matchAll(target)].map(([, name = '']) => name.toLowerCase());
  const [table = 'none'] = found.filter((name) => !functions.has(name) && name !== 'set');
  return `${verb ?? 'select'} ${table}`;
}

function countMeta(sql: string, meta: D1Meta): void {
  const where = `d1 ${tableOf(sql)}`;
  count('rowsWritten', where, meta.rows_written);
  count('rowsRead', where, meta.rows_read);
}

export function countedD1(database: D1Database): D1Database {
  const inner = new WeakMap<object, { readonly statement: D1PreparedStatement; readonly sql: string }>();
  const wrap = (statement: D1PreparedStatement, sql: string): D1PreparedStatement => {
    const all = async () =>
      await during(async () => {
        const result = await statement.all();
        countMeta(sql, result.meta);
        return result;
      });
    const wrapped = {
      bind: (...values: unknown[]) => wrap(statement.bind(...values), sql),
      first: async (column?: string) => {
        const [row = null] = (await all()).results;
        return column === undefined || row === null ? row : row[column];
      },
      run: all,
      all,
      // Tells no counts: what it returns it has read.
      raw: async () =>
        await during(async () => {
          const rows = await statement.raw();
          count('rowsRead', `d1 ${tableOf(sql)}`, rows.length);
          return rows;
        }),
    };
    inner.set(wrapped, { statement, sql });
    return wrapped as unknown as D1PreparedStatement;
  };
  const counted = {
    prepare: (sql: string) => wrap(database.prepare(sql), sql),
    batch: async (statements: D1PreparedStatement[]) =>
      await during(async () => {
        const results = await database.batch(statements.map((own) => inner.get(own)?.statement ?? own));
        for (const [at, { meta }] of results.entries())
          countMeta(inner.get(statements[at] as object)?.sql ?? '', meta);
        return results;
      }),
    exec: async (sql: string) => await database.exec(sql),
    withSession: () => counted,
  };
  return counted as unknown as D1Database;
}
