import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, test } from 'vitest';
import { etlStepKinds } from '../../../core/etl/etl-progress.ts';
import {
  etlFileRowsMax,
  rejectRecordLengthMax,
  rejectsKeptMax,
} from '../../../core/protocol/warehouse-limits.ts';
import { cancelEtlRun } from '../../../storage/etl/etl-store.ts';
import { readRejects } from '../../../storage/etl/rejects.ts';
import { refreshAggregates, refreshMovies } from '../../../storage/warehouse/refresh.ts';
import { loadChunk } from '../../../workers/etl/load.ts';
import { doStep, failRun } from '../../../workers/etl/run-step.ts';
import { makeOwedSums } from '../../../workers/etl/watchdog.ts';
import { dumpWarehouse, emptyWarehouse, rowsOf } from '../../storage/warehouse/warehouse-rows.ts';
import { begin, clearEtl, drive, oneStep, portsOf, putFiles, run, runOf, smallFiles } from './etl-world.ts';

const sessions = (...rows: readonly string[]): Record<string, string> => ({
  'viewing_sessions.csv': `id,user_id,movie_id,start_time,end_time,watch_duration_minutes\n${rows.join('\n')}\n`,
});
const recent = (hoursBack: number): string => new Date(Date.now() - hoursBack * 3_600_000).toISOString();
const session = (id: string, hoursBack = 5): string =>
  `${id},u1,m1,${recent(hoursBack)},${recent(hoursBack - 1)},30`;

const rejectsOf = async (id: string) => (await readRejects(env.LAKE, id, null, 1000)).rejects;
/** As if it had read more before. */
const noteBefore = (id: string, path: string, value: number) =>
  env.DB.prepare('UPDATE etl_runs SET progress = json_set(progress, ?2, ?3) WHERE id = ?1')
    .bind(id, path, value)
    .run();
const workOf = async () => (await env.LAKE.list({ prefix: 'etl/work/' })).objects.map(({ key }) => key);

beforeEach(async () => {
  await clearEtl();
  await emptyWarehouse();
});

