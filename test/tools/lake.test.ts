// `npm run lake`: DuckDB over parts as the local runtime keeps them, while it runs.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { getPlatformProxy } from 'wrangler';
import type { PartKind } from '../../core/lake/lake-rows.ts';
import { partColumns, verdictColumn } from '../../core/lake/part-columns.ts';
import { type PartAddress, partName } from '../../core/lake/part-name.ts';
import { eventTypes } from '../../core/protocol/event-type.ts';
import { encodePart } from '../../storage/lake/encode-part.ts';
import { root } from '../../tools/bootstrap.mjs';
import { anyLakeRows, eventsOf } from '../support/lake-rows.ts';

/** The local runtime, as far as it is used; getPlatformProxy gives bindings without types. */
interface Service {
  readonly env: {
    readonly LAKE: { put(name: string, value: string | Uint8Array): Promise<unknown> };
  };
  dispose(): Promise<void>;
}

const startMs = Date.UTC(2026, 10, 21, 6);
const hourMs = 3_600_000;
const run = promisify(execFile);
let persistTo = '';
let service: Service;
let events: Record<string, unknown>[] = [];

const address = (region: string, hours: number, kind: PartKind): PartAddress => ({
  region,
  shard: 0,
  incarnation: 1,
  firstRow: 0,
  lastRow: 99,
  hour: startMs / hourMs + hours,
  kind,
});

beforeAll(async () => {
  persistTo = mkdtempSync(join(tmpdir(), 'marquee-lake-test-'));
  const configPath = join(persistTo, 'wrangler.json');
  const buckets = [{ binding: 'LAKE', bucket_name: 'marquee-lake' }];
  writeFileSync(
    configPath,
    JSON.stringify({ name: 'lake', compatibility_date: '2026-10-20', r2_buckets: buckets }),
  );
  service = await getPlatformProxy<Service['env']>({ configPath, persist: { path: join(persistTo, 'v3') } });
  const bucket = service.env.LAKE;
  await bucket.put('lake/work/other', 'no part');
  const parts = [
    { at: address('EU-London', 0, 'counted'), rows: anyLakeRows(1, 21_000, startMs) },
    { at: address('EU-London', 1, 'late'), rows: anyLakeRows(2, 300, startMs + hourMs) },
    { at: address('Ö/1 %', 1, 'counted'), rows: anyLakeRows(3, 50, startMs + hourMs) },
  ];
  for (const { at, rows } of parts) {
    await bucket.put(partName(at), (await encodePart(rows, at)).bytes);
    events.push(...eventsOf(rows).map((event) => ({ ...event, ...at })));
  }
});

afterAll(async () => {
  await service.dispose();
  events = [];
  rmSync(persistTo, { recursive: true, force: true });
});

const sqlTypes = {
  time: 'TIMESTAMP',
  text: 'VARCHAR',
  type: 'VARCHAR',
  status: 'VARCHAR',
  wide: 'BIGINT',
  int32: 'INTEGER',
  int64: 'BIGINT',
};

async function lake(sql: string, format = 'json', folder = persistTo): Promise<string> {
  const args = [join(root, 'tools/lake.ts'), ...(sql === '' ? [] : [sql])];
  const { stdout } = await run(process.execPath, [...args, '--persist-to', folder, '--format', format]);
  return stdout;
}

const rowsOf = async (sql: string) => JSON.parse(await lake(sql)) as Record<string, unknown>[];
const distinct = (name: string): number =>
  new Set(events.map((event) => event[name]).filter((value) => value !== '0/0')).size;
const held = (name: string): number[] =>
  events.map((event) => event[name] as number).filter((value) => value > 0);

