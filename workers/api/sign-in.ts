import { personIdOf } from '../../core/access/sign-in-token.ts';
import { sessionMs } from '../../core/protocol/limits.ts';
import { noteSeen, readPerson, type StoredPerson } from '../../storage/people-store.ts';
import { addSession, type NewSession } from '../../storage/session-store.ts';
import type { Env } from '../env.ts';
import { digestOf, isSameDigest } from './access-digest.ts';
import { endSession } from './access-revocation.ts';
import { newSecret, shownSecrets } from './session-cookie.ts';

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

/** Begins a session; the secret goes into the cookie and is kept nowhere. */
export async function beginSession(
  db: D1Database,
  personId: string,
  country: string,
  nowMs: number,
): Promise<{ readonly secret: string; readonly session: NewSession }> {
  const secret = newSecret();
  const session: NewSession = {
    id: await digestOf(secret),
    personId,
    createdAtMs: nowMs,
    expiresAtMs: nowMs + sessionMs,
    country,
  };
  await addSession(db, session);
  await noteSeen(db, personId, nowMs);
  return { secret, session };
}

/** Ends the sessions whose cookies the request shows; those that stood, and whose they were. */
export async function endShownSessions(
  env: Env,
  request: Request,
  nowMs: number,
): Promise<{ readonly id: string; readonly personId: string }[]> {
  const ids = await Promise.all(shownSecrets(request).map(digestOf));
  const ended: { id: string; personId: string }[] = [];
  for (const id of ids) {
    const personId = await endSession(env, id, nowMs);
    if (personId !== null) ended.push({ id, personId });
  }
  return ended;
}
