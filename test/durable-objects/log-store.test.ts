import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { spareRowsMax } from '../../core/protocol/limits.ts';
import { LogStore } from '../../durable-objects/region-window/log-store.ts';

const origin = { regionNumber: 1, shard: 0, generation: 0, incarnation: 1 };

interface Used {
  readonly store: LogStore;
  /** Another over the same storage, as after an eviction. */
  readonly again: () => LogStore;
  readonly rows: () => number[];
  /** Since the last time. */
  readonly rowsWritten: () => number;
}

async function inObject(name: string, use: (used: Used) => void): Promise<void> {
  const object = env.REGION_WINDOW.getByName(name);
  await runInDurableObject(object, (_object, { storage: { sql } }) => {
    let cursors: SqlStorageCursor<Record<string, SqlStorageValue>>[] = [];
    const counted = {
      exec: (query: string, ...bindings: unknown[]) => {
        const cursor = sql.exec(query, ...bindings);
        cursors.push(cursor);
        return cursor;
      },
    } as unknown as SqlStorage;
    use({
      store: new LogStore(counted),
      again: () => new LogStore(counted),
      rows: () =>
        sql
          .exec<{ row: number }>('SELECT row FROM log ORDER BY row')
          .toArray()
          .map(({ row }) => row),
      rowsWritten: () => {
        const written = cursors.reduce((sum, cursor) => sum + cursor.rowsWritten, 0);
        cursors = [];
        return written;
      },
    });
  });
}

function append(store: LogStore, from: number, to: number): void {
  for (let row = from; row <= to; row++)
    store.carryOut({ kind: 'append', row, atMs: row * 10, body: Uint8Array.of(row % 256, row >> 8) });
}

const trim = (store: LogStore, beforeRow: number): void => store.carryOut({ kind: 'trim', beforeRow });

describe('rows of the log that may go', () => {
  it('[LOG-5b] are written over: a commit is one row written, and the log grows no longer', async () => {
    await inObject('written over', ({ store, rows, rowsWritten }) => {
      append(store, 0, 9);
      trim(store, 5);
      expect(rows()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
      rowsWritten();
      append(store, 10, 14);
      expect(rows()).toEqual([5, 6, 7, 8, 9, 10, 11, 12, 13, 14]);
      expect(rowsWritten()).toBe(5);
      expect(store.body(14)).toEqual(Uint8Array.of(14, 0));
      expect(store.firstAtMs(11)).toBe(110);
      // None is spare any more.
      append(store, 15, 16);
      expect(rows()).toHaveLength(12);
    });
  });

  it('[LOG-5b] are kept while as many are needed, and all go where a shard has fallen silent', async () => {
    await inObject('kept', ({ store, rows }) => {
      append(store, 0, 9);
      trim(store, 8);
      expect(rows()).toEqual([6, 7, 8, 9]);
      trim(store, 10);
      expect(rows()).toEqual([]);
      append(store, 10, 10);
      expect(rows()).toEqual([10]);
    });
  });

  it(`[LOG-5b] are ${spareRowsMax} at most`, async () => {
    await inObject('at most', ({ store, rows }) => {
      append(store, 0, 2 * spareRowsMax + 1);
      trim(store, spareRowsMax);
      expect(rows()[0]).toBe(0);
      trim(store, spareRowsMax + 1);
      expect(rows()[0]).toBe(1);
    });
  });

  it('[LOG-2, LOG-5b] are none for who wakes: what was trimmed and not committed is still there', async () => {
    await inObject('woken', ({ store, again, rows }) => {
      append(store, 0, 9);
      trim(store, 5);
      // As where the transaction failed behind the trimming, and the object wakes from its log.
      const { sealing } = store.source(origin);
      expect(sealing?.firstRow).toBe(0);
      append(store, 10, 10);
      expect(rows()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
      const woken = again();
      append(woken, 11, 11);
      expect(rows()).toHaveLength(12);
      trim(woken, 5);
      append(woken, 12, 12);
      expect(rows()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    });
  });
});
