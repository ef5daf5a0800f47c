import { introspectWorkflow } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type * as z from 'zod';
import { etlFilesMax } from '../../../core/protocol/warehouse-limits.ts';
import { emptyWarehouse } from '../../storage/warehouse/warehouse-rows.ts';
import { begin, clearEtl, drive, putFiles, smallFiles } from '../etl/etl-world.ts';
import { ask, problemOf, routes } from './ask.ts';
import { parseCsv } from './parse-csv.ts';
import { askAs, cookieFor, newPerson } from './people.ts';

const post = (body: unknown = {}) =>
  ask('/api/admin/run-etl', { method: 'POST', body: JSON.stringify(body) });

interface RunRow {
  readonly id: string;
  readonly state: string;
  readonly files: readonly { readonly name: string }[];
}

/** The answer of a route, held against its schema. */
async function answerOf<T>(response: Response, path: string, method = 'GET'): Promise<T> {
  const schema = routes.find((route) => route.path === path && route.method === method)?.doc
    .answer as z.ZodType;
  return schema.parse(await response.json()) as T;
}
const begun = async (body: unknown = {}): Promise<RunRow> =>
  (await answerOf<{ data: RunRow }>(await post(body), '/api/admin/run-etl', 'POST')).data;
const read = async (id: string) =>
  (await answerOf<{ data: RunRow }>(await ask(`/api/admin/etl/${id}`), '/api/admin/etl/:id')).data;

beforeEach(async () => {
  await clearEtl();
  await emptyWarehouse();
  const workflow = await introspectWorkflow(env.ETL_RUN);
  // They are about the API: the steps are done by the tests.
  await workflow.modifyAll((modifier) => modifier.mockStepResult({ name: 'begin' }, 'over'));
  onTestFinished(() => workflow.dispose());
});

describe('[ETL-1] a run is asked for', () => {
  test('over all files that there are, or over some', async () => {
    await putFiles({ ...smallFiles(), 'notes.txt': 'mine' });
    const response = await post();
    expect(response.status).toBe(202);
    const { data } = await answerOf<{ data: RunRow }>(response, '/api/admin/run-etl', 'POST');
    expect(data).toMatchObject({ state: 'running', phase: 'extract', error_share_max: 0.05, rows: 0 });
    const names = ['users.csv', 'movies.ndjson', 'ratings.csv', 'viewing_sessions.csv'];
    expect(data.files.map(({ name }) => name)).toEqual(names);
    await drive(data.id);
    const some = await begun({ files: ['ratings.csv', 'users.csv'], error_share_max: 0.5 });
    expect(some).toMatchObject({
      error_share_max: 0.5,
      files: [{ name: 'users.csv' }, { name: 'ratings.csv' }],
    });
  });

  test('a second one is refused, and told of the first', async () => {
    await putFiles(smallFiles());
    const asked = await Promise.all([post(), post(), post()]);
    const [first, ...more] = asked.filter(({ status }) => status === 202);
    expect(more).toEqual([]);
    const { data } = await (first as Response).json<{ data: RunRow }>();
    for (const response of asked.filter(({ status }) => status !== 202)) {
      const problem = await problemOf(response);
      expect(problem).toMatchObject({ status: 409, code: 'etl_in_progress' });
      expect(problem.detail).toContain(data.id);
    }
  });

  test('files that there are not, or of no table, are named', async () => {
    expect(await problemOf(await post())).toMatchObject({ status: 404, code: 'not_found' });
    await putFiles({ 'users.csv': 'id\n1\n' });
    const absent = await problemOf(await post({ files: ['users.csv', 'movies.csv'] }));
    expect(absent).toMatchObject({ code: 'not_found', detail: 'There is no file movies.csv.' });
    const wrong = await problemOf(await post({ files: ['users.csv', '../users.csv', 'users.csv'] }));
    expect(wrong.errors?.map(({ pointer }) => pointer)).toEqual(['/files/1', '/files/2']);
    for (const body of [
      { files: [] },
      { error_share_max: 1.1 },
      { error_share_max: -1 },
      { force: true },
      [],
    ])
      expect(await problemOf(await post(body))).toMatchObject({ status: 400, code: 'invalid_parameter' });
    expect((await ask('/api/admin/etl')).status).toBe(200);
    expect(await (await ask('/api/admin/etl')).json()).toMatchObject({ data: [] });
  });

  test.each([
    [etlFilesMax, 202],
    [etlFilesMax + 1, 400],
  ])('%i files are answered %i', async (count, status) => {
    const names = Array.from({ length: count }, (_, n) => `users-${n}.csv`);
    await putFiles(Object.fromEntries(names.map((name) => [name, 'id\n1\n'])));
    expect((await post()).status).toBe(status);
    await env.DB.exec('DELETE FROM etl_runs');
    expect((await post({ files: names })).status).toBe(status);
  });

  test('they are listed in pages, newest first', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 5; n++) {
      const id = await begin({ 'users.csv': 'id\n1\n' }, { startedAtMs: Date.now() + n });
      await drive(id);
      ids.unshift(id);
    }
    type Page = { data: RunRow[]; meta: { next_cursor: string | null } };
    const list = async (query: string) =>
      await answerOf<Page>(await ask(`/api/admin/etl${query}`), '/api/admin/etl');
    const first = await list('?limit=3');
    const rest = await list(`?limit=3&cursor=${first.meta.next_cursor}`);
    expect([...first.data, ...rest.data].map(({ id }) => id)).toEqual(ids);
    expect(rest.meta.next_cursor).toBeNull();
  });
});

