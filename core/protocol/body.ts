/** From the text of a request to its records: a JSON object, an array, `{"batch": [...]}` or one object a line. */
import { recordsPerRequestMax, valuesPerRequestMax } from './limits.ts';
import type { ProblemCode } from './problem.ts';
import { type Container, findMember, hasMoreValues, skipBlank, splitContainer } from './split-json.ts';

/** Stands in the place of a record whose text is not JSON. */
export const unparsable: unique symbol = Symbol('unparsable');

export type BodyResult =
  | { readonly ok: true; readonly records: readonly unknown[] }
  | { readonly ok: false; readonly code: ProblemCode; readonly detail: string };

/** Lines: one record a line whatever they hold. Json: anything else, with lines as a last resort. */
export function parseBody(body: string, framing: 'json' | 'lines'): BodyResult {
  const start = skipBlank(body, 0);
  if (start === body.length) return unreadable('the body is empty');
  if (body.length > valuesPerRequestMax && hasMoreValues(body, valuesPerRequestMax)) {
    return tooMany(`${valuesPerRequestMax} values`);
  }
  if (framing === 'lines') return counted(parseLines(body));
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    // Not JSON as a whole: its records may still be.
    return salvage(body, start);
  }
  return fromValue(value);
}

function fromValue(value: unknown): BodyResult {
  if (Array.isArray(value)) return counted(value);
  if (typeof value !== 'object' || value === null)
    return unreadable('the body is neither an object nor an array');
  const { batch } = value as { readonly batch?: unknown };
  return counted(Array.isArray(batch) ? batch : [value]);
}

function salvage(body: string, start: number): BodyResult {
  const opener = body[start];
  if (opener !== '[' && opener !== '{') return unreadable('the body is not JSON');
  const whole = splitContainer(body, start, recordsPerRequestMax);
  if (opener === '[' && whole && whole.parts.length > recordsPerRequestMax) return tooManyRecords();
  const alone = whole !== null && skipBlank(body, whole.end) === body.length;
  if (opener === '[') {
    return alone ? parseParts(body, whole) : unreadable('the array is cut short, or more stands behind it');
  }
  if (alone) return salvageBatch(body, whole);
  const lines = looksLikeLines(body, start) ? parseLines(body) : [];
  if (lines.some((record) => record !== unparsable)) return counted(lines);
  return unreadable('the body is not JSON, or is cut short');
}

/** An object that is not JSON as a whole: without a batch there is nothing in it to read. */
function salvageBatch(body: string, whole: Container): BodyResult {
  const start = findMember(body, whole, 'batch');
  const batch =
    start !== null && body[start] === '[' ? splitContainer(body, start, recordsPerRequestMax) : null;
  return batch ? parseParts(body, batch) : unreadable('the object is not valid JSON');
}

function parseParts(body: string, { parts }: Container): BodyResult {
  return counted(parts.map(({ from, to }) => parsePart(body, from, to)));
}

/** Whether the first line is an object by itself: the first line of one object over many lines is not. */
function looksLikeLines(body: string, start: number): boolean {
  const end = body.indexOf('\n', start);
  return end > 0 && body.slice(start, end).trimEnd().endsWith('}');
}

/** Blank lines are no records. Stops behind the cap, so that 16 MB of tiny lines cost no more than it. */
function parseLines(body: string): unknown[] {
  const records: unknown[] = [];
  for (let from = 0; from < body.length && records.length <= recordsPerRequestMax; ) {
    const newline = body.indexOf('\n', from);
    const to = newline < 0 ? body.length : newline;
    if (skipBlank(body, from) < to) records.push(parsePart(body, from, to));
    from = to + 1;
  }
  return records;
}

function parsePart(body: string, from: number, to: number): unknown {
  try {
    return JSON.parse(body.slice(from, to));
  } catch {
    return unparsable;
  }
}

function counted(records: readonly unknown[]): BodyResult {
  return records.length > recordsPerRequestMax ? tooManyRecords() : { ok: true, records };
}

function tooManyRecords(): BodyResult {
  return tooMany(`${recordsPerRequestMax} records`);
}

function tooMany(what: string): BodyResult {
  return {
    ok: false,
    code: 'payload_too_large',
    detail: `the body has more than ${what}; send fewer at once`,
  };
}

function unreadable(detail: string): BodyResult {
  return { ok: false, code: 'unreadable_body', detail };
}
