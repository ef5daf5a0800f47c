// Pictures of the product: README.md shows them, and none lies about that nobody is shown.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { shownPictures } from '../support/pictures.ts';

const root = new URL('../..', import.meta.url).pathname;
const kept = readdirSync(join(root, 'docs/screenshots')).map((name) => name.replace(/\.png$/, ''));

test('every picture that a document shows is there, and every picture that is there is shown', () => {
  expect(kept.toSorted()).toEqual([...shownPictures()].sort());
});

test('README.md shows at least ten', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const shown = new Set(
    [...readme.matchAll(/\(docs\/screenshots\/([\w-]+)\.png\)/g)].map(([, name]) => name),
  );
  expect(shown.size).toBeGreaterThanOrEqual(10);
});
