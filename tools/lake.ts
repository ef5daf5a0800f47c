// `npm run lake -- "SELECT ..."`: SQL over the parts of a local lake (docs/lake.md), also while the runtime runs.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findParts, linkParts } from './lake/find-parts.ts';
import { type Format, formats, openLake, runQuery } from './lake/query.ts';
import { readWranglerConfig } from './wrangler-config.ts';

const usage = `npm run lake -- "SELECT ..." [--persist-to DIR] [--format table|csv|json]

  --persist-to DIR  the data folder of the local run      (.marquee)
  --format FORMAT   table, csv or json                    (table)

The view \`events\` has a row for each event that is sealed, \`viewing_sessions\` one for each session of computed
hours. Examples:

  SELECT count(*), count(DISTINCT user_id) FROM events
  SELECT region, date, hour, event_type, count(*) FROM events GROUP BY ALL ORDER BY ALL
  SELECT title, sum(duration_ms) / 3600000 AS hours FROM events WHERE date = '2026-11-21' GROUP BY title ORDER BY hours DESC LIMIT 10
  SELECT movie_id, count(*), avg(completion_rate) FROM viewing_sessions WHERE date = '2026-11-21' GROUP BY ALL
  SELECT filename, verdict, count(*) FROM read_parquet('lake/events/**/*.parquet', filename = true) GROUP BY ALL
`;

interface Settings {
  readonly sql: string;
  readonly persistTo: string;
  readonly format: Format;
}

function settingsOf(args: string[]): Settings {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      'persist-to': { type: 'string', default: '.marquee' },
      format: { type: 'string', default: 'table' },
    },
  });
  const format = formats.find((name) => name === values.format);
  if (!format) throw new Error(`--format is one of ${formats.join(', ')}, not "${values.format}".`);
  if (positionals.length > 1) throw new Error('The statement is one argument: put it in quotes.');
  return { sql: positionals[0] ?? '', persistTo: values['persist-to'], format };
}

/** On a terminal alone: what is piped stays what was asked for. */
function say(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(text);
}

async function main(): Promise<void> {
  const { sql, persistTo, format } = settingsOf(process.argv.slice(2));
  const [bucket] = readWranglerConfig().r2_buckets ?? [];
  if (!bucket) throw new Error('wrangler.toml names no R2 bucket.');
  if (sql === '') console.log(usage);
  const parts = findParts(persistTo, bucket.bucket_name);
  if (parts.length === 0) {
    const hint = 'Events are sealed 15 minutes after they came, or 50,000 at a time.';
    throw new Error(`The lake in ${persistTo} has no parts yet. ${hint}`);
  }
  const megabytes = Math.round(parts.reduce((sum, { bytes }) => sum + bytes, 0) / 1e5) / 10;
  const folder = mkdtempSync(join(tmpdir(), 'marquee-lake-'));
  try {
    linkParts(parts, folder, (done) => {
      if (done % 500 === 0 || done === parts.length)
        say(`\r${done} of ${parts.length} parts, ${megabytes} MB`);
    });
    say('\n');
    const connection = await openLake(folder);
    // So that a statement may name the files too, as they are named in R2.
    process.chdir(folder);
    await runQuery(connection, sql === '' ? 'DESCRIBE events' : sql, format, (text) =>
      process.stdout.write(text),
    );
    connection.closeSync();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