test('[LAK-3] DuckDB counts what was sealed: rows, people, sums and words, by partition', async () => {
  const [totals] = await rowsOf(
    `SELECT count(*)::INT AS n, count(DISTINCT event_identity)::INT AS identities,
       count(DISTINCT user_id)::INT AS users, count(DISTINCT session_id)::INT AS sessions,
       count(duration_ms)::INT AS durations, sum(duration_ms)::DOUBLE AS ms, sum(bytes)::DOUBLE AS bytes,
       count(title)::INT AS titles, count(status)::INT AS statuses, epoch_ms(min(event_time))::DOUBLE AS first
     FROM events`,
  );
  const sum = (name: string): number => held(name).reduce((total, value) => total + value - 1, 0);
  expect(totals).toEqual({
    n: events.length,
    identities: distinct('identity'),
    users: distinct('user'),
    sessions: distinct('session'),
    durations: held('durationMs').length,
    ms: sum('durationMs'),
    bytes: sum('bytes'),
    titles: events.filter(({ title }) => title !== null).length,
    statuses: held('status').length,
    first: Math.min(...events.map(({ timeMs }) => timeMs as number)),
  });
  expect(
    await rowsOf(
      "SELECT region, strftime(date, '%d') AS day, hour, verdict, count(*)::INT AS n FROM events GROUP BY ALL ORDER BY n",
    ),
  ).toEqual([
    { region: 'Ö/1 %', day: '21', hour: 7, verdict: 'counted', n: 50 },
    { region: 'EU-London', day: '21', hour: 7, verdict: 'late', n: 300 },
    { region: 'EU-London', day: '21', hour: 6, verdict: 'counted', n: 21_000 },
  ]);
  const words = await rowsOf('SELECT event_type AS word, count(*)::INT AS n FROM events GROUP BY ALL');
  const counted = eventTypes.map((word, type) => ({ word, n: events.filter((e) => e.type === type).length }));
  expect(words.sort((a, b) => String(a.word).localeCompare(String(b.word)))).toEqual(
    counted.sort((a, b) => a.word.localeCompare(b.word)),
  );
});

test('[LAK-3] one event is, field by field, what was written', async () => {
  const [event] = events.filter(({ ext, title }) => ext !== null && title !== null);
  const [row] = await rowsOf(
    `SELECT * FROM events WHERE region = '${String(event?.region)}' AND verdict = 'counted'
       AND log_row = ${String(event?.logRow)} AND log_index = ${String(event?.index)}`,
  );
  const at = (ms: unknown): string =>
    new Date(ms as number)
      .toISOString()
      .replace('T', ' ')
      .replace(/\.?0*Z$/, '');
  expect(row).toMatchObject({
    event_time: at(event?.timeMs),
    received_at: at(event?.receivedAtMs),
    title: event?.title,
    ext: event?.ext,
    door: event?.door,
    door_number: String(event?.doorNumber),
    producer: event?.producer,
    event_type: eventTypes[event?.type as number],
    event_identity: BigInt.asIntN(64, bits(event?.identity)).toString(),
    user_id: event?.user === '0/0' ? null : BigInt.asIntN(64, bits(event?.user)).toString(),
  });
});

const bits = (halves: unknown): bigint => {
  const [hi = '0', lo = '0'] = String(halves).split('/');
  return (BigInt(hi) << 32n) | BigInt(lo);
};

test('[LAK-3] columns have types: times are times, hashes 64 bits, counts integers', async () => {
  const described = await rowsOf('DESCRIBE events');
  const types = new Map(described.map(({ column_name, column_type }) => [column_name, column_type]));
  expect(Object.fromEntries(types)).toEqual({
    ...Object.fromEntries(partColumns.map(({ name, kind }) => [name, sqlTypes[kind]])),
    verdict: 'VARCHAR',
    date: 'DATE',
    hour: 'INTEGER',
    region: 'VARCHAR',
  });
});

test('without a statement it shows the schema and examples', async () => {
  const text = await lake('', 'table');
  expect(text).toContain('SELECT count(*), count(DISTINCT user_id) FROM events');
  expect(text).toMatch(/event_time +TIMESTAMP/);
});

test('csv is quoted where it must be; a table says when it is not all', async () => {
  expect(await lake('SELECT \'a "b", c\' AS x, NULL AS y, 1 AS "z,"', 'csv')).toBe(
    'x,y,"z,"\n"a ""b"", c",,1\n',
  );
  expect(await lake('SELECT 1 AS a WHERE false')).toBe('[]\n');
  const table = await lake('SELECT log_row FROM events', 'table');
  expect(table.trim().split('\n')).toHaveLength(1003);
  expect(table).toContain('the first 1000 rows');
});

test('what cannot be done is said in a line', async () => {
  const failure = async (...args: Parameters<typeof lake>) =>
    await lake(...args).then(
      () => '',
      (error: { readonly stderr: string; readonly code: number }) => `${error.code} ${error.stderr}`,
    );
  expect(await failure('SELECT nothing FROM events')).toMatch(/^1 .*column "nothing"/);
  expect(await failure('SELECT 1', 'xml')).toContain('--format is one of table, csv, json, not "xml"');
  expect(await failure('SELECT 1', 'json', join(persistTo, 'none'))).toContain('has no parts yet');
});

test('[LAK-3] the document tells every column and its type', () => {
  const text = readFileSync(join(root, 'docs/lake.md'), 'utf8');
  for (const { name, kind } of partColumns) expect(text).toContain(`| \`${name}\` | ${sqlTypes[kind]}`);
  expect(text).toContain(`| \`${verdictColumn}\` | VARCHAR`);
});
