/** Who a sign-in token that is shown as a bearer belongs to (ACC-3): for programs of a person, which keep no cookies. */
import type { Person } from '../../core/access/caller.ts';
import { personIdOf } from '../../core/access/sign-in-token.ts';
import { Believed } from '../../storage/believed.ts';
import { readPerson, type StoredPerson } from '../../storage/people-store.ts';
import { signInBelief } from '../../storage/session-store.ts';
import { digestOf, isSameDigest } from './access-digest.ts';

/** No token has it: compared where there is no other, so that an unknown person takes as long as a wrong token. */
const noDigest = '0'.repeat(64);

/** The person whose token it is; null where it is nobody's, or the person is disabled. */
export async function personOfToken(db: D1Database, token: string): Promise<StoredPerson | null> {
  const id = personIdOf(token);
  const digest = await digestOf(token);
  const person = id === null ? null : await readPerson(db, id);
  const isRight = isSameDigest(digest, person?.tokenDigest ?? noDigest);
  return person && isRight && person.disabledAtMs === null ? person : null;
}

/** One per database binding of this isolate, by digest. */
const believed = new WeakMap<D1Database, Believed<Person>>();

/** Null where it is nobody's, as D1 said at most sessionCacheMs ago. Throws what D1 throws. */
export async function tokenPerson(db: D1Database, token: string, nowMs: number): Promise<Person | null> {
  return await believedOf(db).find(await digestOf(token), nowMs, async () => {
    const person = await personOfToken(db, token);
    if (!person) return null;
    const { id, name, role, regions } = person;
    return { kind: 'person', id, name, role, regions, via: 'bearer', sessionId: null, expiresAtMs: null };
  });
}

/** After a change to people in this isolate: it knows at once. */
export function forgetTokens(db: D1Database): void {
  believed.delete(db);
}

function believedOf(db: D1Database): Believed<Person> {
  const held = believed.get(db) ?? new Believed<Person>(signInBelief);
  believed.set(db, held);
  return held;
}
