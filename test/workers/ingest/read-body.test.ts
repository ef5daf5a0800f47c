import { describe, expect, test } from 'vitest';
import {
  inflatedBytesMax,
  inflatedBytesPerIsolateMax,
  requestBytesMax,
} from '../../../core/protocol/limits.ts';
import { HeldBytes } from '../../../workers/ingest/held-bytes.ts';
import { bodyForm, readBody } from '../../../workers/ingest/read-body.ts';
import { compressed, eventsRequest } from './recording-env.ts';

type Encoding = Parameters<typeof readBody>[1];

async function read(
  body: BodyInit,
  encoding: Encoding = 'identity',
  held = new HeldBytes(1e9),
): Promise<string> {
  const lease = held.lease();
  const result = await readBody(eventsRequest(body), encoding, lease);
  lease.release();
  return result.ok ? `${result.bytes.length} whole` : result.code;
}

/** A body of unknown length, in pieces: no content-length gives it away. */
function pieces(length: number, size: number): ReadableStream {
  let left = length;
  return new ReadableStream({
    pull(controller) {
      const piece = Math.min(left, size);
      if (piece > 0) controller.enqueue(new Uint8Array(piece).fill(0x20));
      left -= piece;
      if (left === 0) controller.close();
    },
  });
}

describe('[ING-3] bytes on the wire at N and at N + 1', () => {
  test('of known length', async () => {
    expect(await read(new Uint8Array(requestBytesMax))).toBe(`${requestBytesMax} whole`);
    expect(await read(new Uint8Array(requestBytesMax + 1))).toBe('payload_too_large');
  });

  test('of unknown length', async () => {
    expect(await read(pieces(requestBytesMax, 65_536))).toBe(`${requestBytesMax} whole`);
    expect(await read(pieces(requestBytesMax + 1, 65_536))).toBe('payload_too_large');
  });
});

describe('[ING-3] bytes inflated at N and at N + 1', () => {
  test.each(['gzip', 'deflate'] as const)('%s', async (format) => {
    const fits = await compressed(' '.repeat(inflatedBytesMax), format);
    const bomb = await compressed(' '.repeat(inflatedBytesMax + 1), format);
    expect(fits.length).toBeLessThan(100_000);
    expect(await read(fits, format)).toBe(`${inflatedBytesMax} whole`);
    expect(await read(bomb, format)).toBe('payload_too_large');
  });

  test('of two gzip members together', async () => {
    const half = await compressed(' '.repeat(inflatedBytesMax / 2), 'gzip');
    const more = await compressed(' '.repeat(inflatedBytesMax / 2 + 1), 'gzip');
    expect(await read(new Uint8Array([...half, ...half]), 'gzip')).toBe(`${inflatedBytesMax} whole`);
    expect(await read(new Uint8Array([...half, ...more]), 'gzip')).toBe('payload_too_large');
  });
});

describe('[ING-3] bytes held by the isolate at N and at N + 1', () => {
  test('are counted over all requests, and given back', () => {
    const held = new HeldBytes(inflatedBytesPerIsolateMax);
    const [first, second] = [held.lease(), held.lease()];
    expect(first.take(inflatedBytesPerIsolateMax - 10)).toBe(true);
    expect(second.take(11)).toBe(false);
    expect(second.take(10)).toBe(true);
    first.release();
    first.release();
    expect(second.take(inflatedBytesPerIsolateMax - 10)).toBe(true);
    expect(second.take(1)).toBe(false);
  });

  test('on the wire and inflated', async () => {
    expect(await read('12345', 'identity', new HeldBytes(5))).toBe('5 whole');
    expect(await read('12345', 'identity', new HeldBytes(4))).toBe('overloaded');
    const packed = await compressed(' '.repeat(1000), 'gzip');
    expect(await read(packed, 'gzip', new HeldBytes(1000))).toBe('1000 whole');
    expect(await read(packed, 'gzip', new HeldBytes(999))).toBe('overloaded');
    expect(await read(packed, 'gzip', new HeldBytes(packed.length - 1))).toBe('overloaded');
  });
});

