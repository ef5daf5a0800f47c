import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Paths of all files below a folder, relative to it. @param {string} folder @returns {string[]} */
function filesBelow(folder) {
  if (!existsSync(folder)) return [];
  const paths = /** @type {string[]} */ (readdirSync(folder, { recursive: true }));
  return paths.filter((path) => statSync(join(folder, path)).isFile());
}

/**
 * Makes `target` hold what `source` holds, touching nothing that is the same. The page comes last of what is copied,
 * so that it never names a script that is not there yet. @param {string} source @param {string} target
 */
export function syncFolder(source, target) {
  const wanted = filesBelow(source);
  const isPage = (/** @type {string} */ path) => path.endsWith('.html');
  for (const path of [...wanted.filter((path) => !isPage(path)), ...wanted.filter(isPage)]) {
    const [from, to] = [join(source, path), join(target, path)];
    if (existsSync(to) && readFileSync(from).equals(readFileSync(to))) continue;
    mkdirSync(dirname(to), { recursive: true });
    copyFileSync(from, to);
  }
  for (const path of filesBelow(target))
    if (!wanted.includes(path)) rmSync(join(target, path), { force: true });
}
