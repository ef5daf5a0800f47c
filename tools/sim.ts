// The shard against its naive recount, for longer than the tests have time for: `npm run sim -- --seeds 10000
// --steps 1000 --from 1`. Prints each difference with the command that shows it again; ends with 1 if there was any.
import { parseArgs } from 'node:util';
import { baseSeed, describeFound, emptyTotals, tryHistory } from '../test/sim/search.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '10000' },
    steps: { type: 'string', default: '1000' },
    from: { type: 'string', default: String(baseSeed()) },
  },
});
const [seeds, steps, from] = [Number(values.seeds), Number(values.steps), Number(values.from)];
console.log(`${seeds} histories of ${steps} steps, from seed ${from} on`);

const totals = emptyTotals();
let differences = 0;
for (let i = 0; i < seeds; i++) {
  const found = tryHistory((from + i) >>> 0, steps, totals);
  if (found) {
    differences++;
    console.log(`\n${describeFound(found)}\n`);
  }
  if ((i + 1) % 1000 === 0) console.log(`${i + 1} histories, ${differences} differences`);
}
console.log(JSON.stringify({ ...totals, differences }));
process.exitCode = differences > 0 ? 1 : 0;
