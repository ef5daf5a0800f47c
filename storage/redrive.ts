/** Sends what was dead-lettered again, once (LOG-1b). */
import { FormatError } from '../core/protocol/bytes.ts';
import { decodeEnvelope, packEnvelopes } from '../core/protocol/envelope.ts';
import { deadPrefix } from './dead-letters.ts';

/** Where letters lie that were sent again, under the rest of their keys. */
const redrivenPrefix = 'redriven/';

/**
 * What came of one key. `sent_before`: it was sent again at another time, and nothing was done now. `not_sendable`: its
 * records may have come again under other numbers, so that they would count twice.
 */
export type RedriveOutcome = 'sent' | 'sent_before' | 'not_sendable' | 'absent';

/** Whoever reads the letter later sees who sent it again, and when. */
export interface Redrive {
  readonly by: string;
  readonly nowMs: number;
}

/** Refusals that do not go away: the door sent the records anew, or others have taken the numbers. */
const finalCodes: ReadonlySet<string> = new Set(['voided', 'numbers_overlap']);

export const isSendable = (code: string): boolean => !finalCodes.has(code);

export interface RedrivePorts {
  readonly bucket: R2Bucket;
  readonly queue: Pick<Queue<Uint8Array>, 'send'>;
}

/**
 * The letter leaves the dead-letter store before its message goes into the queue: what is refused again is then stored
 * anew, and never deleted by us. One that a crash left between the two is found by asking for it again. Sending twice
 * does no harm: a shard knows the numbers (LOG-4), and the batch layer the identities (DUP-1).
 */
export async function redriveLetter(
  { bucket, queue }: RedrivePorts,
  key: string,
  { by, nowMs }: Redrive,
): Promise<RedriveOutcome> {
  const movedKey = `${redrivenPrefix}${key.slice(deadPrefix.length)}`;
  const letter = (await bucket.get(key)) ?? (await unsent(bucket, movedKey));
  if (letter === 'sent') return 'sent_before';
  if (!letter) return 'absent';
  const { customMetadata = {} } = letter;
  if (!isSendable(customMetadata.code ?? '')) return 'not_sendable';
  const bytes = new Uint8Array(await letter.arrayBuffer());
  const move = (sentAt: string) =>
    bucket.put(movedKey, bytes, { customMetadata: { ...customMetadata, by, sent_at: sentAt } });
  await move('');
  await bucket.delete(key);
  await queue.send(messageOf(bytes), { contentType: 'bytes' });
  await move(new Date(nowMs).toISOString());
  return 'sent';
}

/** A letter that was moved and perhaps not sent; null where there is none. */
async function unsent(bucket: R2Bucket, movedKey: string): Promise<R2ObjectBody | 'sent' | null> {
  const moved = await bucket.get(movedKey);
  if (!moved) return null;
  if (!moved.customMetadata?.sent_at) return moved;
  await moved.body.cancel();
  return 'sent';
}

/** A letter holds a whole message, or one chunk of it. */
function messageOf(bytes: Uint8Array): Uint8Array {
  try {
    decodeEnvelope(bytes);
    return bytes;
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return packEnvelopes([bytes], [])[0] as Uint8Array;
  }
}
