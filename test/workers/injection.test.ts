// What producers and people write comes back as what they wrote: in no answer is it SQL, markup, a header or a formula.
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { decodeChunk } from '../../core/protocol/chunk.ts';
import { decodeEnvelope } from '../../core/protocol/envelope.ts';
import { problemContentType } from '../../core/protocol/problem.ts';
import { shardObjectName } from '../../core/protocol/region.ts';
import { minuteOf } from '../../core/window/time.ts';
import { saveAlerts } from '../../storage/alert-store.ts';
import { ruleExample } from '../../workers/api/alert-rule-body.ts';
import { buildAlert } from '../support/alert-record.ts';
import { ask, routes, rowsOf } from './api/ask.ts';
import { parseCsv } from './api/parse-csv.ts';
import { loadHostile } from './hostile-warehouse.ts';
import { TestDoor, view } from './ingest/recording-env.ts';

const hostile = [
  "'; DROP TABLE alerts; --",
  '" OR 1=1 --',
  "') UNION SELECT 1,2,3 --",
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  'a\r\nset-cookie: x=1',
  'a\u2028b',
  '=1+1',
  '+1',
  '-1',
  '@SUM(A1)',
  '\tx',
  '__proto__',
  '{{7*7}}',
];
const formula = /^[=+\-@\t\r\n]/;
const tables = () =>
  env.DB.prepare("SELECT count(*) AS n FROM sqlite_master WHERE type = 'table'").first('n');
const pageOf = async (answer: Response) => ({
  text: await answer.text(),
  policy: answer.headers.get('content-security-policy'),
});
/** Those that answer at once. */
const readable = routes.filter(({ method, tag }) => method === 'GET' && tag !== 'Live');
let tablesBefore: unknown;
/** Of a row that is there, where the path names one. */
let addressOf: (path: string) => string;

beforeAll(async () => {
  tablesBefore = await tables();
  const door = new TestDoor();
  door.nowMs = Date.now();
  const events = hostile.map((text) =>
    view({
      event_id: text,
      timestamp: door.nowMs - 1_000,
      user_id: text,
      session_id: text,
      content_id: text,
      title: text,
      content_type: text,
      device_type: text,
      quality: text,
    }),
  );
  const answer = await door.post(events);
  expect(answer.errors).toEqual([]);
  const chunks = door.queue.messages.flatMap(({ body }) => decodeEnvelope(body).chunks);
  const regionNumber = decodeChunk(chunks[0] as Uint8Array).header.regionNumber;
  const shard = env.REGION_WINDOW.get(env.REGION_WINDOW.idFromName(shardObjectName(regionNumber, 0)));
  await shard.receive({ regionNumber, shard: 0 }, chunks);
  await saveAlerts(
    env.DB,
    hostile.map((text, n) =>
      buildAlert({
        id: `made.${n}`,
        windowMinute: minuteOf(Date.now()) - 5,
        region: 'EU-London',
        regionNumber,
        dimension: 'content',
        dimensionKey: text,
        message: text,
      }),
    ),
  );
  for (const text of hostile)
    expect(
      (
        await ask('/api/annotations', {
          method: 'POST',
          body: JSON.stringify({ text, tags: text.includes(',') || /[\r\u2028]/.test(text) ? [] : [text] }),
        })
      ).status,
    ).toBe(200);
  for (const [n, comment] of hostile.entries())
    expect(
      (await ask(`/api/alerts/made.${n}/ack`, { method: 'POST', body: JSON.stringify({ comment }) })).status,
    ).toBe(200);
  addressOf = await loadHostile(hostile);
});

