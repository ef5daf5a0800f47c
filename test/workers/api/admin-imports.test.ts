import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, test } from 'vitest';
import { importBytesMax, importNameLengthMax } from '../../../core/protocol/import-limits.ts';
import type { Env } from '../../../workers/env.ts';
import { ask, problemOf, routes } from './ask.ts';
import { askAs, cookieFor, deployment, newPerson } from './people.ts';

const path = '/api/admin/imports';
const csv = 'id,user_id,movie_id,rating,rating_date\n1,u1,m1,7,2026-01-01\n';

function upload(
  name: string,
  body: string | Uint8Array | ReadableStream,
  headers: Readonly<Record<string, string>> = {},
  bindings: Env = env,
): Promise<Response> {
  const length = typeof body === 'string' ? new TextEncoder().encode(body).length : 0;
  const known: Record<string, string> = length > 0 ? { 'content-length': String(length) } : {};
  return ask(`${path}/${name}`, { method: 'PUT', body, headers: { ...known, ...headers } }, bindings);
}

const stored = async (name: string) => await (await env.LAKE.get(`imports/${name}`))?.text();

interface Row extends Readonly<Record<string, unknown>> {
  readonly name: string;
}

async function listed(): Promise<Row[]> {
  const response = await ask(path);
  expect(response.status).toBe(200);
  const answer = await response.json<{ data: Row[]; count: number; is_whole: boolean }>();
  routes.find(({ method, path: own }) => method === 'GET' && own === path)?.doc.answer?.parse(answer);
  return answer.data;
}

beforeEach(async () => {
  const { objects } = await env.LAKE.list({ prefix: 'imports/' });
  await env.LAKE.delete(objects.map(({ key }) => key));
});

describe('[IMP-1] names', () => {
  test.each([
    ['users.csv', 'users', 'csv'],
    ['movies-2026.ndjson', 'movies', 'ndjson'],
    ['ratings_eu.part-1.parquet', 'ratings', 'parquet'],
    ['viewing_sessions.csv', 'viewing_sessions', 'csv'],
    [`users-${'x'.repeat(importNameLengthMax - 10)}.csv`, 'users', 'csv'],
  ])('%s says its table and its format', async (name, table, format) => {
    const response = await upload(name, csv);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ data: { name, table, format } });
    expect(await stored(name)).toBe(csv);
  });

  test.each([
    'users',
    'users.txt',
    'usersfoo.csv',
    'films.csv',
    'Users.csv',
    'users-ä.csv',
    '..%2Fusers.csv',
    'users.csv%00',
    `users-${'x'.repeat(importNameLengthMax - 9)}.csv`,
  ])('%s is refused', async (name) => {
    const response = await upload(name, csv);
    expect(await problemOf(response)).toMatchObject({
      code: 'invalid_parameter',
      errors: [{ parameter: 'name' }],
    });
    expect(await listed()).toEqual([]);
  });
});

describe('[IMP-6] files', () => {
  test('are uploaded, listed, looked at and deleted', async () => {
    const before = Date.now();
    const { data } = await (await upload('ratings.csv', csv)).json<{ data: Row }>();
    expect(data).toMatchObject({ name: 'ratings.csv', size_bytes: csv.length, problem: null, warnings: [] });
    expect(Date.parse(String(data.uploaded_at))).toBeGreaterThanOrEqual(before - 1000);
    const { problem: _, warnings: __, ...row } = data;
    expect(await listed()).toEqual([row]);
    const one = await (await ask(`${path}/ratings.csv`)).json<{ data: Row }>();
    expect(one).toEqual({ data });
    const gone = await ask(`${path}/ratings.csv`, { method: 'DELETE' });
    expect(await gone.json()).toEqual({ data: row });
    expect(await listed()).toEqual([]);
    for (const method of ['GET', 'DELETE']) {
      expect(await problemOf(await ask(`${path}/ratings.csv`, { method }))).toMatchObject({
        code: 'not_found',
      });
    }
  });

  test('say at once what keeps them from being read, and what is not read of them', async () => {
    const wrong = await (await upload('users.csv', csv.replace('id,', 'no,'))).json<{ data: Row }>();
    expect(wrong.data.problem).toBe('its first line is no header: none of the columns of users is in it');
    const parquet = await (await upload('users.parquet', csv)).json<{ data: Row }>();
    expect(parquet.data.problem).toMatch(/^it is no Parquet file/);
    const strange = await (await upload('users-2.csv', 'id,shoe_size\n1,44\n')).json<{ data: Row }>();
    expect(strange.data).toMatchObject({
      problem: null,
      warnings: ['the column shoe_size is not known and is not read'],
    });
  });

  test('are listed also where somebody else has put them, and can be deleted', async () => {
    await env.LAKE.put('imports/Notes.txt', 'x');
    expect(await listed()).toMatchObject([{ name: 'Notes.txt', table: null, format: null }]);
    expect((await ask(`${path}/Notes.txt`, { method: 'DELETE' })).status).toBe(200);
    expect(await listed()).toEqual([]);
  });

  test('are replaced by the last whole one, and not at all where that was asked', async () => {
    await upload('users.csv', 'id\n1\n');
    expect((await upload('users.csv', 'id\n2\n')).status).toBe(200);
    const refused = await upload('users.csv', 'id\n3\n', { 'if-none-match': '*' });
    expect(await problemOf(refused)).toMatchObject({ code: 'precondition_failed', status: 412 });
    expect(await stored('users.csv')).toBe('id\n2\n');
    expect((await upload('users-new.csv', 'id\n3\n', { 'if-none-match': '*' })).status).toBe(200);
  });
});

