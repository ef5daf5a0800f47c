// Whole files of good and bad records, read in any slices and judged: each line has the outcome that it should have.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ImportFormat } from '../../../core/warehouse/import-name.ts';
import { judgeRecord, type QualityContext } from '../../../core/warehouse/quality.ts';
import { type ImportCursor, importStart } from '../../../storage/import/import-cursor.ts';
import type { ImportBucket } from '../../../storage/import/import-file.ts';
import { readRecords } from '../../../storage/import/read-records.ts';

const columns = ['id', 'user_id', 'movie_id', 'rating', 'rating_date', 'review_text'];
const good: Readonly<Record<string, string>> = {
  id: '1',
  user_id: 'u',
  movie_id: 'm',
  rating: '7.5',
  rating_date: '2026-01-01',
};
const context: QualityContext = {
  nowMs: Date.UTC(2026, 5, 1),
  pseudonymOf: (id) => id,
  regionNumberOf: () => null,
};

/** What a record says otherwise than a good one, and what is then told of it. */
const changes: readonly (readonly [Readonly<Record<string, string>>, string])[] = [
  [{}, 'ok'],
  [{ rating: '11' }, 'out_of_range'],
  [{ rating: 'x' }, 'not_a_number'],
  [{ rating: '' }, 'missing_field'],
  [{ rating_date: '2026-02-30' }, 'invalid_date'],
  [{ rating_date: '2027-01-01' }, 'time_in_future'],
  [{ user_id: 'x'.repeat(129) }, 'field_too_long'],
  [{ review_text: 'a\0b' }, 'nul_character'],
  [{ review_text: '=1+1' }, 'ok'],
  [{ review_text: 'caf\u00e9 \u{1f3ac}, he said "no"' }, 'ok'],
  [{ review_text: 'two\nlines\r\nthree\rfour' }, 'ok'],
];

interface Line {
  readonly text: string;
  readonly outcome: string;
  /** Lines of the file that it takes. */
  readonly lines: number;
}

const quoted = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
const lineEnds = /\r\n|\r|\n/g;

const csvRow = ([changed, outcome]: (typeof changes)[number]): Line => {
  const values = columns.map((name) => ({ ...good, ...changed })[name] ?? '');
  const text = values.map(quoted).join(',');
  return { text, outcome, lines: 1 + (text.match(lineEnds)?.length ?? 0) };
};
const malformed: readonly Line[] = [
  { text: '1,2,3', outcome: 'ragged_row', lines: 1 },
  { text: '1,2,3,4,5,6,7', outcome: 'ragged_row', lines: 1 },
  { text: '1,"2"3,4,5,6', outcome: 'text_after_quote', lines: 1 },
  { text: `1,${'y'.repeat(70_000)},3,4,5,6`, outcome: 'field_too_long', lines: 1 },
  { text: '1,caf\uffff,3,4,5,6', outcome: 'invalid_utf8', lines: 1 },
  { text: '', outcome: '', lines: 1 },
];
const csvLine = fc.oneof(fc.constantFrom(...changes).map(csvRow), fc.constantFrom(...malformed));

const json = (changed: Readonly<Record<string, string>>) => JSON.stringify({ ...good, ...changed });
const jsonLine = fc.oneof(
  fc.constantFrom(...changes).map(([changed, outcome]): Line => ({ text: json(changed), outcome, lines: 1 })),
  fc.constantFrom<Line>(
    { text: '{"id":1', outcome: 'invalid_json', lines: 1 },
    { text: '"x"', outcome: 'not_an_object', lines: 1 },
    { text: '{"id":"caf\uffff"}', outcome: 'invalid_utf8', lines: 1 },
    { text: '  ', outcome: '', lines: 1 },
  ),
);
const newline = fc.constantFrom('\n', '\r\n', '\r');

