// Which part may see which, and what the pure part may not touch. ARCHITECTURE.md says why.
import { describe, expect, test } from 'vitest';
import { allSources, isNode, lineAt, type Node, parse, type Source, target, walk } from './source.ts';

/** Each part and the parts that it may import from; its own is always allowed. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  core: [],
  storage: ['core'],
  'durable-objects': ['core', 'storage'],
  workers: ['core', 'storage', 'durable-objects'],
  site: ['core'],
};

/** Packages that the pure part may use, because they are pure themselves. */
const corePackages = ['zod'];

/** The Worker's doors: they share nothing with each other but core, storage and the type of the environment. */
const doors = ['ingest', 'consumer', 'api', 'batch', 'etl'];

/** Globals that bring time, randomness or the outside world into core. (`window` is a word of the trade there.) */
const impureGlobals = new Set(
  'fetch setTimeout setInterval setImmediate queueMicrotask crypto performance console caches WebSocket globalThis'.split(
    ' ',
  ),
);

function wrongImports(source: Source): string[] {
  const part = source.path.split('/')[0] ?? '';
  const allowed = mayImport[part];
  if (!allowed) return [];
  return source.imports.flatMap((specifier) => {
    const path = target(source, specifier);
    if (path === undefined)
      return wrongPackage(part, specifier) ? [`${source.path} imports ${specifier}`] : [];
    const other = path.split('/')[0] ?? '';
    if (other !== part && path !== 'package.json' && !allowed.includes(other)) {
      return [`${source.path} imports ${path}: ${part} must not see ${other}`];
    }
    return wrongDoor(source.path, path)
      ? [`${source.path} imports ${path}: doors share core and storage only`]
      : [];
  });
}

function wrongPackage(part: string, specifier: string): boolean {
  if (part === 'core')
    return !corePackages.some((name) => specifier === name || specifier.startsWith(`${name}/`));
  return part === 'site' && /^(node|cloudflare):/.test(specifier);
}

function wrongDoor(from: string, to: string): boolean {
  const door = from.split('/')[1] ?? '';
  if (!from.startsWith('workers/') || !doors.includes(door)) return false;
  return to.startsWith('workers/') && !to.startsWith(`workers/${door}/`) && to !== 'workers/env.ts';
}

/** Uses of time, randomness and the platform, as `path:line what`. A name that the file declares is no global. */
function impurities(source: Source): string[] {
  const found: string[] = [];
  const own = declaredNames(source.program);
  walk(source.program, (node, parent) => {
    const what = impurity(node, parent);
    if (what && !own.has(what)) found.push(`${source.path}:${lineAt(source, node.start)} ${what}`);
  });
  return found;
}

function declaredNames(program: Node): Set<string> {
  const names = new Set<string>();
  const declare = (pattern: unknown) => {
    if (isNode(pattern)) walk(pattern, (node) => node.type === 'Identifier' && names.add(String(node.name)));
  };
  walk(program, (node) => {
    if (/^(VariableDeclarator|FunctionDeclaration|TSTypeAlias|TSInterface)/.test(node.type)) declare(node.id);
    if (Array.isArray(node.params)) node.params.forEach(declare);
  });
  return names;
}

function impurity(node: Node, parent: Node | undefined): string | undefined {
  if (node.type === 'MemberExpression' && isNode(node.object) && isNode(node.property)) {
    const name = `${String(node.object.name)}.${String(node.property.name ?? node.property.value)}`;
    return ['Date.now', 'Math.random'].includes(name) ? name : undefined;
  }
  if ((node.type === 'NewExpression' || node.type === 'CallExpression') && isNode(node.callee)) {
    const noArguments = Array.isArray(node.arguments) && node.arguments.length === 0;
    const now = node.callee.name === 'Date' && (noArguments || node.type === 'CallExpression');
    return now ? 'the current Date' : undefined;
  }
  if (node.type !== 'Identifier' || !impureGlobals.has(String(node.name))) return undefined;
  const isName = parent?.computed !== true && (parent?.property === node || parent?.key === node);
  return isName ? undefined : String(node.name);
}

const sources = allSources();

describe('parts see only what lies before them', () => {
  test('no import points the wrong way', () => {
    expect(sources.length).toBeGreaterThan(10);
    expect(sources.flatMap(wrongImports)).toEqual([]);
  });

  test.each([
    ['core/a.ts', "import { sql } from '../storage/sql.ts';"],
    ['core/a.ts', "import { readFileSync } from 'node:fs';"],
    ['core/a.ts', "import { Hono } from 'hono';"],
    ['storage/a.ts', "export type { Env } from '../workers/env.ts';"],
    ['durable-objects/live-hub/a.ts', "import type { Env } from '../../workers/env.ts';"],
    ['site/live/a.ts', "import { sql } from '../../storage/sql.ts';"],
    ['site/a.ts', "const late = await import('../workers/api/routes.ts');"],
    ['workers/api/a.ts', "import { decode } from '../ingest/decode.ts';"],
    ['workers/ingest/a.ts', "import { shared } from '../shared.ts';"],
    ['core/a.ts', "type Window = import('../storage/sql.ts').Window;"],
  ])('%s must not: %s', (path, text) => {
    expect(wrongImports(parse(path, text))).toHaveLength(1);
  });

  test.each([
    ['core/window/a.ts', "import { assert } from '../protocol/assert.ts'; import * as z from 'zod';"],
    ['workers/api/a.ts', "import type { Env } from '../env.ts'; import { sql } from '../../storage/sql.ts';"],
    ['workers/health.ts', "import { version } from '../package.json';"],
    ['site/a.tsx', "import { signal } from '@preact/signals'; import './a.css';"],
  ])('%s may: %s', (path, text) => {
    expect(wrongImports(parse(path, text))).toEqual([]);
  });
});

describe('core has no platform, no clock and no randomness of its own', () => {
  test('no file of core touches them', () => {
    const core = sources.filter((source) => source.path.startsWith('core/'));
    expect(core.length).toBeGreaterThan(0);
    expect(core.flatMap(impurities)).toEqual([]);
  });

  test.each([
    'export const now = () => Date.now();',
    "export const now = () => Date['now']();",
    'export const now = () => new Date();',
    'export const text = Date();',
    'export const die = Math.random();',
    'setTimeout(() => {}, 1);',
    "await fetch('/');",
    'export const id = crypto.randomUUID();',
    'export const clock = globalThis.Date;',
    'export const clock = { performance };',
  ])('is seen: %s', (text) => {
    expect(impurities(parse('core/a.ts', text))).not.toEqual([]);
  });

  test('a given time, a member with such a name and a comment are no uses', () => {
    const text = 'export const f = (d: { fetch: number }) => new Date(d.fetch); // not Date.now()';
    expect(impurities(parse('core/a.ts', text))).toEqual([]);
    expect(impurities(parse('core/a.ts', 'export const f = (caches: string[]) => caches.length;'))).toEqual(
      [],
    );
  });
});
