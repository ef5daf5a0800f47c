/** The statements that merge contents over all regions (BAT-6), without what binds them: benchmarks carry them out too. */
import { counterIndex, counterNames } from '../core/aggregate/counters.ts';
import { dayHours } from '../core/protocol/batch-limits.ts';
import { packedKey, type RegionEntry } from '../core/protocol/region.ts';
import { shardsOf } from '../core/protocol/shard-plan.ts';
import { mergedVersion } from '../core/protocol/version.ts';

const regionStep = packedKey(1, 0, 0);
const keyMask = packedKey(0, 1, 0) - 1;
/** D1 takes 2 MB a row; beyond this the hour stays with its regions, each of which is smaller. */
const textBytesMax = 1_800_000;

/** Columns of content_days: what sums over days are asked for. */
export const dayCounters = [
  'views',
  'completes',
  'watched_ms_sum',
  'rating_milli_sum',
  'rating_count',
] as const;

/** ?2 is the shards: [[key of the shard, key of its region], ...] at hour 0. */
const shardKey = `s.value ->> '$[0]'`;
const regionKey = `s.value ->> '$[1]'`;

/** Nothing of the hour is known that the batch layer has not computed. */
const isSettledHour = (hour: string): string => `(
  NOT EXISTS (SELECT 1 FROM json_each(?2) s
    WHERE NOT EXISTS (SELECT 1 FROM batch_hours b WHERE b.key = ${regionKey} + ${hour})
      AND (EXISTS (SELECT 1 FROM region_hours h WHERE h.key = ${shardKey} + ${hour})
        OR EXISTS (SELECT 1 FROM region_windows w
          WHERE w.key >= ${shardKey} + ${hour} * 60 AND w.key < ${shardKey} + ${hour} * 60 + 60)))
  AND NOT EXISTS (SELECT 1 FROM lake_parts p
    WHERE p.hour = ${hour}
      AND NOT EXISTS (SELECT 1 FROM batch_hours b WHERE b.key = p.region_number * ${regionStep} + p.hour)))`;

/** Of ?1, an epoch hour. */
const hourRows = `json_each(?2) s CROSS JOIN region_hours w ON w.key = ${shardKey} + ?1
  CROSS JOIN batch_hours b ON b.key = ${regionKey} + ?1`;

const counterOf = (index: number): string => `coalesce(sum(e.value ->> '$[1][${index}]'), 0)`;

/** JSON texts compare as what they say but for what they escape: good enough for which of two titles is told. */
const textOf = (index: number): string => `max(nullif(e.value -> '$[${index}]', 'null'))`;

export const hourSql = `INSERT INTO merged_hours (hour, v, shards, contents, titles, ${counterNames.join(', ')})
  SELECT ?1, ${mergedVersion}, (SELECT json_group_array(${shardKey}) FROM ${hourRows}), contents, titles,
    ${counterNames.join(', ')}
  FROM (SELECT json_group_array(json(content)) AS contents,
      ${counterNames.map((name) => `json_group_array(${name}) AS ${name}`).join(', ')}
    FROM (SELECT e.value -> '$[0]' AS content,
        ${counterNames.map((name, index) => `${counterOf(index)} AS ${name}`).join(', ')}
      FROM ${hourRows}, json_each(w.dimensions, '$.content') e GROUP BY 1)),
    (SELECT json_group_array(json_array(json(content), json(title), json(type))) AS titles
      FROM (SELECT e.value -> '$[0]' AS content, ${textOf(1)} AS title, ${textOf(2)} AS type
        FROM ${hourRows}, json_each(w.titles) e GROUP BY 1))
  WHERE EXISTS (SELECT 1 FROM ${hourRows}) AND ${isSettledHour('?1')}
    AND ${['contents', 'titles', ...counterNames].map((name) => `octet_length(${name})`).join(' + ')} < ${textBytesMax}
  ON CONFLICT (hour) DO NOTHING`;

/** ?1 is an epoch day; ?3 the numbers of the regions. */
const dayKey = `r.value * ${regionStep} + ?1`;
const firstHourKey = `r.value * ${regionStep} + ?1 * ${dayHours}`;

