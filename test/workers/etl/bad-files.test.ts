// A file in which everything is wrong that files have wrong: what is right in it is loaded, and the rest told line by line.
import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import { importKey } from '../../../core/warehouse/import-name.ts';
import { readRejects } from '../../../storage/etl/rejects.ts';
import { emptyWarehouse, rowsOf } from '../../storage/warehouse/warehouse-rows.ts';
import { begin, clearEtl, drive } from './etl-world.ts';

const name = 'ratings.csv';
const text = (line: string): Uint8Array => new TextEncoder().encode(`${line}\n`);
const good = (id: number): Uint8Array => text(`${id},u1,m1,7,2026-01-01,fine`);
/** Lines as bytes, and the code that each is rejected with. */
const lines: readonly [Uint8Array, string | null][] = [
  [text('id,user_id,movie_id,rating,rating_date,review_text'), null],
  [good(1), null],
  [text('2,u1,m1,11,2026-01-01,'), 'out_of_range'],
  [text('3,u1,m1,7,2026-01-01'), 'ragged_row'],
  [text('4,u1,m1,7,2026-01-01,a,b'), 'ragged_row'],
  [Uint8Array.from([...text('5,u1,m1,7,2026-01-01,caf')].slice(0, -1).concat([0xe9, 0x0a])), 'invalid_utf8'],
  [text(`6,u1,m1,7,2026-01-01,${'x'.repeat(1_000_000)}`), 'field_too_long'],
  [good(1), 'duplicate_key'],
  [text('7,,m1,7,2026-01-01,'), 'missing_field'],
  [text('8,u1,m1,seven,2026-01-01,'), 'not_a_number'],
  [text('9,u1,m1,7,yesterday,'), 'invalid_date'],
  [good(10), null],
  [text('11,u1,m1,7,2026-01-01,"and so on'), 'unclosed_quote'],
  [good(12), null],
];

test('[ETL-3] each bad record is rejected by line and reason, and the good ones between them are loaded', async () => {
  await clearEtl();
  await emptyWarehouse();
  const id = await begin({ [name]: '' }, { errorShareMax: 1 });
  await env.LAKE.put(importKey(name), new Blob(lines.map(([bytes]) => bytes)));
  const { state, progress } = await drive(id);
  expect(state).toBe('done');
  const { rejects } = await readRejects(env.LAKE, id, null, 100);
  const wanted = lines.flatMap(([, code], at) => (code === null ? [] : [[at + 1, code]]));
  expect(rejects.map(({ line, code }) => [line, code])).toEqual(wanted);
  for (const { message, record } of rejects)
    expect([message.length < 200, (record?.length ?? 0) <= 500]).toEqual([true, true]);
  expect(progress.loaded.ratings).toMatchObject({ inserted: 3 });
  expect(await rowsOf('SELECT source_id FROM ratings ORDER BY id')).toEqual(
    ['i-1', 'i-10', 'i-12'].map((source_id) => ({ source_id })),
  );
});
