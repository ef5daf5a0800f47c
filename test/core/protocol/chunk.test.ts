import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FormatError } from '../../../core/protocol/bytes.ts';
import { decodeChunk, decodeChunkHeader, splitIntoChunks } from '../../../core/protocol/chunk.ts';
import { nullableColumns, textColumns, wideColumns } from '../../../core/protocol/chunk-columns.ts';
import { decodeEnvelope, packEnvelopes } from '../../../core/protocol/envelope.ts';
import { EventList } from '../../../core/protocol/event-rows.ts';
import { envelopeBytesMax } from '../../../core/protocol/limits.ts';
import { buildChunk, buildEvent, type EventFields } from '../../support/build-chunk.ts';

const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const text = fc.option(fc.string({ unit: 'grapheme', maxLength: 12 }), { nil: null });
const amount = fc.option(fc.integer({ min: 0, max: 1_000_000_000_000 }), { nil: null });
const record = <K extends string, V>(keys: readonly K[], value: fc.Arbitrary<V>) =>
  fc.record(Object.fromEntries(keys.map((key) => [key, value])) as Record<K, fc.Arbitrary<V>>);

const anyEvent: fc.Arbitrary<EventFields> = fc
  .tuple(
    record(
      wideColumns.flatMap((name) => [`${name}Hi`, `${name}Lo`] as const),
      u32,
    ),
    record(textColumns, text),
    record(nullableColumns, amount),
    fc.record({
      timeMs: fc.integer({ min: 946_684_800_000, max: 4_000_000_000_000 }),
      type: fc.integer({ min: 0, max: 7 }),
      status: fc.integer({ min: 0, max: 3 }),
    }),
  )
  .map(([wide, texts, amounts, rest]) => ({ ...wide, ...texts, ...amounts, ...rest }));

/** What a decoded chunk says of event i, in the form in which it was given. */
function eventAt(chunk: ReturnType<typeof decodeChunk>, i: number): EventFields {
  const { columns } = chunk;
  const wide = wideColumns.map((name) => ({
    [`${name}Hi`]: columns[name].hi[i],
    [`${name}Lo`]: columns[name].lo[i],
  }));
  const texts = textColumns.map((name) => {
    const code = columns[name].codes[i] as number;
    return { [name]: code === 0 ? null : columns[name].texts[code - 1] };
  });
  const amounts = nullableColumns.map((name) => {
    const held = columns[name][i] as number;
    return { [name]: held === 0 ? null : held - 1 };
  });
  const rest = { timeMs: columns.timeMs[i], type: columns.type[i], status: columns.status[i] };
  return Object.assign({}, ...wide, ...texts, ...amounts, rest) as EventFields;
}

