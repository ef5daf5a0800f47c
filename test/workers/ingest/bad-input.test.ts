/** The list of bad input that docs/ingest.md answers, over the whole handler. Each time its neighbours are counted. */
import { describe, expect, test } from 'vitest';
import { inflatedBytesMax, recordsPerRequestMax, requestBytesMax } from '../../../core/protocol/limits.ts';
import seed002 from '../../support/fixtures/seed-002-events.json';
import seed004 from '../../support/fixtures/seed-004-download.json';
import withoutId from '../../support/fixtures/without-id.json';
import withoutRegion from '../../support/fixtures/without-region.json';
import withoutTime from '../../support/fixtures/without-time.json';
import { compressed, TestDoor, view, views } from './recording-env.ts';

const encoder = new TextEncoder();
const gzip = { 'content-encoding': 'gzip' };

describe('[ING-2] bodies that cannot be read: 400, 413, 415, and nothing is sent', () => {
  const deep = '['.repeat(1000);
  test.each<[string, string | Uint8Array, Record<string, string>, string]>([
    ['empty', '', {}, '400 unreadable_body'],
    ['blank', ' \n', {}, '400 unreadable_body'],
    ['not JSON', 'hello', {}, '400 unreadable_body'],
    [
      'one object with NaN',
      JSON.stringify(view({ rating: 0 })).replace('"rating":0', '"rating":NaN'),
      {},
      '400 unreadable_body',
    ],
    ['a cut array', JSON.stringify(views(3)).slice(0, -1), {}, '400 unreadable_body'],
    ['1,000 levels, unbalanced', deep, {}, '400 unreadable_body'],
    ['gzip that is none', 'hello', gzip, '400 unreadable_body'],
    ['UTF-16', new Uint8Array([0x5b, 0, 0x5d, 0]), {}, '400 unreadable_body'],
    ['a form', 'a=1', { 'content-type': 'application/x-www-form-urlencoded' }, '415 unsupported_media_type'],
    ['XML', '<a/>', { 'content-type': 'application/xml' }, '415 unsupported_media_type'],
    ['brotli', '[]', { 'content-encoding': 'br' }, '415 unsupported_media_type'],
    ['too many bytes', ' '.repeat(requestBytesMax + 1), {}, '413 payload_too_large'],
    ['a record too many', JSON.stringify(views(recordsPerRequestMax + 1)), {}, '413 payload_too_large'],
  ])('%s', async (_name, body, headers, expected) => {
    const door = new TestDoor();
    expect(await door.refusal(body, headers)).toBe(expected);
    expect(door.queue.batches).toEqual([]);
  });

  test('truncated gzip, and a bomb', async () => {
    const door = new TestDoor();
    const packed = await compressed(JSON.stringify(views(100)), 'gzip');
    expect(await door.refusal(packed.slice(0, packed.length / 2), gzip)).toBe('400 unreadable_body');
    const bomb = await compressed(`[${' '.repeat(inflatedBytesMax)}]`, 'gzip');
    expect(bomb.length).toBeLessThan(50_000);
    expect(await door.refusal(bomb, gzip)).toBe('413 payload_too_large');
    expect(door.queue.batches).toEqual([]);
  });
});

