/**
 * Where the pictures of the browser tests go: into .cache/screenshots/; with SCREENSHOTS=1 those that README.md or a
 * document shows go into docs/screenshots/ instead.
 */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = new URL('../..', import.meta.url).pathname;
const kept = join(root, '.cache/screenshots');
const published = join(root, 'docs/screenshots');

/** Names, without folder or ending, of the pictures that are shown somewhere. */
export function shownPictures(): ReadonlySet<string> {
  const docs = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
  const texts = ['README.md', ...docs.map((name) => join('docs', name))].map((name) =>
    readFileSync(join(root, name), 'utf8'),
  );
  return new Set(
    texts.flatMap((text) => [...text.matchAll(/screenshots\/([\w-]+)\.png/g)].map(([, name = '']) => name)),
  );
}

const shown = process.env.SCREENSHOTS ? shownPictures() : new Set<string>();
for (const folder of [kept, published]) mkdirSync(folder, { recursive: true });

/** The path of the picture of this name, whose folder is there. */
export const pictureOf = (name: string): string => join(shown.has(name) ? published : kept, `${name}.png`);
