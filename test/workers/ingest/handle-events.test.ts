import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, test } from 'vitest';
import { envelopeBytesMax } from '../../../core/protocol/limits.ts';
import { handleEvents } from '../../../workers/ingest/handle-events.ts';
import { makeKey } from './keyed-door.ts';
import { compressed, eventsRequest, TestDoor, view, views } from './recording-env.ts';

const regionOf = (name: string) =>
  env.DB.prepare('SELECT number FROM regions WHERE name = ?1').bind(name).first<number>('number');

/** More than one send takes. */
const bulky = views(10_000).map((record, i) => ({ ...record, title: `${i}`.padStart(100, '-') }));

describe('[ING-1] 202 means that all is in the queue', () => {
  test('one chunk a region, all in one message of bytes', async () => {
    const door = new TestDoor();
    const answer = await door.post([...views(3), ...views(2, { region: 'ASIA-Tokyo' })]);
    expect(answer).toEqual({
      receipt: '0123456789abcdef-0',
      received: 5,
      accepted: 5,
      duplicates: 0,
      rejected: 0,
      errors: [],
      errors_truncated: false,
    });
    expect(door.queue.messages).toHaveLength(1);
    expect(door.queue.messages[0]?.contentType).toBe('bytes');
    expect(door.queue.messages[0]?.body).toBeInstanceOf(Uint8Array);
    const regions = door.queue.chunks.map(({ header }) => [header.regionNumber, header.count]);
    expect(regions).toEqual([
      [await regionOf('EU-London'), 3],
      [await regionOf('ASIA-Tokyo'), 2],
    ]);
  });

  test('ten thousand events in messages and sends that the queue takes', async () => {
    const door = new TestDoor();
    expect(await door.post(bulky)).toMatchObject({ accepted: 10_000 });
    const { batches, messages, chunks } = door.queue;
    expect(batches.length).toBeGreaterThan(1);
    for (const batch of batches) {
      expect(batch.reduce((sum, { body }) => sum + body.length + 100, 0)).toBeLessThanOrEqual(256_000);
    }
    for (const { body } of messages) expect(body.length).toBeLessThanOrEqual(envelopeBytesMax);
    let next = 0;
    for (const { header } of chunks) {
      expect(header.firstNumber).toBe(next);
      next += header.count;
    }
    expect(next).toBe(10_000);
  });

  test('a queue that takes nothing, or only a part: 503, try again', async () => {
    const door = new TestDoor();
    for (const sendsLeft of [0, 1]) {
      door.queue.sendsLeft = sendsLeft;
      const response = await door.send(eventsRequest(bulky));
      expect(response.status).toBe(503);
      expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(await response.json()).toMatchObject({ code: 'queue_unavailable', status: 503 });
    }
  });

  test('nothing to send is accepted without the queue', async () => {
    const door = new TestDoor();
    door.queue.sendsLeft = 0;
    expect(await door.post([])).toMatchObject({ received: 0, accepted: 0, rejected: 0, duplicates: 0 });
    expect(door.queue.batches).toEqual([]);
  });

  test('with the real queue', async () => {
    const ctx = createExecutionContext();
    const response = await handleEvents(eventsRequest(view({ timestamp: undefined })), env, ctx, {
      requestId: 'request-1',
    });
    await waitOnExecutionContext(ctx);
    expect(response.status).toBe(202);
    const { receipt } = await response.json<{ receipt: string }>();
    expect(receipt).toMatch(/^[0-9a-f]{16}-\d+$/);
  });
});