describe('[ETL-5] a run tells', () => {
  test('its phase, rows, rejects and what has become of the tables', async () => {
    const id = await begin({
      ...smallFiles(),
      'ratings-2.csv': 'id,user_id,movie_id,rating,rating_date\n1,u,m,0,\n',
    });
    expect(await read(id)).toMatchObject({ phase: 'extract', share_done: 0, seconds_left: null, rows: 0 });
    let loads = 0;
    await drive(id, {}, (kind) => kind === 'load' && loads++ === 2);
    const loading = await read(id);
    expect(loading).toMatchObject({
      state: 'running',
      phase: 'load',
      rows: 43,
      rows_rejected: 1,
      rows_loaded: 6,
    });
    expect(loading).toMatchObject({
      rejects: {
        by_code: { missing_field: 1, out_of_range: 1 },
        first: [
          { file: 'ratings-2.csv', line: 2 },
          { file: 'ratings-2.csv', line: 2 },
        ],
        kept: 2,
      },
      loaded: [{ table: 'users', inserted: 6, updated: 0 }],
    });
    await drive(id);
    const done = await read(id);
    expect(done).toMatchObject({
      state: 'done',
      phase: 'over',
      share_done: 1,
      rows_loaded: 42,
      seconds_left: null,
    });
    expect(done).toMatchObject({ movies_refreshed: 5, error: null });
  });

  test('that there is none of this id', async () => {
    for (const path of ['/api/admin/etl/none', '/api/admin/etl/none/rejects'])
      expect(await problemOf(await ask(path))).toMatchObject({ status: 404, code: 'not_found' });
  });
});

describe('[ETL-6] a run is cancelled', () => {
  test('at its next step; one that is over is not', async () => {
    await putFiles(smallFiles());
    const { id } = await begun();
    const cancel = () => ask(`/api/admin/etl/${id}/cancel`, { method: 'POST' });
    const cancelled = await answerOf<{ data: RunRow }>(await cancel(), '/api/admin/etl/:id/cancel', 'POST');
    expect(cancelled.data.state).toBe('cancelling');
    expect((await cancel()).status).toBe(200);
    expect((await post()).status).toBe(409);
    await drive(id);
    expect((await read(id)).state).toBe('cancelled');
    expect(await problemOf(await cancel())).toMatchObject({ status: 409, code: 'run_is_over' });
    expect((await post()).status).toBe(202);
    expect((await ask('/api/admin/etl/none/cancel', { method: 'POST' })).status).toBe(404);
  });
});

describe('[ETL-3] rejects are downloaded', () => {
  const bad = { 'users.csv': `id,age,email\n${'x,-1,=cmd()\n'.repeat(4)}ok,7,a@b.c\n` };
  const path = '/api/admin/etl/:id/rejects';
  interface Page {
    readonly data: readonly { readonly line: number; readonly field: string }[];
    readonly meta: { readonly next_cursor: string | null };
  }

  test('as pages of JSON, and as one file of CSV, by an admin', async () => {
    const id = await begin(bad, { errorShareMax: 1 });
    await drive(id);
    const address = `/api/admin/etl/${id}/rejects`;
    const all = await answerOf<Page>(await ask(address), path);
    expect(all.data.map(({ line }) => line)).toEqual([2, 2, 3, 3, 4, 4, 5, 5]);
    expect(all.meta.next_cursor).toBeNull();
    const rows: unknown[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const query: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const page: Page = await answerOf<Page>(await ask(`${address}?limit=3${query}`), path);
      rows.push(...page.data);
      cursor = page.meta.next_cursor;
    }
    expect(rows).toEqual(all.data);
    const csv = await ask(address, { headers: { accept: 'text/csv' } });
    expect(csv.headers.get('content-disposition')).toContain(`marquee-etl-rejects-${id}.csv`);
    const [header, ...lines] = parseCsv(await csv.text());
    expect(header).toEqual(['file', 'line', 'field', 'code', 'message', 'record']);
    expect(lines).toHaveLength(8);
    expect(lines.map((cells) => Number(cells[1]))).toEqual(all.data.map(({ line }) => line));
    const analyst = await cookieFor(await newPerson('analyst'));
    expect((await askAs(analyst, address)).status).toBe(403);
    expect((await askAs(analyst, `/api/admin/etl/${id}`)).status).toBe(200);
  });

  test('none, and cursors that are none', async () => {
    const id = await begin({ 'users.csv': 'id\n1\n' });
    await drive(id);
    const address = `/api/admin/etl/${id}/rejects`;
    expect(await answerOf<Page>(await ask(address), path)).toMatchObject({
      data: [],
      meta: { next_cursor: null },
    });
    const csv = await ask(address, { headers: { accept: 'text/csv' } });
    expect(await csv.text()).toBe('file,line,field,code,message,record\r\n');
    expect((await ask(`${address}?cursor=x`)).status).toBe(400);
    expect(await (await ask(`${address}?cursor=000009-000009_3`)).json()).toMatchObject({ data: [] });
  });
});
