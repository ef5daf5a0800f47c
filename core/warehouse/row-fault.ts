/**
 * Why a record of a file was not taken (IMP-4). Messages name the field and the reason and never repeat what the file
 * says, so that no user id and no address can travel in one.
 */

/** code -> what it means, as docs/imports.md lists it. */
export const rowFaultCodes = {
  ragged_row: 'the row has more or fewer fields than the header',
  unclosed_quote: 'a quote opens a field and is never closed, or not within 64 KB',
  text_after_quote: 'text stands between a closing quote and the next comma',
  field_too_long: 'a field has more than 64 KB, or more characters than it may have',
  record_too_large: 'the record has more than 256 KB',
  too_many_fields: 'the record has more than 200 fields',
  invalid_utf8: 'the bytes are not valid UTF-8',
  malformed_unicode: 'a text holds half of a surrogate pair',
  nul_character: 'a text holds a NUL',
  invalid_json: 'the line is not valid JSON',
  not_an_object: 'the line is JSON, but no object',
  missing_field: 'a required field is missing or empty',
  wrong_type: 'a field has a value of another kind',
  not_a_number: 'a field is not a number',
  not_whole: 'a number is not whole',
  out_of_range: 'a number is out of range',
  invalid_email: 'an address is not of the form NAME@DOMAIN',
  invalid_time: 'a time is neither ISO 8601 nor epoch seconds or milliseconds',
  invalid_date: 'a date is not YYYY-MM-DD',
  time_in_future: 'a time is too far ahead of the clock',
  time_too_old: 'a time is before 2000',
  ends_before_start: 'the session ends before it starts',
  watch_beyond_session: 'more was watched than the session lasted, and a minute',
  unknown_region: 'the region is not in the registry',
} as const;

export type RowFaultCode = keyof typeof rowFaultCodes;

export interface RowFault {
  /** Name of the column; null where the record as a whole is at fault. */
  readonly field: string | null;
  readonly code: RowFaultCode;
  /** For people. */
  readonly message: string;
}

export function rowFault(field: string | null, code: RowFaultCode, message: string): RowFault {
  return { field, code, message };
}
