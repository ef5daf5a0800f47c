// docs/reliability.md from reliability.json: a table, what each section does, and what is not covered.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../bootstrap.mjs';
import { allFound, planted } from './found.ts';
import { faultsOf, percentile, type Reliability, type SectionRecord, trialsOf } from './results.ts';

const about: Readonly<Record<string, string>> = {
  kills:
    'SIGKILL of wrangler and the runtime at once, at random moments under traffic; then a restart on the same folder',
  failpoints:
    'a kill at each named place: between all steps of sealing and of the batch layer, before and behind every call to queue, shard, D1 and R2',
  evictions: '`ctx.abort()` of regions, hub, meters, sealers and queue under traffic',
  deliveries:
    'messages delivered twice (30 %), ten times (5 %), shuffled over 20 s, with acknowledgements lost',
  'd1-down': 'every call to D1 throws, while events keep coming',
  'r2-down': 'every call to R2 throws, while hours are asked to be sealed',
  'queue-refuses': 'the queue takes nothing: every answer is 503, and nothing of it counts',
  'queue-flaky': '40 % of the sends fail, half of them after they went through',
  'late-writes':
    'half of the writes to D1 are told to have failed and go through 6 s later, behind newer ones',
  'stock-queue':
    'the emulated queue as it is, which forgets when it is killed, and producers that send everything since the last confirmed count again',
  poison:
    '1 % of the messages cannot be read, and ten chunks make their shard throw each time: all lie in the dead-letter store, the rest counts, and what is sent again counts once',
  clocks:
    'producers a day ahead, a day behind, in 1970 and in 2099, and a region that falls silent: no window of the others is wrong, and none closes early',
  bombs:
    'a title for each of a million events, and 10,000 regions that there are not: totals are exact, memory does not grow with them, no object is made',
  viewers:
    '500 sockets, a fifth of which read nothing; the hub is killed under them: all who read see the same as D1 in the end, and no number goes back',
  overload:
    'twice the requests that the service takes, of a key that is granted what it takes: 429 or 503, and what was taken counts',
  identities:
    'identities at their cap (made small, so that traffic of minutes is beyond it): windows end early, an alert says so, the batch layer is exact',
  upgrade:
    'a kill, and then the other version on the same state, in its own schema first: this version and an older commit by turns',
  wake: 'a shard with a million events in its log has lost its memory: time to the first answer',
  memory:
    'a shard with two million identities, 500,000 sessions and 512 keys in each dimension: what it takes of the isolate',
};

const sum = (of: readonly number[]): number => of.reduce((total, one) => total + one, 0);
const number = (value: number): string => value.toLocaleString('en-US');

/** Of what did not happen in N trials: at most so often, at 95 %. */
function bound(bad: number, trials: number): string {
  if (bad > 0) return `${bad} of ${number(trials)}`;
  return trials <= 3 ? 'no bound' : `< ${(3 / trials).toPrecision(2)}`;
}

function sectionRow(
  { name, unit, fullTrials, wantedTrials, minutes, lots }: SectionRecord,
  first: string,
): string {
  const trials = trialsOf(lots);
  const results = lots.map(({ result }) => result);
  const lost = sum(results.map((result) => result.lost));
  const doubled = sum(results.map((result) => result.doubled));
  const faults = sum(lots.map((lot) => faultsOf(lot).length));
  const sends = results.some(({ events }) => events > 0);
  const isFull = wantedTrials >= fullTrials && (minutes === null || minutes >= 5);
  const size = `${number(trials)} ${unit}${minutes === null ? '' : ` of ${minutes} min`}`;
  const cells = [
    `\`${name}\``,
    isFull
      ? size
      : `${size} (**a small run**; full: ${number(fullTrials)}${minutes === null ? '' : ' of 5 min'})`,
    sends ? number(sum(results.map((result) => result.acknowledged))) : '–',
    sends ? String(lost) : '–',
    sends ? String(doubled) : '–',
    String(faults),
    sends ? bound(lost + doubled, trials) : '–',
    lots.map(({ seed }) => seed).join(', '),
    [...new Set(lots.map((lot) => lot.commit ?? first))].join(', '),
  ];
  return `| ${cells.join(' | ')} |`;
}

