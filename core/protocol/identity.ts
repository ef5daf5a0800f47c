/** Identities and pseudonyms (IDN-1): keyed 64-bit hashes, each of a list of texts that gives away its own lengths. */
import { SipTail } from './sip-tail.ts';
import { createSipHasher, type SipHasher, type SipKey } from './siphash.ts';
import { identityVersion } from './version.ts';

/** A 64-bit value in two unsigned 32-bit halves. */
export interface Hash64 {
  readonly hi: number;
  readonly lo: number;
}

export interface IdentityKeys {
  /** Never rotated. */
  readonly identity: SipKey;
  readonly pseudonym: SipKey;
  /** Which pseudonym key: rotation keeps old and new pseudonyms apart and joinable. */
  readonly pseudonymVersion: number;
}

/** Hashes as ofEvent, user and session do: the event's id and the time, the user's or the session's id follow. */
export interface IdentityTails {
  readonly producer: string;
  readonly event: SipTail;
  /** 0/0 stands for 0/1 here, and for sessions. */
  readonly user: SipTail;
  readonly session: SipTail;
}

/** 0/0 stands for "no user" and "no session" in an event. */
export const noHash: Hash64 = { hi: 0, lo: 0 };

const hex = (word: number): string => word.toString(16).padStart(8, '0');

/** A pseudonym as people and tables have it, with the version of its key: `1-00f3...`, 16 hex digits. */
export const pseudonymText = (version: number, { hi, lo }: Hash64): string =>
  `${version}-${hex(hi)}${hex(lo)}`;

/**
 * Makes identities and pseudonyms; to be made once per isolate. Users are not cached: a hash takes 0.2 microseconds,
 * and a cache would keep raw user ids in memory.
 */
export class Identifier {
  readonly #keys: IdentityKeys;
  /** Of the last producer. */
  #tails: IdentityTails | undefined;
  readonly #identity: SipHasher;
  readonly #pseudonym: SipHasher;
  readonly pseudonymVersion: number;

  constructor(keys: IdentityKeys) {
    this.#keys = keys;
    this.#identity = createSipHasher(keys.identity);
    this.#pseudonym = createSipHasher(keys.pseudonym);
    this.pseudonymVersion = keys.pseudonymVersion;
  }

  /** The identity of an event that has an id. */
  ofEvent(producer: string, eventId: string, timeMs: number): Hash64 {
    return hashed(this.#identity, [String(identityVersion), producer, eventId, String(timeMs)]);
  }

  /**
   * The identity of an event without an id: its record as sent, and how many equal ones came before it in the same
   * request. One part more than an event's id makes, so that the two can never be the same list.
   */
  ofRecord(producer: string, canonical: string, ordinal: number, timeMs: number): Hash64 {
    const parts = [String(identityVersion), producer, canonical, String(ordinal), String(timeMs)];
    return hashed(this.#identity, parts);
  }

  /** To be used up before any others are asked for, by whomever. */
  tails(producer: string): IdentityTails {
    const { identity, pseudonym } = this.#keys;
    if (this.#tails?.producer !== producer) {
      this.#tails = {
        producer,
        event: new SipTail(identity, [String(identityVersion), producer], tailBytesMax, 1),
        user: new SipTail(pseudonym, ['user'], tailBytesMax, 2),
        session: new SipTail(pseudonym, ['session', producer], tailBytesMax, 3),
      };
    }
    const { event, user, session } = this.#tails;
    event.claim();
    user.claim();
    session.claim();
    return this.#tails;
  }

  user(userId: string): Hash64 {
    return notNone(hashed(this.#pseudonym, ['user', userId]));
  }

  /** Two producers may number their sessions alike. */
  session(producer: string, sessionId: string): Hash64 {
    return notNone(hashed(this.#pseudonym, ['session', producer, sessionId]));
  }
}

/** Of an id, a time and their lengths, as bytes: an id has at most 128 UTF-16 units. */
const tailBytesMax = 512;

function hashed(hasher: SipHasher, parts: readonly string[]): Hash64 {
  hasher.hashParts(parts);
  return { hi: hasher.hi, lo: hasher.lo };
}

function notNone(hash: Hash64): Hash64 {
  return hash.hi === 0 && hash.lo === 0 ? { hi: 0, lo: 1 } : hash;
}

/** Numbers equal records within one request, in their order: 0, 1, 2 ... */
export class Ordinals {
  readonly #seen = new Map<string, number>();

  next(canonical: string): number {
    const ordinal = this.#seen.get(canonical) ?? 0;
    this.#seen.set(canonical, ordinal + 1);
    return ordinal;
  }
}

/**
 * IDN-2: a session stays whole and a twin meets its twin, since a twin repeats region, session and identity. `shards`:
 * of the region at the time of the event (IDN-2b), which a twin repeats too.
 */
export function shardOf(session: Hash64, identity: Hash64, shards: number): number {
  const { hi, lo } = session.hi === 0 && session.lo === 0 ? identity : session;
  return ((hi ^ lo) >>> 0) % shards;
}
