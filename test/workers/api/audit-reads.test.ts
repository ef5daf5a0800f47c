// Who was shown people unmasked, as the audit log says it.
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { minuteOf } from '../../../core/window/time.ts';
import { acknowledgeAlert, saveAlerts } from '../../../storage/alert-store.ts';
import { readAuditPage } from '../../../storage/audit-store.ts';
import { createApp } from '../../../workers/api/app.ts';
import { isShared } from '../../../workers/api/edge-cache.ts';
import { buildAlert } from '../../support/alert-record.ts';
import { routes } from './ask.ts';
import { askAs, cookieFor, deployment, host, newPerson } from './people.ts';

const [viewer, analyst, admin] = [
  await newPerson('viewer'),
  await newPerson('analyst'),
  await newPerson('admin'),
];
const [viewing, reading, managing] = [
  await cookieFor(viewer),
  await cookieFor(analyst),
  await cookieFor(admin),
];

const alert = (id: string) =>
  buildAlert({ id, windowMinute: minuteOf(Date.now()) - 5, region: 'EU-London', regionNumber: 4 });

beforeEach(async () => {
  await env.DB.prepare('DELETE FROM audit_log').run();
  await env.DB.prepare('DELETE FROM alerts').run();
  const { objects } = await env.LAKE.list({ prefix: 'audit/' });
  await env.LAKE.delete(objects.map(({ key }) => key));
  await saveAlerts(env.DB, [alert('seen.1'), alert('new.1')]);
  await acknowledgeAlert(env.DB, 'seen.1', { by: 'Mei Tanaka', atMs: Date.now(), comment: null });
});

async function lines() {
  const rows = await readAuditPage(env.DB, {}, { limit: 100 });
  return rows.reverse().map(({ actor, action, target, result, details }) => {
    const { request_id: _, ...rest } = JSON.parse(details) as Record<string, string>;
    return [actor, action, target, result, rest];
  });
}

const alerts = '/api/stats/alerts';
const read = (details: object = { unmasked: '1' }) => [
  analyst.id,
  'alerts.read_unmasked',
  alerts,
  'ok',
  details,
];

describe('[AUD-3] what was shown of people unmasked', () => {
  test('alerts with who acknowledged them; not to a viewer, not where nobody has, not on HEAD', async () => {
    expect(await (await askAs(reading, `${alerts}?minutes=60`)).text()).toContain('Mei Tanaka');
    expect(await (await askAs(viewing, alerts)).text()).not.toContain('Mei');
    await askAs(reading, `${alerts}?acknowledged=false`);
    await askAs(reading, alerts, { method: 'HEAD' });
    expect(await lines()).toEqual([read({ minutes: '60', unmasked: '1' })]);
  });

  test('as CSV it is an export too', async () => {
    const init = { headers: { accept: 'text/csv' } };
    expect(await (await askAs(reading, alerts, init)).text()).toContain('Mei Tanaka');
    expect(await lines()).toEqual([
      [analyst.id, 'export.csv', alerts, 'ok', {}],
      read({ format: 'csv', unmasked: '1' }),
    ]);
  });

  test('also where the caller is told that what it holds is still right, and where answers may be shared', async () => {
    const cache = { 'cache-control': 'max-age=5' };
    const first = await askAs(reading, alerts, { headers: cache });
    const second = await askAs(reading, alerts, { headers: { ...cache, 'if-none-match': '*' } });
    expect([first.status, second.status]).toEqual([200, 304]);
    expect(await lines()).toEqual([read(), read()]);
  });

  test('who acknowledged an alert before, told to who acts on it', async () => {
    const act = (path: string) => askAs(reading, `/api/alerts/${path}`, { method: 'POST' });
    expect(await (await act('seen.1/ack')).text()).toContain('Mei Tanaka');
    expect(await (await act('seen.1/resolve')).text()).toContain('Mei Tanaka');
    expect((await act('new.1/resolve')).status).toBe(200);
    const brief = (await lines()).map(([, action, target]) => [action, target]);
    expect(brief).toEqual([
      ['alerts.read_unmasked', 'seen.1'],
      ['alert.close', 'seen.1'],
      ['alerts.read_unmasked', 'seen.1'],
      ['alert.close', 'new.1'],
    ]);
  });

  test('the people, with their addresses', async () => {
    const answer = await (await askAs(managing, '/api/admin/people')).json<{ count: number }>();
    expect(await lines()).toEqual([
      [admin.id, 'people.read', '/api/admin/people', 'ok', { unmasked: String(answer.count) }],
    ]);
  });

  test('the opening of a live connection, of a socket and of events; not by a viewer, not of one that is refused', async () => {
    const socket = { headers: { upgrade: 'websocket', origin: host } };
    for (const cookie of [viewing, reading]) {
      const { webSocket } = await askAs(cookie, '/api/live', socket);
      webSocket?.accept();
      webSocket?.close();
      const events = await askAs(cookie, '/api/live/sse?regions=EU-London');
      await events.body?.cancel();
      await askAs(cookie, '/api/live/sse?regions=nowhere');
      await askAs(cookie, '/api/live');
    }
    expect(await lines()).toEqual([
      [analyst.id, 'live.open', '/api/live', 'ok', { unmasked: '1' }],
      [analyst.id, 'live.open', '/api/live/sse', 'ok', { regions: 'EU-London', unmasked: '1' }],
    ]);
  });

  test('an answer does not wait for its line', async () => {
    const app = createApp({ events: async () => Promise.resolve(new Response('{}', { status: 202 })) });
    let goOn = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const batch = async (statements: D1PreparedStatement[]) => {
      await gate;
      return await env.DB.batch(statements);
    };
    const DB = new Proxy(env.DB, {
      get: (real, name) => {
        const member = name === 'batch' ? batch : (Reflect.get(real, name) as unknown);
        return typeof member === 'function' ? (member.bind(real) as unknown) : member;
      },
    });
    const ctx = createExecutionContext();
    const request = new Request(`${host}${alerts}`, { headers: { cookie: reading } });
    expect((await app.fetch(request, { ...deployment, DB }, ctx)).status).toBe(200);
    expect(await lines()).toEqual([]);
    goOn();
    await waitOnExecutionContext(ctx);
    expect(await lines()).toEqual([read()]);
  });
});

describe('[AUD-3] a route that shows people', () => {
  const personal = ['acknowledged_by', 'email', 'author', 'author_name'];
  const showing = routes.filter(({ doc }) => {
    const schema = doc.answer ? JSON.stringify(z.toJSONSchema(doc.answer, { unrepresentable: 'any' })) : '';
    return personal.some((name) => schema.includes(`"${name}":`));
  });

  test('says under which name its reading is noted, unless it is a change', () => {
    expect(showing.length).toBeGreaterThan(3);
    expect(
      showing.filter(({ method, unmasked }) => method === 'GET' && !unmasked).map(({ path }) => path),
    ).toEqual([]);
  });

  test('is not answered by the shared cache, past what notes it', () => {
    expect(routes.filter(({ unmasked }) => unmasked).filter(isShared)).toEqual([]);
    const tag = 'Statistics';
    expect(isShared({ method: 'GET', role: 'viewer', tag })).toBe(true);
    expect(isShared({ method: 'GET', role: 'viewer', tag, unmasked: 'a.read' })).toBe(false);
  });
});