function measures({ name, lots }: SectionRecord): string[] {
  const names = [...new Set(lots.flatMap(({ ms = {} }) => Object.keys(ms)))];
  const times = names.map((of) => {
    const values = lots.flatMap(({ ms = {} }) => ms[of] ?? []);
    const [p50, p99] = [0.5, 0.99].map((share) => number(percentile(values, share)));
    return values.length === 1
      ? `\`${name}\` ${of}: ${number(values[0] ?? 0)} ms`
      : `\`${name}\` ${of}: p50 ${p50} ms, p99 ${p99} ms, worst ${number(Math.max(...values))} ms, of ${values.length}`;
  });
  const kinds = [...new Set(lots.flatMap(({ counts = {} }) => Object.keys(counts)))];
  const counted = kinds.map(
    (kind) => `${kind.replaceAll('_', ' ')} ${number(sum(lots.map(({ counts = {} }) => counts[kind] ?? 0)))}`,
  );
  const told = counted.length === 0 ? [] : [`\`${name}\`: ${counted.join(', ')}`];
  return [...times, ...told].map((line) => `- ${line}`);
}

const tableHead = `| section | trials | acknowledged events | lost | doubled | other faults | rate at 95 % (3/N) | seeds | commit |
|---|---|---|---|---|---|---|---|---|`;

/** The one section that has no durable stand-in: its figures are not those of the product. */
const apart = 'stock-queue';

/** What the emulated queue forgets is its own, and is told beside what was lost in the end. */
function emulated(sections: readonly SectionRecord[], first: string): string {
  const section = sections.find(({ name }) => name === apart);
  const heading = '## The emulated queue, apart';
  const told = `All sections above run with the durable stand-in for the queue. \`${apart}\` runs with the queue that \`wrangler dev\`
emulates, which keeps messages in memory alone: what it had answered for and not delivered is gone with a kill. A deployed
queue keeps what it has answered for. Producers here send everything again since the last count that was confirmed.`;
  if (!section) return `${heading}\n\n${told} It was **not run**.`;
  const counts = (of: string): number => sum(section.lots.map((lot) => lot.counts?.[of] ?? 0));
  const events = sum(section.lots.map(({ result }) => result.acknowledged));
  return `${heading}

${told}

${tableHead}
${sectionRow(section, first)}

Of ${number(events)} events that were answered 202 the **emulation forgot ${number(counts('forgotten_by_the_emulation'))}** in ${number(trialsOf(section.lots))} kills; producers sent
${number(counts('requests_sent_again'))} requests again. What the table calls lost and doubled is what was so after that.`;
}

const notCovered = `## What is not covered

- **Power loss**: a killed process leaves what it gave to the operating system. Whether the disk has it is the platform's word.
- **The platform's own partitions and durability**: D1, R2, Queues and Durable Objects are emulated on one machine here.
  What Cloudflare promises of them is cited in the decisions, not tested.
- **Several machines**: local objects share one process, so calls between them never lose their answer halfway but by a kill.
- **The simulation** (\`npm run sim -- --seeds 10000 --steps 1000\`) plays a shard with its queue, D1, sealer, lake and
  alerts under a virtual clock, and the batch layer: its runs, replays, watchdog and statements over SQLite in memory, with
  steps that are tried again, isolates that die between any two operations, and steps that go on though they were given
  up; so it plays days and sessions over hours that are computed again and again, and imports of files that are replaced,
  deleted and cancelled meanwhile, each against a recount. Objects wake, seal and are sent to by this version and the one before by turns, on one state, and viewers of either
  are told by hubs of either (test/sim/versions.test.ts). A hub and its viewers have a simulation of their own
  (test/core/live). Hours are given to days and sessions as computed, not by runs that go on meanwhile; the Workflows of the
  platform itself are tried in the runtime (\`failpoints\`).
- **Versions that serve at the same time** in the runtime: \`upgrade\` changes them one after the other, as a deployment
  does for an object. Side by side they are simulated alone, and of the batch layer this version alone.
- **Eviction without abort**: objects are aborted, which loses at least as much as an eviction does.
`;

