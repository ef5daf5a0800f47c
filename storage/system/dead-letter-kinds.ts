import { deadLettersCountedMax } from '../../core/protocol/system-limits.ts';
import { listDeadLetters, type StoredDeadLetter } from '../dead-letters.ts';
import { isSendable } from '../redrive.ts';

/** Dead letters of one region, producer and reason. */
export interface DeadLetterKind {
  readonly code: string;
  /** Null where no chunk could be read; so is the producer. */
  readonly regionNumber: number | null;
  readonly producer: string | null;
  readonly letters: number;
  readonly events: number;
  readonly isSendable: boolean;
  /** Of the newest, as keys go. */
  readonly key: string;
  readonly message: string;
  readonly atMs: number;
}

export interface DeadLetterCount {
  readonly count: number;
  /** False where there are more than were counted: those of the oldest days were. */
  readonly isWhole: boolean;
  readonly kinds: readonly DeadLetterKind[];
}

/** Counts the letters that `maySee` lets through: one list of R2. Kinds with the most letters first. */
export async function countDeadLetters(
  bucket: R2Bucket,
  maySee: (regionNumber: number | null) => boolean,
): Promise<DeadLetterCount> {
  const { letters, cursor } = await listDeadLetters(bucket, { limit: deadLettersCountedMax });
  const kinds = new Map<string, DeadLetterKind>();
  let count = 0;
  for (const letter of letters) {
    const regionNumber = letter.chunk?.region ?? null;
    if (!maySee(regionNumber)) continue;
    count++;
    const kind = `${letter.code}/${regionNumber}/${letter.chunk?.producer}`;
    kinds.set(kind, added(kinds.get(kind), letter));
  }
  return {
    count,
    isWhole: cursor === null,
    kinds: [...kinds.values()].sort((a, b) => b.letters - a.letters || (a.key < b.key ? -1 : 1)),
  };
}

function added(kind: DeadLetterKind | undefined, { code, chunk, key, message, atMs }: StoredDeadLetter) {
  return {
    code,
    regionNumber: chunk?.region ?? null,
    producer: chunk?.producer ?? null,
    letters: (kind?.letters ?? 0) + 1,
    events: (kind?.events ?? 0) + (chunk?.count ?? 0),
    isSendable: isSendable(code),
    key,
    message,
    atMs,
  };
}
