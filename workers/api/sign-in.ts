import { sessionMs } from '../../core/protocol/limits.ts';
import { noteSeen } from '../../storage/people-store.ts';
import { addSession, type NewSession } from '../../storage/session-store.ts';
import type { Env } from '../env.ts';
import { digestOf } from './access-digest.ts';
import { endSession } from './access-revocation.ts';
import { newSecret, shownSecrets } from './session-cookie.ts';

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
