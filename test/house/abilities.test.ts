// docs/abilities.md against the browser tests: an ability is one because a test in a browser shows it. Its title begins
// with the id, as in `[ABL-06] pause holds the picture` or `[ABL-80, ANA-8] ...`.
import { describe, expect, test } from 'vitest';
import { parse, read, type Source, textFiles } from './source.ts';
import { runningTitles } from './titles.ts';

interface Ability {
  readonly id: string;
  readonly testFile: string;
}

/** The rows of the table; a row with the wrong number of cells has an empty test file, which no test is in. */
function parseAbilities(page: string): Ability[] {
  return page
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .filter(([, id = '']) => id.startsWith('ABL-'))
    .map(([, id = '', ability, where, testFile = '', ...rest]) => ({
      id,
      testFile: ability && where && rest.join('') === '' ? testFile : '',
    }));
}

/** Ids that the titles of a file begin with; also those of tests made from a table. */
function citedIn(source: Source): string[] {
  return runningTitles(source).flatMap((title) => {
    const [brackets = ''] = /^\[[^\]]*\]/.exec(title) ?? [];
    return brackets.match(/ABL-\d+/g) ?? [];
  });
}

const abilities = parseAbilities(read('docs/abilities.md'));
const cited = new Map(
  textFiles('test/browser')
    .filter((path) => path.endsWith('.test.ts'))
    .map((path) => [path, citedIn(parse(path, read(path)))]),
);

test('every ability has an id of its own', () => {
  const ids = abilities.map(({ id }) => id);
  expect(ids.length).toBeGreaterThan(30);
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  expect(ids.filter((id) => !/^ABL-\d\d$/.test(id))).toEqual([]);
});

test('every ability is shown by a test of the file that it names', () => {
  expect(abilities.filter(({ id, testFile }) => !cited.get(testFile)?.includes(id))).toEqual([]);
});

test('no test cites an ability that does not exist', () => {
  const known = new Set(abilities.map(({ id }) => id));
  const unknown = [...cited].flatMap(([path, ids]) =>
    ids.filter((id) => !known.has(id)).map((id) => ({ path, id })),
  );
  expect(unknown).toEqual([]);
});

describe('the reading of table and titles', () => {
  test('a row has four cells', () => {
    expect(
      parseAbilities('| id | a | b | c |\n| ABL-01 | can | there | a.test.ts |\n| ABL-02 | can | a.ts |'),
    ).toEqual([
      { id: 'ABL-01', testFile: 'a.test.ts' },
      { id: 'ABL-02', testFile: '' },
    ]);
  });

  test.each([
    ["test('[ABL-01] a', () => {});", ['ABL-01']],
    ["test('[ABL-01, LIV-1, ABL-02] a', () => {});", ['ABL-01', 'ABL-02']],
    ["describe('b', () => { test.each([1])('[ABL-03] %s', () => {}); });", ['ABL-03']],
    ["test('a [ABL-01]', () => {});", []],
    [`test.${'skip'}('[ABL-01] a', () => {});`, []],
  ])('%s', (text, ids) => {
    expect(citedIn(parse('test/browser/a.test.ts', text))).toEqual(ids);
  });
});
