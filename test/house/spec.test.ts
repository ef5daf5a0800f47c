// SPEC.md against the tests: a rule is true because a test shows it. A test's title begins with the ids of the rules
// that it shows, as in `[WIN-3] silence does not hold a window open` or `[ING-1, LOG-1] ...`.
import { describe, expect, test } from 'vitest';
import { parse, read, type Source, textFiles, walk } from './source.ts';
import { isTest, titleOf } from './titles.ts';

/** Rules of later releases, and the part that each waits for. The list only shrinks: a cited rule must leave it. */
const later: Readonly<Record<string, string>> = {};

/** Not ABL, whose ids are those of docs/abilities.md (test/house/abilities.test.ts). */
const ruleId = /(?!ABL)[A-Z]{3}-\d+[a-z]?/g;

interface Rule {
  readonly id: string;
  /** What the rule waits for, by its own words; undefined if it holds today. */
  readonly waitsFor: string | undefined;
}

/** The rules of a specification: list items such as `- **LOG-1b** (later: redrive) ...`. */
function parseRules(spec: string): Rule[] {
  return [...spec.matchAll(/^- \*\*([A-Z]{3}-\d+[a-z]?)\*\*(?: \(later: ([\w -]+)\))?/gm)].map(
    ([, id, waitsFor]) => ({
      id: id as string,
      waitsFor,
    }),
  );
}

/** Every rule cited by a title in a test file, with the file that cites it. */
function citations(source: Source): { id: string; path: string }[] {
  const found: { id: string; path: string }[] = [];
  walk(source.program, (node) => {
    if (node.type !== 'CallExpression' || !isTest(node.callee)) return;
    for (const [brackets] of titleOf(node).matchAll(/\[[A-Z]{3}-\d[^\]]*\]/g)) {
      for (const [id] of brackets.matchAll(ruleId)) found.push({ id, path: source.path });
    }
  });
  return found;
}

const rules = parseRules(read('SPEC.md'));
const cited = textFiles('test')
  .filter((path) => /\.test\.tsx?$/.test(path) && path !== 'test/house/spec.test.ts')
  .flatMap((path) => citations(parse(path, read(path))));
const citedIds = new Set(cited.map(({ id }) => id));

test('every rule has an id of its own', () => {
  const ids = rules.map(({ id }) => id);
  expect(ids.length).toBeGreaterThan(30);
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
});

test('every rule is shown by a test, but for those of later releases', () => {
  const uncited = rules.filter(({ id }) => !citedIds.has(id));
  const lines = uncited.map(({ id }) => `  ${id.padEnd(7)} ${later[id] ?? 'NO TEST CITES IT'}`);
  console.info(
    `Rules of SPEC.md that no test cites (${uncited.length} of ${rules.length}):\n${lines.join('\n')}`,
  );
  expect(uncited.map(({ id }) => id).filter((id) => !(id in later))).toEqual([]);
});

test('a rule of a later release that a test cites leaves the list', () => {
  expect(Object.keys(later).filter((id) => citedIds.has(id))).toEqual([]);
});

test('the specification marks the same rules as later, with what they wait for', () => {
  const marked = rules.flatMap(({ id, waitsFor }) => (waitsFor === undefined ? [] : [[id, waitsFor]]));
  expect(Object.fromEntries(marked)).toEqual(later);
});

test('no test cites a rule that does not exist', () => {
  const known = new Set(rules.map(({ id }) => id));
  expect(cited.filter(({ id }) => !known.has(id))).toEqual([]);
});

describe('the reading of specification and titles', () => {
  test('a rule is a list item that begins with its id', () => {
    const spec = '- **WIN-1** Panes.\n- **LOG-1b** (later: redrive) Again.\nSee **WIN-9** and LOG-2.';
    expect(parseRules(spec)).toEqual([
      { id: 'WIN-1', waitsFor: undefined },
      { id: 'LOG-1b', waitsFor: 'redrive' },
    ]);
  });

  test.each([
    ["test('[WIN-1] a', () => {});", ['WIN-1']],
    ["it('[WIN-1, LOG-1b] a', () => {});", ['WIN-1', 'LOG-1b']],
    ["describe('[ING-1] a', () => { test('[ING-2][ING-3] b', () => {}); });", ['ING-1', 'ING-2', 'ING-3']],
    ["test.each([1])('[WIN-2] %s', () => {});", ['WIN-2']],
    ["test('[ABL-01, WIN-4] a', () => {});", ['WIN-4']],
    ['test(`[WIN-3] $' + '{n} times`, () => {});', ['WIN-3']],
    [`test.${'skip'}('[WIN-1] a', () => {}); test.${'todo'}('[WIN-1] a');`, []],
    ["// test('[WIN-1] a')\nexpect('[WIN-1]').toBe('WIN-1');", []],
  ])('%s', (text, ids) => {
    expect(citations(parse('test/a.test.ts', text)).map(({ id }) => id)).toEqual(ids);
  });
});
