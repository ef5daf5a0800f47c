import type { Env } from '../env.ts';
import type { Role } from './admission.ts';
import { healthDoor, partsHealth } from './health.ts';
import { live } from './live.ts';
import { realtime } from './realtime.ts';
import { regionStats } from './regions.ts';
import type { ApiContext } from './stats-query.ts';
import { timeseries } from './timeseries.ts';
import { trending } from './trending.ts';

export interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly role: Role;
  readonly handler: (context: ApiContext) => Promise<Response>;
}

/** Handlers of other doors, given from outside: doors do not see each other. */
export interface Doors {
  readonly events: (request: Request, env: Env, ctx: ExecutionContext) => Promise<Response>;
}

/** Every route and the role it needs: the one place where they are declared (API-2). */
export function routesOf(doors: Doors): readonly Route[] {
  const events = (context: ApiContext) =>
    doors.events(context.req.raw, context.env, context.executionCtx as ExecutionContext);
  return [
    { method: 'GET', path: '/health', role: 'public', handler: healthDoor() },
    { method: 'GET', path: '/api/health', role: 'public', handler: partsHealth },
    { method: 'POST', path: '/v1/events', role: 'producer', handler: events },
    { method: 'GET', path: '/api/stats/realtime', role: 'viewer', handler: realtime },
    { method: 'GET', path: '/api/stats/timeseries', role: 'viewer', handler: timeseries },
    { method: 'GET', path: '/api/stats/regions', role: 'viewer', handler: regionStats },
    { method: 'GET', path: '/api/stats/trending', role: 'viewer', handler: trending },
    { method: 'GET', path: '/api/live', role: 'viewer', handler: live },
  ];
}
