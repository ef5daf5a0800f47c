/**
 * A Chromium for tests, with no system package: @sparticuz/chromium carries one for x64 Linux, with its libraries and
 * a font. It is unpacked once into .cache/. Elsewhere, or where CHROME_PATH is set, an installed Chrome is used.
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium } from 'playwright-core';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * The package's own flags would switch web security off and run everything in one process. Without a graphics processor
 * a picture took 50 ms where SwiftShader took 500; a page that needs WebGL wants SwiftShader's three flags instead.
 */
const flags = ['--no-sandbox', '--no-zygote', '--font-render-hinting=none', '--disable-gpu'];

/** Starts a browser, with `more` flags; the caller closes it. */
export async function launchBrowser(more: readonly string[] = []): Promise<Browser> {
  const args = [...flags, ...more];
  const installed = process.env.CHROME_PATH;
  // Dates are written by the browser's locale, and uPlot throws on the tag that the C locale gives.
  const british = { LANG: 'en_GB.UTF-8', LC_ALL: 'en_GB.UTF-8' };
  if (installed)
    return chromium.launch({ executablePath: installed, args, env: { ...process.env, ...british } });
  const folder = await unpackedBrowser();
  return chromium.launch({
    executablePath: join(folder, 'chromium'),
    args,
    env: {
      ...process.env,
      HOME: folder,
      LD_LIBRARY_PATH: join(folder, 'al2023', 'lib'),
      FONTCONFIG_PATH: folder,
      ...british,
    },
  });
}

/** The folder with the unpacked browser. It gets its name last, so that a killed run leaves no half of one. */
async function unpackedBrowser(): Promise<string> {
  const home = dirname(dirname(fileURLToPath(import.meta.resolve('@sparticuz/chromium'))));
  const { version } = JSON.parse(await readFile(join(home, 'package.json'), 'utf8')) as { version: string };
  const folder = join(root, '.cache', `chromium-${version}`);
  if (existsSync(folder)) return folder;
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error('No browser for this machine: set CHROME_PATH to an installed Chrome');
  }
  const partial = `${folder}.partial-${process.pid}`;
  await mkdir(partial, { recursive: true });
  await inflateInto(partial, join(home, 'bin'));
  await writeFile(join(partial, 'fonts.conf'), fontsConfig(folder));
  await rename(partial, folder).catch(async (error: unknown) => {
    await rm(partial, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  });
  return folder;
}

/** `inflate` takes its target from TMPDIR alone. */
async function inflateInto(target: string, archives: string): Promise<void> {
  const before = process.env.TMPDIR;
  process.env.TMPDIR = target;
  try {
    const { inflate } = await import('@sparticuz/chromium');
    const names = ['chromium.br', 'fonts.tar.br', 'swiftshader.tar.br', 'al2023.tar.br'];
    await Promise.all(names.map((name) => inflate(join(archives, name))));
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  }
}

/** One family for every generic name, so that pictures look the same on every machine. */
function fontsConfig(folder: string): string {
  const aliases = ['system-ui', 'sans-serif', 'monospace', 'serif'].map(
    (name) =>
      `<alias binding="same"><family>${name}</family><prefer><family>Open Sans</family></prefer></alias>`,
  );
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
<dir>${join(folder, 'fonts')}</dir>
<cachedir>${join(folder, 'font-cache')}</cachedir>
${aliases.join('\n')}
</fontconfig>
`;
}
