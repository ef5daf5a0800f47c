import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { produce } from '../../tools/producer/produce.ts';
import { Progress } from '../../tools/producer/progress.ts';
import { chooseScenarios } from '../../tools/producer/scenario-list.ts';
import { SendPlan } from '../../tools/producer/send-plan.ts';
import { retryAfterMs, Sender } from '../../tools/producer/sender.ts';
import { Traffic } from '../../tools/producer/traffic.ts';

// Making traffic takes processor time, of which a busy machine gives little.
vi.setConfig({ testTimeout: 60_000 });

type Reply = (response: ServerResponse, request: IncomingMessage, events: { event_id: string }[]) => void;

const servers: Server[] = [];
const senders: Sender[] = [];

/** A service that answers the n-th request by the n-th reply, then well; the bodies that it was sent and their types. */
async function service(...replies: Reply[]): Promise<{ url: string; bodies: string[]; types: string[] }> {
  const bodies: string[] = [];
  const types: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    request.on('end', () => {
      bodies.push(body);
      types.push(String(request.headers['content-type']));
      const isArray = types.at(-1) === 'application/json';
      const records: unknown = isArray ? JSON.parse(body) : body.split('\n');
      (replies[bodies.length - 1] ?? accept)(response, request, records as { event_id: string }[]);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, bodies, types };
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
  const from = Date.now() - 28_000;
  const traffic = new Traffic(options, from);
  const untilMs = Date.now() + 2_000;
  const progress = new Progress();
  let caughtUp = 0;
  await produce({
    traffic,
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

describe('a plan of records', () => {
  const day = Date.UTC(2026, 10, 20);
  const untilMs = day + 240_000;
  const scenarios = (name: string) => {
    const chosen = chooseScenarios({ scenario: name }, 3, day);
    return chosen.ok ? chosen.scenarios : [];
  };
  const plan = (name: string, dueFromMs = day) =>
    new SendPlan(new Traffic({ seed: 3, rate: 30, scenarios: scenarios(name) }, day), {
      dueFromMs,
      untilMs,
    });

  test('goes out in arrays, and in lines where one is broken; every text as it is', async () => {
    const { url, bodies, types } = await service();
    const progress = new Progress();
    const { endMs } = plan('messy');
    await produce({
      traffic: plan('messy'),
      sender: sender(url),
      progress,
      senders: 2,
      batch: 50,
      untilMs: endMs,
    });
    const texts = bodies.flatMap((body, n) =>
      types[n] === 'application/json'
        ? (JSON.parse(body) as unknown[]).map((record) => JSON.stringify(record))
        : body.split('\n'),
    );
    const wanted = plan('messy').take(endMs);
    expect(texts.toSorted()).toEqual(wanted.map(({ text }) => text).toSorted());
    expect(new Set(types)).toEqual(new Set(['application/json', 'application/x-ndjson']));
    expect(progress.expected.twin).toBe(wanted.filter(({ expected }) => expected === 'twin').length);
    expect(progress.answeredToMs).toBe(endMs);
  });

  test('goes on from the printed point: nothing before it is missing, whatever was under way', async () => {
    const stop = new AbortController();
    let answers = 0;
    const some: Reply = (response, request, records) => {
      // The third is never answered, those behind it are; then the person has seen enough.
      if (++answers === 3) return;
      accept(response, request, records);
      if (answers === 9) setTimeout(() => stop.abort(), 20);
    };
    const { url, bodies } = await service(...Array.from({ length: 1_000 }, () => some));
    const progress = new Progress();
    const made = sender(url, stop.signal);
    const running = produce({
      traffic: plan('normal'),
      sender: made,
      progress,
      senders: 3,
      batch: 50,
      untilMs,
      stop: stop.signal,
    });
    await new Promise((resolve) => stop.signal.addEventListener('abort', resolve));
    servers[0]?.closeAllConnections();
    await running;
    const all = plan('normal').take(untilMs);
    const sent = new Set(
      bodies.flatMap((body) => (JSON.parse(body) as { event_id: string }[]).map((e) => e.event_id)),
    );
    expect(progress.answeredToMs).toBe(all[1_000]?.dueMs);
    expect(all.slice(0, 1_500).filter(({ event }) => !sent.has(event.event_id))).toEqual([]);
    expect(plan('normal', progress.answeredToMs).take(untilMs)).toEqual(
      all.filter(({ dueMs }) => dueMs >= progress.answeredToMs),
    );
  });
});
