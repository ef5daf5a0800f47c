import type { PersonRole } from '../../core/access/caller.ts';
import type { Runtime } from '../../tools/runtime.ts';

/** Header fields by which somebody of a role asks a local run; programs keep no cookies. */
export function bearerOf({ credentials }: Pick<Runtime, 'credentials'>, role: PersonRole = 'admin') {
  return { authorization: `Bearer ${credentials[`${role}_token`]}` };
}

/** `fetch` of a running Marquee as somebody of a role, by path or whole address. */
export async function askRuntime(
  runtime: Pick<Runtime, 'url' | 'credentials'>,
  path: string | URL,
  init: RequestInit & { readonly role?: PersonRole } = {},
): Promise<Response> {
  const { role, ...rest } = init;
  const headers = new Headers(rest.headers);
  if (!headers.has('authorization')) headers.set('authorization', bearerOf(runtime, role).authorization);
  return await fetch(new URL(path, runtime.url), { ...rest, headers });
}
