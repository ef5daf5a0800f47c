/** Who asks by the token of an embed (EMB-2): a viewer of its regions, who opens what the Live view is made of. */
import { embedPersonId } from '../../core/access/embed-token.ts';
import { believedEmbed } from '../../storage/embed-store.ts';
import type { Env } from '../env.ts';
import { verifyEmbed } from './embed-signing.ts';
import type { Verified } from './jwt.ts';

/** What the page of an embed asks for. Nothing that changes, and nothing of people. */
const opened = /^\/api\/(?:live|live\/picture|stats\/[a-z]+|catalog\/movies|session)$/;

/** As a bearer, or, since browsers let a page add nothing else to a socket, as a name of a subprotocol. */
export function shownEmbed(request: Request): string | null {
  const bearer = /^bearer +(mqe_\S*)$/i.exec(request.headers.get('authorization') ?? '')?.[1];
  if (bearer !== undefined) return bearer;
  const offered = (request.headers.get('sec-websocket-protocol') ?? '').split(',');
  return offered.map((name) => name.trim()).find((name) => name.startsWith('mqe_')) ?? null;
}

/** Throws what D1 throws. */
export async function embedCaller(env: Env, shown: string, nowMs: number): Promise<Verified> {
  const verified = await verifyEmbed(env, shown);
  if ('fault' in verified) return { ok: false, detail: verified.fault };
  const { id, expiresAtMs } = verified.token;
  if (nowMs >= expiresAtMs) return { ok: false, detail: 'This embed has ended.' };
  const embed = await believedEmbed(env.DB, id, nowMs);
  if (!embed || embed.revokedAtMs !== null)
    return { ok: false, detail: 'This embed was taken back by the people who made it.' };
  const { name, regions } = embed;
  return {
    ok: true,
    person: {
      kind: 'person',
      id: embedPersonId(id),
      name: `Embed ${name}`,
      role: 'viewer',
      regions,
      via: 'embed',
      sessionId: null,
      expiresAtMs,
    },
  };
}

export function isOpenToEmbeds({ method, url }: Request): boolean {
  return (method === 'GET' || method === 'HEAD') && opened.test(new URL(url).pathname);
}
