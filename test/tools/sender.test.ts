import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { produce } from '../../tools/producer/produce.ts';
import { Progress } from '../../tools/producer/progress.ts';
import { retryAfterMs, Sender } from '../../tools/producer/sender.ts';
import { Traffic } from '../../tools/producer/traffic.ts';

type Reply = (response: ServerResponse, request: IncomingMessage, events: { event_id: string }[]) => void;

const servers: Server[] = [];
const senders: Sender[] = [];

/** A service that answers the n-th request by the n-th reply, then well; and the bodies that it was sent. */
async function service(...replies: Reply[]): Promise<{ url: string; bodies: string[] }> {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    request.on('end', () => {
      bodies.push(body);
      (replies[bodies.length - 1] ?? accept)(response, request, JSON.parse(body) as { event_id: string }[]);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, bodies };
}

const accept: Reply = (response, _, events) => {
  const answer = { received: events.length, accepted: events.length, duplicates: 0, rejected: 0 };
  response.writeHead(202, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
};
const status =
  (code: number, headers: Record<string, string> = {}): Reply =>
  (response) =>
    response.writeHead(code, headers).end('{"code":"some"}');
const reset: Reply = (_, request) => request.socket.destroy();

function sender(url: string, stop?: AbortSignal): Sender {
  const made = new Sender({ url, backoffMsMin: 1, backoffMsMax: 20, stop });
  senders.push(made);
  return made;
}

afterEach(async () => {
  await Promise.all(senders.splice(0).map((made) => made.close()));
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

const events = [
  { event_id: 'a', timestamp: 1_795_000_000_000, title: 'Ünïcode “title”' },
  { event_id: 'b', timestamp: 1_795_000_000_001 },
];

describe('a batch is sent again, byte for byte, after trouble on the way', () => {
  test.each([
    ['503', [status(503)]],
    ['500', [status(500)]],
    ['429', [status(429)]],
    ['a reset connection', [reset]],
    ['one after the other', [reset, status(503), status(429), reset, status(502)]],
  ])('%s', async (_, replies) => {
    const { url, bodies } = await service(...replies);
    const made = sender(url);
    const result = await made.send(events);
    expect(result).toMatchObject({ kind: 'answered', attempts: replies.length + 1, answer: { accepted: 2 } });
    expect(bodies).toHaveLength(replies.length + 1);
    expect(new Set(bodies)).toEqual(new Set([JSON.stringify(events)]));
    expect(made.resends).toBe(replies.length);
  });

  test('nobody there at first', async () => {
    const { url } = await service();
    const server = servers[0] as Server;
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const sent = sender(url).send(events);
    setTimeout(() => server.listen(port, '127.0.0.1'), 60);
    expect(await sent).toMatchObject({ kind: 'answered' });
  });

  test('not before Retry-After', async () => {
    const { url } = await service(status(503, { 'retry-after': '1' }));
    const startedAt = performance.now();
    expect(await sender(url).send(events)).toMatchObject({ kind: 'answered', attempts: 2 });
    expect(performance.now() - startedAt).toBeGreaterThan(990);
  });
});

describe('a batch is not sent again', () => {
  test.each([400, 401, 403, 404, 413, 415])('when refused with %i', async (code) => {
    const { url, bodies } = await service(status(code));
    expect(await sender(url).send(events)).toMatchObject({ kind: 'refused', status: code, attempts: 1 });
    expect(bodies).toHaveLength(1);
  });

  test('when what answers is no Marquee', async () => {
    const { url, bodies } = await service((response) => response.writeHead(200).end('<!doctype html>'));
    expect(await sender(url).send(events)).toMatchObject({ kind: 'refused', status: 200 });
    expect(bodies).toHaveLength(1);
  });

  test('once the sender is stopped', async () => {
    const { url } = await service(...Array.from({ length: 1_000 }, () => status(503)));
    const stop = new AbortController();
    const sent = sender(url, stop.signal).send(events);
    setTimeout(() => stop.abort(), 50);
    expect(await sent).toMatchObject({ kind: 'stopped' });
  });
});

test.each([
  ['3', 3_000],
  ['0', 0],
  ['Sat, 21 Nov 2026 04:00:10 GMT', 10_000],
  ['Sat, 21 Nov 2026 03:00:00 GMT', 0],
  ['soon', undefined],
  [undefined, undefined],
])('Retry-After: %s is %s ms', (header, milliseconds) => {
  expect(retryAfterMs(header, Date.UTC(2026, 10, 21, 4, 0, 0))).toBe(milliseconds);
});

test('all traffic arrives, whatever fails on the way: each event at least once and its identity unchanged', async () => {
  const failures: Reply[] = Array.from(
    { length: 40 },
    (_, n) => [accept, reset, status(503)][n % 3] as Reply,
  );
  const { url, bodies } = await service(...failures);
  const options = { seed: 3, rate: 200, swing: 0 };
  const untilMs = Date.now() + 2_000;
  const from = untilMs - 30_000;
  const progress = new Progress();
  let caughtUp = 0;
  await produce({
    traffic: new Traffic(options, from),
    sender: sender(url),
    progress,
    senders: 3,
    batch: 50,
    untilMs,
    onCaughtUp: () => caughtUp++,
  });
  const wanted = new Traffic(options, from).take(untilMs);
  const arrived = new Map(
    bodies.flatMap((body) =>
      (JSON.parse(body) as { event_id: string }[]).map((event) => [event.event_id, event]),
    ),
  );
  expect(wanted.map(({ event_id }) => arrived.get(event_id))).toEqual(wanted);
  expect(arrived.size).toBe(wanted.length);
  expect(progress.accepted).toBe(wanted.length);
  expect(caughtUp).toBe(1);
});
