// The size and shape of files. Each rule is shown to fail on a sample before it is held against the project.
import { describe, expect, test } from 'vitest';
import {
  allSources,
  isNode,
  lineAt,
  lineCount,
  type Node,
  parse,
  read,
  type Source,
  textFiles,
  walk,
} from './source.ts';

const fileLinesMax = { source: 300, test: 500 };
const functionLinesMax = 70;

type Rule = (source: Source) => string[];

const shortFiles: Rule = ({ path, text }) => {
  const linesMax = path.startsWith('test/') ? fileLinesMax.test : fileLinesMax.source;
  const lines = lineCount(text);
  return lines > linesMax ? [`${path} has ${lines} lines, at most ${linesMax}`] : [];
};

/** The callback of a `describe` is a chapter, not a function: only its tests are measured. */
const shortFunctions: Rule = (source) => {
  const found: string[] = [];
  walk(source.program, (node, parent) => {
    if (!/^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type)) return;
    const lines = lineCount(source.text.slice(node.start, node.end));
    if (lines <= functionLinesMax || calls(parent, 'describe')) return;
    found.push(`${source.path}:${lineAt(source, node.start)} is a function of ${lines} lines`);
  });
  return found;
};

function calls(node: Node | undefined, name: string): boolean {
  let callee = node?.type === 'CallExpression' ? node.callee : undefined;
  while (isNode(callee) && callee.type !== 'Identifier') callee = callee.object ?? callee.callee;
  return isNode(callee) && callee.name === name;
}

const goodNames: Rule = ({ path }) =>
  /(^|\/)(utils?|helpers?|misc|common)\.(ts|tsx|mjs)$/.test(path) ? [`${path} says nothing by its name`] : [];

/** workers/index.ts is the list of the Worker's doors, which the platform wants in one module. */
const noBarrels: Rule = ({ path, program }) => {
  const statements = (program.body as Node[]).filter((node) => node.type !== 'ImportDeclaration');
  const passesOn = (node: Node) =>
    node.type === 'ExportAllDeclaration' || (node.type === 'ExportNamedDeclaration' && isNode(node.source));
  const barrel = statements.length > 0 && statements.every(passesOn);
  return barrel && path !== 'workers/index.ts' ? [`${path} only passes on what others export`] : [];
};

const plainTypes: Rule = (source) => {
  const found: string[] = [];
  walk(source.program, (node) => {
    const what = { TSEnumDeclaration: 'enum', TSAnyKeyword: 'any' }[node.type];
    if (what) found.push(`${source.path}:${lineAt(source, node.start)} ${what}`);
  });
  return found;
};

const decisions = textFiles('docs/decisions').map((path) => /\/(\d{4})-/.exec(path)?.[1]);

/** What is put off names the decision that owns it: the word, then the decision's number in brackets. */
const promise = new RegExp(`\\b(?:${['TO', 'DO|FIX', 'ME'].join('')})\\b(?:\\((\\d{4})\\))?`, 'g');
const ownedPromises: Rule = ({ path, comments }) =>
  comments
    .flatMap((comment) => [...comment.matchAll(promise)])
    .filter(([, decision]) => decision === undefined || !decisions.includes(decision))
    .map(([words]) => `${path}: ${words} without a decision that owns it`);

const rules = { shortFiles, shortFunctions, goodNames, noBarrels, plainTypes, ownedPromises };

const samples: Readonly<Record<keyof typeof rules, readonly (readonly [string, string])[]>> = {
  shortFiles: [
    ['core/a.ts', '\n'.repeat(301)],
    ['test/core/a.test.ts', '\n'.repeat(501)],
  ],
  shortFunctions: [
    ['core/a.ts', `export function f() {${'\n'.repeat(70)}}`],
    ['core/a.ts', `export class A { m() {${'\n'.repeat(70)}} }`],
    ['test/a.test.ts', `describe('a', () => { test('b', () => {${'\n'.repeat(70)}}); });`],
  ],
  goodNames: [
    ['core/utils.ts', ''],
    ['tools/helpers.mjs', ''],
  ],
  noBarrels: [['core/window/index.ts', "export * from './panes.ts';\nexport { a } from './a.ts';"]],
  plainTypes: [
    ['core/a.ts', 'export enum Kind { View }'],
    ['core/a.ts', 'export const f = (x: any[]) => x;'],
  ],
  ownedPromises: [
    ['core/a.ts', '// TO' + 'DO: later'],
    ['core/a.ts', '/* FIX' + 'ME(9999) nobody decided this */'],
  ],
};

const sources = allSources();

describe.each(Object.entries(rules))('%s', (name, rule) => {
  test('holds in the whole project', () => {
    expect(sources.flatMap(rule)).toEqual([]);
  });

  test.each(samples[name as keyof typeof rules])('sees a breach in %s', (path, text) => {
    expect(rule(parse(path, text))).toHaveLength(1);
  });
});

test('the limits themselves are allowed', () => {
  expect(shortFiles(parse('core/a.ts', '\n'.repeat(300)))).toEqual([]);
  expect(shortFunctions(parse('core/a.ts', `export function f() {${'\n'.repeat(69)}}`))).toEqual([]);
  expect(ownedPromises(parse('core/a.ts', '// TO' + 'DO(0001): as decided'))).toEqual([]);
});

// The words are put together here, so that this file is not its own finding.
const word = ['regis', 'try'].join('');
const hosts = [`${word}.npmjs.org`, `${word}.yarnpkg.com`, 'npm.pkg.git' + 'hub.com', 'npm' + 'mirror.com'];
const anyHost = new RegExp(`${hosts.join('|').replaceAll('.', '\\.')}|//[^\\s/"']*\\b${word}[.:]`, 'i');
const machinePath = /(?<![\w.~/:*)-])\/(work|root|home|Users)\/[\w.]/;

function strangeNames(path: string, text: string): string[] {
  return [anyHost, machinePath].flatMap((pattern) => {
    const found = pattern.exec(text);
    return found ? [`${path}:${lineCount(text.slice(0, found.index + 1))} ${found[0]}`] : [];
  });
}

test('no two decisions have the same number', () => {
  expect(decisions.filter((number, at) => number && decisions.indexOf(number) !== at)).toEqual([]);
});

describe('no file names a registry or a path of one machine', () => {
  test('in the whole project', () => {
    const files = textFiles().filter((path) => path !== 'LICENSE');
    expect(files).toContain('package-lock.json');
    expect(files.flatMap((path) => strangeNames(path, read(path)))).toEqual([]);
  });

  test.each([
    `"resolved": "https://${hosts[0]}/zod"`,
    `https://npm.${word}.example/x`,
    "open('/ro" + "ot/notes')",
    'in /wo' + 'rk/main',
  ])('sees %s', (text) => {
    expect(strangeNames('a.md', text)).toHaveLength(1);
  });

  test.each(['../workers/index.ts', 'https://example.com/work/a', 'site/home/a.ts', './root/x'])(
    'lets %s be',
    (text) => {
      expect(strangeNames('a.md', text)).toEqual([]);
    },
  );
});