describe('[LOG-4] every chunk bears its door and numbers', () => {
  test('in a header that tells where and when', async () => {
    const door = new TestDoor();
    await door.post([view(), view()]);
    door.nowMs += 1000;
    await door.post([view({ event_id: 'e-2' })]);
    const [first, second] = door.queue.chunks;
    expect(first?.header).toEqual({
      regionNumber: await regionOf('EU-London'),
      shard: 0,
      door: '0123456789abcdef',
      doorBirthMs: 1_795_176_000_000,
      receivedAtMs: 1_795_176_000_000,
      firstNumber: 0,
      count: 1,
      producer: 'local',
      pseudonymVersion: 1,
      twins: 1,
      voids: [],
    });
    expect(second?.header).toMatchObject({
      firstNumber: 1,
      count: 1,
      twins: 0,
      receivedAtMs: 1_795_176_001_000,
    });
  });

  test('numbers of a failed send are void in the next chunk of the shard', async () => {
    const door = new TestDoor();
    door.queue.sendsLeft = 0;
    const tokyo = { region: 'ASIA-Tokyo' };
    await door.send(eventsRequest([...views(3), ...views(2, tokyo)]));
    door.queue.sendsLeft = Number.POSITIVE_INFINITY;
    await door.post(views(3));
    await door.post(views(1));
    await door.post(views(2, tokyo));
    expect(door.queue.chunks.map(({ header }) => [header.firstNumber, header.voids])).toEqual([
      [3, [[0, 3]]],
      [6, []],
      [2, [[0, 2]]],
    ]);
  });

  test('a partly sent request is void as a whole', async () => {
    const door = new TestDoor();
    door.queue.sendsLeft = 1;
    await door.send(eventsRequest(bulky));
    expect(door.queue.chunks.length).toBeGreaterThan(0);
    door.queue.clear();
    door.queue.sendsLeft = 0;
    await door.send(eventsRequest(view()));
    door.queue.sendsLeft = Number.POSITIVE_INFINITY;
    await door.post(view());
    expect(door.queue.chunks[0]?.header).toMatchObject({ firstNumber: 10_001, voids: [[0, 10_001]] });
  });
});

describe('[ING-6] rejects travel through the queue', () => {
  test('as the totals of the minute, with samples', async () => {
    const door = new TestDoor();
    await door.post([view(), view({ rating: 11 }), view({ region: 'Atlantis' })]);
    await door.post([view({ rating: 12 })]);
    await door.post([view({ event_id: 'e-9' })]);
    const minute = 1_795_176_000_000 / 60_000;
    expect(door.queue.reports).toMatchObject([
      { seq: 1, minute, producer: 'local', rejected: { out_of_range: 1, unknown_region: 1 } },
      { seq: 2, minute, producer: 'local', rejected: { out_of_range: 2, unknown_region: 1 } },
    ]);
    const sample = door.queue.reports[1]?.samples[2];
    expect(sample).toMatchObject({ index: 0, id: 'e-1', code: 'out_of_range', pointer: '/rating' });
  });

  test('of a request that was answered 503 count only when it comes again', async () => {
    const door = new TestDoor();
    const records = [view(), view({ rating: 11 })];
    door.queue.sendsLeft = 0;
    await door.send(eventsRequest(records));
    door.queue.sendsLeft = Number.POSITIVE_INFINITY;
    await door.post(records);
    expect(door.queue.reports).toMatchObject([{ seq: 2, rejected: { out_of_range: 1 } }]);
    expect(door.queue.reports[0]?.samples).toHaveLength(1);
  });

  test('a request of rejects only: 202 once the report is in the queue, else 503', async () => {
    const door = new TestDoor();
    expect(await door.post([view({ rating: 11 })])).toMatchObject({ accepted: 0, rejected: 1 });
    expect(door.queue.chunks).toEqual([]);
    door.queue.sendsLeft = 0;
    expect(await door.refusal([view({ rating: 11 })])).toBe('503 queue_unavailable');
  });
});

