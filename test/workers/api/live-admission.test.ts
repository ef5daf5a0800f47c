// Who may open a socket, from where, and what ends it.
import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { closeCodes } from '../../../core/protocol/live.ts';
import type { Env } from '../../../workers/env.ts';
import { askAs, cookieFor, deployment, host, newPerson } from './people.ts';
import { secretKey, signed } from './signed-tokens.ts';

const secret = 'an issuer and this service know it 0123456789';
const listed = 'https://dashboard.example';
const bindings: Env = {
  ...deployment,
  CORS_ORIGINS: listed,
  JWT_SECRET: secret,
  JWT_ISSUER: 'https://login.example',
  JWT_AUDIENCE: 'marquee',
};

const opened: WebSocket[] = [];
afterEach(() => {
  for (const socket of opened.splice(0)) socket.close();
});

async function open(
  cookie: string | null,
  headers: Record<string, string> = {},
  to = bindings,
  place = host,
) {
  const response = await askAs(
    cookie,
    `${place}/api/live`,
    { headers: { upgrade: 'websocket', ...headers } },
    to,
  );
  const { status, webSocket } = response;
  webSocket?.accept();
  if (webSocket) opened.push(webSocket);
  return { status, webSocket };
}

const closeOf = async (socket: WebSocket | null): Promise<number> =>
  new Promise((resolve) => socket?.addEventListener('close', ({ code }) => resolve(code)));

describe('[ACC-5] a socket', () => {
  test.each([
    [host, 101],
    [listed, 101],
    [undefined, 403],
    ['null', 403],
    ['https://evil.example', 403],
    ['https://marquee.example.evil.example', 403],
    ['http://marquee.example', 403],
    ['http://localhost:5173', 403],
  ])('by a session from the origin %s: %d', async (origin, status) => {
    const cookie = await cookieFor(await newPerson('viewer'));
    expect((await open(cookie, origin === undefined ? {} : { origin })).status).toBe(status);
  });

  test('by a bearer needs no origin, but not a strange one', async () => {
    const claims = { iss: 'https://login.example', aud: 'marquee', sub: 'ann', role: 'viewer', exp: 4e9 };
    const token = await signed({ alg: 'HS256' }, claims, await secretKey(secret), 'HS256');
    const authorization = `Bearer ${token}`;
    expect((await open(null, { authorization })).status).toBe(101);
    expect((await open(null, { authorization, origin: listed })).status).toBe(101);
    expect((await open(null, { authorization, origin: 'https://evil.example' })).status).toBe(403);
  });

  test('of nobody is none, whatever it says of itself', async () => {
    const named = '%7B%22personId%22%3A%22ann%22%7D';
    expect((await open(null, { origin: host, 'x-marquee-caller': named })).status).toBe(401);
  });

  test('has the regions that the door has found, not those that it names', async () => {
    const cookie = await cookieFor(await newPerson('viewer', ['EU-London']));
    const whole = {
      personId: 'x',
      sessionId: null,
      endsAtMs: null,
      scope: { regions: '*', masksPeople: false },
    };
    const { webSocket } = await open(cookie, {
      origin: host,
      'x-marquee-caller': encodeURIComponent(JSON.stringify(whole)),
    });
    const first = await new Promise<string>((resolve) =>
      webSocket?.addEventListener('message', ({ data }) => resolve(String(data))),
    );
    const { facts, regions } = JSON.parse(first) as { facts: { name: string }[]; regions: object };
    expect([facts.map(({ name }) => name), Object.keys(regions)]).toEqual([['EU-London'], ['EU-London']]);
  });

  test('is closed when one signs out, in this browser and in no other', async () => {
    const person = await newPerson('viewer');
    const [cookie, other] = [await cookieFor(person), await cookieFor(person)];
    const [mine, theirs] = [await open(cookie, { origin: host }), await open(other, { origin: host })];
    const closed = vi.fn<() => void>();
    theirs.webSocket?.addEventListener('close', closed);
    const closing = closeOf(mine.webSocket);
    await askAs(cookie, '/api/session', { method: 'DELETE' }, bindings);
    expect(await closing).toBe(closeCodes.signedOut);
    expect(closed).not.toHaveBeenCalled();
    expect((await open(cookie, { origin: host })).status).toBe(401);
  });

  test('of a local run needs a credential too, and pages of its own machine may use it', async () => {
    const place = 'http://127.0.0.1:8787';
    const { token } = await newPerson('viewer');
    const authorization = `Bearer ${token}`;
    expect((await open(null, {}, env, place)).status).toBe(401);
    expect((await open(null, { authorization }, env, place)).status).toBe(101);
    expect((await open(null, { authorization, origin: 'http://localhost:5173' }, env, place)).status).toBe(
      101,
    );
    expect((await open(null, { authorization, origin: 'https://evil.example' }, env, place)).status).toBe(
      403,
    );
  });
});

test('[ACC-1] a page of another site changes nothing with a cookie that its browser adds', async () => {
  const cookie = await cookieFor(await newPerson('admin'));
  const post = async (origin: string) =>
    (await askAs(cookie, '/api/alerts/none/ack', { method: 'POST', headers: { origin } }, bindings)).status;
  expect([await post('https://evil.example'), await post(host), await post(listed)]).toEqual([403, 404, 404]);
});
