/** From events to records of users: the first half of the day's figures of users (BAT-4). */
import type { LakeRows } from '../lake/lake-rows.ts';
import { eventTypes } from '../protocol/event-type.ts';
import { createSipHasher, sipKey } from '../protocol/siphash.ts';
import type { UserRecord, UserRecords } from './user-records.ts';

const view = eventTypes.indexOf('view');

/** Contents are told apart by 64 bits under a key that is no secret: two of them meet once in 10^19 pairs. */
const hasher = createSipHasher(sipKey(new Uint8Array(16)));

/** Adds an event of rows to records; those without a user are of nobody, and not added. */
export function userAdder(rows: LakeRows, records: UserRecords): (i: number) => void {
  const { user, contentId, type, durationMs } = rows.columns;
  const contents = contentId.texts.map((text) => {
    hasher.hashParts([text]);
    return { contentHi: hasher.hi, contentLo: Math.max(1, hasher.lo) };
  });
  const none = { contentHi: 0, contentLo: 0 };
  return (i) => {
    const [userHi, userLo] = [user.hi[i] as number, user.lo[i] as number];
    if (userHi === 0 && userLo === 0) return;
    const code = contentId.codes[i] as number;
    const content = type[i] === view && code > 0 ? (contents[code - 1] ?? none) : none;
    // Nullable columns hold the value + 1, and 0 for null.
    const duration = durationMs[i] as number;
    const record: UserRecord = {
      userHi,
      userLo,
      version: rows.pseudonymVersion[i] as number,
      ...content,
      events: 1,
      durations: duration > 0 ? 1 : 0,
      durationMs: Math.max(0, duration - 1),
    };
    records.add(record);
  };
}
