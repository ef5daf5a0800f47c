import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { sessionMs } from '../../../core/protocol/limits.ts';
import { minuteOf } from '../../../core/window/time.ts';
import { saveAlerts } from '../../../storage/alert-store.ts';
import { auditRoute } from '../../../workers/api/admin-audit.ts';
import { auditCheckRoute } from '../../../workers/api/admin-audit-check.ts';
import { buildAlert } from '../../support/alert-record.ts';
import { ask, brokenDatabase, problemOf } from './ask.ts';
import { askAs, cookieFor, newPerson } from './people.ts';

interface Line {
  readonly seq: number;
  readonly actor: string;
  readonly action: string;
  readonly target: string;
  readonly result: string;
  readonly details: Readonly<Record<string, string>>;
  readonly hash: string;
}

async function log(query = ''): Promise<{ data: Line[]; meta: { next_cursor: string | null } }> {
  const response = await ask(`/api/admin/audit${query}`);
  expect(response.status).toBe(200);
  const answer = await response.json<{ data: Line[]; meta: { next_cursor: string | null } }>();
  auditRoute.doc.answer?.parse(answer);
  return answer;
}

async function checked() {
  const answer = await (await ask('/api/admin/audit/check')).json<{
    data: { ok: boolean; fault: unknown };
  }>();
  auditCheckRoute.doc.answer?.parse(answer);
  return answer.data;
}

const brief = ({ actor, action, target, result }: Line) => [actor, action, target, result];

beforeEach(async () => {
  await env.DB.prepare('DELETE FROM audit_log').run();
  await env.DB.prepare('DELETE FROM alerts').run();
  const { objects } = await env.LAKE.list({ prefix: 'audit/' });
  await env.LAKE.delete(objects.map(({ key }) => key));
  await saveAlerts(env.DB, [
    buildAlert({
      id: 'made.1',
      windowMinute: minuteOf(Date.now()) - 5,
      region: 'EU-London',
      regionNumber: 4,
    }),
  ]);
});

describe('[AUD-3] what is noted', () => {
  test('who acknowledged and closed what; what was refused for the caller alone is not', async () => {
    const act = (path: string, body: object = {}) =>
      ask(`/api/alerts/${path}`, { method: 'POST', body: JSON.stringify(body) });
    await act('made.1/ack', { comment: 'a secret' });
    await act('made.1/ack');
    await act('none/ack');
    await act('made.1/resolve');
    const { data } = await log();
    expect(data.map(brief)).toEqual([
      ['test-admin', 'alert.close', 'made.1', 'ok'],
      ['test-admin', 'alert.acknowledge', 'made.1', 'ok'],
    ]);
    expect(JSON.stringify(data)).not.toContain('a secret');
  });

  test('exports, with what was asked for and without what the route does not know', async () => {
    await ask('/api/stats/alerts?minutes=5&key=mq_secret', { headers: { accept: 'text/csv' } });
    const [line] = (await log()).data;
    expect(line).toMatchObject({ action: 'export.csv', target: '/api/stats/alerts', actor: 'test-admin' });
    expect(line?.details).toEqual({ minutes: '5', request_id: line?.details.request_id });
  });

  test('reading and checking the log', async () => {
    await log('?limit=5');
    await checked();
    const { data } = await log();
    expect(data.map(({ action }) => action)).toEqual(['audit.check', 'audit.read']);
    expect(data[1]?.details).toMatchObject({ limit: '5' });
  });

  test('refusals, joined', async () => {
    vi.useFakeTimers({ now: 1_790_000_000_000, toFake: ['Date'] });
    try {
      for (let n = 0; n < 5; n++) await askAs(null, '/api/stats/realtime');
      await askAs(null, '/api/admin/audit');
      vi.setSystemTime(1_790_000_060_000);
      await askAs(null, '/api/stats/realtime');
    } finally {
      vi.useRealTimers();
    }
    const { data } = await log('?result=refused');
    expect(data.map(({ target, details }) => [target, details.status, details.more])).toEqual([
      ['GET /api/stats/realtime', '401', undefined],
      ['GET /api/stats/realtime', '401', '4'],
      ['GET /api/admin/audit', '401', undefined],
      ['GET /api/stats/realtime', '401', undefined],
    ]);
  });

  test('who signed in and out, and who was refused, by name of the person', async () => {
    const viewer = await newPerson('viewer');
    const body = JSON.stringify({ token: viewer.token });
    const asked = { method: 'POST', body, cf: { country: 'NL' } } as RequestInit;
    expect((await askAs(null, '/api/session', asked)).status).toBe(200);
    const cookie = await cookieFor(viewer);
    expect((await askAs(cookie, '/api/admin/audit')).status).toBe(403);
    expect((await askAs(cookie, '/api/session', { method: 'DELETE' })).status).toBe(200);
    expect((await askAs(null, '/api/session', { method: 'DELETE' })).status).toBe(200);
    const { data } = await log();
    expect(data.map(brief)).toEqual([
      [viewer.id, 'session.end', data[0]?.target, 'ok'],
      [viewer.id, 'request.refuse', 'GET /api/admin/audit', 'refused'],
      [viewer.id, 'session.create', viewer.id, 'ok'],
    ]);
    expect(data[0]?.target).toMatch(/^[0-9a-f]{64}$/);
    expect(data[2]).toMatchObject({ role: 'viewer', country: 'NL' });
    expect(JSON.stringify(data)).not.toContain(viewer.token);
  });

  test('a sign-out ends a session that stood, or is no event', async () => {
    const person = await newPerson('viewer');
    const cookie = await cookieFor(person);
    const ended = await cookieFor(person, Date.now() - sessionMs);
    const signOut = (shown: string | null) => askAs(shown, '/api/session', { method: 'DELETE' });
    const madeUp = `__Host-marquee=${'0a'.repeat(32)}`;
    for (const shown of [null, madeUp, '__Host-marquee=x', ended, `${cookie}; ${madeUp}`, cookie, ended])
      expect((await signOut(shown)).status).toBe(200);
    expect((await log()).data.map(({ actor, action }) => [actor, action])).toEqual([
      [person.id, 'session.end'],
    ]);
  });

  test('a request does not fail when D1 does, and the line is written when D1 is back', async () => {
    const said = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    let isBroken = true;
    const DB = new Proxy(env.DB, {
      get: (real, name) => {
        const target = isBroken && name === 'batch' ? brokenDatabase : real;
        const member = Reflect.get(target, name) as unknown;
        return typeof member === 'function' ? (member.bind(target) as unknown) : member;
      },
    });
    const bindings = { ...env, DB };
    const request = { headers: { accept: 'text/csv' } };
    expect((await ask('/api/stats/alerts', request, bindings)).status).toBe(200);
    expect(said.mock.calls.join()).toContain('audit_delayed');
    isBroken = false;
    expect((await ask('/api/stats/alerts?minutes=7', request, bindings)).status).toBe(200);
    said.mockRestore();
    expect((await log()).data.map(({ details }) => details.minutes)).toEqual(['7', undefined]);
  });
});