describe('the chunk', () => {
  it('[LOG-4, ING-7] gives back every event and its header, whatever they hold', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { minLength: 1, maxLength: 20 }), u32, (list, firstNumber) => {
        const header = {
          firstNumber,
          producer: 'p',
          twins: 3,
          voids: [[1, 9]] as const,
          pseudonymVersion: 2,
        };
        const bytes = buildChunk(list.map(buildEvent), header);
        const chunk = decodeChunk(bytes);
        expect(chunk.header).toMatchObject({ ...header, count: list.length, door: '000000000000000a' });
        expect(decodeChunkHeader(bytes)).toEqual(chunk.header);
        expect(list.map((_, i) => eventAt(chunk, i))).toEqual(list);
      }),
      { numRuns: 200 },
    );
  });

  it('[LOG-4] the header decodes without the body', () => {
    const bytes = buildChunk([buildEvent({ contentId: 'movie' })], { firstNumber: 12 });
    const header = decodeChunkHeader(bytes);
    const cut = bytes.slice(0, bytes.length - 30);
    expect(decodeChunkHeader(cut)).toEqual(header);
    expect(() => decodeChunk(cut)).toThrow(FormatError);
  });

  it('[LOG-1] bytes cut short or changed are a FormatError or another chunk, never anything worse', () => {
    const good = buildChunk(
      Array.from({ length: 5 }, (_, i) =>
        buildEvent({ contentId: `m${i}`, timeMs: i * 7_000, durationMs: i }),
      ),
    );
    const outcome = (bytes: Uint8Array): string => {
      try {
        return decodeChunk(bytes).header.count > 0 ? 'chunk' : 'empty';
      } catch (error) {
        return error instanceof FormatError ? 'refused' : String(error);
      }
    };
    for (let length = 0; length < good.length; length++)
      expect(outcome(good.slice(0, length))).toBe('refused');
    expect(outcome(new Uint8Array([...good, 0]))).toBe('refused');
    for (let at = 0; at < good.length; at++) {
      for (const value of [0, 1, 5, 127, 128, 255]) {
        const changed = good.slice();
        changed[at] = value;
        expect(['chunk', 'refused']).toContain(outcome(changed));
      }
    }
  });

  it('[LOG-4] events too many for an envelope are split, numbered on, their twins and voids told once', () => {
    const list = Array.from({ length: 900 }, (_, i) =>
      buildEvent({ identityLo: i, ext: `${i}`.padEnd(200, 'x') }),
    );
    const whole = { ...decodeChunkHeader(buildChunk(list.slice(0, 1))), firstNumber: 7, twins: 2 };
    const chunks = splitIntoChunks({ ...whole, voids: [[0, 7]] }, EventList.of(list));
    const headers = chunks.map(decodeChunkHeader);
    expect(chunks.length).toBeGreaterThan(2);
    let next = 7;
    for (const { firstNumber, count } of headers) {
      expect(firstNumber).toBe(next);
      next += count;
    }
    expect(next).toBe(907);
    expect(headers.map(({ twins }) => twins)).toEqual([2, ...new Array<number>(chunks.length - 1).fill(0)]);
    expect(headers.map(({ voids }) => voids.length)).toEqual([
      1,
      ...new Array<number>(chunks.length - 1).fill(0),
    ]);
    for (const chunk of chunks)
      expect(packEnvelopes([chunk], [])[0]?.length).toBeLessThanOrEqual(envelopeBytesMax);
  });
});

describe('the envelope', () => {
  const report = {
    door: 'd',
    producer: 'é'.repeat(40),
    minute: 1,
    seq: 1,
    rejected: {},
    twins: 0,
    samples: [],
  };

  it('[ING-3] never exceeds its bytes, and loses no chunk and no report', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 30_000 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 0, max: 400 }), (lengths, reportCount) => {
        const chunks = lengths.map((length, i) => new Uint8Array(length).fill(i));
        const reports = Array.from({ length: reportCount }, (_, seq) => ({ ...report, seq }));
        const envelopes = packEnvelopes(chunks, reports);
        for (const { length } of envelopes) expect(length).toBeLessThanOrEqual(envelopeBytesMax);
        const opened = envelopes.map(decodeEnvelope);
        expect(opened.flatMap((envelope) => envelope.chunks)).toEqual(chunks);
        expect(opened.flatMap((envelope) => envelope.reports)).toEqual(reports);
      }),
      { numRuns: 40 },
    );
  });

  it('[LOG-1] bytes that are no envelope are a FormatError', () => {
    const [good] = packEnvelopes([new Uint8Array([1, 2, 3])], [report]) as [Uint8Array];
    for (let length = 0; length < good.length; length++) {
      expect(() => decodeEnvelope(good.slice(0, length))).toThrow(FormatError);
    }
    expect(() => decodeEnvelope(new Uint8Array([...good, 0]))).toThrow(FormatError);
  });

  it('a chunk that no envelope can hold is a RangeError', () => {
    expect(() => packEnvelopes([new Uint8Array(envelopeBytesMax)], [])).toThrow(RangeError);
  });
});
