// All that people read on the site stands in site/text, and nowhere else.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: samples of code
import { describe, expect, test } from 'vitest';
import { plainNumber } from '../../site/format/number.ts';
import { withTexts } from '../../site/texts-in-place.ts';
import { allSources, parse } from '../house/source.ts';
import { shownWords } from './shown-words.ts';

/** The texts themselves, the page of components, which is for builders, and what runs in the build: all of it at the top. */
const elsewhere = /^site\/(text|components)\/|^site\/[\w.-]+\.ts$/;

const found = allSources()
  .filter(({ path }) => path.startsWith('site/') && !elsewhere.test(path))
  .flatMap(shownWords);

test('what people read stands in site/text', () => {
  expect(found.map(({ path, line, text, why }) => `${path}:${line} ${why}: ${text}`)).toEqual([]);
});

/** Lengths in pictures, which no one reads; documents, which are made when the site is built; the forms of words. */
const ownNumbers =
  /^site\/(chart\/sparkline|alerts\/alert-values|analytics\/heat-table|docs\/[\w-]+|text\/plural)\.tsx?$/;
const writesItself = /\.toFixed\(|\.toLocale(?:Date|Time)?String\(|new Intl\.|Intl\.\w+Format\(/;

test('numbers and dates are written by site/format, which knows the locale of the browser', () => {
  const ofFormat = /^site\/(format|components)\//;
  const writing = allSources().filter(
    ({ path, text }) => path.startsWith('site/') && writesItself.test(text),
  );
  expect(
    writing.filter(({ path }) => !ofFormat.test(path) && !ownNumbers.test(path)).map(({ path }) => path),
  ).toEqual([]);
  expect(writing.filter(({ path }) => ofFormat.test(path)).length).toBeGreaterThan(2);
});

test('what a language wrote as a number is read back for a file', () => {
  expect(['1,234.5 ms', '12 %', '3,4', '−', '1,234,567'].map(plainNumber)).toEqual([
    '1234.5 ms',
    '12 %',
    '34',
    '−',
    '1234567',
  ]);
});

const seen = (code: string): string[] => shownWords(parse('site/a.tsx', code)).map(({ text }) => text);

describe('words are seen', () => {
  test.each([
    ['in an element', '<p>Nothing fires</p>', 'Nothing fires'],
    ['beside what is put in', '<p>{n} lines</p>', 'lines'],
    ['by a choice', "<p>{isBusy ? 'Loading' : 'older'}</p>", 'Loading'],
    ['in an attribute that is read', '<p title="now" />', 'now'],
    ['of our own components', '<Field label="name" />', 'name'],
    ['in a property', "const a = { unit: 's' };", 's'],
    ['in a list', "['Hour', b].map(c)", 'Hour'],
    ['in a sentence', "announce('it is gone');", 'it is gone'],
    ['in a template', 'const a = `${n} lines`;', '{} lines'],
    ['in what is thrown for people', "throw new Error('It is gone.');", 'It is gone.'],
  ])('%s', (_where, code, text) => {
    expect(seen(code)).toContain(text);
  });
});

test('names of the code are not taken for words', () => {
  expect(
    [
      '<p class="a b" id="c">–</p>',
      "if (key === 'Escape') f('Enter');",
      "place.querySelector('dialog button');",
      "import a from './Some Folder/a.ts';",
      "type A = 'Some words';",
      "assert(a, 'the page has no place');",
      'const a = `${b}-${c}`;',
    ].flatMap(seen),
  ).toEqual([]);
});

describe('the build puts texts in their places', () => {
  const texts = [
    "export const gone = 'It is gone.';",
    'export const of = (a: string, b: string): string => `${b} of ${a}`;',
    'export const twice = (a: string): string => `${a}, ${a}`;',
    'export const lines = (n: number): string => plural(n, `1 line`, `${n} lines`);',
  ].join('\n');
  test.each([
    ['a text', 'f(say.gone)', "f('It is gone.')"],
    ['with its parts', 'say.of(x, f(y))', '`${f(y)} of ${x}`'],
    ['one within another', 'say.of(x, say.of(y, say.gone))', "`${`${'It is gone.'} of ${y}`} of ${x}`"],
    ['what is said twice', 'say.twice(a.b)', '`${a.b}, ${a.b}`'],
    ['but asks for nothing twice', 'say.twice(f())', 'say.twice(f())'],
    ['a plural stays', 'say.lines(n)', 'say.lines(n)'],
    ['a function that is not called stays', '[1].map(say.twice)', '[1].map(say.twice)'],
    ['in an element', '<p title={say.gone}>{say.gone}</p>', "<p title={'It is gone.'}>{'It is gone.'}</p>"],
  ])('%s', (_what, code, expected) => {
    expect(withTexts('a.tsx', code, texts)).toBe(expected);
  });
});
