// docs/security.md against the tests: a claim is worth what shows it.
import { describe, expect, test } from 'vitest';
import { parse, read } from './source.ts';
import { runningTitles } from './titles.ts';

interface Claim {
  readonly claim: string;
  readonly shownBy: readonly { readonly path: string; readonly title: string }[];
}

/** Rows of tables with links to tests: `| claim | [a.test.ts](../test/a.test.ts): ``title`` |`. */
function claimsOf(text: string): Claim[] {
  return [...text.matchAll(/^\| (?!---|claim)([^|]+?) \| (.+) \|$/gm)].map(([, claim = '', shown = '']) => ({
    claim,
    shownBy: [...shown.matchAll(/\[[^\]]+\]\(\.\.\/([^)]+)\): `([^`]+)`/g)].map(
      ([, path = '', title = '']) => ({
        path,
        title,
      }),
    ),
  }));
}

const [threats = ''] = read('docs/security.md').split('\n## What is not claimed');
const claims = claimsOf(threats);

describe('[SEC-5] the claims of docs/security.md', () => {
  test('there are many, and each names a test', () => {
    expect(claims.length).toBeGreaterThan(30);
    expect(claims.filter(({ shownBy }) => shownBy.length === 0)).toEqual([]);
  });

  test('every test that is named is there, with this very title, and is not skipped', () => {
    const titles = new Map<string, readonly string[]>();
    const missing = claims
      .flatMap(({ shownBy }) => shownBy)
      .filter(({ path, title }) => {
        const known = titles.get(path) ?? runningTitles(parse(path, read(path)));
        titles.set(path, known);
        return !known.includes(title);
      });
    expect(missing).toEqual([]);
  });
});

describe('the reading of claims and titles', () => {
  test('a claim is a row of a table with links to tests', () => {
    const text =
      '| claim | shown by |\n|---|---|\n| No IP. | [a](../test/a.test.ts): `[SEC-4] none` |\n| Hope | it |';
    expect(claimsOf(text)).toEqual([
      { claim: 'No IP.', shownBy: [{ path: 'test/a.test.ts', title: '[SEC-4] none' }] },
      { claim: 'Hope', shownBy: [] },
    ]);
  });

  test.each([
    ["test('a', () => {}); describe('b', () => { it('c', () => {}); });", ['a', 'b', 'c']],
    [`test.${'skip'}('a', () => {}); describe.${'skip'}('b', () => { it('c', () => {}); });`, []],
    ["test.each([1])('%s is refused', () => {});", ['%s is refused']],
    [`test.${'skip'}.each([1])('%s', () => {});`, []],
  ])('%s', (text, titles) => {
    expect(runningTitles(parse('test/a.test.ts', text))).toEqual(titles);
  });
});
