// `npm run check`: every check that needs no running system, in parallel, with one line each; the whole output of a
// check is printed only where it failed. Names on the command line choose some: `npm run check -- types lint`.
import { spawn } from 'node:child_process';

const checks = ['types', 'format', 'lint', 'unused', 'deploy'];

/** @typedef {{ name: string, ok: boolean, seconds: number, output: string }} Result */

/** Runs `npm run check:<name>`. @param {string} name @returns {Promise<Result>} */
function run(name) {
  const startedAt = performance.now();
  const child = spawn('npm', ['run', '--silent', `check:${name}`], {
    env: { ...process.env, CI: '1', WRANGLER_SEND_METRICS: 'false', WRANGLER_HIDE_BANNER: 'true' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (bytes) => {
    output += String(bytes);
  });
  child.stderr.on('data', (bytes) => {
    output += String(bytes);
  });
  return new Promise((resolve) => {
    /** @param {boolean} ok @param {string} [message] */
    const finish = (ok, message = '') =>
      resolve({ name, ok, seconds: (performance.now() - startedAt) / 1000, output: output + message });
    child.on('error', (error) => finish(false, error.message));
    child.on('close', (code) => finish(code === 0));
  });
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !checks.includes(name));
if (unknown.length > 0) {
  console.error(`No such check: ${unknown.join(', ')}. There are: ${checks.join(', ')}.`);
  process.exit(2);
}

const results = await Promise.all(
  (wanted.length > 0 ? wanted : checks).map(async (name) => {
    const result = await run(name);
    console.log(`${result.ok ? 'ok    ' : 'FAILED'} ${name.padEnd(8)} ${result.seconds.toFixed(1)} s`);
    return result;
  }),
);
const failed = results.filter((result) => !result.ok);
for (const { name, output } of failed)
  console.error(`\n--- ${name} (npm run check:${name})\n${output.trim()}`);
process.exitCode = failed.length > 0 ? 1 : 0;