describe('[SEC-3] texts of events, comments and alerts come back as data', () => {
  test.each([
    ['/api/stats/trending?limit=100', 'content_id'],
    ['/api/stats/trending?limit=100', 'title'],
    ['/api/stats/devices', 'device_type'],
    ['/api/stream/movie-views', 'movie_id'],
    ['/api/stats/alerts?limit=100', 'comment'],
    ['/api/stats/alerts?limit=100', 'message'],
    ['/api/annotations?limit=100', 'text'],
    ['/api/analytics/top-movies?limit=100', 'title'],
    ['/api/analytics/genres', 'genre'],
    ['/api/analytics/devices', 'device_type'],
    ['/api/analytics/geographic?limit=100', 'country'],
    ['/api/analytics/quality', 'quality'],
    ['/api/catalog/movies?limit=100', 'title'],
  ])('%s: %s, as JSON and as CSV', async (path, column) => {
    const told = (await rowsOf(path)).data.map((row) => row[column]);
    const csv = await ask(path, { headers: { accept: 'text/csv' } });
    const [header = [], ...cells] = parseCsv(await csv.text());
    const column_ = header.indexOf(column);
    // What people write is trimmed.
    const isWritten = column === 'comment' || column === 'text';
    for (const text of isWritten ? hostile.map((one) => one.trim()) : hostile) {
      expect(told).toContain(text);
      expect(cells.map((row) => row[column_])).toContain(formula.test(text) ? `'${text}` : text);
    }
    for (const cell of cells.flat())
      expect(formula.test(cell) && Number.isNaN(Number(cell)), cell).toBe(false);
  });

  test.each(readable.filter(({ doc }) => doc.csv === true))(
    '$path as CSV holds no formula',
    async ({ path }) => {
      const answer = await ask(addressOf(path), { headers: { accept: 'text/csv' } });
      expect(answer.headers.get('content-type')).toMatch(/^text\/csv/);
      expect(answer.headers.get('content-disposition')).toMatch(/^attachment; filename="[\w-]+\.csv"$/);
      for (const cell of parseCsv(await answer.text()).flat())
        expect(formula.test(cell) && Number.isNaN(Number(cell)), cell).toBe(false);
    },
  );
});

describe('[SEC-3] texts of requests are data', () => {
  test.each(readable)('$path: parameters', async ({ path, doc }) => {
    for (const name of Object.keys(doc.query?.shape ?? {})) {
      for (const text of hostile) {
        const answer = await ask(`${addressOf(path)}?${name}=${encodeURIComponent(text)}`);
        expect([200, 400]).toContain(answer.status);
        expect(answer.headers.get('set-cookie')).toBeNull();
        const type = answer.headers.get('content-type')?.split(';')[0];
        expect(['application/json', problemContentType, doc.answerType]).toContain(type);
        // A page of the site is the same for everybody: nothing of what was asked is in it, nor in its policy.
        if (type === 'text/html') expect(await pageOf(answer)).toEqual(await pageOf(await ask(path)));
        else await answer.json();
      }
    }
  });

  test('ids in paths find nothing, and headers make nothing', async () => {
    for (const text of hostile) {
      const id = encodeURIComponent(text);
      for (const [method, path] of [
        ['POST', `/api/alerts/${id}/ack`],
        ['DELETE', `/api/alerts/rules/${id}?version=1`],
        ['DELETE', `/api/annotations/${id}?version=1`],
      ] as const) {
        const answer = await ask(path, { method, ...(method === 'POST' ? { body: '{}' } : {}) });
        expect([path, answer.status, answer.headers.get('content-type')]).toEqual([
          path,
          404,
          problemContentType,
        ]);
        await answer.body?.cancel();
      }
    }
    const answer = await ask('/health', { headers: { 'x-request-id': '<script>alert(1)</script>' } });
    expect(answer.headers.get('x-request-id')).not.toContain('<');
  });

  test('names of rules are of a few characters, and tags come back as they are', async () => {
    for (const id of hostile) {
      const body = JSON.stringify({ ...ruleExample, id, regions: null });
      expect((await ask('/api/alerts/rules', { method: 'POST', body })).status).toBe(400);
    }
    const tags = (await rowsOf('/api/annotations?limit=100')).data.flatMap((row) => row.tags);
    expect(tags).toEqual(
      expect.arrayContaining(['<script>alert(1)</script>', '=1+1', '__proto__', '{{7*7}}']),
    );
  });

  test('no table is gone, and no secret of the settings was told', async () => {
    expect(await tables()).toBe(tablesBefore);
    const { results } = await env.DB.prepare('SELECT value FROM settings').all<{ value: string }>();
    const said = vi.fn();
    for (const { path } of readable.filter(({ role }) => role === 'viewer')) {
      const body = await (await ask(`${path}?region=${encodeURIComponent(hostile[2] ?? '')}`)).text();
      if (results.some(({ value }) => body.includes(value))) said(path);
    }
    expect(said).not.toHaveBeenCalled();
  });
});
