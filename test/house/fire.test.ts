// What breaks things on purpose is in no deployment: it lies under tools/fire, and nothing that is deployed reaches it.
import { describe, expect, test } from 'vitest';
import { parse, read, type Source, target } from './source.ts';

/** All modules that an entry brings along, by their paths. */
function reachable(entry: string, sourceOf: (path: string) => Source): string[] {
  const found = new Set([entry]);
  for (const path of found) {
    const source = sourceOf(path);
    for (const specifier of source.imports) {
      const to = target(source, specifier);
      if (to !== undefined && /\.(ts|tsx|mjs)$/.test(to)) found.add(to);
    }
  }
  return [...found];
}

const fromDisk = (path: string): Source => parse(path, read(path));
const isFire = (path: string): boolean => path.startsWith('tools/');

describe('nothing of the fire runs is deployed', () => {
  const config = read('wrangler.toml');
  const entries = [...config.matchAll(/^\s*main\s*=\s*"([^"]+)"/gm)].map(([, path = '']) => path);

  test('the Worker that is deployed begins at workers/index.ts, and reaches no tool', () => {
    expect(entries).toEqual(['workers/index.ts']);
    const modules = reachable('workers/index.ts', fromDisk);
    expect(modules.length).toBeGreaterThan(200);
    expect(modules.filter(isFire)).toEqual([]);
  });

  test('wrangler.toml knows no binding, class or variable of theirs', () => {
    expect(config).not.toMatch(/fire|cost|stand.?in|FAILPOINTS/i);
  });

  test('the entry of fire runs has every object and workflow of the product, behind its faults', () => {
    const classes = new Set([...config.matchAll(/class_name\s*=\s*"(\w+)"/g)].map(([, name = '']) => name));
    const entry = ['index', 'region-window'].map((name) => read(`tools/fire/worker/${name}.ts`)).join();
    expect(classes.size).toBeGreaterThan(6);
    expect([...classes].filter((name) => !entry.includes(`class ${name} extends product.${name} `))).toEqual(
      [],
    );
    const counting = read('tools/cost/worker/index.ts');
    expect([...classes].filter((name) => !counting.includes(name))).toEqual([]);
  });

  test('a tool that is reached is seen, however far away', () => {
    const texts: Readonly<Record<string, string>> = {
      'workers/a.ts': "import { b } from '../core/b.ts';",
      'core/b.ts': "export { b } from '../tools/fire/worker/faults.ts';",
      'tools/fire/worker/faults.ts': '',
    };
    const found = reachable('workers/a.ts', (path) => parse(path, texts[path] ?? ''));
    expect(found.filter(isFire)).toEqual(['tools/fire/worker/faults.ts']);
  });
});
