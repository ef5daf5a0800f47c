/** Reads what a viewer sent. Bad input becomes a typed answer; the connection stays. */
import { clientFrameBytesMax, labelLengthMax } from '../protocol/limits.ts';
import type { ClientFrame, ErrorFrame } from '../protocol/live.ts';

export type ParsedClientFrame =
  | { readonly ok: true; readonly frame: ClientFrame }
  | { readonly ok: false; readonly error: ErrorFrame };

const utf8Encoder = new TextEncoder();

export function errorFrame(code: ErrorFrame['code'], message: string): ErrorFrame {
  return { t: 'error', code, message };
}

/** An acknowledgement as every client writes it; of 15 digits at most, all of which are safe integers. */
const plainAck = /^\{"t":"ack","seq":(0|[1-9]\d{0,14})\}$/;

/** `text` is null for a binary message: marquee.v1 has none. */
export function parseClientFrame(text: string | null): ParsedClientFrame {
  if (text === null) return bad('frames are JSON text, not binary');
  // Nearly all that a hub hears: what follows finds the same in it.
  const ack = plainAck.exec(text)?.[1];
  if (ack !== undefined) return { ok: true, frame: { t: 'ack', seq: Number(ack) } };
  // A character is at least one byte: what is long is refused without being encoded or parsed.
  if (text.length > clientFrameBytesMax || utf8Encoder.encode(text).length > clientFrameBytesMax) {
    const message = `a frame has at most ${clientFrameBytesMax} bytes`;
    return { ok: false, error: errorFrame('frame_too_large', message) };
  }
  const value = parsed(text);
  if (value === undefined) return bad('not JSON');
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return bad('not a JSON object');
  return readFrame(new Map(Object.entries(value)));
}

function readFrame(fields: ReadonlyMap<string, unknown>): ParsedClientFrame {
  switch (fields.get('t')) {
    case 'subscribe':
      return readSubscribe(fields);
    case 'ack': {
      const seq = fields.get('seq');
      if (typeof seq !== 'number' || !Number.isSafeInteger(seq) || seq < 0) {
        return bad('ack: `seq` is a non-negative integer');
      }
      return { ok: true, frame: { t: 'ack', seq } };
    }
    case 'resync':
      return { ok: true, frame: { t: 'resync' } };
    default:
      return bad('`t` is one of subscribe, ack, resync');
  }
}

function readSubscribe(fields: ReadonlyMap<string, unknown>): ParsedClientFrame {
  const [regions, contents, breakdown] = ['regions', 'contents', 'breakdown'].map((name) => fields.get(name));
  if (contents !== undefined && typeof contents !== 'boolean')
    return bad('subscribe: `contents` is a boolean');
  if (regions !== '*' && !isNames(regions))
    return bad('subscribe: `regions` is a list of region names or "*"');
  if (breakdown !== undefined && !isName(breakdown))
    return bad('subscribe: `breakdown` is the name of a region or "*"');
  const wanted = {
    ...(contents === undefined ? {} : { contents }),
    ...(breakdown === undefined ? {} : { breakdown }),
  };
  return { ok: true, frame: { t: 'subscribe', regions, ...wanted } };
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length <= labelLengthMax;
}

function isNames(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(isName);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function bad(message: string): ParsedClientFrame {
  return { ok: false, error: errorFrame('bad_frame', message) };
}
