// What the audit log says of senders of events who were refused.
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { formatKey, parseKey } from '../../../core/access/key-format.ts';
import { auditRefusalKindsMax } from '../../../core/protocol/limits.ts';
import { readAuditPage } from '../../../storage/audit-store.ts';
import { createKey, revokeKey } from '../../../storage/key-store.ts';
import { createApp } from '../../../workers/api/app.ts';
import { handleEvents } from '../../../workers/ingest/handle-events.ts';
import { brokenDatabase } from './ask.ts';
import { deployment, host } from './people.ts';

const app = createApp({ events: handleEvents });
const limits = { eventsPerSecond: 10, bytesPerSecond: 10_000, eventsPerDay: null };
let nowMs = Date.parse('2026-11-21T08:00:00Z');

async function send(key: string, bindings = deployment): Promise<number> {
  const ctx = createExecutionContext();
  const headers = { authorization: `Bearer ${key}` };
  const request = new Request(`${host}/v1/events`, { method: 'POST', headers, body: '[]' });
  const { status } = await app.fetch(request, bindings, ctx);
  await waitOnExecutionContext(ctx);
  return status;
}

async function made(expiresAtMs: number | null = null, environment: 'local' | 'live' = 'live') {
  const grant = { account: 'a', name: 'a test', regions: null, limits, expiresAtMs };
  const { text, key } = await createKey(env.DB, environment, grant, { createdBy: 'test', nowMs: 0 });
  return { text, id: key.id };
}

const lines = async () => {
  const rows = await readAuditPage(env.DB, {}, { limit: 1_000 });
  return rows.reverse().map(({ actor, details, ...row }) => {
    const { status, reason, more } = JSON.parse(details) as Record<string, string>;
    return { ...row, text: `${actor} ${status} ${reason} ${more}` };
  });
};

beforeEach(async () => {
  // A minute of its own for each test: refusals are joined by the minute.
  nowMs += 600_000;
  vi.useFakeTimers({ now: nowMs - 60_000, toFake: ['Date'] });
  // What the test before has counted comes out with the first refusal of another minute.
  await send('mq_');
  vi.setSystemTime(nowMs);
  await env.DB.prepare('DELETE FROM audit_log').run();
  const { objects } = await env.LAKE.list({ prefix: 'audit/' });
  await env.LAKE.delete(objects.map(({ key }) => key));
});

afterEach(() => {
  vi.useRealTimers();
});

test('[AUD-3] a key that exists is named with why it was refused, a made-up one is nobody; no secret is told', async () => {
  const [revoked, expired, other, forged] = [
    await made(),
    await made(nowMs - 1),
    await made(null, 'local'),
    await made(),
  ];
  await revokeKey(env.DB, revoked.id, nowMs);
  const parts = parseKey(forged.text);
  if (!parts) throw new Error('no key');
  const secret = 'z'.repeat(26);
  const shown = [
    revoked.text,
    expired.text,
    other.text,
    formatKey({ ...parts, secret }),
    formatKey({ environment: 'live', id: 'zzzzzzzzzzzz', secret }),
    formatKey({ environment: 'local', id: 'zzzzzzzzzzzz', secret }),
    revoked.text.slice(1),
  ];
  for (const key of shown) expect(await send(key)).toBe(401);
  const written = await lines();
  expect(written.map(({ text }) => text)).toEqual([
    `key:${revoked.id} 401 revoked undefined`,
    `key:${expired.id} 401 expired undefined`,
    `key:${other.id} 401 other_environment undefined`,
    `key:${forged.id} 401 wrong_secret undefined`,
    'nobody 401 undefined undefined',
  ]);
  expect(new Set(written.map(({ action, target }) => `${action} ${target}`))).toEqual(
    new Set(['request.refuse POST /v1/events']),
  );
  const all = JSON.stringify(await readAuditPage(env.DB, {}, { limit: 100 }));
  for (const key of shown) for (const part of key.split('_').slice(-1)) expect(all).not.toContain(part);
});

test('[AUD-3] a flood of made-up keys and of a revoked one is two lines a minute of each', async () => {
  const revoked = await made();
  await revokeKey(env.DB, revoked.id, nowMs);
  const count = auditRefusalKindsMax + 20;
  for (let n = 0; n < count; n++) {
    const id = `0${n}`.padStart(12, '0');
    await send(formatKey({ environment: 'live', id, secret: '0'.repeat(26) }));
    if (n % 10 === 0) await send(revoked.text);
  }
  vi.setSystemTime(nowMs + 60_000);
  await send('mq_');
  expect((await lines()).map(({ text }) => text)).toEqual([
    'nobody 401 undefined undefined',
    `key:${revoked.id} 401 revoked undefined`,
    `nobody 401 undefined ${count - 1}`,
    `key:${revoked.id} 401 revoked ${Math.ceil(count / 10) - 1}`,
    'nobody 401 undefined undefined',
  ]);
});

test('[AUD-3] while D1 does not answer, a key is nobody’s yet: 503, no line', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const { text } = await made();
  expect(await send(text, { ...deployment, DB: brokenDatabase })).toBe(503);
  expect(await lines()).toEqual([]);
});
