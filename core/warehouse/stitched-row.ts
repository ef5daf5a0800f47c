/** What is kept of a sitting: its row of the warehouse, and the digest of those that are open. */
import { pseudonymText } from '../protocol/identity.ts';
import { createSipHasher, sipKey } from '../protocol/siphash.ts';
import type { SessionRow } from './rows.ts';
import type { Sitting } from './stitch.ts';

/** Under a key that is no secret: it tells sittings of one session apart, and lists of them. */
const hasher = createSipHasher(sipKey(new Uint8Array(16)));
const hex = (word: number): string => word.toString(16).padStart(8, '0');

/** Of a session: it begins as all ids of sittings whose sessions lie in that range. */
export const stitchedIdFrom = (regionNumber: number, sessionHi: number): string =>
  sessionHi >= 2 ** 32 ? `s-${regionNumber}-g` : `s-${regionNumber}-${hex(sessionHi)}`;

/** The same for the same sitting: `s-REGION-SESSION-VERSION-START-` and a hash of user and content. */
function stitchedId(regionNumber: number, sitting: Sitting): string {
  const { sessionHi, sessionLo, version, userHi, userLo, startMs, contentId } = sitting;
  hasher.hashParts([hex(userHi) + hex(userLo), contentId]);
  return `s-${regionNumber}-${hex(sessionHi)}${hex(sessionLo)}-${version}-${startMs}-${hex(hasher.lo)}`;
}

export function sessionRow(regionNumber: number, sitting: Sitting): SessionRow {
  return {
    source_id: stitchedId(regionNumber, sitting),
    pseudonym: pseudonymText(sitting.version, { hi: sitting.userHi, lo: sitting.userLo }),
    content_id: sitting.contentId,
    start_time_ms: sitting.startMs,
    end_time_ms: sitting.endMs,
    watch_duration_ms: watchedMs(sitting),
    completion_milli: sitting.completionMilli,
    device_type: sitting.deviceType,
    quality: sitting.quality,
    buffering_count: sitting.bufferingCount,
    user_country: sitting.country,
    subscription_type: sitting.subscriptionType,
    region_number: regionNumber,
  };
}

/**
 * What its events tell, but no more than the time from its first to its last event, and what the first told of the time
 * before it: a player that tells positions or totals is believed no further. Where none tells, the time between events.
 */
function watchedMs({ told, toldMs, toldBeforeMs, startMs, endMs, playedMs }: Sitting): number {
  return told === 0 ? playedMs : Math.min(toldMs, endMs - startMs + toldBeforeMs);
}

/** Of sittings in any order, and in lists that are put together by `joinDigests`; '' of none. */
export function digestOf(sittings: readonly Sitting[]): string {
  let [hi, lo] = [0, 0];
  for (const sitting of sittings) {
    hasher.hashParts([JSON.stringify(Object.entries(sitting).sort(([a], [b]) => (a < b ? -1 : 1)))]);
    hi ^= hasher.hi;
    lo ^= hasher.lo;
  }
  return sittings.length === 0 ? '' : `${sittings.length}-${hex(hi >>> 0)}${hex(lo >>> 0)}`;
}

/** The digest of lists that have nothing in common, from theirs. */
export function joinDigests(digests: readonly string[]): string {
  let [count, hi, lo] = [0, 0, 0];
  for (const digest of digests) {
    const [, of = '0', high = '0', low = '0'] = /^(\d+)-(.{8})(.{8})$/.exec(digest) ?? [];
    count += Number(of);
    hi ^= Number.parseInt(high, 16);
    lo ^= Number.parseInt(low, 16);
  }
  return count === 0 ? '' : `${count}-${hex(hi >>> 0)}${hex(lo >>> 0)}`;
}
