import { env } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { type ImportItem, importStart } from '../../../storage/import/import-cursor.ts';
import { readRecords } from '../../../storage/import/read-records.ts';

const header = 'id,user_id,movie_id,rating,rating_date';

describe('reading', () => {
  it('[IMP-2] a file is read slice by slice from cursors that are plain JSON', async () => {
    const rows = Array.from({ length: 25 }, (_, i) => `${i},u${i},m${i},7,2026-01-01`);
    const key = 'imports/ratings-a.csv';
    await env.LAKE.put(key, [header, ...rows, ''].join('\n'));
    const items: ImportItem[] = [];
    let slices = 0;
    for (let cursor: typeof importStart | null = importStart; cursor; slices++) {
      const slice = await readRecords({ bucket: env.LAKE, key }, 'csv', cursor, 10);
      items.push(...slice.items);
      cursor = slice.next && (JSON.parse(JSON.stringify(slice.next)) as typeof importStart);
    }
    expect(slices).toBe(3);
    expect(items).toEqual(
      rows.map((_, i) => ({
        line: i + 2,
        record: { id: `${i}`, user_id: `u${i}`, movie_id: `m${i}`, rating: '7', rating_date: '2026-01-01' },
      })),
    );
  });
});