describe('damaged bodies', () => {
  test('gzip cut anywhere, corrupted, followed by more, or no gzip at all', async () => {
    const packed = await compressed(JSON.stringify(Array.from({ length: 100 }, (_, i) => i)), 'gzip');
    for (const length of [0, 1, 9, 10, 11, packed.length - 9, packed.length - 8, packed.length - 1]) {
      expect(await read(packed.slice(0, length), 'gzip'), `${length} bytes`).toBe('unreadable_body');
    }
    const corrupted = packed.slice();
    corrupted[packed.length - 6] = (corrupted[packed.length - 6] ?? 0) ^ 1;
    expect(await read(corrupted, 'gzip')).toBe('unreadable_body');
    expect(await read(new Uint8Array([...packed, 1, 2, 3]), 'gzip')).toBe('unreadable_body');
    expect(await read('[]', 'gzip')).toBe('unreadable_body');
    expect(await read(await compressed('[]', 'deflate-raw'), 'deflate')).toBe('unreadable_body');
    expect(await read((await compressed('[1,2,3]', 'deflate')).slice(0, -1), 'deflate')).toBe(
      'unreadable_body',
    );
  });

  test('a small body that says its length: taken once it is here, and never longer than it said', async () => {
    const told = (body: BodyInit, length: number) => eventsRequest(body, { 'content-length': `${length}` });
    const of = async (request: Request, held = new HeldBytes(1e9)) => {
      const result = await readBody(request, 'identity', held.lease());
      return [result.ok ? `${result.bytes.length} whole` : result.code, held.held];
    };
    expect(await of(told('12345', 5))).toEqual(['5 whole', 5]);
    expect(await of(told('12345', 4))).toEqual(['unreadable_body', 0]);
    expect(await of(told('12345', 5), new HeldBytes(4))).toEqual(['overloaded', 0]);
    const held = new HeldBytes(10);
    const { readable, writable } = new TransformStream();
    const reading = of(told(readable, 5), held);
    const writer = writable.getWriter();
    await writer.write(new Uint8Array(4));
    expect(held.held).toBe(0);
    await writer.abort(new Error('gone'));
    expect(await reading).toEqual(['unreadable_body', 0]);
  });

  test('a body that breaks off', async () => {
    const broken = new ReadableStream({
      pull: (controller) => controller.error(new Error('gone')),
    });
    expect(await read(broken)).toBe('unreadable_body');
  });
});

describe('what the headers say', () => {
  const form = (type: string | null, encoding?: string) => {
    const headers = new Headers(type === null ? {} : { 'content-type': type });
    if (encoding !== undefined) headers.set('content-encoding', encoding);
    const result = bodyForm(headers);
    return result.ok ? `${result.framing} ${result.encoding}` : result.code;
  };

  test.each([
    [null, 'json identity'],
    ['application/json', 'json identity'],
    ['Application/JSON; charset=UTF-8', 'json identity'],
    ['application/json;charset="utf8"', 'json identity'],
    ['text/plain;charset=UTF-8', 'json identity'],
    ['application/x-ndjson', 'lines identity'],
    ['application/ndjson', 'lines identity'],
    ['application/jsonl', 'lines identity'],
    ['application/json; charset=utf-16', 'unsupported_media_type'],
    ['application/json; charset=iso-8859-1', 'unsupported_media_type'],
    ['application/x-www-form-urlencoded', 'unsupported_media_type'],
    ['text/html', 'unsupported_media_type'],
    ['application/jsonx', 'unsupported_media_type'],
  ])('%s', (type, expected) => {
    expect(form(type)).toBe(expected);
  });

  test.each([
    ['gzip', 'json gzip'],
    ['X-GZIP', 'json gzip'],
    ['deflate', 'json deflate'],
    ['identity', 'json identity'],
    ['', 'json identity'],
    ['br', 'unsupported_media_type'],
    ['gzip, gzip', 'unsupported_media_type'],
  ])('encoding %s', (encoding, expected) => {
    expect(form('application/json', encoding)).toBe(expected);
  });
});