describe('[AUD-4] reading and checking', () => {
  test('pages, newest first, by cursor; also as CSV', async () => {
    for (let n = 0; n < 5; n++) await log(`?limit=${n + 1}`);
    const first = await log('?limit=2&action=audit.read');
    expect(first.data.map(({ seq }) => seq)).toEqual([5, 4]);
    const second = await log(`?limit=2&cursor=${first.meta.next_cursor}`);
    expect(second.data.map(({ seq }) => seq)).toEqual([3, 2]);
    const csv = await ask('/api/admin/audit?limit=1', { headers: { accept: 'text/csv' } });
    expect(csv.headers.get('x-next-cursor')).toBe('7');
    expect((await csv.text()).split('\r\n')[0]).toBe(
      'seq,at,actor,role,action,target,country,result,details,hash',
    );
  });

  test.each([
    ['result=okay', 'result'],
    ['from=yesterday', 'from'],
    ['limit=0', 'limit'],
    ['cursor=x', 'cursor'],
    ['actor=', 'actor'],
  ])('?%s is refused', async (query, parameter) => {
    const { errors } = await problemOf(await ask(`/api/admin/audit?${query}`));
    expect(errors?.map((error) => error.parameter)).toEqual([parameter]);
  });

  test('the log is right as it was written', async () => {
    await log();
    await log();
    const answer = { ok: true, fault: null, rows: 2, total: 2, removed: 0, done: true, next: null };
    expect(await checked()).toMatchObject({ ...answer, newest_anchor: { seq: 2 } });
  });

  test.each([
    ['UPDATE audit_log SET actor = "x" WHERE seq = 2', { seq: 2, kind: 'changed' }],
    ['DELETE FROM audit_log WHERE seq = 2', { seq: 2, kind: 'missing' }],
    ['DELETE FROM audit_log WHERE seq > 2', { seq: 3, kind: 'truncated_end' }],
    ['DELETE FROM audit_log WHERE seq < 3', { seq: 1, kind: 'truncated_start' }],
    ['UPDATE audit_log SET seq = 0 WHERE seq = 1', { seq: 0, kind: 'inserted' }],
  ])('%s is found', async (sql, fault) => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    for (let n = 0; n < 4; n++) await log();
    await env.DB.prepare(sql.replaceAll('"', "'")).run();
    expect(await checked()).toMatchObject({ ok: false, fault });
  });

  test('goes on from what an answer gives, and from nothing else', async () => {
    for (let n = 0; n < 3; n++) await log();
    const { hash } = (await log()).data.find(({ seq }) => seq === 2) ?? { hash: '' };
    const cursor = (text: string) => ask(`/api/admin/audit/check?cursor=${text}`);
    const right = await (await cursor(`2.${hash}`)).json<{ data: object }>();
    auditCheckRoute.doc.answer?.parse(right);
    expect(right.data).toMatchObject({ ok: true, rows: 4, total: 4, removed: 0, done: true, next: null });
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const forged = await (await cursor(`3.${hash}`)).json();
    expect(forged).toMatchObject({ data: { ok: false, fault: { seq: 3, kind: 'rewritten' }, next: null } });
    for (const text of ['2', `2.${hash}0`, `-1.${hash}`, 'x'])
      expect((await problemOf(await cursor(text))).errors?.[0]?.parameter).toBe('cursor');
  });

  test('while D1 does not answer: 503', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    for (const path of ['/api/admin/audit', '/api/admin/audit/check'])
      expect(await problemOf(await ask(path, {}, { ...env, DB: brokenDatabase }))).toMatchObject({
        code: 'storage_unavailable',
      });
  });
});
