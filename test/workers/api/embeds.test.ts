// Embeds: what other sites may show of the live numbers, and what their tokens open.
import { env } from 'cloudflare:workers';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { closeCodes } from '../../../core/protocol/live.ts';
import { embedMsMax, embedsMax } from '../../../core/protocol/note-limits.ts';
import { saveWindows } from '../../../storage/window-store.ts';
import { createEmbedRoute, embedsRoute } from '../../../workers/api/embeds.ts';
import type { Env } from '../../../workers/env.ts';
import { modelEvents, windowsOf } from '../../storage/packed-windows.ts';
import { problemOf, type Rows } from './ask.ts';
import { askAs, cookieFor, deployment, host, newPerson } from './people.ts';

interface Made {
  readonly data: { readonly id: string; readonly state: string; readonly regions: string[] | null };
  readonly token: string;
  readonly address: string;
}

const dayMs = 86_400_000;
const inDays = (days: number): string => new Date(Date.now() + days * dayMs).toISOString();
const asked = () => ({
  name: 'The wiki',
  regions: ['EU-London'],
  origins: ['https://wiki.example'],
  expires_at: inDays(30),
});
const bearer = (token: string): RequestInit => ({ headers: { authorization: `Bearer ${token}` } });
const range = 'from=2026-11-21T00:00:00Z&to=2026-11-21T00:03:00Z';
let ann: string;
let admin: string;
const opened: WebSocket[] = [];

beforeAll(async () => {
  await saveWindows(env.DB, windowsOf(modelEvents(31, 400)));
  ann = await cookieFor(await newPerson('analyst'));
  admin = await cookieFor(await newPerson('admin'));
});
afterEach(async () => {
  for (const socket of opened.splice(0)) socket.close();
  await env.DB.prepare('DELETE FROM embeds').run();
});

const post = async (cookie: string, path: string, body: object = {}): Promise<Response> =>
  await askAs(cookie, path, { method: 'POST', body: JSON.stringify(body), headers: { origin: host } });

async function make(change: object = {}, cookie = ann): Promise<Made> {
  const answer = await (await post(cookie, '/api/embeds', { ...asked(), ...change })).json<Made>();
  createEmbedRoute.doc.answer?.parse(answer);
  return answer;
}

const statusOf = async (token: string, path = `/api/stats/regions?${range}`, bindings: Env = deployment) =>
  (await askAs(null, path, bearer(token), bindings)).status;

async function socketOf(token: string, origin = host) {
  const headers = { upgrade: 'websocket', origin, 'sec-websocket-protocol': `marquee.v1, ${token}` };
  const { status, webSocket } = await askAs(null, `${host}/api/live`, { headers });
  webSocket?.accept();
  if (webSocket) opened.push(webSocket);
  return { status, webSocket };
}

