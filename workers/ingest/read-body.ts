/** From a request to the bytes of its body, within the caps on bytes (ING-3). */
import { gunzipSync, inflateSync } from 'node:zlib';
import { inflatedBytesMax, requestBytesMax } from '../../core/protocol/limits.ts';
import type { ProblemCode } from '../../core/protocol/problem.ts';
import type { Lease } from './held-bytes.ts';

export interface BodyForm {
  readonly ok: true;
  readonly framing: 'json' | 'lines';
  readonly encoding: 'identity' | 'gzip' | 'deflate';
}

export interface BodyBytes {
  readonly ok: true;
  readonly bytes: Uint8Array;
  /** As it came, before it was inflated. */
  readonly wireBytes: number;
}

export interface BodyRefusal {
  readonly ok: false;
  readonly code: ProblemCode;
  readonly detail: string;
}

const framings: ReadonlyMap<string, BodyForm['framing']> = new Map([
  ['', 'json'],
  ['application/json', 'json'],
  ['text/plain', 'json'],
  ['application/x-ndjson', 'lines'],
  ['application/ndjson', 'lines'],
  ['application/jsonl', 'lines'],
]);

const encodings: ReadonlyMap<string, BodyForm['encoding']> = new Map([
  ['', 'identity'],
  ['identity', 'identity'],
  ['gzip', 'gzip'],
  ['x-gzip', 'gzip'],
  ['deflate', 'deflate'],
]);

/** What the headers say of the body. */
export function bodyForm(headers: Headers): BodyForm | BodyRefusal {
  const [type = '', ...parameters] = (headers.get('content-type') ?? '').toLowerCase().split(';');
  const framing = framings.get(type.trim());
  if (!framing) {
    const accepted = [...framings.keys()].filter((name) => name !== '').join(', ');
    return { ok: false, code: 'unsupported_media_type', detail: `send events as one of ${accepted}` };
  }
  if (parameters.some((parameter) => /^\s*charset\s*=(?!\s*"?utf-?8"?\s*$)/.test(parameter))) {
    return { ok: false, code: 'unsupported_media_type', detail: 'send events in UTF-8' };
  }
  const encoding = encodings.get((headers.get('content-encoding') ?? '').trim().toLowerCase());
  if (encoding) return { ok: true, framing, encoding };
  return {
    ok: false,
    code: 'unsupported_media_type',
    detail: 'send the body as it is, or in gzip or deflate',
  };
}

/** Reads and inflates; what the body takes is taken from the lease, which the caller releases. */
export async function readBody(
  request: Request,
  encoding: BodyForm['encoding'],
  lease: Lease,
): Promise<BodyBytes | BodyRefusal> {
  const wire = await readWire(request, lease);
  if ('ok' in wire) return wire;
  if (encoding === 'identity') return { ok: true, bytes: wire, wireBytes: wire.length };
  const bytes = inflate(wire, encoding);
  if ('ok' in bytes) return bytes;
  lease.release();
  return lease.take(bytes.length) ? { ok: true, bytes, wireBytes: wire.length } : tooBusy;
}

const tooLarge: BodyRefusal = {
  ok: false,
  code: 'payload_too_large',
  detail: `the body has more than ${requestBytesMax} bytes; send fewer records at once`,
};

const tooBusy: BodyRefusal = {
  ok: false,
  code: 'overloaded',
  detail: 'too many large bodies at once; send this one again',
};

/** Larger bodies are read as they come, and so are those that do not say how long they are. */
const readWholeBytesMax = 16_384;

async function readWire(request: Request, lease: Lease): Promise<Uint8Array | BodyRefusal> {
  const toldBytes = Number(request.headers.get('content-length') ?? 0);
  if (toldBytes > requestBytesMax) return tooLarge;
  if (toldBytes > 0 && toldBytes <= readWholeBytesMax) return await readWhole(request, toldBytes, lease);
  const reader = (request.body as ReadableStream<Uint8Array> | null)?.getReader();
  const pieces: Uint8Array[] = [];
  let length = 0;
  while (reader) {
    const piece = await reader.read().catch(() => null);
    if (!piece) return unreadable('the body broke off');
    if (piece.done) break;
    length += piece.value.length;
    if (length > requestBytesMax || !lease.take(piece.value.length)) {
      await reader.cancel().catch(() => undefined);
      return length > requestBytesMax ? tooLarge : tooBusy;
    }
    pieces.push(piece.value);
  }
  return joined(pieces, length);
}

/**
 * At once, which costs a small body half of what reading it by pieces does. Taken from the lease once it is here: senders
 * who are slow, or never go on, hold nothing by what they have announced.
 */
async function readWhole(
  request: Request,
  toldBytes: number,
  lease: Lease,
): Promise<Uint8Array | BodyRefusal> {
  const bytes = await request.arrayBuffer().catch(() => null);
  if (!bytes) return unreadable('the body broke off');
  if (bytes.byteLength > toldBytes) return unreadable('the body is longer than its content-length');
  return lease.take(bytes.byteLength) ? new Uint8Array(bytes) : tooBusy;
}

function joined(pieces: readonly Uint8Array[], length: number): Uint8Array {
  if (pieces.length === 1) return pieces[0]!;
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/**
 * At once and with a hard stop at the cap. A DecompressionStream was measured in workerd to take a whole bomb (50 MB
 * from 50 KB) into memory before the first read: it knows no back-pressure.
 */
function inflate(wire: Uint8Array, encoding: 'gzip' | 'deflate'): Uint8Array | BodyRefusal {
  const options = { maxOutputLength: inflatedBytesMax };
  try {
    return encoding === 'gzip' ? gunzipSync(wire, options) : inflateSync(wire, options);
  } catch (error) {
    if (!(error instanceof RangeError)) return unreadable(`the body is not whole ${encoding}`);
    const detail = `the body inflates to more than ${inflatedBytesMax} bytes; send fewer records at once`;
    return { ok: false, code: 'payload_too_large', detail };
  }
}

function unreadable(detail: string): BodyRefusal {
  return { ok: false, code: 'unreadable_body', detail };
}
