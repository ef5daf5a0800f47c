import { recordDepthMax, recordSizeMax } from './limits.ts';
import { pointerToken, type Reject, reject } from './reject.ts';

/** A UTF-16 unit becomes at most six in JSON text (`\u0000`). */
const escapedUnitsMax = 6;
/** Longest text of a number, `-1.2345678901234567e-300`, or of a literal, with its comma. */
const scalarUnitsMax = 25;
/** Pointers are built from keys the sender chose: beyond this one names an ancestor instead. */
const pointerLengthMax = 128;

/**
 * Looks at every text, key and level of a record before anything else does: too deep, too large, half a surrogate
 * pair, or, if `bytesReplaced` says that the body's bytes were not valid UTF-8, a replacement character. The size is
 * that of `JSON.stringify(record)`; only records that might exceed it are written out. Returns null for a good record.
 */
export function walkRecord(record: object, bytesReplaced: boolean): Reject | null {
  const walk = new Walk(bytesReplaced);
  const failure = walk.container(record, 1);
  if (failure) return failure;
  if (walk.unitsMax <= recordSizeMax || JSON.stringify(record).length <= recordSizeMax) return null;
  return reject('record_too_large', '', `the record has more than ${recordSizeMax} characters of JSON`);
}

class Walk {
  readonly #bytesReplaced: boolean;
  /** An upper bound of the record's size so far. */
  unitsMax = 2;

  constructor(bytesReplaced: boolean) {
    this.#bytesReplaced = bytesReplaced;
  }

  container(value: object, depth: number): Reject | null {
    if (depth > recordDepthMax) {
      return reject('too_deep', '', `the record is nested more than ${recordDepthMax} levels deep`);
    }
    // Parsed JSON inherits nothing enumerable; an own `__proto__` is a plain key here.
    for (const key in value) {
      const child = (value as Record<string, unknown>)[key];
      const failure = this.#text(key) ?? this.#value(child, depth);
      if (failure) return below(key, failure);
    }
    return null;
  }

  #value(value: unknown, depth: number): Reject | null {
    if (typeof value === 'string') return this.#text(value);
    this.unitsMax += scalarUnitsMax;
    return typeof value === 'object' && value !== null ? this.container(value, depth + 1) : null;
  }

  #text(text: string): Reject | null {
    this.unitsMax += text.length * escapedUnitsMax + 4;
    if (!text.isWellFormed()) {
      return reject('malformed_unicode', '', 'a text here holds half of a surrogate pair');
    }
    if (this.#bytesReplaced && text.includes('\ufffd')) {
      return reject('invalid_utf8', '', 'a text here was not valid UTF-8');
    }
    return null;
  }
}

function below(key: string, failure: Reject): Reject {
  const token = key.isWellFormed() ? pointerToken(key) : '';
  const whole = token + failure.pointer;
  if (whole.length <= pointerLengthMax) return { ...failure, pointer: whole };
  return { ...failure, pointer: token.length <= pointerLengthMax ? token : '' };
}
