// The simulations for longer than the tests have time for: `npm run sim -- --seeds 10000 --steps 1000 --from 1`. A shard
// against its naive recount (`shard`); the same with the version before beside this one (`versions`, a tenth of the seeds);
// the batch layer's workflows: runs over hours and replays (`runs`), days and sessions (`derived`), imports (`etl`), each a
// twentieth of the seeds and a fifth of the steps. `--only` chooses. Prints each difference with the command that shows it
// again; ends with 1 if there was any.
import { parseArgs } from 'node:util';
import { previousCore } from '../test/sim/previous-version.ts';
import { baseSeed, describeFound, emptyTotals, tryHistory } from '../test/sim/search.ts';
import { bothVersions, emptyVersionTally } from '../test/sim/two-versions.ts';

const batchKinds = ['runs', 'derived', 'etl'];
const kinds = ['shard', 'versions', ...batchKinds];
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '10000' },
    steps: { type: 'string', default: '1000' },
    from: { type: 'string', default: String(baseSeed()) },
    only: { type: 'string', default: kinds.join() },
  },
});
const [seeds, steps, from] = [Number(values.seeds), Number(values.steps), Number(values.from)];
let differences = 0;

/** What it found of one seed, as text; null where all was as it must be. */
type Try = (seed: number) => Promise<string | null>;

async function play(kind: string, count: number, about: string, tryOne: Try): Promise<void> {
  if (!values.only.split(',').includes(kind)) return;
  console.log(`${kind}: ${count} histories of ${about}, from seed ${from} on`);
  const startedAt = performance.now();
  let found = 0;
  for (let i = 0; i < count; i++) {
    const text = await tryOne((from + i) >>> 0);
    if (text !== null) {
      found++;
      console.log(`\n${text}\n`);
    }
    if ((i + 1) % 1000 === 0) console.log(`${i + 1} histories, ${found} differences`);
  }
  differences += found;
  const rate = (count / (performance.now() - startedAt)) * 1000;
  console.log(`${kind}: ${found} differences; ${rate.toPrecision(3)} seeds/s`);
}

const totals = emptyTotals();
await play('shard', seeds, `${steps} steps`, (seed) => {
  const found = tryHistory(seed, steps, totals);
  return Promise.resolve(found && describeFound(found));
});
if (totals.histories > 0) console.log(JSON.stringify(totals));

const old = await previousCore();
const tally = emptyVersionTally();
await play(
  'versions',
  old ? Math.ceil(seeds / 10) : 0,
  `${steps} steps beside ${old?.name ?? 'none: no history'}`,
  (seed) => {
    const found = old && tryHistory(seed, steps, undefined, () => bothVersions(old, seed, tally));
    return Promise.resolve(found && describeFound(found).replace('sim/region', 'sim/versions'));
  },
);
if (old) console.log(JSON.stringify(tally));

/** In the Workers' project, whose types and Node's exclude each other. */
interface Workflows {
  readonly tryWorkflows: (
    scenario: string,
    seed: number,
    steps: number,
    totals: Record<string, number>,
  ) => Promise<object | null>;
  readonly describeWorkflows: (found: object) => string;
}
const path = new URL('../test/sim/workflows/search.ts', import.meta.url).href;
const { tryWorkflows, describeWorkflows } = (await import(path)) as Workflows;
const happened: Record<string, number> = {};
const batchSteps = Math.ceil(steps / 5);
for (const kind of batchKinds)
  await play(kind, Math.ceil(seeds / 20), `${batchSteps} steps`, async (seed) => {
    const found = await tryWorkflows(kind, seed, batchSteps, happened);
    return found && describeWorkflows(found);
  });
console.log(JSON.stringify({ ...happened, differences }));
process.exitCode = differences > 0 ? 1 : 0;
