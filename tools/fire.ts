// `npm run fire`: the whole product is killed, starved and lied to, and the figures of what it lost are written to
// reliability.json. It goes on where the last run of the same commit stopped.
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { arch, cpus, platform } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from './bootstrap.mjs';
import { writeReliabilityPage } from './fire/document.ts';
import { buildFire } from './fire/harness/config.ts';
import { faultsOf, type Reliability, readReliability, writeReliability } from './fire/results.ts';
import { doneTrials, runSection } from './fire/run-section.ts';
import { sections } from './fire/sections/list.ts';

const names = sections.map(({ name }) => name);
const usage = `npm run fire [-- options]
  --only NAMES     sections, with commas between: ${names.join(', ')}
  --size LIST      trials of sections, such as kills=5,evictions=20; the full size without it
  --minutes N      of each outage (5)
  --hours N        begins nothing new after so long (2); the next run goes on
  --seed N         (1)
  --work FOLDER    where folders and reliability.json are (.cache/fire)
  --fresh          begins anew
  --keep           goes on with what another commit has shown; each lot says which it was
  --again NAMES    forgets what was shown of these sections
  --note TEXT      goes onto the page, with --document: what a reader of the figures should know of the run
  --document       writes docs/reliability.md and docs/reliability.json from what was shown, and runs nothing`;

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    size: { type: 'string', default: '' },
    minutes: { type: 'string', default: '5' },
    hours: { type: 'string', default: '2' },
    seed: { type: 'string', default: '1' },
    work: { type: 'string', default: '.cache/fire' },
    fresh: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    again: { type: 'string', default: '' },
    document: { type: 'boolean', default: false },
    note: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

function git(...args: string[]): string {
  try {
    return execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}

function newResults(seed: number): Reliability {
  const commit = git('rev-parse', '--short=12', 'HEAD') || 'unknown';
  const isChanged = git('status', '--porcelain', '--untracked-files=no') !== '';
  return {
    commit: isChanged ? `${commit}+` : commit,
    seed,
    machine: `${platform()} ${arch()}, ${cpus().length} cores, Node ${process.versions.node}`,
    startedAt: new Date().toISOString(),
    sections: [],
  };
}

const without = (results: Reliability, names_: readonly string[]): Reliability => ({
  ...results,
  sections: results.sections.filter(({ name }) => !names_.includes(name)),
});

/** Exit code: 1 where something did not hold. */
async function run(): Promise<number> {
  const work = resolve(root, values.work);
  const only = values.only?.split(',') ?? names;
  const unknown = only.filter((name) => !names.includes(name));
  const sizes = new Map(values.size.split(',').map((pair) => pair.split('=') as [string, string]));
  if (values.help || unknown.length > 0) {
    console.log(unknown.length > 0 ? `There is no section ${unknown.join(', ')}.\n${usage}` : usage);
    return unknown.length > 0 ? 2 : 0;
  }
  mkdirSync(work, { recursive: true });
  const fresh = newResults(Number(values.seed));
  const held = values.fresh ? null : readReliability(work);
  if (values.document) {
    const { note } = values;
    if (held) writeReliabilityPage(note === undefined ? held : { ...held, note });
    return held ? 0 : 2;
  }
  const isOfThis = values.keep || held?.commit === fresh.commit;
  const goesOn = held !== null && isOfThis && held.seed === fresh.seed;
  if (!goesOn) rmSync(resolve(work, 'lots'), { recursive: true, force: true });
  let results = goesOn ? without(held, values.again.split(',')) : fresh;
  writeReliability(work, results);
  const startedAt = performance.now();
  const say = (text: string): void => {
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    console.log(
      `${String(Math.floor(seconds / 60)).padStart(3)}:${String(seconds % 60).padStart(2, '0')} ${text}`,
    );
  };
  say(`commit ${results.commit}, seed ${results.seed}${goesOn ? ', going on from the last run' : ''}`);
  const configs = buildFire(work);
  const endsAt = startedAt + Number(values.hours) * 3_600_000;
  for (const section of sections.filter(({ name }) => only.includes(name))) {
    const trials = Number(sizes.get(section.name) ?? section.trials);
    const { commit } = fresh;
    const options = { work, configs, trials, minutes: Number(values.minutes), commit, say, endsAt };
    results = await runSection(section, results, options);
    say(`${section.name}: ${doneTrials(results, section)} ${section.unit} in all`);
  }
  const faults = results.sections.flatMap(({ lots }) => lots.flatMap(faultsOf));
  console.log(
    faults.length === 0 ? '\nEverything held.' : `\n${faults.length} faults:\n${faults.join('\n')}`,
  );
  return faults.length === 0 ? 0 : 1;
}

process.exitCode = await run();
process.exit();