describe('[ING-2] one bad record among a thousand', () => {
  /** 999 good records around one given as JSON text. */
  const among = (bad: string) => {
    const good = views(999).map((record) => JSON.stringify(record));
    return `[${[...good.slice(0, 500), bad, ...good.slice(500)].join(',')}]`;
  };
  const text = (changes: Record<string, unknown>) => JSON.stringify(view({ event_id: 'bad', ...changes }));
  const literal = (value: string) => text({ rating: 0 }).replace('"rating":0', `"rating":${value}`);

  test.each<[string, string, string]>([
    ['NaN', literal('NaN'), 'invalid_json '],
    ['Infinity', literal('Infinity'), 'invalid_json '],
    ['1e400', literal('1e400'), 'not_finite /rating'],
    ['-1e400', literal('-1e400'), 'not_finite /rating'],
    ['unknown region', text({ region: 'Atlantis' }), 'unknown_region /region'],
    ['2099', text({ timestamp: '2099-01-01T00:00:00Z' }), 'time_in_future /timestamp'],
    ['1970', text({ timestamp: '1970-01-01T00:00:00Z' }), 'time_too_old /timestamp'],
    ['an id of 65 characters', text({ event_id: 'x'.repeat(65) }), 'too_long /event_id'],
    ['a lone surrogate', '{"event_type":"view","content_id":"\\ud800"}', 'malformed_unicode /content_id'],
    [
      'a __proto__ key only',
      '{"__proto__":{"event_type":"view","content_id":"c"}}',
      'missing_field /event_type',
    ],
    ['1,000 levels', `${'['.repeat(1000)}${']'.repeat(1000)}`, 'not_an_object '],
    [
      '1,000 levels in ext',
      text({ ext: 0 }).replace('"ext":0', `"ext":${'{"a":'.repeat(1000)}1${'}'.repeat(1000)}`),
      'too_deep /ext/a/a/a/a/a/a/a',
    ],
    ['a record of 17 KB', text({ pad: 'x'.repeat(17_000) }), 'record_too_large '],
  ])('%s', async (_name, bad, expected) => {
    const door = new TestDoor();
    const answer = await door.post(among(bad));
    expect(answer).toMatchObject({ received: 1000, accepted: 999, duplicates: 0, rejected: 1 });
    const [error] = answer.errors;
    expect(error?.index).toBe(500);
    expect(`${error?.code} ${error?.pointer}`).toBe(expected);
    expect(door.queue.chunks.reduce((sum, { header }) => sum + header.count, 0)).toBe(999);
  });

  test('invalid UTF-8 costs only its record', async () => {
    const [head = '', tail = ''] = among(text({ title: '@' })).split('@');
    const body = new Uint8Array([...encoder.encode(head), 0xff, ...encoder.encode(tail)]);
    expect(await new TestDoor().post(body)).toMatchObject({
      accepted: 999,
      errors: [{ index: 500, id: 'bad', code: 'invalid_utf8', pointer: '/title' }],
    });
  });

  test('a __proto__ key beside good fields changes nothing', async () => {
    const proto = text({ event_id: 'proto' }).replace('{', '{"__proto__":{"region":"Atlantis"},');
    expect(await new TestDoor().post(`[${proto}]`)).toMatchObject({ accepted: 1, rejected: 0 });
  });
});

test('[ING-3] as many records as a request may have', async () => {
  const door = new TestDoor();
  expect(await door.post(views(recordsPerRequestMax))).toMatchObject({ accepted: recordsPerRequestMax });
});

test('[ING-3] of many errors so many are listed', async () => {
  const door = new TestDoor();
  const bad = (count: number) => Array.from({ length: count }, () => ({}));
  expect(await door.post(bad(100))).toMatchObject({ rejected: 100, errors_truncated: false });
  const answer = await door.post(bad(101));
  expect(answer).toMatchObject({ rejected: 101, errors_truncated: true });
  expect(answer.errors).toHaveLength(100);
});

test("[ING-2] the seeds' records and the incomplete ones are accepted", async () => {
  const records = [...seed002, seed004, withoutId, withoutRegion, withoutTime];
  expect(await new TestDoor().post(records)).toMatchObject({ accepted: records.length, rejected: 0 });
});

test('[ING-5] an event from the future is in no chunk', async () => {
  const door = new TestDoor();
  const ahead = (ms: number) => view({ event_id: `ahead-${ms}`, timestamp: door.nowMs + ms });
  expect(await door.post([ahead(300_000), ahead(300_001)])).toMatchObject({ accepted: 1, rejected: 1 });
  expect([...(door.queue.chunks[0]?.columns.timeMs ?? [])]).toEqual([door.nowMs + 300_000]);
});
