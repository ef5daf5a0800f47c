// What runs before anything is installed: plain Node >= 20 and no dependency. It installs what package-lock.json names
// and hands over to the toolchain's own Node 24, which the locked packages bring along; the tools themselves are
// TypeScript, which that Node runs as it is.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
const binFolder = join(root, 'node_modules', '.bin');

/** The oldest Node that wrangler and type stripping work with, for machines that the locked Node does not run on. */
const oldestOwnNode = [22, 12];
/** From here on types are stripped without being asked. */
const plainStripping = [22, 18];

/** @typedef {{ version?: string, integrity?: string, optional?: boolean }} LockEntry */
/** @typedef {{ packages?: Record<string, LockEntry> }} Lock */

/**
 * Why an installation is needed, or undefined if what is installed is what the lock names. npm writes what it installed
 * into a lock file of its own inside node_modules, last of all, so that an interrupted or hand-made installation is
 * judged rightly too, which a stamp of ours would not do. Optional packages are those of other platforms.
 * @param {Lock} wanted @param {Lock | undefined} installed @returns {string | undefined}
 */
export function staleReason(wanted, installed) {
  if (!installed?.packages) return 'nothing is installed yet';
  for (const [path, entry] of Object.entries(wanted.packages ?? {})) {
    if (path === '') continue;
    const found = installed.packages[path];
    if (!found && entry.optional) continue;
    if (!found) return `${path} is not installed`;
    if (found.version !== entry.version || found.integrity !== entry.integrity)
      return `${path} is not the locked one`;
  }
  return undefined;
}

/** @param {string} path @returns {Lock | undefined} */
function readLock(path) {
  return existsSync(path) ? /** @type {Lock} */ (JSON.parse(readFileSync(path, 'utf8'))) : undefined;
}

/** Runs `npm ci` where node_modules does not hold what package-lock.json names; prints what it does. */
export function ensureInstalled() {
  const wanted = readLock(join(root, 'package-lock.json')) ?? {};
  const reason = staleReason(wanted, readLock(join(root, 'node_modules', '.package-lock.json')));
  if (reason === undefined) return;
  console.log(`Installing the locked packages with npm ci (${reason}); this takes about 25 seconds ...`);
  const startedAt = performance.now();
  // npm must not run on the Node inside the folder that it is about to replace.
  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.startsWith(binFolder));
  // Without its warnings: the packages ask for a newer Node, which is among them.
  const { status, error } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    env: { ...process.env, PATH: path.join(delimiter) },
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (error ?? status !== 0) {
    console.error(`npm ci failed${error ? `: ${error.message}` : ''}. Nothing was started.`);
    process.exit(1);
  }
  console.log(`Installed in ${((performance.now() - startedAt) / 1000).toFixed(0)} s.\n`);
}

/** @param {string} version as in `v24.21.0` @param {number[]} least */
function atLeast(version, least) {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = least;
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

/**
 * The Node to run the tools with: the toolchain's own, or else the one that runs this, if it is new enough (the lock
 * holds no Node for Macs). @param {string | undefined} bundled @param {{ path: string, version: string }} own
 * @returns {{ path: string, flags: string[] } | { error: string }}
 */
export function chooseNode(bundled, own) {
  if (bundled !== undefined) return { path: bundled, flags: [] };
  if (!atLeast(own.version, oldestOwnNode)) {
    return {
      error: `Marquee needs Node ${oldestOwnNode.join('.')} or newer on this platform; this is ${own.version}.`,
    };
  }
  const flags = ['--disable-warning=ExperimentalWarning'];
  return {
    path: own.path,
    flags: atLeast(own.version, plainStripping) ? flags : ['--experimental-strip-types', ...flags],
  };
}

/** Path and flags of the Node to run the tools with; ends the process with a clear message if there is none. */
export function toolNode() {
  const path = join(binFolder, 'node');
  // Installed is not yet able to run: a Linux with another C library refuses it.
  const runs = spawnSync(path, ['--version']).status === 0;
  const chosen = chooseNode(runs ? path : undefined, { path: process.execPath, version: process.version });
  if ('path' in chosen) return chosen;
  console.error(chosen.error);
  process.exit(1);
}

/**
 * Installs what is missing and runs one of the tools, which takes over arguments, terminal, signals and exit code.
 * @param {string} tool file in tools/ @param {string[]} args
 */
export function runTool(tool, args) {
  ensureInstalled();
  const node = toolNode();
  const child = spawn(node.path, [...node.flags, join(root, 'tools', tool), ...args], {
    cwd: root,
    env: { ...process.env, PATH: [binFolder, process.env.PATH ?? ''].join(delimiter) },
    stdio: 'inherit',
  });
  // A terminal signals the whole group, a person's `kill` only us: the tool takes the second of two for the first.
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
    process.on(signal, () => child.kill(signal));
  endWithNpm(() => child.kill('SIGTERM'));
  child.on('error', (error) => {
    console.error(error.message);
    process.exit(1);
  });
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (signal ? constants.signals[signal] : 0)));
}

/**
 * A `kill` of npm ends npm and perhaps its shell, but does not reach what the shell runs: that is seen only by looking.
 * Not without npm, where a program may well outlive the shell that it was started from. @param {() => void} end
 */
function endWithNpm(end) {
  if (!process.env.npm_lifecycle_event) return;
  const npm = ancestors();
  const timer = setInterval(() => {
    if (ancestors() === npm) return;
    clearInterval(timer);
    end();
  }, 500);
  timer.unref();
}

/** Process ids of the parent and, where that is npm's shell, of npm; where there is no /proc, of the parent alone. */
function ancestors() {
  const parent = process.ppid;
  try {
    const stat = readFileSync(`/proc/${parent}/stat`, 'utf8');
    // `pid (name) state parent ...`, and the name may hold blanks.
    const [, name = '', grandparent] = /\((.*)\) \S (\d+)/s.exec(stat) ?? [];
    return name.startsWith('npm') ? `${parent}` : `${parent} ${grandparent}`;
  } catch {
    return `${parent}`;
  }
}
