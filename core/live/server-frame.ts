import type { ServerFrame } from '../protocol/live.ts';

/**
 * A frame of the hub from its text; null where this client does not know the kind (kinds may be added within
 * marquee.v1, and are to be ignored) or where the text is no frame. The hub is trusted with the cells themselves.
 */
export function parseServerFrame(text: string): ServerFrame | null {
  const frame = parsed(text);
  if (frame === null || typeof frame !== 'object' || !('t' in frame)) return null;
  const numbers = {
    snapshot: ['seq', 'at'],
    delta: ['prev', 'seq', 'at'],
    alert: ['prev', 'seq', 'at'],
    error: [],
  };
  if (typeof frame.t !== 'string' || !Object.hasOwn(numbers, frame.t)) return null;
  const fields = new Map<string, unknown>(Object.entries(frame));
  const whole = numbers[frame.t as keyof typeof numbers].every((name) => Number.isInteger(fields.get(name)));
  if (!whole) return null;
  if (frame.t === 'error') return typeof fields.get('message') === 'string' ? (frame as ServerFrame) : null;
  return typeof fields.get('epoch') === 'string' && isObject(fields.get('regions'))
    ? (frame as ServerFrame)
    : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
