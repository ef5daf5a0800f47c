/** The fields of one record of a file: each is read as what it should be, and what it is not is noted as a fault. */
import { parseTimestamp } from '../protocol/timestamp.ts';
import { type RowFault, type RowFaultCode, rowFault } from './row-fault.ts';

const numberPattern = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/;
const datePattern = /^[12]\d{3}-\d\d-\d\d$/;
const dateTimePattern = /^[12]\d{3}-\d\d-\d\d[Tt ]/;
const flags: ReadonlyMap<string, boolean> = new Map([
  ...['true', 't', 'yes', 'y', '1'].map((word) => [word, true] as const),
  ...['false', 'f', 'no', 'n', '0'].map((word) => [word, false] as const),
]);

interface NumberRange {
  readonly min: number;
  readonly max: number;
}

/** Null stands for a field that is not there, empty, or at fault. */
export class RecordFields {
  readonly faults: RowFault[] = [];
  readonly #record: Readonly<Record<string, unknown>>;

  constructor(record: Readonly<Record<string, unknown>>) {
    this.#record = record;
  }

  fault(field: string, code: RowFaultCode, message: string): null {
    this.faults.push(rowFault(field, code, `${field} ${message}`));
    return null;
  }

  /** Whether a value was sent, right or wrong. */
  has(field: string): boolean {
    const value = this.#value(field);
    return value !== null && !(typeof value === 'string' && value.trim() === '');
  }

  require(fields: readonly string[]): void {
    for (const field of fields) if (!this.has(field)) this.fault(field, 'missing_field', 'is missing');
  }

  /** Without the blanks around it. Numbers count as text: a title may be 1917. */
  text(field: string, lengthMax: number): string | null {
    const value = this.#value(field);
    if (value === null) return null;
    const isText = typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value));
    if (!isText) return this.fault(field, 'wrong_type', 'is not a text');
    return this.#checked(field, String(value).trim(), lengthMax);
  }

  /** A text of which an integer counts as one too; beyond 2^53 - 1 it has lost digits before we see it. */
  id(field: string, lengthMax: number): string | null {
    const value = this.#value(field);
    if (typeof value === 'number' && !Number.isSafeInteger(value)) {
      return this.fault(field, 'wrong_type', 'is a number beyond 2^53 - 1, or not whole; send it as a text');
    }
    return this.text(field, lengthMax);
  }

  /** Names: a text, or a list of texts, which are joined by ", ". */
  names(field: string, lengthMax: number): string | null {
    const value = this.#value(field);
    if (!Array.isArray(value)) return this.text(field, lengthMax);
    if (!value.every((name) => typeof name === 'string')) {
      return this.fault(field, 'wrong_type', 'is a list of which not all are texts');
    }
    return this.#checked(field, value.map((name) => name.trim()).join(', '), lengthMax);
  }

  number(field: string, { min, max }: NumberRange): number | null {
    const value = this.#value(field);
    if (value === null) return null;
    const number = typeof value === 'string' ? numberOf(value.trim()) : value;
    if (number === null) return null;
    if (typeof number !== 'number' || !Number.isFinite(number)) {
      return this.fault(field, 'not_a_number', 'is not a number');
    }
    if (number < min) return this.fault(field, 'out_of_range', `is less than ${min}`);
    if (number > max) return this.fault(field, 'out_of_range', `is more than ${max}`);
    return number + 0;
  }

  whole(field: string, range: NumberRange): number | null {
    const number = this.number(field, range);
    return number === null || Number.isInteger(number)
      ? number
      : this.fault(field, 'not_whole', 'is not a whole number');
  }

  flag(field: string): boolean | null {
    const value = this.#value(field);
    if (value === null || typeof value === 'boolean') return value;
    const word = typeof value === 'number' ? String(value) : value;
    if (typeof word === 'string' && word.trim() === '') return null;
    const flag = typeof word === 'string' ? flags.get(word.trim().toLowerCase()) : undefined;
    return flag ?? this.fault(field, 'wrong_type', 'is neither true nor false');
  }

  /** Epoch ms, from ISO 8601 or epoch seconds or milliseconds, not before `minMs` and not after `maxMs`. */
  time(field: string, minMs: number, maxMs: number): number | null {
    const value = this.#value(field);
    if (value === null || (typeof value === 'string' && value.trim() === '')) return null;
    const ms = typeof value === 'string' || typeof value === 'number' ? parseTimestamp(value) : null;
    if (ms === null) {
      return this.fault(field, 'invalid_time', 'is neither ISO 8601 nor epoch seconds or milliseconds');
    }
    return this.#within(field, ms, minMs, maxMs);
  }

  /** YYYY-MM-DD, from that or an ISO 8601 time, of which the day in UTC is taken. */
  date(field: string, minMs: number, maxMs: number): string | null {
    const value = this.#value(field);
    if (value === null) return null;
    const text = typeof value === 'string' ? value.trim() : '?';
    if (text === '') return null;
    const ms = datePattern.test(text)
      ? parseTimestamp(`${text}T00:00Z`)
      : dateTimePattern.test(text)
        ? parseTimestamp(text)
        : null;
    if (ms === null) return this.fault(field, 'invalid_date', 'is not a date of the form YYYY-MM-DD');
    const inRange = this.#within(field, ms, minMs, maxMs);
    return inRange === null ? null : new Date(inRange).toISOString().slice(0, 10);
  }

  #within(field: string, ms: number, minMs: number, maxMs: number): number | null {
    if (ms < minMs) {
      return this.fault(field, 'time_too_old', `is before ${new Date(minMs).toISOString().slice(0, 10)}`);
    }
    return ms > maxMs ? this.fault(field, 'time_in_future', 'is too far ahead of our clock') : ms;
  }

  #checked(field: string, text: string, lengthMax: number): string | null {
    if (text === '') return null;
    if (text.length > lengthMax) {
      return this.fault(field, 'field_too_long', `has more than ${lengthMax} characters`);
    }
    if (text.includes('\0')) return this.fault(field, 'nul_character', 'holds a NUL character');
    if (!text.isWellFormed()) {
      return this.fault(field, 'malformed_unicode', 'holds half of a surrogate pair');
    }
    return text;
  }

  #value(field: string): unknown {
    return Object.hasOwn(this.#record, field) ? (this.#record[field] ?? null) : null;
  }
}

/** Null for an empty text, NaN for one that is no number. */
function numberOf(text: string): number | null {
  if (text === '') return null;
  return numberPattern.test(text) ? Number(text) : Number.NaN;
}
