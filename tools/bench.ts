// `npm run bench` runs every file of tools/bench that was not run at this commit yet, each in a process of its own, and writes
// docs/performance.md; `npm run bench -- NAME` runs one.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { arch, cpus, platform, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { performancePage } from './bench-document.ts';
import { type Circumstances, type Held, hold, readHeld, stillToRun, withChanges } from './bench-held.ts';
import { plotSvg } from './bench-plot.ts';
import { type Bench, goalOf, isMet, table } from './bench-report.ts';
import { root } from './bootstrap.mjs';

const usage = `npm run bench                 all that were not run at this commit yet; then docs/performance.md and .json
npm run bench -- NAME ...     these alone
npm run bench -- --fresh      all, also those that were run
npm run bench -- --document   docs/performance.md and .json from what is held in .cache/bench, and runs nothing
npm run bench -- --list       their names`;

const folder = join(root, '.cache/bench');
const names = readdirSync(join(root, 'tools/bench')).map((file) => file.replace(/\.ts$/, ''));

async function load(name: string): Promise<Bench> {
  const module = (await import(`./bench/${name}.ts`)) as { readonly default: Bench };
  return module.default;
}

function git(...args: string[]): string {
  return execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
}

/** Files that the benchmarks write themselves are no change. */
function commitNow(): string {
  const changed = git(
    'status',
    '--porcelain',
    '--',
    ':!docs/performance.md',
    ':!docs/performance.json',
    ':!docs/plots',
  );
  return `${git('rev-parse', '--short', 'HEAD')}${changed === '' ? '' : withChanges}`;
}

/** What others do with the processors while this process waits, %. */
async function othersPercent(): Promise<number> {
  const now = () => {
    const times = cpus().map((cpu) => cpu.times);
    const all = times.flatMap((time) => Object.values(time)).reduce((a, b) => a + b, 0);
    return { all, idle: times.reduce((sum, { idle }) => sum + idle, 0) };
  };
  const before = now();
  await new Promise((resolve) => setTimeout(resolve, 2000));
  const after = now();
  return Math.round((1 - (after.idle - before.idle) / (after.all - before.all)) * 100);
}

async function circumstances(): Promise<Circumstances> {
  return {
    machine: `${cpus().length} x ${cpus()[0]?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GB`,
    system: `${platform()} ${arch()}`,
    node: process.version,
    commit: commitNow(),
    date: new Date().toISOString(),
    othersPercent: await othersPercent(),
  };
}

async function runOne(name: string): Promise<void> {
  const bench = await load(name);
  console.log(`${name}: ${bench.describe}\n`);
  const about = await circumstances();
  const from = performance.now();
  const report = await bench.run();
  const tookSeconds = Math.round((performance.now() - from) / 1000);
  for (const [key, value] of Object.entries({ ...about, ...report.settings }))
    console.log(`  ${key}: ${value}`);
  console.log(`\n${table(report.rows)}\n`);
  for (const target of report.targets ?? [])
    console.log(
      `  ${isMet(target) ? 'met   ' : 'MISSED'} ${target.what}: ${target.measured}${target.spread ? ` (${target.spread})` : ''}, ${goalOf(target)}`,
    );
  const { describe, notes = [] } = bench;
  hold(folder, { name, describe, notes, ...about, ...report, tookSeconds });
  console.log(`\n  kept in .cache/bench/${name}.json`);
}

/** Each in a process of its own, so that none runs in another's heap and one that fails is one that fails. */
function runAll(wanted: readonly string[]): string[] {
  const script = join(root, 'tools/bench.ts');
  return wanted.filter((name) => {
    const { status } = spawnSync(process.execPath, [...process.execArgv, script, name], { stdio: 'inherit' });
    console.log('');
    return status !== 0;
  });
}

/** Words of today beside figures of whenever they were measured. */
async function withPresentWords(held: Held): Promise<Held> {
  const { describe, notes = [] } = await load(held.name);
  return { ...held, describe, notes };
}

async function writeDocument(): Promise<void> {
  const held = await Promise.all(readHeld(folder, names).map(withPresentWords));
  const absent = names.filter((name) => !held.some((each) => each.name === name));
  writeFileSync(join(root, 'docs/performance.json'), `${JSON.stringify({ benches: held }, null, 2)}\n`);
  writeFileSync(join(root, 'docs/performance.md'), performancePage(held, absent));
  const plots = held.flatMap(({ plots: of = [] }) => of);
  const plotsFolder = join(root, 'docs/plots');
  mkdirSync(plotsFolder, { recursive: true });
  for (const plot of plots) writeFileSync(join(plotsFolder, `${plot.name}.svg`), plotSvg(plot));
  console.log(
    `docs/performance.md: ${held.length} benchmarks${absent.length > 0 ? `, without ${absent.join(', ')}` : ''}`,
  );
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    list: { type: 'boolean', default: false },
    fresh: { type: 'boolean', default: false },
    document: { type: 'boolean', default: false },
  },
});
const unknown = positionals.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`There is no benchmark "${unknown.join('", "')}".\n\n${usage}`);
  process.exitCode = 2;
} else if (values.list) {
  console.log(`${usage}\n`);
  for (const name of names) console.log(`  ${name.padEnd(14)} ${(await load(name)).describe}`);
} else if (values.document) await writeDocument();
else if (positionals.length === 1) await runOne(positionals[0] as string);
else if (positionals.length > 1) process.exitCode = runAll(positionals).length;
else {
  const wanted = values.fresh ? names : stillToRun(names, readHeld(folder, names), commitNow());
  const failed = runAll(wanted);
  await writeDocument();
  if (failed.length > 0) console.error(`failed: ${failed.join(', ')}`);
  process.exitCode = failed.length;
}
