import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteReader } from '../../../core/protocol/byte-reader.ts';
import { ByteWriter, FormatError } from '../../../core/protocol/bytes.ts';
import { decodeChunk, decodeChunkHeader, encodeChunk } from '../../../core/protocol/chunk.ts';
import { decodeEnvelope } from '../../../core/protocol/envelope.ts';
import { chunkEventsMax } from '../../../core/protocol/limits.ts';
import { buildChunk, buildEvent } from '../../support/build-chunk.ts';

function written(write: (out: ByteWriter) => void): Uint8Array {
  const out = new ByteWriter(1);
  write(out);
  return out.finish();
}

describe('numbers and texts', () => {
  const safe = fc.oneof(fc.maxSafeNat(), fc.nat(300), fc.constantFrom(127, 128, 16_383, 2 ** 53 - 1));

  test('[LOG-4] come back as they were written', () => {
    const u48 = fc.integer({ min: 0, max: 2 ** 48 - 1 });
    fc.assert(
      fc.property(safe, u48, fc.double(), fc.string({ unit: 'grapheme' }), (varint, wide, real, text) => {
        const bytes = written((out) => {
          out.varint(varint);
          out.u48(wide);
          out.f64(real);
          out.text(text);
          out.u8(7);
        });
        const input = new ByteReader(bytes);
        expect([input.varint(), input.u48(), input.f64(), input.text(), input.u8()]).toEqual([
          varint,
          wide,
          real,
          text,
          7,
        ]);
        expect(input.left).toBe(0);
      }),
    );
  });

  test.each([0, 1, 9, 10, 11, 300])('[LOG-4] a text of %i characters, plain or not', (length) => {
    for (const text of [
      'x'.repeat(length),
      'é'.repeat(length),
      `${'x'.repeat(length)}\u{1f600}`,
      '\ufeffx',
    ]) {
      expect(new ByteReader(written((out) => out.text(text))).text()).toBe(text);
    }
  });

  test.each([
    ['bytes that are not UTF-8', [2, 0xc3, 0x28]],
    ['a surrogate on its own', [3, 0xed, 0xa0, 0x80]],
    ['a text longer than what is left', [5, 0x61]],
    ['a length without end', [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]],
    ['a length of 2^53 and more', [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x1f]],
  ])('[LOG-1] %s is a FormatError', (_what, bytes) => {
    expect(() => new ByteReader(Uint8Array.from(bytes)).text()).toThrow(FormatError);
  });

  test('[ING-7] integers of every width come back exactly, above their base', () => {
    const column = fc
      .tuple(fc.constantFrom(1, 2, 3, 4, 6), fc.nat(1_000_000_000))
      .chain(([width, base]) =>
        fc.tuple(
          fc.constant(width),
          fc.constant(base),
          fc.array(fc.integer({ min: base, max: base + 2 ** (8 * width) - 1 }), { maxLength: 50 }),
        ),
      );
    fc.assert(
      fc.property(column, ([width, base, values]) => {
        const input = new ByteReader(written((out) => out.integers(values, width, base)));
        // One that is longer than the column keeps what lies behind it.
        const target = new Float64Array(values.length + 1).fill(-1);
        input.floats(target, values.length, width, base, Number.MAX_SAFE_INTEGER);
        expect([...target]).toEqual([...values, -1]);
        expect(input.left).toBe(0);
      }),
    );
  });

  test.each([1, 2, 3, 4, 6])('[ING-7] codes and types that are %s bytes wide come back exactly', (width) => {
    const values = [0, 7, 200, 3];
    const input = () => new ByteReader(written((out) => out.integers(values, width, 0)));
    const [shorts, octets] = [new Uint16Array(5).fill(9), new Uint8Array(5).fill(9)];
    input().shorts(shorts, 4, width, 40, 300);
    input().octets(octets, 4, width, 40, 300);
    expect([...shorts]).toEqual([40, 47, 240, 43, 9]);
    expect([...octets]).toEqual([40, 47, 240, 43, 9]);
  });

  test('words come back exactly', () => {
    const target = new Uint32Array(4).fill(9);
    const values = [0, 2 ** 32 - 1, 2 ** 31];
    new ByteReader(written((out) => out.integers(values, 4))).words(target, 3);
    expect([...target]).toEqual([...values, 9]);
  });

  test('[LOG-1] a sum that would wrap into something valid is a FormatError', () => {
    const input = () => new ByteReader(Uint8Array.of(10));
    const byte = new Uint8Array(1);
    const readers = [
      (base: number, end: number) => input().octets(byte, 1, 1, base, end),
      (base: number, end: number) => input().shorts(new Uint16Array(1), 1, 1, base, end),
      (base: number, end: number) => input().floats(new Float64Array(1), 1, 1, base, end),
    ];
    for (const read of readers) {
      expect(() => read(250, 8)).toThrow(FormatError);
      expect(() => read(0, 10)).toThrow(FormatError);
      expect(() => read(0, 11)).not.toThrow();
    }
  });
});

describe('numbers that claim more than there is', () => {
  test('[LOG-1] a count, a dictionary or a list of voids beyond the bytes left is refused before it is made', () => {
    const chunk = buildChunk([buildEvent({ contentId: 'm' })]);
    const before = process.memoryUsage().arrayBuffers;
    for (let at = 0; at < chunk.length; at++) {
      const huge = Uint8Array.from([
        ...chunk.slice(0, at),
        0xff,
        0xff,
        0xff,
        0xff,
        0x7f,
        ...chunk.slice(at + 1),
      ]);
      for (const decode of [decodeChunk, decodeChunkHeader, decodeEnvelope]) {
        try {
          decode(huge);
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
        }
      }
    }
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50_000_000);
  });

  test('[ING-3] a chunk holds up to 2,000 events, and no more', () => {
    const events = Array.from({ length: chunkEventsMax + 1 }, () => buildEvent());
    expect(decodeChunk(buildChunk(events.slice(1))).header.count).toBe(chunkEventsMax);
    expect(() => buildChunk(events)).toThrow(RangeError);
    expect(() => buildChunk([])).toThrow(RangeError);
    const one = decodeChunkHeader(buildChunk([buildEvent()]));
    expect(() => encodeChunk({ ...one, count: 2 }, [buildEvent()])).toThrow(RangeError);
  });

  test('[LOG-4] door numbers beyond 2^53 are refused', () => {
    const last = Number.MAX_SAFE_INTEGER;
    expect(decodeChunkHeader(buildChunk([buildEvent()], { firstNumber: last - 1 })).firstNumber).toBe(
      last - 1,
    );
    expect(() => decodeChunkHeader(buildChunk([buildEvent()], { firstNumber: last }))).toThrow(FormatError);
    const voids = [[last - 1, last + 2]] as const;
    expect(() => decodeChunkHeader(buildChunk([buildEvent()], { voids }))).toThrow(FormatError);
  });

  test('[ING-7] a column that the format cannot hold is a RangeError, not a wrong number', () => {
    expect(() => buildChunk([buildEvent({ bytes: -2 })])).toThrow(RangeError);
    expect(() => buildChunk([buildEvent({ bytes: 0 }), buildEvent({ bytes: 2 ** 48 })])).toThrow(RangeError);
  });
});
