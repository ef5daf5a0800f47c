/** D1 behind faults and stops. The product sees a D1Database; what it uses of one is here. */
import { throughFault } from './faults.ts';
import type { Stop } from './stops.ts';

/** Whose database it is: the points of a stop are named by it. */
export type Owner =
  | 'door'
  | 'consumer'
  | 'region'
  | 'hub'
  | 'meter'
  | 'sealer'
  | 'hour'
  | 'day'
  | 'replay'
  | 'etl'
  | 'session';

const reads = /^\s*(select|with|explain|pragma)\b/i;

export function faultyD1(database: D1Database, owner: Owner, stop: Stop | null): D1Database {
  const inner = new WeakMap<object, D1PreparedStatement>();
  const guarded = async <T>(isWrite: boolean, act: () => Promise<T>): Promise<T> => {
    const stops = isWrite ? stop : null;
    await stops?.(`before ${owner} d1`);
    const result = await throughFault('d1', isWrite, act);
    await stops?.(`behind ${owner} d1`);
    return result;
  };
  const wrap = (statement: D1PreparedStatement, isWrite: boolean): D1PreparedStatement => {
    const wrapped = {
      bind: (...values: unknown[]) => wrap(statement.bind(...values), isWrite),
      first: async (column?: string) =>
        await guarded(
          isWrite,
          async () => await (column === undefined ? statement.first() : statement.first(column)),
        ),
      run: async () => await guarded(isWrite, async () => await statement.run()),
      all: async () => await guarded(isWrite, async () => await statement.all()),
      raw: async (options?: { columnNames?: false }) =>
        await guarded(isWrite, async () => await statement.raw(options)),
    };
    inner.set(wrapped, statement);
    return wrapped as unknown as D1PreparedStatement;
  };
  const faulty = {
    prepare: (sql: string) => wrap(database.prepare(sql), !reads.test(sql)),
    batch: async (statements: D1PreparedStatement[]) => {
      const plain = statements.map((statement) => inner.get(statement) ?? statement);
      return await guarded(true, async () => await database.batch(plain));
    },
    exec: async (sql: string) => await guarded(true, async () => await database.exec(sql)),
    withSession: () => faulty,
  };
  return faulty as unknown as D1Database;
}