/** U+FFFF stands for a byte of Latin-1, which no UTF-8 has. */
function bytesOf(text: string): Uint8Array {
  const parts = text.split('\uffff').map((part) => new TextEncoder().encode(part));
  return Uint8Array.from(parts.flatMap((part, i) => (i === 0 ? [...part] : [0xe9, ...part])));
}

/** A bucket that holds one file; R2 itself is in the other tests, and too slow for thousands of files. */
function bucketOf(bytes: Uint8Array): ImportBucket {
  const head = async () => Promise.resolve({ size: bytes.length, etag: 'e' });
  const get = async (_: string, { range }: { range: { offset: number; length: number } }) =>
    Promise.resolve({ body: null, bytes: () => bytes.slice(range.offset, range.offset + range.length) });
  return { head, get } as unknown as ImportBucket;
}

async function judged(format: ImportFormat, bytes: Uint8Array, rowsMax: number): Promise<[number, string][]> {
  const source = { bucket: bucketOf(bytes), key: `imports/ratings.${format}` };
  const found: [number, string][] = [];
  for (let cursor: ImportCursor | null = importStart; cursor; ) {
    const slice = await readRecords(source, format, cursor, rowsMax);
    for (const item of slice.items) found.push([item.line, outcomeOf(item)]);
    expect(slice.items.length).toBeLessThanOrEqual(rowsMax);
    cursor = slice.next;
  }
  return found;
}

function outcomeOf(item: Awaited<ReturnType<typeof readRecords>>['items'][number]): string {
  if ('fault' in item) return item.fault.code;
  const result = judgeRecord('ratings', item.record, context);
  return result.ok ? 'ok' : result.faults.map(({ code }) => code).join(' ');
}

function expected(lines: readonly (readonly [Line, string])[], first: number): [number, string][] {
  let at = first;
  const found: [number, string][] = [];
  for (const [line] of lines) {
    if (line.outcome !== '') found.push([at, line.outcome]);
    at += line.lines;
  }
  return found;
}

const textOf = (lines: readonly (readonly [Line, string])[]) =>
  lines.map(([{ text }, end]) => text + end).join('');

describe('any file', () => {
  const rowsMax = fc.integer({ min: 1, max: 7 });

  it('[IMP-2, IMP-3, IMP-4] of CSV: each line has its outcome, in any slices', async () => {
    const lines = fc.array(fc.tuple(csvLine, fc.constantFrom('\n', '\r\n')), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(lines, rowsMax, async (given, most) => {
        const bytes = bytesOf(`${columns.join(',')}\n${textOf(given)}`);
        expect(await judged('csv', bytes, most)).toEqual(expected(given, 2));
      }),
      { numRuns: 400 },
    );
  });

  it('[IMP-2, IMP-3, IMP-4] of CSV with a quote that never ends: it costs its line alone', async () => {
    const bare = changes.filter(([{ review_text: text = '' }]) => !/[",\r\n]/.test(text)).map(csvRow);
    const lines = fc.array(fc.tuple(fc.constantFrom(...bare), newline), { maxLength: 12 });
    const open: Line = { text: '1,"2,3,4,5,6', outcome: 'unclosed_quote', lines: 1 };
    await fc.assert(
      fc.asyncProperty(lines, lines, rowsMax, async (before, behind, most) => {
        const given = [...before, [open, '\n'] as const, ...behind];
        const bytes = bytesOf(`${columns.join(',')}\n${textOf(given)}`);
        expect(await judged('csv', bytes, most)).toEqual(expected(given, 2));
      }),
      { numRuns: 300 },
    );
  });

  it('[IMP-2, IMP-3, IMP-4] of NDJSON: each line has its outcome, in any slices', async () => {
    const lines = fc.array(fc.tuple(jsonLine, newline), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(lines, rowsMax, async (given, most) => {
        expect(await judged('ndjson', bytesOf(textOf(given)), most)).toEqual(expected(given, 1));
      }),
      { numRuns: 400 },
    );
  });
});
