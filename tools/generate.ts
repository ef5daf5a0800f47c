// `npm run generate`: a data set for the warehouse, as files that an import takes. docs/data.md tells of it.

import { readSettings } from './generate/settings.ts';
import { writeDataSet } from './generate/write-data-set.ts';
import { durationText } from './producer/day-bar.ts';
import { showLines } from './producer/progress.ts';

const reading = readSettings(process.argv.slice(2), Date.now());
switch (reading.kind) {
  case 'show':
    console.log(reading.text);
    break;
  case 'wrong':
    console.error(`${reading.message}\n\nnpm run generate -- --help shows all options.`);
    process.exitCode = 2;
    break;
  case 'run': {
    const { data } = reading.settings;
    const startedAt = performance.now();
    const lines = showLines(5_000);
    const written = writeDataSet(reading.settings, (share) => {
      if (process.stdout.isTTY) lines.show(`${(share * 100).toFixed(0)} % of the sessions`);
    });
    if (process.stdout.isTTY) lines.end();
    const until = new Date(data.untilMs).toISOString();
    const counts = written.map(({ table, rows }) => `${rows.toLocaleString('en-US')} ${table}`).join(', ');
    console.log(`${counts}, until ${until}, in ${durationText(performance.now() - startedAt)}.`);
    for (const { path } of written) console.log(`  ${path}`);
  }
}
