import { toHex } from './hex.ts';

/** What the header of a chunk says of it: the accounts need no body (ING-6b). */
export interface LetterChunk {
  readonly region: number;
  readonly shard: number;
  readonly door: string;
  readonly firstNumber: number;
  readonly count: number;
  readonly twins: number;
  readonly producer: string;
  /** As flat bounds. */
  readonly voids: readonly number[];
}

/** Something that could not be processed, with its bytes as they were, so that it can be sent again (LOG-1). */
export interface DeadLetter {
  /** Which chunk: its door and that door's number of its first event; or which message, where no chunk was read. */
  readonly source:
    | ({ readonly kind: 'chunk' } & LetterChunk)
    | { readonly kind: 'message'; readonly messageId: string };
  readonly bytes: Uint8Array;
  /** Why, as a RefusalCode or a code of the consumer. */
  readonly code: string;
  readonly message: string;
  /**
   * A time that is the same at every delivery (the chunk's time of receipt, the message's timestamp), because it is
   * part of the key; never the time of the attempt.
   */
  readonly atMs: number;
}

export interface StoredDeadLetter {
  readonly key: string;
  readonly sizeBytes: number;
  readonly code: string;
  readonly message: string;
  /** As DeadLetter. */
  readonly atMs: number;
  /** Null where no chunk was read, and in letters from before it was noted. */
  readonly chunk: LetterChunk | null;
}

export const deadPrefix = 'dead/';
/** R2 keeps 2 KB of metadata in all. */
const messageLengthMax = 512;
const digestBytes = 8;

/**
 * Stores a letter once: the key follows from its content, and the PUT is conditional. The digest keeps apart letters
 * that claim the same numbers. Returns the key, also where the letter was stored before.
 */
export async function storeDeadLetter(bucket: R2Bucket, letter: DeadLetter): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', letter.bytes as BufferSource));
  const key = `${keyOf(letter)}-${toHex(digest.subarray(0, digestBytes))}`;
  await bucket.put(key, letter.bytes, {
    onlyIf: { etagDoesNotMatch: '*' },
    httpMetadata: { contentType: 'application/octet-stream' },
    customMetadata: {
      code: letter.code,
      message: letter.message.slice(0, messageLengthMax).toWellFormed(),
      at: String(letter.atMs),
      ...chunkMetadata(letter.source),
    },
  });
  return key;
}

/** Names come from a queue message that may be anything, so whatever is not plain is replaced. */
function keyOf({ source, atMs }: DeadLetter): string {
  const date = new Date(atMs).toISOString().slice(0, 10);
  const plain = (text: string): string => text.slice(0, 64).replace(/[^\w.-]/g, '_');
  return source.kind === 'chunk'
    ? `${deadPrefix}${date}/region-${source.region}/${plain(source.door)}-${source.firstNumber}`
    : `${deadPrefix}${date}/message/${plain(source.messageId)}`;
}

/** Letters in the order of their keys, so by day; `date` (YYYY-MM-DD) narrows, `cursor` or the key before goes on. */
export async function listDeadLetters(
  bucket: R2Bucket,
  options: {
    readonly date?: string;
    readonly cursor?: string;
    readonly after?: string;
    readonly limit?: number;
  } = {},
): Promise<{ readonly letters: readonly StoredDeadLetter[]; readonly cursor: string | null }> {
  const listed = await bucket.list({
    prefix: options.date === undefined ? deadPrefix : `${deadPrefix}${options.date}/`,
    limit: options.limit ?? 100,
    ...(options.cursor === undefined ? {} : { cursor: options.cursor }),
    ...(options.after === undefined ? {} : { startAfter: options.after }),
    include: ['customMetadata'],
  });
  const letters = listed.objects.map(({ key, size, customMetadata }) => ({
    key,
    sizeBytes: size,
    code: customMetadata?.code ?? '',
    message: customMetadata?.message ?? '',
    atMs: Number(customMetadata?.at ?? 0),
    chunk: readChunk(customMetadata ?? {}),
  }));
  return { letters, cursor: listed.truncated ? listed.cursor : null };
}

const numberNames = ['region', 'shard', 'firstNumber', 'count', 'twins'] as const;

/** Of them a letter seldom has more than one pair; what is beyond would not fit, and shows as a hole. */
const voidsNotedMax = 20;

function chunkMetadata(source: DeadLetter['source']): Record<string, string> {
  if (source.kind === 'message') return {};
  const numbers = [...numberNames.map((name) => source[name]), ...source.voids.slice(0, voidsNotedMax)];
  return { numbers: numbers.join(' '), door: source.door, producer: encodeURIComponent(source.producer) };
}

function readChunk({ numbers = '', door, producer }: Record<string, string>): LetterChunk | null {
  const parts = numbers.split(' ').map(Number);
  const [region, shard, firstNumber, count, twins, ...voids] = parts;
  const isWhole = parts.length >= numberNames.length && parts.every(Number.isSafeInteger);
  if (!isWhole || door === undefined || producer === undefined) return null;
  const read = { region, shard, firstNumber, count, twins, voids, door };
  return { ...read, producer: decodeURIComponent(producer) } as LetterChunk;
}
