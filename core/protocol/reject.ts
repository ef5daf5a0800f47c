/**
 * Why a record was not accepted. Messages name the field and the reason and never repeat a value or a key that the
 * sender chose, so that no user id can travel in one.
 */
import type * as z from 'zod';

/** code -> what it means, as docs/ingest.md lists it. */
export const rejectCodes = {
  invalid_json: 'the record is not valid JSON',
  not_an_object: 'the record is not a JSON object',
  too_deep: 'the record is nested too deep',
  record_too_large: 'the record is too large',
  malformed_unicode: 'a text holds half of a surrogate pair',
  invalid_utf8: 'a text was not valid UTF-8 in the body',
  missing_field: 'a required field is missing',
  wrong_type: 'a field has the wrong JSON type',
  too_long: 'a text or ext is too long',
  out_of_range: 'a number is out of range',
  not_finite: 'a number is not finite, as 1e400',
  unknown_value: 'a field has none of its known values',
  invalid_time: 'the timestamp is no time',
  time_in_future: 'the timestamp is too far ahead of the clock',
  time_too_old: 'the timestamp is before 2000',
  unknown_region: 'the region is not in the registry',
  missing_region: 'there is no region and no place to find one by',
  region_not_allowed: 'the region is outside what the key may send',
} as const;

export type RejectCode = keyof typeof rejectCodes;

export interface Reject {
  readonly ok: false;
  readonly code: RejectCode;
  /** RFC 6901, relative to the record. */
  readonly pointer: string;
  readonly message: string;
}

export function reject(code: RejectCode, pointer: string, message: string): Reject {
  return { ok: false, code, pointer, message };
}

/** One reference token of an RFC 6901 pointer, with its slash. */
export function pointerToken(key: string | number): string {
  return `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** The answer to the first thing that the schema found wrong. `raw` is the record that it was found in. */
export function rejectFromIssue(raw: unknown, issue: z.core.$ZodIssue): Reject {
  const keys = issue.path.map(String);
  const pointer = keys.map(pointerToken).join('');
  const field = keys.join('.');
  if (field === '') return reject('not_an_object', '', 'the record is not a JSON object');
  if (field === 'timestamp') {
    return reject('invalid_time', pointer, 'timestamp is neither a text nor a finite number');
  }
  const value = valueAt(raw, keys);
  if (typeof value === 'number' && !Number.isFinite(value)) {
    return reject('not_finite', pointer, `${field} is not a finite number`);
  }
  if (issue.code === 'too_big' && issue.origin === 'string') {
    return reject('too_long', pointer, `${field} has more than ${issue.maximum} characters`);
  }
  if (issue.code === 'too_big' || issue.code === 'too_small') {
    return reject('out_of_range', pointer, `${field} is ${bound(issue)}`);
  }
  if (issue.code === 'invalid_value') {
    return reject('unknown_value', pointer, `${field} is none of ${issue.values.map(String).join(', ')}`);
  }
  if (issue.code === 'invalid_union') {
    return reject('wrong_type', pointer, `${field} is neither a text nor a whole number`);
  }
  return reject('wrong_type', pointer, `${field} is not ${expected(issue)}`);
}

function bound(issue: z.core.$ZodIssueTooBig | z.core.$ZodIssueTooSmall): string {
  if (issue.origin === 'int') return 'a number beyond 2^53 - 1; send it as a text';
  return issue.code === 'too_big' ? `more than ${issue.maximum}` : `less than ${issue.minimum}`;
}

function expected(issue: z.core.$ZodIssue): string {
  if (issue.code !== 'invalid_type') return 'valid';
  return { string: 'a text', number: 'a number' }[issue.expected as string] ?? 'an object';
}

function valueAt(raw: unknown, keys: readonly string[]): unknown {
  return keys.reduce<unknown>((value, key) => (value as Record<string, unknown> | null)?.[key], raw);
}