/** The day of each region holds what its hours say now, and nothing of it waits. */
const isSettledDay = (day: string): string => `(NOT EXISTS (SELECT 1 FROM json_each(?3) r
    WHERE (SELECT coalesce(count(*) || ' ' || sum(generation), '') FROM batch_hours h
        WHERE h.key >= r.value * ${regionStep} + ${day} * ${dayHours}
          AND h.key < r.value * ${regionStep} + ${day} * ${dayHours} + ${dayHours})
      <> coalesce((SELECT hours || ' ' || generations FROM batch_days d
        WHERE d.key = r.value * ${regionStep} + ${day}), ''))
  AND NOT EXISTS (
    SELECT 1 FROM (SELECT ${day} * ${dayHours} + value AS hour FROM json_each('[${[...Array(dayHours).keys()].join()}]')) t
    WHERE NOT ${isSettledHour('t.hour')}))`;

const hourlySql = `SELECT json_group_array(json_array(hour, json_array(${counterNames.join(', ')}))) FROM (
  SELECT (w.key & ${keyMask}) % ${dayHours} AS hour, ${counterNames.map((name) => `sum(w.${name}) AS ${name}`).join(', ')}
  FROM json_each(?2) s CROSS JOIN region_hours w
    ON w.key >= ${shardKey} + ?1 * ${dayHours} AND w.key < ${shardKey} + ?1 * ${dayHours} + ${dayHours}
  WHERE EXISTS (SELECT 1 FROM batch_hours b WHERE b.key = ${regionKey} + (w.key & ${keyMask})) GROUP BY 1)`;

const dayHead = `FROM json_each(?3) r CROSS JOIN batch_hours h
  ON h.key >= ${firstHourKey} AND h.key < ${firstHourKey} + ${dayHours}`;

export const daySql = `INSERT INTO merged_days (day, v, mark, hours, computed_at, regions, hourly)
  SELECT ?1, ${mergedVersion}, ?4, count(*), max(h.computed_at), json_group_array(DISTINCT r.value), (${hourlySql})
  ${dayHead} WHERE ${isSettledDay('?1')} HAVING count(*) > 0
  ON CONFLICT (day) DO NOTHING`;

const isMine = 'EXISTS (SELECT 1 FROM merged_days WHERE day = ?1 AND mark = ?2)';
export const clearDaySql = `DELETE FROM content_days WHERE day = ?1 AND ${isMine}`;

export const contentsSql = `INSERT INTO content_days (content, day, title, content_type, ${dayCounters.join(', ')})
  SELECT e.value -> '$[0]', ?1, ${titleOf(1)}, ${titleOf(2)},
    ${dayCounters.map((name) => `coalesce(sum(iif(list.value, 0, e.value ->> '$[1][${counterIndex[name]}]')), 0)`).join(', ')}
  FROM json_each(?3) r CROSS JOIN region_days w ON w.key = ${dayKey}
    CROSS JOIN json_each('[0,1]') list
    CROSS JOIN json_each(iif(list.value, w.titles, w.dimensions -> '$.content')) e
  WHERE ${isMine}
  GROUP BY 1 HAVING sum(iif(list.value, 0, e.value ->> '$[1][0]')) > 0`;

function titleOf(index: number): string {
  return `max(iif(list.value, nullif(e.value -> '$[${index}]', 'null'), NULL))`;
}

export const shardsText = (regions: readonly RegionEntry[]): string =>
  JSON.stringify(
    shardsOf(regions).map(({ regionNumber, shard }) => [
      packedKey(regionNumber, shard, 0),
      packedKey(regionNumber, 0, 0),
    ]),
  );
export const numbersText = (regions: readonly RegionEntry[]): string =>
  JSON.stringify(regions.map(({ number }) => number));

/** Places from ?1 to ?4, the newest first, that have something computed, of which nothing waits, and that are not merged. */
const unmergedSql = (table: string, place: string, rows: string, isSettled: string): string => `WITH RECURSIVE
  first(at) AS (SELECT max(?1, min((SELECT min(b.key) FROM ${rows} b WHERE b.key >= r.value * ${regionStep})
    - r.value * ${regionStep})) FROM json_each(?3) r),
  places(at) AS (SELECT ?4 - 1 UNION ALL SELECT at - 1 FROM places WHERE at > (SELECT at FROM first))
  SELECT at FROM places p WHERE NOT EXISTS (SELECT 1 FROM ${table} WHERE ${place} = at)
    AND EXISTS (SELECT 1 FROM json_each(?3) r CROSS JOIN ${rows} b ON b.key = r.value * ${regionStep} + at)
    AND ${isSettled}
  LIMIT ?5`;
export const unmergedHoursSql = unmergedSql('merged_hours', 'hour', 'batch_hours', isSettledHour('p.at'));
export const unmergedDaysSql = unmergedSql('merged_days', 'day', 'batch_days', isSettledDay('p.at'));