describe('[IDN-1] identities', () => {
  const identities = (door: TestDoor) =>
    door.queue.chunks.map(({ columns }) => [...columns.identity.hi, ...columns.identity.lo]);

  test('are the same at every door, and after a restart, since the key is kept', async () => {
    const [one, other] = [new TestDoor(), new TestDoor({}, 'fedcba9876543210')];
    await one.post(views(3));
    await other.post(views(3));
    expect(identities(one)).toEqual(identities(other));
    const kept = await env.DB.prepare("SELECT value FROM settings WHERE name = 'identity_key'").first(
      'value',
    );
    expect(kept).toMatch(/^[0-9a-f]{32}$/);
  });

  test('the answer says what was completed, and what it means for a retry', async () => {
    const door = new TestDoor();
    const bare = { event_type: 'view', content_id: 'c' };
    const { notes } = await door.post([view(), bare, { ...bare, event_id: 1 }]);
    expect(notes?.map(({ code, count }) => [code, count])).toEqual([
      ['event_id_derived', 1],
      ['time_of_receipt', 2],
      ['nearest_region', 2],
    ]);
    for (const { message } of notes ?? []) expect(message).toContain('retry');
  });

  test('keys of a deployment are its secrets: missing or bad ones are named, never shown', async () => {
    const secret = '00112233445566778899aabbccddeeff';
    const good = { ENVIRONMENT: 'production', IDENTITY_KEY: secret, PSEUDONYM_KEY: `7:${secret}` };
    const { bearer } = await makeKey({}, 'live');
    const door = new TestDoor(good);
    await door.post(view(), bearer);
    expect(door.queue.chunks[0]?.header.pseudonymVersion).toBe(7);
    const { IDENTITY_KEY: _i, ...withoutIdentity } = good;
    const { PSEUDONYM_KEY: _p, ...withoutPseudonym } = good;
    const faults: [Partial<typeof good>, string][] = [
      [withoutIdentity, 'IDENTITY_KEY'],
      [withoutPseudonym, 'PSEUDONYM_KEY'],
      [{ ...good, IDENTITY_KEY: secret.slice(1) }, 'IDENTITY_KEY'],
      [{ ...good, PSEUDONYM_KEY: secret }, 'PSEUDONYM_KEY'],
      [{ ...good, PSEUDONYM_KEY: `0:${secret}` }, 'PSEUDONYM_KEY'],
    ];
    for (const [changes, name] of faults) {
      const response = await new TestDoor(changes).send(eventsRequest(view(), bearer));
      expect(response.status).toBe(503);
      const text = await response.text();
      expect(text).toContain(name);
      expect(text).not.toContain(secret.slice(1));
    }
  });
});

describe('[ING-4] the region of a record', () => {
  const bare = view({ region: undefined });
  test.each([
    ['Tokyo', '35.6', '139.6', 'ASIA-Tokyo'],
    ['Oxford', '51.7', '-1.2', 'EU-London'],
  ])('without one is the nearest to %s', async (_name, latitude, longitude, region) => {
    const door = new TestDoor();
    await door.send(eventsRequest(bare, {}, { latitude, longitude }));
    expect(door.queue.chunks[0]?.header.regionNumber).toBe(await regionOf(region));
  });

  test.each([[{}], [{ latitude: '', longitude: '' }], [{ latitude: 'x', longitude: '0' }]])(
    'without one and without a place is rejected: %j',
    async (cf) => {
      const door = new TestDoor();
      const response = await door.send(eventsRequest([bare, view()], {}, cf as Record<string, string>));
      expect(await response.json()).toMatchObject({
        accepted: 1,
        errors: [{ index: 0, code: 'missing_region', pointer: '/region' }],
      });
    },
  );
});

describe('forms of a request', () => {
  test.each(['gzip', 'deflate'] as const)('%s', async (format) => {
    const door = new TestDoor();
    const body = await compressed(JSON.stringify({ batch: views(5) }), format);
    expect(await door.post(body, { 'content-encoding': format })).toMatchObject({ accepted: 5 });
  });

  test('lines, compressed', async () => {
    const door = new TestDoor();
    const lines = views(4)
      .map((record) => `${JSON.stringify(record)}\n`)
      .join('');
    const headers = { 'content-type': 'application/x-ndjson', 'content-encoding': 'gzip' };
    expect(await door.post(await compressed(lines, 'gzip'), headers)).toMatchObject({
      received: 4,
      accepted: 4,
    });
  });

  test('an empty bearer is none', async () => {
    expect(await new TestDoor().refusal(view(), { authorization: 'Bearer ' })).toBe('401 unauthorized');
  });

  test('only POST', async () => {
    const response = await new TestDoor().send(new Request('https://marquee.example/v1/events'));
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
  });

  test('bytes held are given back, whatever the answer', async () => {
    const door = new TestDoor();
    const { held } = door.isolate;
    await door.post(views(10));
    await door.refusal('[');
    await door.refusal('nonsense', { 'content-encoding': 'gzip' });
    expect(held.held).toBe(0);
  });
});
