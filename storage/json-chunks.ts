/** A JSON parameter stays below this; SQLite's own bound on D1 is 2 MB. */
const parameterBytesMax = 900_000;

const encoder = new TextEncoder();

export const utf8Bytes = (text: string): number => encoder.encode(text).length;

/**
 * Joins JSON texts into JSON arrays of at most `bytesMax` each, in order, for one json_each(?1) statement a chunk.
 * A text that is longer by itself gets a chunk of its own.
 */
export function jsonChunks(texts: readonly string[], bytesMax = parameterBytesMax): string[] {
  const chunks: string[] = [];
  let held: string[] = [];
  let bytes = 2;
  for (const text of texts) {
    const size = utf8Bytes(text) + 1;
    if (held.length > 0 && bytes + size > bytesMax) {
      chunks.push(`[${held.join(',')}]`);
      held = [];
      bytes = 2;
    }
    held.push(text);
    bytes += size;
  }
  if (held.length > 0) chunks.push(`[${held.join(',')}]`);
  return chunks;
}
