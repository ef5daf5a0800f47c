/** Signing in at the scripted service: three tokens, and one person at a time for all who ask. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { type ProblemCode, problem, problemContentType } from '../../core/protocol/problem.ts';
import type { Identity } from '../../site/access/session.ts';

/** Form of those of the service; the first letters of the secret say whose. */
export const scriptedTokens = {
  viewer: 'mqp_viewer_scripted',
  analyst: 'mqp_analyst_scripted',
  admin: 'mqp_admin_scripted',
} as const;

/** Signed in for an hour. */
export function scriptedIdentity(role: Identity['role'], change: Partial<Identity> = {}): Identity {
  const names = { viewer: 'Vera Lind', analyst: 'Mei Tanaka', admin: 'Ada Okafor' };
  const expires_at = new Date(Date.now() + 3_600_000).toISOString();
  return { id: role, name: names[role], role, regions: null, via: 'session', expires_at, ...change };
}

export interface ScriptedSession {
  /** Who is signed in; null for nobody. */
  identity: Identity | null;
  /** What a sign-in is answered with; null: as its token deserves. */
  signInProblem: ProblemCode | null;
  /** Tokens that came, in bodies. */
  readonly shownTokens: string[];
  /** Closes every viewer's socket as one that is signed out. */
  closeSignedOut(): void;
}

/** Answers /api/session. */
export async function answerSession(
  session: ScriptedSession,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method === 'DELETE') {
    session.identity = null;
    session.closeSignedOut();
    response.setHeader('content-type', 'application/json').end('{"data":{"signed_out":true}}');
    return;
  }
  if (request.method === 'POST') {
    const { token } = JSON.parse(await text(request)) as { token: string };
    session.shownTokens.push(token);
    const [role] = Object.entries(scriptedTokens).find(([, one]) => one === token) ?? [];
    if (session.signInProblem !== null) return refuse(response, session.signInProblem);
    if (role === undefined) return refuse(response, 'unauthorized');
    session.identity = scriptedIdentity(role as Identity['role']);
  }
  if (session.identity === null) return refuse(response, 'unauthorized');
  response.setHeader('content-type', 'application/json').end(JSON.stringify({ data: session.identity }));
}

function refuse(response: ServerResponse, code: ProblemCode): void {
  const body = problem(code, 'As the test wants it.');
  const wait = code === 'too_many_requests' ? { 'retry-after': '42' } : {};
  response.writeHead(body.status, { 'content-type': problemContentType, ...wait }).end(JSON.stringify(body));
}