describe('[IMP-6] uploads', () => {
  const text = 'id\n1\n';

  /** A body that comes in pieces, and ends or breaks off. */
  function pieces(sent: string[], end: 'ends' | 'breaks'): ReadableStream<Uint8Array> {
    const left = sent.map((piece) => new TextEncoder().encode(piece));
    return new ReadableStream({
      pull(controller) {
        const piece = left.shift();
        if (piece) controller.enqueue(piece);
        else if (end === 'breaks') controller.error(new Error('Network connection lost.'));
        else controller.close();
      },
    });
  }

  test('of two at once the one that ends last stays, whole', async () => {
    const slow = pieces(['id\n', '1\n'], 'ends');
    const [first, second] = await Promise.all([
      upload('users.csv', slow, { 'content-length': '5' }),
      upload('users.csv', 'id\n22\n'),
    ]);
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(['id\n1\n', 'id\n22\n']).toContain(await stored('users.csv'));
  });

  test.each([
    ['one that breaks off', () => pieces(['id\n'], 'breaks'), 5],
    ['one that is shorter than announced', () => pieces(['id\n'], 'ends'), 5],
  ])('%s leaves what was there before', async (_, body, length) => {
    await upload('users.csv', 'id\nold\n');
    const response = await upload('users.csv', body(), { 'content-length': String(length) });
    expect(await problemOf(response)).toMatchObject({ code: 'unreadable_body' });
    expect(await stored('users.csv')).toBe('id\nold\n');
  });

  test.each([
    ['without a length', {}, 'length_required'],
    ['with a length that is none', { 'content-length': '-1' }, 'length_required'],
    ['that are empty', { 'content-length': '0' }, 'unreadable_body'],
    ['that are compressed', { 'content-length': '5', 'content-encoding': 'gzip' }, 'unsupported_media_type'],
    ['that are too large', { 'content-length': String(importBytesMax + 1) }, 'payload_too_large'],
  ])('%s are refused', async (_, headers, code) => {
    const response = await upload('users.csv', pieces([text], 'ends'), headers);
    expect(await problemOf(response)).toMatchObject({ code });
    expect(await listed()).toEqual([]);
  });

  test('of the largest size are not refused for it', async () => {
    const response = await upload('users.csv', pieces([text], 'ends'), {
      'content-length': String(importBytesMax),
    });
    expect(await problemOf(response)).toMatchObject({ code: 'unreadable_body' });
  });

  test('that R2 does not take are answered 503', async () => {
    const put = () => Promise.reject(new Error('put: We encountered an internal error. (10001)'));
    const away = { ...env.LAKE, put, head: env.LAKE.head.bind(env.LAKE) } as R2Bucket;
    const response = await upload('users.csv', text, {}, { ...env, LAKE: away });
    expect(await problemOf(response)).toMatchObject({ code: 'storage_unavailable' });
  });
});

describe('who may', () => {
  test('[API-2] analysts read, admins change; viewers see nothing', async () => {
    await upload('ratings.csv', csv);
    const outcomes: Record<string, number[]> = {};
    for (const role of ['viewer', 'analyst', 'admin'] as const) {
      const cookie = await cookieFor(await newPerson(role));
      const headers = { origin: 'https://marquee.example', 'content-length': String(csv.length) };
      const asked = [
        await askAs(cookie, path),
        await askAs(cookie, `${path}/ratings.csv`),
        await askAs(cookie, `${path}/ratings-2.csv`, { method: 'PUT', body: csv, headers }),
        await askAs(cookie, `${path}/ratings-2.csv`, { method: 'DELETE', headers }),
      ];
      outcomes[role] = asked.map(({ status }) => status);
    }
    expect(outcomes).toEqual({
      viewer: [403, 403, 403, 403],
      analyst: [200, 200, 403, 403],
      admin: [200, 200, 200, 200],
    });
  });

  test('[ACC-2] for who is limited to regions there are no files', async () => {
    await upload('ratings.csv', csv);
    const cookie = await cookieFor(await newPerson('admin', ['EU-London']));
    const headers = { origin: 'https://marquee.example', 'content-length': String(csv.length) };
    const list = await askAs(cookie, path);
    expect(await list.json()).toMatchObject({ data: [] });
    expect((await askAs(cookie, `${path}/ratings.csv`)).status).toBe(404);
    expect((await askAs(cookie, `${path}/ratings.csv`, { method: 'DELETE', headers })).status).toBe(404);
    const put = await askAs(cookie, `${path}/ratings.csv`, { method: 'PUT', body: csv, headers }, deployment);
    expect(put.status).toBe(403);
    expect(await stored('ratings.csv')).toBe(csv);
  });

  test('[AUD-3] uploads and deletions are in the audit log', async () => {
    await env.DB.exec('DELETE FROM audit_log');
    await upload('users.csv', 'id\n1\n');
    await ask(`${path}/users.csv`, { method: 'DELETE' });
    const { results } = await env.DB.prepare(
      'SELECT action, target, details FROM audit_log ORDER BY seq',
    ).all();
    expect(results).toMatchObject([
      { action: 'import.upload', target: 'users.csv' },
      { action: 'import.delete', target: 'users.csv' },
    ]);
    expect(String(results[0]?.details)).toContain('"bytes":"5"');
  });
});
