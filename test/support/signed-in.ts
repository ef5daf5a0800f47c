/** A browser that is signed in to a running service, as one of the people of its credentials.json. */
import type { BrowserContext } from 'playwright-core';
import type { PersonRole } from '../../core/access/caller.ts';
import type { Runtime } from '../../tools/runtime.ts';

/** All pages of the context are signed in from then on. */
export async function signInContext(
  context: BrowserContext,
  runtime: Runtime,
  role: PersonRole,
): Promise<void> {
  const token = runtime.credentials[`${role}_token`];
  const answer = await context.request.post(new URL('/api/session', runtime.url).href, { data: { token } });
  if (!answer.ok()) throw new Error(`signing in as ${role} was answered ${answer.status()}`);
}
