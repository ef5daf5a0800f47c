// `npm test`: build, checks, and every test project, one after the other; then what failed, and a count on the last line.
// A stage that fails does not keep the later ones from running: one run tells all.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './bootstrap.mjs';
import { countTests, type TestCount } from './test-count.ts';

interface Stage {
  readonly name: string;
  readonly about: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Where vitest writes its results. */
  readonly results?: string;
}

const passedOn = process.argv.slice(2);
const resultsFolder = join(root, '.cache', 'test-results');

function npmStage(name: string, about: string): Stage {
  return { name, about, command: 'npm', args: ['run', '--silent', name] };
}

function vitestStage(project: string, about: string): Stage {
  const results = join(resultsFolder, `${project}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${results}`];
  // With a filter of the caller's, most projects have nothing to run.
  const args = ['run', '--project', project, '--passWithNoTests', ...reporters, ...passedOn];
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  return { name: project, about, command: process.execPath, args: [vitest, ...args], results };
}

const stages: readonly Stage[] = [
  npmStage('build', 'the site'),
  npmStage('check', 'types, format, lint, unused code, a dry deployment'),
  vitestStage('core', 'pure code, the house, the tools: in Node'),
  vitestStage('workerd', 'objects, storage, doors: in the Workers runtime'),
  vitestStage('e2e', 'the whole product, with real producers and a real browser'),
];

interface StageResult extends TestCount {
  readonly name: string;
  readonly seconds: number;
  readonly ok: boolean;
}

function run({ name, about, command, args, results }: Stage): StageResult {
  console.log(`\n=== ${name}: ${about}\n`);
  const startedAt = performance.now();
  const shell = process.platform === 'win32';
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit', shell });
  const seconds = (performance.now() - startedAt) / 1000;
  const ok = status === 0;
  const report = results && existsSync(results) ? readFileSync(results, 'utf8') : undefined;
  return { name, seconds, ok, ...countTests(report, ok) };
}

rmSync(resultsFolder, { recursive: true, force: true });
mkdirSync(resultsFolder, { recursive: true });
const results = stages.map(run);

console.log('\n=== Summary\n');
for (const { name, seconds, ok, passed, failed, failures, again } of results) {
  const tests = passed + failed > 0 ? `${passed} passed, ${failed} failed` : '';
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${name.padEnd(8)} ${seconds.toFixed(1).padStart(6)} s  ${tests}`);
  for (const failure of failures) console.log(`         ${failure}`);
  for (const test of again) console.log(`         passed on its second try: ${test}`);
}
const sum = (of: 'passed' | 'failed') => results.reduce((total, result) => total + result[of], 0);
console.log(`\n${sum('passed')} passed, ${sum('failed')} failed`);
process.exitCode = results.every(({ ok }) => ok) ? 0 : 1;