describe('an ETL run', () => {
  test('[ETL-1] loads every table, in an order in which nothing has to be inferred, and sums it', async () => {
    const { state, error, progress } = await run(smallFiles());
    expect({ state, error }).toEqual({ state: 'done', error: null });
    expect(progress.files.map(({ name, rows, rejected, share }) => [name, rows, rejected, share])).toEqual([
      ['users.csv', 10, 0, 1],
      ['movies.ndjson', 5, 0, 1],
      ['ratings.csv', 7, 0, 1],
      ['viewing_sessions.csv', 20, 0, 1],
    ]);
    const counts = { updated: 0, inferredUsers: 0, inferredMovies: 0 };
    expect(progress.loaded).toEqual({
      users: { inserted: 10, ...counts },
      movies: { inserted: 5, ...counts },
      ratings: { inserted: 7, ...counts },
      viewing_sessions: { inserted: 20, ...counts },
    });
    expect(progress).toMatchObject({ rowsLoaded: 42, moviesRefreshed: 5, warnings: [], rejectCodes: {} });
    const [total] = await rowsOf('SELECT sum(total_views) AS views, count(*) AS days FROM daily_analytics');
    expect(total).toEqual({ views: 20, days: 4 });
    expect(await rowsOf('SELECT total_views, rating_count, avg_rating FROM movies WHERE id = 1')).toEqual([
      { total_views: 4, rating_count: 2, avg_rating: 3.5 },
    ]);
    expect(await rowsOf("SELECT review_text FROM ratings WHERE source_id = 'i-r0'")).toEqual([
      { review_text: 'good, "very" good' },
    ]);
    expect(await workOf()).toEqual([]);
  });

  test('[ETL-4] the same files again change nothing', async () => {
    await run(smallFiles());
    const before = await dumpWarehouse();
    const { progress } = await run(smallFiles());
    for (const counts of Object.values(progress.loaded))
      expect(counts).toEqual({ inserted: 0, updated: 0, inferredUsers: 0, inferredMovies: 0 });
    expect(progress).toMatchObject({ rowsLoaded: 42, moviesRefreshed: 0 });
    expect(await dumpWarehouse()).toEqual(before);
  });

  test('[ETL-2] every step may be done again, in another isolate: the tables are the same', async () => {
    await run(smallFiles());
    const before = await dumpWarehouse();
    await emptyWarehouse();
    const id = await begin(smallFiles());
    const died = new Set<string>();
    // Dies behind what each step does, and what remembers it with it; then the step is done by another.
    for (let tries = 0; (await runOf(id)).state === 'running'; tries++) {
      expect(tries).toBeLessThan(200);
      const within = (kind: string): Promise<void> => {
        died.add(kind);
        return Promise.reject(new Error('died'));
      };
      await expect(oneStep(await portsOf(id, { within }), id)).rejects.toThrow('died');
      await oneStep(await portsOf(id), id);
    }
    expect([...died]).toEqual(etlStepKinds);
    expect(await dumpWarehouse()).toEqual(before);
    expect((await runOf(id)).progress).toMatchObject({ rowsLoaded: 42 });
  });

  test('[ETL-2] a step that was done and is not remembered does nothing, and says what comes', async () => {
    const id = await begin(smallFiles());
    await drive(id, {}, (kind) => kind === 'load');
    const before = await runOf(id);
    for (const kind of ['extract', 'check', 'aggregates', 'clear'] as const)
      expect(await doStep(await portsOf(id), id, kind)).toBe('load');
    expect(await runOf(id)).toEqual(before);
  });

  test('[ETL-2] of two that carry it on at once only one gets further', async () => {
    const id = await begin(smallFiles());
    await Promise.all([drive(id), drive(id)]);
    const { state, progress } = await runOf(id);
    expect(state).toBe('done');
    expect(progress.files.map(({ rows }) => rows)).toEqual([10, 5, 7, 20]);
    expect(progress.rowsLoaded).toBe(42);
  });

  test('[ETL-2] a load that ends behind its time, when a newer run has loaded, changes nothing', async () => {
    const old = await begin(sessions(session('a', 30)));
    await drive(old, {}, (kind) => kind === 'load');
    const stray = await runOf(old);
    const rows = await (await portsOf(old)).work.load('rows-0-0.json');
    await cancelEtlRun(env.DB, old);
    await drive(old);
    await run(sessions(session('a', 10)));
    const before = await dumpWarehouse();
    const ports = await portsOf(old);
    await ports.work.save('rows-0-0.json', rows);
    await loadChunk(ports, stray, () => Promise.resolve(stray));
    expect(await dumpWarehouse()).toEqual(before);
  });

  test('[ETL-3] a step that is done again reads the version of the file that was read, or none', async () => {
    const id = await begin(sessions(session('a')));
    const within = () => Promise.reject(new Error('died'));
    await expect(oneStep(await portsOf(id, { within }), id)).rejects.toThrow('died');
    await putFiles(sessions(session('b')));
    const { state, error } = await drive(id);
    expect(state).toBe('refused');
    expect(error).toContain('replaced');
  });

  test('[ETL-3] a step that is tried again beside itself tells the keys of rows by its own', async () => {
    const ports = await portsOf(await begin(smallFiles()));
    const place = { file: 0, chunk: 0 };
    const [slow, other] = [await ports.keys.before(place), await ports.keys.before(place)];
    expect(slow.add(1, 1)).toBe(true);
    await ports.keys.done(place, slow, [{ hi: 1, lo: 1 }]);
    expect(other.add(1, 1)).toBe(true);
    expect((await ports.keys.before({ file: 0, chunk: 1 })).add(1, 1)).toBe(false);
  });

  test('[ETL-4] what a run could not sum, though it had moved sessions, the watchdog does', async () => {
    await run(sessions(session('a', 200), session('b', 30)));
    const id = await begin(sessions(session('a', 20)));
    await drive(id, {}, (kind) => kind === 'aggregates');
    for (const why of ['once', 'twice']) await failRun(await portsOf(id), id, why);
    expect((await runOf(id)).state).toBe('failed');
    const stale = await dumpWarehouse();
    await makeOwedSums(env.DB);
    const made = await dumpWarehouse();
    expect(made).not.toEqual(stale);
    await refreshAggregates(env.DB, 'all');
    await refreshMovies(env.DB, 'all');
    expect(await dumpWarehouse()).toEqual(made);
    const { revision } = await runOf(id);
    await makeOwedSums(env.DB);
    expect((await runOf(id)).revision).toBe(revision);
  });

  test('[ETL-2] one that is slow does not set back what another has noted meanwhile', async () => {
    for (const kind of ['extract', 'check', 'load', 'aggregates', 'movies', 'clear'] as const) {
      const id = await begin(smallFiles());
      await drive(id, {}, (next) => next === kind);
      let other = await runOf(id);
      const within = async (): Promise<void> => {
        await oneStep(await portsOf(id), id);
        await oneStep(await portsOf(id), id);
        other = await runOf(id);
      };
      await doStep(await portsOf(id, { within }), id, kind);
      expect(await runOf(id)).toEqual(other);
      expect((await drive(id)).state).toBe('done');
    }
  });

  test('[ETL-3] what is wrong is kept with file, line, field and reason, and the rest is loaded', async () => {
    const good = Array.from({ length: 70 }, (_, n) => session(`s${n}`));
    const { id, state, progress } = await run({
      ...sessions(...good, `bad,u1,m1,${recent(1)},${recent(2)},0`, session('s7')),
      'ratings.csv': 'id,user_id,movie_id,rating,rating_date\n1,u1,m1,11,2026-01-01\n2,u1,m1,9,2026-01-01\n',
    });
    expect(state).toBe('done');
    expect(progress.rejectCodes).toEqual({ out_of_range: 1, ends_before_start: 1, duplicate_key: 1 });
    const rejects = await rejectsOf(id);
    expect(rejects).toMatchObject([
      { file: 'ratings.csv', line: 2, field: 'rating', code: 'out_of_range' },
      { file: 'viewing_sessions.csv', line: 72, field: 'end_time', code: 'ends_before_start' },
      { file: 'viewing_sessions.csv', line: 73, field: 'id', code: 'duplicate_key' },
    ]);
    expect(JSON.parse(rejects[2]?.record ?? '')).toMatchObject({ id: 's7', user_id: 'u1' });
    expect(progress.samples.map((sample) => ({ ...sample, record: '' }))).toEqual(
      rejects.map((reject) => ({ ...reject, record: '' })),
    );
    expect(progress.loaded.viewing_sessions).toMatchObject({ inserted: 70, inferredUsers: 0 });
    expect(progress.loaded.ratings).toMatchObject({ inserted: 1, inferredUsers: 1, inferredMovies: 1 });
  });

  test('[ETL-3] of one key the first row is kept, in whatever slices and isolates the two are read', async () => {
    const rows = [session('a', 10), session('b'), session('c'), session('d'), session('a', 3), session('e')];
    const id = await begin(sessions(...rows), { errorShareMax: 1 });
    for (;;) {
      const next = await oneStep(await portsOf(id, { chunkRows: 1 }), id);
      if (next === 'over') break;
    }
    expect((await runOf(id)).progress.rejectCodes).toEqual({ duplicate_key: 1 });
    const [kept] = await rowsOf("SELECT start_time FROM viewing_sessions WHERE source_id = 'i-a'");
    expect(String(kept?.start_time).slice(0, 13)).toBe(recent(10).slice(0, 13));
  });

  test.each([
    [0.05, 20, 'done'],
    [0.05, 19, 'refused'],
    [0, 1_000, 'refused'],
    [1, 1, 'done'],
  ])('[ETL-3] with a limit of %d one bad row of %i is %s', async (errorShareMax, of, expected) => {
    await run(smallFiles());
    const before = await dumpWarehouse();
    const rows = Array.from({ length: of - 1 }, (_, n) => session(`n${n}`));
    const id = await begin(sessions(...rows, 'x,,,,,'), { errorShareMax });
    const { state, error } = await drive(id, { chunkRows: 400 });
    expect(state).toBe(expected);
    expect(await workOf()).toEqual([]);
    expect((await rejectsOf(id)).length).toBeGreaterThan(0);
    if (expected === 'done') return;
    expect(error).toMatch(/^1 of \d+ rows are rejected: [\d.]+ %, where [05] % may be$/);
    expect(await dumpWarehouse()).toEqual(before);
  });

  test.each([
    ['has a wrong header', { 'users.csv': 'name,age\nx,1\n' }, /^users\.csv: .*id/],
    ['is empty', { 'users.csv': '' }, /./],
    ['is no Parquet', { 'users.parquet': 'PAR1 not at all' }, /^users\.parquet: /],
  ])('[ETL-3] a file that %s stops the run, and the tables stay', async (_, files, why) => {
    await run(smallFiles());
    const before = await dumpWarehouse();
    const { state, error } = await run({ ...files, 'movies.csv': 'id,title\nm9,Nine\n' });
    expect(state).toBe('refused');
    expect(error).toMatch(why);
    expect(await dumpWarehouse()).toEqual(before);
  });

  test('[ETL-3] files without rows are refused; beside others one of them does no harm', async () => {
    const empty = { 'users.csv': 'id,username\n' };
    expect(await run(empty)).toMatchObject({ state: 'refused', error: 'the files have no rows' });
    expect(await run({ ...empty, 'movies.csv': 'id,title\nm9,Nine\n' })).toMatchObject({ state: 'done' });
  });

  test('[ETL-3] a file that is replaced or deleted while it is read stops the run', async () => {
    const id = await begin(sessions(...Array.from({ length: 9 }, (_, n) => session(`s${n}`))));
    await drive(id, {}, (_, step) => step === 1);
    await putFiles(sessions(session('other')));
    expect((await drive(id)).error).toContain('replaced');
    const other = await begin(sessions(session('a')));
    await env.LAKE.delete('imports/viewing_sessions.csv');
    expect((await drive(other)).error).toContain('no such file');
    expect([await runOf(id), await runOf(other)]).toMatchObject([{ state: 'refused' }, { state: 'refused' }]);
    expect(await rowsOf('SELECT * FROM viewing_sessions')).toEqual([]);
  });

  test('[ETL-6] cancelled before it loads it leaves nothing', async () => {
    for (const at of ['extract', 'check', 'load'] as const) {
      const id = await begin(smallFiles());
      await drive(id, {}, (kind, step) => kind === at && step > 0);
      await cancelEtlRun(env.DB, id);
      const { state, progress } = await drive(id);
      expect({ state, rows: progress.rowsLoaded }).toEqual({ state: 'cancelled', rows: 0 });
      expect(await rowsOf('SELECT * FROM users')).toEqual([]);
      expect(await workOf()).toEqual([]);
    }
  });

  test('[ETL-6] cancelled while it loads it says what is in, with its sums; another run completes it', async () => {
    await run(smallFiles());
    const whole = await dumpWarehouse();
    await emptyWarehouse();
    const id = await begin(smallFiles());
    let loads = 0;
    await drive(id, {}, (kind) => kind === 'load' && loads++ === 11);
    await cancelEtlRun(env.DB, id);
    const { state, progress } = await drive(id);
    expect(state).toBe('cancelled');
    expect(progress.loaded).toMatchObject({ users: { inserted: 10 }, viewing_sessions: { inserted: 6 } });
    const cut = await dumpWarehouse();
    await refreshAggregates(env.DB, 'all');
    await refreshMovies(env.DB, 'all');
    expect(await dumpWarehouse()).toEqual(cut);
    expect(await run(smallFiles())).toMatchObject({ state: 'done' });
    expect(await dumpWarehouse()).toEqual(whole);
  });

  test('[ETL-6] cancelled when all is loaded it ends as it would have', async () => {
    const id = await begin(smallFiles());
    await drive(id, {}, (kind) => kind === 'aggregates');
    await cancelEtlRun(env.DB, id);
    expect(await drive(id)).toMatchObject({ state: 'done' });
    expect(await cancelEtlRun(env.DB, id)).toBe(false);
  });

  test('[ETL-4] a session that is imported again with another day leaves no trace in the sums of the old one', async () => {
    await run(sessions(session('a', 200), session('b', 30)));
    await run(sessions(session('a', 20)));
    const before = await dumpWarehouse();
    await refreshAggregates(env.DB, 'all');
    expect(await dumpWarehouse()).toEqual(before);
    expect(await rowsOf('SELECT sum(total_views) AS views FROM daily_analytics')).toEqual([{ views: 2 }]);
  });

  test('[ETL-4] files whose newest session is older than a week are loaded, with a warning', async () => {
    const warningsOf = async (hours: number) => (await run(sessions(session('a', hours)))).progress.warnings;
    expect(await warningsOf(7 * 24 - 1)).toEqual([]);
    expect(await warningsOf(7 * 24 + 1)).toEqual([expect.stringContaining('not fresh')]);
    expect((await run({ 'movies.csv': 'id,title\nm1,One\n' })).progress.warnings).toEqual([]);
  });

  test('[ETL-2] one whose step fails for good is failed, with why; what is loaded has its sums', async () => {
    const id = await begin(smallFiles());
    let loads = 0;
    await drive(id, {}, (kind) => kind === 'load' && loads++ === 11);
    expect(await failRun(await portsOf(id), id, 'R2 is away')).toBe('aggregates');
    expect(await drive(id)).toMatchObject({ state: 'failed', error: 'R2 is away' });
    const cut = await dumpWarehouse();
    await refreshAggregates(env.DB, 'all');
    expect(await dumpWarehouse()).toEqual(cut);
    const twice = await begin(smallFiles());
    await failRun(await portsOf(twice), twice, 'once');
    expect(await failRun(await portsOf(twice), twice, 'twice')).toBe('over');
    expect(await runOf(twice)).toMatchObject({ state: 'failed', error: 'once' });
  });

  test.each([
    [etlFileRowsMax - 1, 'done'],
    [etlFileRowsMax, 'refused'],
  ])('[ETL-3] a row behind %i others of its file: %s', async (before, expected) => {
    const id = await begin({ 'users.csv': 'id\nx\n' });
    await noteBefore(id, '$.files[0].rows', before);
    expect((await drive(id)).state).toBe(expected);
  });

  test.each([
    [rejectsKeptMax - 2, 2],
    [rejectsKeptMax - 1, 1],
    [rejectsKeptMax, 0],
  ])('[ETL-3] of two faults behind %i others %i are kept, and both counted', async (before, kept) => {
    const id = await begin({ 'users.csv': 'id,age\nx,-1\ny,-1\n' }, { errorShareMax: 1 });
    await noteBefore(id, '$.rejectsKept', before);
    expect((await drive(id)).progress.rejectCodes).toEqual({ out_of_range: 2 });
    expect(await rejectsOf(id)).toHaveLength(kept);
  });

  test('[ETL-3] of a rejected record so many characters are kept', async () => {
    const name = 'n'.repeat(2 * rejectRecordLengthMax);
    const { id } = await run({ 'users.csv': `id,username\nx,${name}\n` });
    expect((await rejectsOf(id)).map(({ record }) => record?.length)).toEqual([rejectRecordLengthMax]);
  });
});
