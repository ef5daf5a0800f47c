// What the project stands on: few packages, each with a reason, each pinned to one version.
import { expect, test } from 'vitest';
import { read } from './source.ts';

/** Every package that ends up in the Worker or in the page, and why it is worth its weight. */
const reasons: Readonly<Record<string, string>> = {
  '@preact/signals': 'the page: a pushed frame changes only the text that shows it',
  'drizzle-orm': 'D1: schema, typed queries and the migrations that drizzle-kit generates from them',
  hono: 'api: a router that carries the declaration of each route',
  hyparquet: 'lake: reads Parquet by column and row group, in plain JavaScript',
  'hyparquet-writer': 'lake: writes Parquet that every engine reads, without WebAssembly',
  preact: 'the page: components in 5 KB',
  uplot: 'the page: time series on a canvas, fast enough for a frame a second',
  zod: 'one schema a message family gives validation, types and documentation',
};

interface Package {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
}

const manifest = JSON.parse(read('package.json')) as Package;

const isExact = (version: string): boolean => /^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version);

test('every runtime dependency has a reason, and every reason a dependency', () => {
  expect(Object.keys(manifest.dependencies).sort()).toEqual(Object.keys(reasons).sort());
});

test('every version is exact', () => {
  const { dependencies, devDependencies, optionalDependencies } = manifest;
  const all = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies });
  expect(all.filter(([, version]) => !isExact(version))).toEqual([]);
  expect(['^1.2.3', '~1.2.3', '1.x', '*', 'latest', '>=1.2.3'].filter(isExact)).toEqual([]);
});

test('the lock file says what, not where from', () => {
  const lock = read('package-lock.json');
  expect(lock).toContain('"integrity"');
  expect(lock).not.toContain('"resolved"');
});
