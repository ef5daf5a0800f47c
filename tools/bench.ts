// `npm run bench -- NAME` runs tools/bench/NAME.ts, prints what it found, and keeps it in .cache/bench.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { arch, cpus, platform, totalmem } from 'node:os';
import { join } from 'node:path';
import { type Bench, type Report, table } from './bench-report.ts';
import { root } from './bootstrap.mjs';

const benches = readdirSync(join(root, 'tools/bench')).map((file) => file.replace(/\.ts$/, ''));

async function load(name: string): Promise<Bench> {
  const module = (await import(`./bench/${name}.ts`)) as { readonly default: Bench };
  return module.default;
}

function git(...args: string[]): string {
  return execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
}

/** What the figures depend on, besides the code. */
function circumstances(): Record<string, string | number> {
  const changed = git('status', '--porcelain') === '' ? '' : ', with changes';
  return {
    machine: `${cpus().length} x ${cpus()[0]?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GB`,
    system: `${platform()} ${arch()}`,
    node: process.version,
    commit: `${git('rev-parse', '--short', 'HEAD')}${changed}`,
    date: new Date().toISOString(),
  };
}

function print(
  { settings, rows, targets = [] }: Report,
  about: Readonly<Record<string, string | number>>,
): void {
  for (const [name, value] of Object.entries({ ...about, ...settings })) console.log(`  ${name}: ${value}`);
  console.log(`\n${table(rows)}\n`);
  for (const { what, atMost, measured } of targets)
    console.log(`  ${measured <= atMost ? 'met   ' : 'MISSED'} ${what}: ${measured}, at most ${atMost}`);
}

const [name = ''] = process.argv.slice(2);
if (!benches.includes(name)) {
  if (name !== '') console.error(`There is no benchmark "${name}".\n`);
  console.log('npm run bench -- NAME, where NAME is one of:\n');
  for (const each of benches) console.log(`  ${each.padEnd(12)} ${(await load(each)).describe}`);
  process.exit(name === '' ? 0 : 2);
}
const bench = await load(name);
console.log(`${bench.name}: ${bench.describe}\n`);
const about = circumstances();
const report = await bench.run();
print(report, about);
const folder = join(root, '.cache/bench');
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, `${name}.json`), `${JSON.stringify({ name, ...about, ...report }, null, 2)}\n`);
console.log(`\n  kept in .cache/bench/${name}.json`);
