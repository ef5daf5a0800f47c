import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { syncFolder } from '../../tools/sync-folder.mjs';

test('what differs is copied, what is gone removed, what is the same not touched', () => {
  const folder = mkdtempSync(join(tmpdir(), 'marquee-sync-'));
  const [source, target] = [join(folder, 'source'), join(folder, 'target')];
  const put = (path: string, text: string) => {
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, text);
  };
  put(join(source, 'index.html'), 'new');
  put(join(source, 'assets/a.js'), 'same');
  put(join(source, 'assets/b.js'), 'added');
  put(join(target, 'index.html'), 'old');
  put(join(target, 'assets/a.js'), 'same');
  put(join(target, 'assets/z.js'), 'gone');
  const before = statSync(join(target, 'assets/a.js')).mtimeMs;
  syncFolder(source, target);
  expect(readFileSync(join(target, 'index.html'), 'utf8')).toBe('new');
  expect(readFileSync(join(target, 'assets/b.js'), 'utf8')).toBe('added');
  expect(existsSync(join(target, 'assets/z.js'))).toBe(false);
  expect(statSync(join(target, 'assets/a.js')).mtimeMs).toBe(before);
  rmSync(folder, { recursive: true });
});
