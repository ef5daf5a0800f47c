import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteReader } from '../../../core/protocol/byte-reader.ts';
import { ByteWriter, FormatError } from '../../../core/protocol/bytes.ts';
import { TextPool } from '../../../core/protocol/text-pool.ts';

function written(texts: readonly string[]): ByteReader {
  const out = new ByteWriter();
  for (const text of texts) out.text(text);
  return new ByteReader(out.finish());
}

test('[ING-2] texts come back the same through a pool, those that came before as well', () => {
  const end = fc.constantFrom('', 'a', 'é', '🎬', '\u0000', '12345678', 'x'.repeat(70));
  const text = fc.tuple(fc.constantFrom('', 'b', 'film_', 'schön '), fc.integer({ min: 0, max: 4000 }), end);
  const pool = new TextPool();
  fc.assert(
    fc.property(fc.array(text, { maxLength: 50 }), (parts) => {
      const texts = parts.map(([start, n, last]) => `${start}${n === 0 ? '' : n}${last}`);
      const input = written([...texts, ...texts]);
      expect([...texts, ...texts].map(() => input.text(pool))).toEqual([...texts, ...texts]);
    }),
  );
});

test('[LOG-1] bytes that are no text stay a FormatError, also the second time', () => {
  const pool = new TextPool();
  const bad = () => new ByteReader(Uint8Array.of(3, 0x61, 0xff, 0x62)).text(pool);
  expect(bad).toThrow(FormatError);
  expect(bad).toThrow(FormatError);
});
