import { type Caller, hasRole, nobody, type PersonRole } from '../../core/access/caller.ts';
import { shownKey } from '../../core/access/shown-key.ts';
import { personIdOf } from '../../core/access/sign-in-token.ts';
import type { Env } from '../env.ts';
import { findCaller } from './access-caller.ts';
import { isStrangePage } from './access-origin.ts';
import { isOpenToEmbeds } from './embed-caller.ts';

/** Who may use a route: `public` is anyone, `producer` is who shows a producer's key; the others are people's. */
export type Role = 'public' | PersonRole | 'producer';

export type Admission =
  | { readonly admitted: true; readonly caller: Caller }
  | {
      readonly admitted: false;
      /** Who was refused, for the audit log. */
      readonly caller: Caller;
      readonly code: 'unauthorized' | 'forbidden';
      readonly detail: string;
    };

/** API-2: the one place that decides who may use a route. Throws what D1 throws. */
export async function admit(
  route: { readonly role: Role },
  request: Request,
  env: Env,
  nowMs: number,
): Promise<Admission> {
  if (route.role === 'public') return { admitted: true, caller: nobody };
  if (route.role === 'producer' && isKey(shownKey(request.headers, request.url)))
    return { admitted: true, caller: nobody };
  const found = await findCaller(request, env, nowMs);
  if (!found.ok) return refused('unauthorized', found.detail);
  const { caller } = found;
  if (caller.kind === 'nobody') return refused('unauthorized', neededFor[route.role]);
  if (route.role === 'producer')
    return refused(
      'forbidden',
      "Events are sent with a producer's key, not with a person's credential.",
      caller,
    );
  if (caller.via === 'embed' && !isOpenToEmbeds(request))
    return refused('forbidden', 'An embed reads the live numbers of its regions, and nothing else.', caller);
  if (!hasRole(caller, route.role))
    return refused('forbidden', `This needs the role ${route.role}; yours is ${caller.role}.`, caller);
  if (isStrangePage(request, caller, env))
    return refused(
      'forbidden',
      'The page that asks is of another site, which is not among CORS_ORIGINS.',
      caller,
    );
  return { admitted: true, caller };
}

function refused(code: 'unauthorized' | 'forbidden', detail: string, caller: Caller = nobody): Admission {
  return { admitted: false, code, detail, caller };
}

const person = 'Sign in, or show a bearer token: this needs the role';
const neededFor: Readonly<Record<Role, string>> = {
  public: '',
  producer: "Events are sent with a producer's key: `authorization: Bearer mq_...`, or `?key=mq_...`.",
  viewer: `${person} viewer.`,
  analyst: `${person} analyst.`,
  admin: `${person} admin.`,
};

/** What no person could show is a producer's key, or was meant to be: the door for events looks at it (workers/ingest). */
function isKey(shown: string | null): boolean {
  return shown !== null && shown.split('.').length !== 3 && personIdOf(shown) === null;
}