/** The whole page. */
function reliabilityPage(results: Reliability): string {
  const { commit, seed, machine, startedAt, sections, note = '' } = results;
  const ours = sections.filter(({ name }) => name !== apart);
  const found = allFound().map(({ by, what, test }) => `| ${by} | ${what} | ${test} |`);
  const explained = Object.entries(about).map(([name, text]) => {
    const was = sections.some((section) => section.name === name);
    return `| \`${name}\` | ${text}${was ? '' : ' (**not run**)'} | \`npm run fire -- --only ${name}\` |`;
  });
  return `# Reliability

<!-- Written by \`npm run fire -- --document\` from reliability.json (a copy: docs/reliability.json). Not by hand. -->

Every event that was acknowledged with 2xx affects every number exactly once, whatever dies. \`npm run fire\` tries to
show the opposite: it runs the whole product under \`wrangler dev\`, sends it traffic by real producers that write what
they send and what they are answered to a log before they send it, and kills, starves and deceives it. In the end the
checker holds **live frames** (a viewer over a WebSocket that reconnects), the **API**, the windows in **D1**, the
**lake** (DuckDB over its parts, event by event) and the **batch layer's** hours against that log, by region, minute and
content: \`ok ⊆ counted ⊆ ok ∪ unknown\`, each exactly once, and the accounts of \`/api/reconcile\` add up.

Shown at commit \`${commit}\`, seed ${seed}, begun ${startedAt}; ${machine}. ${note}

${tableHead}
${ours.map((section) => sectionRow(section, commit)).join('\n')}

Zero failures in N trials bound the rate of failure at about 3/N with 95 % confidence (the rule of three); the column says it.

${emulated(sections, commit)}

## Measured

Recovery is counted from the start of the restart (\`ready\`: /health answers; \`taken\`: the first 202; \`counted\`: the API
shows more events than at its first answer). It holds the start of \`wrangler dev\` itself.

${ours.flatMap(measures).join('\n')}

## What each section does

| section | what happens | command |
|---|---|---|
${explained.join('\n')}

\`npm run fire\` runs them all at full size, in at most 2 hours, and goes on where it was stopped; \`--size kills=5\` makes
a section smaller, \`--minutes 1\` an outage shorter. The queue is a durable stand-in (an object with SQLite storage,
\`tools/fire/worker\`) since the emulated one forgets when it is killed; \`stock-queue\` runs against that one, apart.

To compute hours whose events were sent just now, the last phase of each lot runs with the Worker's clock ahead by as much
as is left of the hour and its lateness.

## Planted bugs

Each is put in by a test alone, from outside of what is deployed, and must be caught (test/sim: planted.test.ts,
versions.test.ts and workflows/planted.test.ts, which have more of them); the checker of the runs here is shown in test/tools/fire.test.ts to see what is wrong.

| planted | caught by |
|---|---|
${planted.map(([what, test]) => `| ${what} | ${test} |`).join('\n')}

## What was found

| found by | what was wrong | held by |
|---|---|---|
${found.join('\n')}

${notCovered}`;
}

export function writeReliabilityPage(results: Reliability): void {
  writeFileSync(join(root, 'docs/reliability.md'), reliabilityPage(results));
  writeFileSync(join(root, 'docs/reliability.json'), `${JSON.stringify(results, null, 2)}\n`);
}
