import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type BodyResult, parseBody, unparsable } from '../../../core/protocol/body.ts';
import { recordsPerRequestMax, valuesPerRequestMax } from '../../../core/protocol/limits.ts';

type Framing = 'json' | 'lines';

function records(body: string, framing: Framing = 'json'): readonly unknown[] {
  const result = parseBody(body, framing);
  if (!result.ok) throw new Error(`${result.code}: ${result.detail}`);
  return result.records;
}

const codeOf = (body: string, framing: Framing = 'json') => {
  const result: BodyResult = parseBody(body, framing);
  return result.ok ? `${result.records.length} records` : result.code;
};

const a = { a: 1 };

describe('every form gives the same records', () => {
  test.each<[string, string, Framing]>([
    ['an array', '[{"a":1},{"a":1}]', 'json'],
    ['a batch', '{"source":"x","batch":[{"a":1},{"a":1}]}', 'json'],
    ['lines', '{"a":1}\n{"a":1}', 'lines'],
    ['lines with blanks and a last newline', '\n{"a":1}\r\n \n\n{"a":1}\n', 'lines'],
    ['lines without their content type', ' {"a":1}\r\n\r\n{"a":1}\n', 'json'],
  ])('%s', (_name, body, framing) => {
    expect(records(body, framing)).toEqual([a, a]);
  });

  test('one object is one record, also with a batch that is no array', () => {
    expect(records('{"a":1}')).toEqual([a]);
    expect(records('{"batch":1}')).toEqual([{ batch: 1 }]);
    expect(records('{"a":1}\n', 'lines')).toEqual([a]);
  });

  test('nothing to do is readable', () => {
    expect(records('[]')).toEqual([]);
    expect(records(' [ ] ')).toEqual([]);
    expect(records('{"batch":[]}')).toEqual([]);
  });

  test('a batch that only __proto__ has is none', () => {
    expect(records('{"__proto__":{"batch":[]}}')).toHaveLength(1);
  });
});

describe('[ING-2] one bad record costs only itself', () => {
  test.each<[string, string, unknown[]]>([
    ['a NaN literal', '[{"a":1},{"rating":NaN},{"a":1}]', [a, unparsable, a]],
    ['a NaN literal in a batch', '{"x":[1,{}],"batch":[{"a":1},{"r":NaN}],"y":2}', [a, unparsable]],
    ['a missing comma', '[{"a":1} {"a":1},{"a":1}]', [unparsable, a]],
    ['a comma too many', '[{"a":1},]', [a, unparsable]],
    ['only commas', '[,]', [unparsable, unparsable]],
    ['a bracket closed by another', '[{"a":[1}},{"a":1}]', [unparsable, a]],
    ['brackets, commas and quotes in texts', '[{"a":"],[}{\\",\\\\"},NaN]', [{ a: '],[}{",\\' }, unparsable]],
    ['a raw newline in a text', '[{"a":"\n"},{"a":1}]', [unparsable, a]],
    ['all of them', '[NaN]', [unparsable]],
  ])('%s', (_name, body, expected) => {
    expect(records(body)).toEqual(expected);
  });

  test('in lines', () => {
    expect(records('{"a":1}\n{"a":NaN}\nhello\n{"a":1}', 'lines')).toEqual([a, unparsable, unparsable, a]);
    expect(records('{"a":1}\n{"a":\n', 'lines')).toEqual([a, unparsable]);
    expect(records('{"a":NaN}\n{"a":1}\n')).toEqual([unparsable, a]);
    expect(records('hello', 'lines')).toEqual([unparsable]);
  });

  test('among a thousand', () => {
    const body = `[${'{"a":1},'.repeat(500)}{"rating":NaN}${',{"a":1}'.repeat(499)}]`;
    const found = records(body);
    expect(found).toHaveLength(1000);
    expect(found.filter((record) => record === unparsable)).toHaveLength(1);
    expect(found[500]).toBe(unparsable);
  });
});

test.each<[string, string]>([
  ['nothing', ''],
  ['blanks', ' \r\n\t '],
  ['a word', 'hello'],
  ['a text', '"hello"'],
  ['a number', '5'],
  ['null', 'null'],
  ['a form', 'event_type=view'],
  ['a cut array', '[{"a":1},{"a":1}'],
  ['an array cut in a text', '[{"a":1},{"a":"'],
  ['an array closed by a brace', '[{"a":1}}'],
  ['more behind an array', '[{"a":1}] [{"a":1}]'],
  ['a cut object', '{"a":1'],
  ['a cut batch', '{"batch":[{"a":1}'],
  ['one object with a NaN literal', '{"rating":NaN}'],
  ['one object over lines with a NaN literal', '{\n"ext":\n{"a":1}\n,"rating":NaN}'],
  ['a bad batch that is no array', '{"batch":NaN}'],
  ['lines of which none is JSON', '{a}\n{b}\n'],
  ['only opening brackets', '['.repeat(100_000)],
])('%s cannot be read', (_name, body) => {
  expect(codeOf(body)).toBe('unreadable_body');
});