describe('[EMB-1] an embed', () => {
  test('is made by an analyst, told once, listed without its token', async () => {
    const { data, token, address } = await make();
    expect(data).toMatchObject({ state: 'active', regions: ['EU-London'] });
    expect(address).toBe(`/embed?e=${data.id}#${token}`);
    const list = await askAs(ann, '/api/embeds');
    const text = await list.text();
    embedsRoute.doc.answer?.parse(JSON.parse(text));
    expect(text).toContain(data.id);
    expect(text).not.toContain(token.slice(-64));
    const stored = await env.DB.prepare('SELECT * FROM embeds').first();
    expect(JSON.stringify(stored)).not.toContain(token.slice(-64));
  });

  test('is not made by a viewer, nor by an embed', async () => {
    const viewer = await cookieFor(await newPerson('viewer'));
    expect((await post(viewer, '/api/embeds', asked())).status).toBe(403);
    const { token } = await make();
    const again = { method: 'POST', body: JSON.stringify(asked()), ...bearer(token) };
    expect((await askAs(null, '/api/embeds', again)).status).toBe(403);
  });

  test.each([
    [{ regions: ['EU-Atlantis'] }, '/regions'],
    [{ regions: [] }, '/regions'],
    [{ origins: ['http://wiki.example'] }, '/origins/0'],
    [{ origins: ["https://a.example; script-src 'unsafe-inline'"] }, '/origins/0'],
    [{ origins: ['*'] }, '/origins/0'],
    [{ expires_at: inDays(-1) }, '/expires_at'],
    [{ expires_at: new Date(Date.now() + embedMsMax + dayMs).toISOString() }, '/expires_at'],
    [{ name: ' ' }, '/name'],
  ])('with %j is refused', async (change, pointer) => {
    const problem = await problemOf(await post(ann, '/api/embeds', { ...asked(), ...change }));
    expect(problem.errors?.[0]).toMatchObject({ pointer });
  });

  test('gives no more than its maker sees, and is seen by who sees its regions', async () => {
    const london = await cookieFor(await newPerson('analyst', ['EU-London']));
    expect((await post(london, '/api/embeds', { ...asked(), regions: ['US-Virginia'] })).status).toBe(400);
    expect((await make({ regions: null }, london)).data.regions).toEqual(['EU-London']);
    const paris = await cookieFor(await newPerson('admin', ['EU-Paris']));
    const seenBy = async (cookie: string) =>
      (await (await askAs(cookie, '/api/embeds')).json<{ count: number }>()).count;
    expect([await seenBy(london), await seenBy(ann), await seenBy(admin), await seenBy(paris)]).toEqual([
      1, 0, 1, 0,
    ]);
  });

  test('there are embedsMax that stand, and no more', async () => {
    const insert = env.DB.prepare(
      `INSERT INTO embeds VALUES (?1, 'x', NULL, '[]', 1, '2026-01-01', 'x', '2100-01-01', ?2)`,
    );
    const rows = Array.from({ length: embedsMax }, (_, i) =>
      insert.bind(`e${i}`, i === 0 ? inDays(-1) : null),
    );
    await env.DB.batch(rows);
    expect((await post(ann, '/api/embeds', asked())).status).toBe(200);
    expect((await problemOf(await post(ann, '/api/embeds', asked()))).code).toBe('limit_reached');
  });
});

