import type * as z from 'zod';
import { actionBodyBytesMax } from '../../core/protocol/limits.ts';
import { type BodyFault, invalidBody, problemResponse } from './problem-response.ts';

/**
 * Reads the JSON body of an action, which is small where nothing else is said; without a body it is an empty object.
 * What does not fit the schema is told by pointer.
 */
export async function readActionBody<T extends z.ZodType>(
  request: Request,
  schema: T,
  bytesMax = actionBodyBytesMax,
): Promise<{ readonly value: z.output<T> } | { readonly response: Response }> {
  const bytes = await readAtMost(request, bytesMax);
  if (bytes === null) {
    const detail = `The body may have ${bytesMax} bytes.`;
    return { response: problemResponse('payload_too_large', detail) };
  }
  const json = bytes.length === 0 ? {} : parse(bytes);
  if (json === undefined)
    return { response: problemResponse('unreadable_body', 'The body is not JSON in UTF-8.') };
  const parsed = schema.safeParse(json);
  if (parsed.success) return { value: parsed.data };
  return { response: invalidBody(bodyFaults(parsed.error)) };
}

/** What is wrong with a body, by JSON pointer. */
export function bodyFaults({ issues }: z.ZodError): BodyFault[] {
  return issues.map(({ path, message }) => ({ pointer: pointerOf(path), message }));
}

const pointerOf = (path: readonly PropertyKey[]): string => path.map((part) => `/${String(part)}`).join('');

/** Null where there is more. */
async function readAtMost(request: Request, bytesMax: number): Promise<Uint8Array | null> {
  const pieces: Uint8Array[] = [];
  let held = 0;
  for await (const piece of (request.body ?? []) as AsyncIterable<Uint8Array> | []) {
    held += piece.length;
    if (held > bytesMax) return null;
    pieces.push(piece);
  }
  const bytes = new Uint8Array(held);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** Undefined for what is no JSON. */
function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes));
  } catch {
    return undefined;
  }
}