describe('[ING-3] records of one request at N and at N + 1', () => {
  const many = (count: number, glue: string) => Array.from({ length: count }, () => '{"a":1}').join(glue);
  test.each<[string, (count: number) => string, Framing]>([
    ['array', (n) => `[${many(n, ',')}]`, 'json'],
    ['batch', (n) => `{"batch":[${many(n, ',')}]}`, 'json'],
    ['lines', (n) => many(n, '\n'), 'lines'],
    ['unmarked lines', (n) => many(n, '\n'), 'json'],
    ['array with a NaN', (n) => `[NaN,${many(n - 1, ',')}]`, 'json'],
    ['batch with a NaN', (n) => `{"batch":[NaN,${many(n - 1, ',')}]}`, 'json'],
  ])('%s', (_name, body, framing) => {
    expect(codeOf(body(recordsPerRequestMax), framing)).toBe(`${recordsPerRequestMax} records`);
    expect(codeOf(body(recordsPerRequestMax + 1), framing)).toBe('payload_too_large');
  });
});

describe('[ING-3] values of one request at N and at N + 1', () => {
  test('flat', () => {
    // Two brackets, the rest commas.
    const flat = (values: number) => `[[${'1,'.repeat(values - 2)}1]]`;
    expect(codeOf(flat(valuesPerRequestMax))).toBe('1 records');
    expect(codeOf(flat(valuesPerRequestMax + 1))).toBe('payload_too_large');
  });

  test('nested', () => {
    const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
    expect(codeOf(nested(1000))).toBe('1 records');
    expect(codeOf(nested(valuesPerRequestMax))).toBe('1 records');
    expect(codeOf(nested(valuesPerRequestMax + 1))).toBe('payload_too_large');
    expect(codeOf('{"a":'.repeat(valuesPerRequestMax + 1), 'lines')).toBe('payload_too_large');
  });

  test('brackets and commas in texts are none', () => {
    expect(codeOf(`["${'[,'.repeat(valuesPerRequestMax)}"]`)).toBe('1 records');
  });
});

describe('the splitter agrees with JSON.parse', () => {
  /** Valid JSON with white space anywhere, made unparsable as a whole by one bad element at the end. */
  const elements = fc.array(fc.jsonValue(), { maxLength: 8 });
  const spaces = fc.constantFrom('', ' ', '\n', '\t\r\n ');

  test('in arrays', () => {
    fc.assert(
      fc.property(elements, spaces, fc.integer({ min: 0, max: 3 }), (values, space, indent) => {
        const parts = [...values.map((value) => JSON.stringify(value, null, indent)), 'NaN'];
        const body = `${space}[${parts.map((part) => space + part + space).join(',')}]${space}`;
        expect(records(body)).toEqual([...(JSON.parse(JSON.stringify(values)) as unknown[]), unparsable]);
      }),
    );
  });

  test('in batches, whatever stands beside them', () => {
    fc.assert(
      fc.property(elements, fc.jsonValue(), spaces, (values, other, space) => {
        const parts = [...values.map((value) => JSON.stringify(value)), 'NaN'];
        const beside = `"be\\"side":${JSON.stringify(other)}`;
        const body = `{${beside},${space}"batch"${space}:${space}[${parts.join(`${space},`)}],${beside}}`;
        expect(records(body)).toEqual([...(JSON.parse(JSON.stringify(values)) as unknown[]), unparsable]);
      }),
    );
  });

  test('any text is answered', () => {
    const bits = fc.constantFrom(
      '[',
      ']',
      '{',
      '}',
      '"',
      '\\',
      ',',
      ':',
      'NaN',
      '1',
      '"a"',
      '\n',
      ' ',
      'batch',
    );
    fc.assert(
      fc.property(
        fc.array(bits, { maxLength: 40 }),
        fc.constantFrom<Framing>('json', 'lines'),
        (texts, framing) => {
          const result = parseBody(texts.join(''), framing);
          expect(result.ok || result.code === 'unreadable_body').toBe(true);
        },
      ),
      { numRuns: 3000 },
    );
  });
});