describe('[EMB-2] the token of an embed', () => {
  test('reads the regions that it was made for, as if there were no others', async () => {
    const { token } = await make();
    const own = await (await askAs(null, `/api/stats/regions?${range}`, bearer(token))).json<Rows>();
    expect((own.data as { region: string }[]).map(({ region }) => region)).toEqual(['EU-London']);
    expect(await statusOf(token, `/api/stats/timeseries?${range}&region=EU-London`)).toBe(200);
    expect(await statusOf(token, `/api/stats/timeseries?${range}&region=US-Virginia`)).toBe(400);
    const whole = (await make({ regions: null })).token;
    expect(await statusOf(whole, `/api/stats/timeseries?${range}&region=US-Virginia`)).toBe(200);
  });

  test.each([
    '/api/views',
    '/api/annotations',
    '/api/stream/ratings',
    '/api/embeds',
    '/api/dashboard/metrics',
  ])('does not open %s', async (path) => {
    const { token } = await make();
    expect(await statusOf(token, path)).toBe(403);
  });

  test('speaks for itself alone, whoever is signed in beside it', async () => {
    const { token } = await make();
    const answer = await askAs(admin, '/api/session', bearer(token));
    expect((await answer.json<{ data: object }>()).data).toMatchObject({
      role: 'viewer',
      regions: ['EU-London'],
      via: 'embed',
    });
    expect((await askAs(admin, '/api/views', bearer(token))).status).toBe(403);
  });

  test('that was altered is 401, and says so; so is one of another key', async () => {
    const { token } = await make();
    const [, id = '', expiry = '', version = '', signature = ''] = token.split('_');
    const flipped = signature.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'));
    const longer = String(Number(expiry) + 1);
    for (const altered of [
      ['mqe', id, expiry, version, flipped],
      ['mqe', id, longer, version, signature],
      ['mqe', id.replace(/.$/, 'x'), expiry, version, signature],
      ['mqe', id, expiry, version],
    ]) {
      const answer = await askAs(null, '/api/session', bearer(altered.join('_')));
      expect([answer.status, (await problemOf(answer)).detail]).toEqual([
        401,
        expect.stringContaining('altered'),
      ]);
    }
    const other: Env = { ...deployment, PSEUDONYM_KEY: '1:ffeeddccbbaa99887766554433221100' };
    expect(await statusOf(token, '/api/session', other)).toBe(401);
    const rotated: Env = { ...deployment, PSEUDONYM_KEY: '2:00112233445566778899aabbccddeeff' };
    const answer = await askAs(null, '/api/session', bearer(token), rotated);
    expect((await problemOf(answer)).detail).toContain('no longer used');
  });

  test('that has ended is 401 at its second, and not before', async () => {
    const { token, data } = await make({ expires_at: new Date(Date.now() + 2_000).toISOString() });
    expect(await statusOf(token, '/api/session')).toBe(200);
    await expect.poll(() => statusOf(token, '/api/session'), { timeout: 4_000 }).toBe(401);
    const answer = await askAs(null, '/api/session', bearer(token));
    expect((await problemOf(answer)).detail).toContain('has ended');
    const { data: list } = await (await askAs(ann, '/api/embeds')).json<{ data: Made['data'][] }>();
    expect(list.find(({ id }) => id === data.id)?.state).toBe('expired');
  });

  test('that was revoked is 401 at once; another analyst cannot revoke it, an admin can', async () => {
    const { token, data } = await make();
    expect(await statusOf(token, '/api/session')).toBe(200);
    const bob = await cookieFor(await newPerson('analyst'));
    expect((await post(bob, `/api/embeds/${data.id}/revoke`)).status).toBe(404);
    expect((await post(admin, `/api/embeds/${data.id}/revoke`)).status).toBe(200);
    const answer = await askAs(null, '/api/session', bearer(token));
    expect([answer.status, (await problemOf(answer)).detail]).toEqual([
      401,
      expect.stringContaining('taken back'),
    ]);
  });

  test('opens the socket of its regions, for the page of the service alone; revoking closes it', async () => {
    const { token, data } = await make();
    expect((await socketOf(token, 'https://wiki.example')).status).toBe(403);
    expect((await socketOf(`${token}0`)).status).toBe(401);
    const { status, webSocket } = await socketOf(token);
    expect(status).toBe(101);
    const first = await new Promise<string>((resolve) =>
      webSocket?.addEventListener('message', ({ data: text }) => resolve(String(text))),
    );
    const { facts, regions } = JSON.parse(first) as { facts: { name: string }[]; regions: object };
    expect([facts.map(({ name }) => name), Object.keys(regions)]).toEqual([['EU-London'], ['EU-London']]);
    const closing = new Promise<number>((resolve) =>
      webSocket?.addEventListener('close', ({ code }) => resolve(code)),
    );
    await post(ann, `/api/embeds/${data.id}/revoke`);
    expect(await closing).toBe(closeCodes.signedOut);
  });
});

describe('[EMB-3] the page of an embed', () => {
  const bindings = (listed = ''): Env => ({
    ...deployment,
    CORS_ORIGINS: listed,
    ASSETS: { fetch: async () => Promise.resolve(new Response('<html>')) } as unknown as Fetcher,
  });
  const policyOf = async (id: string, listed?: string) => {
    const answer = await askAs(null, `/embed?e=${id}`, {}, bindings(listed));
    expect(answer.headers.get('x-marquee-framed-by')).toBeNull();
    const policy = answer.headers.get('content-security-policy') ?? '';
    return [/frame-ancestors ([^;]+)/.exec(policy)?.[1], policy.includes("script-src 'self'")];
  };

  test('is framed by the sites that its embed names, else by those of the deployment, else by none', async () => {
    const named = await make({ origins: ['https://wiki.example', 'https://b.example:8443'] });
    expect(await policyOf(named.data.id, 'https://c.example')).toEqual([
      'https://wiki.example https://b.example:8443',
      true,
    ]);
    const unnamed = await make({ origins: [] });
    expect(await policyOf(unnamed.data.id, 'https://c.example')).toEqual(['https://c.example', true]);
    expect(await policyOf(unnamed.data.id)).toEqual(["'none'", true]);
    expect(await policyOf('nobody', 'https://c.example')).toEqual(["'none'", true]);
  });

  test('and no other answer is framed by anybody', async () => {
    for (const path of ['/api/session', '/health', '/embed/x']) {
      const answer = await askAs(null, path, {}, bindings('https://c.example'));
      expect(answer.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    }
  });
});
