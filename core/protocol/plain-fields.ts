/** The fields of an event as the reader of plain records takes them, with the same bounds as in event-schema.ts. */
import { nullableColumns, textColumns } from './chunk-columns.ts';
import { AMOUNTS, rowCells, TEXTS } from './event-rows.ts';
import {
  bufferingCountMax,
  bytesMax,
  contentIdLengthMax,
  durationMsMax,
  eventIdLengthMax,
  labelLengthMax,
  sessionIdLengthMax,
  speedKbpsMax,
  titleLengthMax,
  userIdLengthMax,
} from './limits.ts';

/** How a value is read. */
export const HASHED = 0;
export const TEXT = 1;
export const AMOUNT = 2;
/** A text of a known list. */
export const WORD = 3;
export const TIMESTAMP = 4;
export const CONTENT = 5;
const EXT = 6;

/** Which of the known lists. */
export const EVENT_TYPE = 0;
const STATUS_WORD = 1;
export const REGION = 2;

export interface PlainField {
  readonly name: string;
  /** Its place among the fields of its object, and among all. */
  readonly index: number;
  readonly slot: number;
  /** Bytes of the name. */
  readonly key: Uint8Array;
  /** The name, its quote and a colon, as little-endian words; of the last one what is under the mask. */
  readonly words: Int32Array;
  readonly lastMask: number;
  readonly kind: number;
  /** Where it goes: a place in the row, or which of the hashed ids it is. */
  readonly place: number;
  /** UTF-16 units of a text. */
  readonly lengthMax: number;
  readonly mayBeNumber: boolean;
  readonly min: number;
  readonly max: number;
  readonly scale: number;
}

type Given = Partial<PlainField> & { readonly name: string; readonly kind: number };

/** Places behind the row, for what serves only where its namesake is missing. */
export const MOVIE_ID = rowCells;
export const NESTED_ID = rowCells + 1;
export const NESTED_TITLE = rowCells + 2;
export const NESTED_TYPE = rowCells + 3;
export const sparePlaces = 4;

export const CONTENT_ID = TEXTS + textColumns.indexOf('contentId');
export const CONTENT_TYPE = TEXTS + textColumns.indexOf('contentType');
export const TITLE = TEXTS + textColumns.indexOf('title');
export const EXT_TEXT = TEXTS + textColumns.indexOf('ext');

const text = (name: string, place: number, lengthMax: number): Given => ({
  name,
  kind: TEXT,
  place,
  lengthMax,
});

const idText = (name: string, place: number, lengthMax: number): Given => ({
  ...text(name, place, lengthMax),
  mayBeNumber: true,
});

const label = (name: string, column: (typeof textColumns)[number]): Given =>
  text(name, TEXTS + textColumns.indexOf(column), labelLengthMax);

const amount = (
  name: string,
  column: (typeof nullableColumns)[number],
  max: number,
  scale = 1000,
  min = 0,
): Given => ({ name, kind: AMOUNT, place: AMOUNTS + nullableColumns.indexOf(column), min, max, scale });

const hashed = (name: string, place: number, lengthMax: number): Given => ({
  name,
  kind: HASHED,
  place,
  lengthMax,
});

const word = (name: string, place: number): Given => ({ name, kind: WORD, place, lengthMax: labelLengthMax });

/** Which of the hashed ids. */
export const EVENT_ID = 0;
export const USER_ID = 1;
export const SESSION_ID = 2;

const fields: readonly Given[] = [
  hashed('event_id', EVENT_ID, eventIdLengthMax),
  word('event_type', EVENT_TYPE),
  { name: 'timestamp', kind: TIMESTAMP },
  word('region', REGION),
  idText('content_id', CONTENT_ID, contentIdLengthMax),
  hashed('user_id', USER_ID, userIdLengthMax),
  hashed('session_id', SESSION_ID, sessionIdLengthMax),
  label('device_type', 'deviceType'),
  label('country', 'country'),
  label('quality', 'quality'),
  label('subscription_type', 'subscriptionType'),
  amount('duration', 'durationMs', durationMsMax / 1000),
  amount('completion_rate', 'completionMilli', 1),
  amount('rating', 'ratingMilli', 10, 1000, 1),
  amount('buffering_count', 'bufferingCount', bufferingCountMax, 1),
  word('status', STATUS_WORD),
  amount('speed_mbps', 'speedKbps', speedKbpsMax / 1000),
  amount('bytes', 'bytes', bytesMax, 1),
  idText('error_code', TEXTS + textColumns.indexOf('errorCode'), labelLengthMax),
  text('title', TITLE, titleLengthMax),
  text('content_type', CONTENT_TYPE, labelLengthMax),
  idText('movie_id', MOVIE_ID, contentIdLengthMax),
  { name: 'content', kind: CONTENT },
  { name: 'ext', kind: EXT },
];

function wordsOf(text: string): { readonly words: Int32Array; readonly lastMask: number } {
  const words = new Int32Array(Math.ceil(text.length / 4));
  for (let i = 0; i < text.length; i++) words[i >> 2]! |= text.charCodeAt(i) << (8 * (i & 3));
  return { words, lastMask: -1 >>> (8 * (words.length * 4 - text.length)) };
}

/** Of `content`. */
const nested: readonly Given[] = [
  idText('content_id', NESTED_ID, contentIdLengthMax),
  text('title', NESTED_TITLE, titleLengthMax),
  text('content_type', NESTED_TYPE, labelLengthMax),
];

const whole = (field: Given, index: number, slot = index): PlainField => ({
  index,
  slot,
  key: new TextEncoder().encode(field.name),
  ...wordsOf(`${field.name}":`),
  place: 0,
  lengthMax: 0,
  mayBeNumber: false,
  min: 0,
  max: 0,
  scale: 1,
  ...field,
});

export const plainFields = fields.map((field, i) => whole(field, i));
export const nestedFields = nested.map((field, i) => whole(field, i, fields.length + i));
/** Bytes of the words of any name. */
export const nameBytesMax = Math.max(...plainFields.map(({ words }) => words.length * 4));
