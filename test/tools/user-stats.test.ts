// The users of a day as DuckDB reads them, beside the events that they were made of.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { sumUsers } from '../../core/batch/user-day.ts';
import { userAdder } from '../../core/batch/user-events.ts';
import { UserRecords } from '../../core/batch/user-records.ts';
import { partName } from '../../core/lake/part-name.ts';
import { encodePart } from '../../storage/lake/encode-part.ts';
import { encodeUserStats, userStatsFolder, userStatsName } from '../../storage/user-stats.ts';
import { openLake, runQuery } from '../../tools/lake/query.ts';
import { counting, day, loggedDay } from '../support/day-events.ts';
import { lakeRows, partsOf } from '../support/logged-events.ts';

test('[BAT-4] DuckDB finds in the users of a day what it counts in the events', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'marquee-users-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const put = (name: string, bytes: Uint8Array): void => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  };
  const logged = counting(loggedDay(77, 900));
  const records = new UserRecords(logged.length);
  for (const { address, events } of partsOf(logged, 'Ö/1 %')) {
    const rows = lakeRows(events);
    const add = userAdder(rows, records);
    for (let i = 0; i < rows.count; i++) add(i);
    put(partName(address), (await encodePart(rows, address)).bytes);
  }
  const mark = { hours: 3, generations: 3 };
  const name = userStatsName(userStatsFolder('Ö/1 %', day), mark, 0);
  put(name, encodeUserStats([...sumUsers(records.reduced())]));
  const connection = await openLake(folder);
  let text = '';
  await runQuery(
    connection,
    `WITH counted AS (
       SELECT date, region, user_id, pseudonym_version, count(*) AS total_events,
         count(DISTINCT content_id) FILTER (event_type = 'view') AS movies_watched,
         count(duration_ms) AS duration_count, coalesce(sum(duration_ms), 0) AS duration_ms_sum
       FROM events WHERE user_id IS NOT NULL GROUP BY ALL),
     users AS (
       SELECT * FROM read_parquet('${folder}/lake/user_stats/**/*.parquet', hive_partitioning = true,
         hive_types = {'date': DATE, 'region': VARCHAR}))
     SELECT count(*)::INT AS users, count(u.user)::INT AS found,
       bool_and(u.total_events = c.total_events AND u.movies_watched = c.movies_watched
         AND u.duration_count = c.duration_count AND u.duration_ms_sum = c.duration_ms_sum
         AND u.avg_duration_seconds IS NOT DISTINCT FROM c.duration_ms_sum / 1000 / nullif(c.duration_count, 0)
         AND u.user = concat(c.pseudonym_version, '-', printf('%016x', c.user_id::BIT::UBIGINT))) AS same
     FROM counted c FULL JOIN users u USING (date, region, user_id, pseudonym_version)`,
    'json',
    (piece) => {
      text += piece;
    },
  );
  expect(JSON.parse(text)).toEqual([{ users: 20, found: 20, same: true }]);
});
