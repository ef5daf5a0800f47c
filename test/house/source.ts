// The project's files as the house tests see them: read from disk, parsed once, walked without types.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'vite';

const root = fileURLToPath(new URL('../..', import.meta.url));

const skippedFolders = new Set([
  'node_modules',
  '.git',
  '.wrangler',
  '.cache',
  '.marquee',
  'dist',
  'coverage',
]);
const codeFile = /\.(ts|tsx|mjs)$/;
const notText = /\.(log|vars|png|jpg|webp|avif|ico|woff2?|gz|parquet|avro|sqlite|wasm|zst)$/;

/** A node of the syntax tree, as far as the rules look at it. */
export interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

export interface Source {
  /** From the project's root, with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly program: Node;
  readonly comments: readonly string[];
  /** Every specifier: import, export from, import(), import type. */
  readonly imports: readonly string[];
}

/** Parses `text` as if it lay at `path`; a file that does not parse is an error of the house. */
export function parse(path: string, text: string): Source {
  const { program, comments, errors } = parseSync(path, text, { sourceType: 'module' });
  const [first] = errors;
  if (first) throw new Error(`${path}: ${first.message}`);
  const tree = program as unknown as Node;
  const imports: string[] = [];
  walk(tree, (node) => {
    const specifier =
      isNode(node.source) && /^(TS)?(Import|Export)/.test(node.type) ? node.source.value : undefined;
    if (typeof specifier === 'string') imports.push(specifier);
  });
  return { path, text, program: tree, comments: comments.map((comment) => comment.value), imports };
}

/** All text files below `folder`, as paths from the root, sorted. */
export function textFiles(folder = ''): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory() && !skippedFolders.has(entry.name)) found.push(...textFiles(path));
    if (entry.isFile() && !notText.test(entry.name)) found.push(path);
  }
  return found.sort();
}

export const read = (path: string): string => readFileSync(join(root, path), 'utf8');

const sourceFolders = ['core', 'storage', 'durable-objects', 'workers', 'site', 'tools', 'test'];

/** Every TypeScript and .mjs file of the project, parsed. */
export function allSources(): Source[] {
  return textFiles()
    .filter((path) => codeFile.test(path) && sourceFolders.includes(path.split('/')[0] ?? ''))
    .map((path) => parse(path, read(path)));
}

/** Where a relative specifier points, as a path from the root; undefined for a package. */
export function target(from: Source, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  return relative('.', normalize(join(dirname(from.path), specifier)))
    .split(sep)
    .join('/');
}

/** Visits `node` and all nodes below it, parents first. */
export function walk(node: Node, visit: (node: Node, parent: Node | undefined) => void, parent?: Node): void {
  visit(node, parent);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (isNode(child)) walk(child, visit, node);
    }
  }
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';
}

/** The 1-based line of an offset. */
export const lineAt = (source: Source, offset: number): number => lineCount(source.text.slice(0, offset));

export const lineCount = (text: string): number => text.replace(/\n$/, '').split('\n').length;
