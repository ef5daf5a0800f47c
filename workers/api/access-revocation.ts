import { embedPersonId } from '../../core/access/embed-token.ts';
import { errorFields } from '../../core/protocol/log-line.ts';
import { hubObjectName } from '../../core/protocol/region.ts';
import { revokeEmbed } from '../../storage/embed-store.ts';
import { revokeSession, revokeSessionsOf } from '../../storage/session-store.ts';
import type { Env } from '../env.ts';
import { logForRequest } from './request-scope.ts';
import { forgetTokens } from './token-person.ts';

/** Ends a session, here and at the hub. Whose it was; null where there was none that stood. */
export async function endSession(env: Env, sessionId: string, nowMs: number): Promise<string | null> {
  const personId = await revokeSession(env.DB, sessionId, nowMs);
  if (personId !== null) await tellHub(env, { sessionId });
  return personId;
}

/** Ends all that a person is signed in by, after a change to the person. */
export async function endSessionsOf(env: Env, personId: string, nowMs: number): Promise<void> {
  await revokeSessionsOf(env.DB, personId, nowMs);
  forgetTokens(env.DB);
  await tellHub(env, { personId });
}

/** Ends what is shown by an embed, here and at the hub, after it was revoked. */
export async function endEmbed(env: Env, id: string, nowMs: number): Promise<void> {
  await revokeEmbed(env.DB, id, nowMs);
  await tellHub(env, { personId: embedPersonId(id) });
}

/** A hub that cannot be told looks every session up within half an hour. */
async function tellHub(
  { LIVE_HUB }: Env,
  who: { readonly sessionId: string } | { readonly personId: string },
): Promise<void> {
  try {
    await LIVE_HUB.get(LIVE_HUB.idFromName(hubObjectName)).signedOut(who);
  } catch (error) {
    logForRequest('warn', 'hub_untold', errorFields(error));
  }
}
