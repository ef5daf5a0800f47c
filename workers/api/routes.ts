import type { Env } from '../env.ts';
import { healthDoor, partsHealth } from './health.ts';
import { live } from './live.ts';
import { realtimeRoute } from './realtime.ts';
import { regionsRoute } from './regions.ts';
import type { Route } from './route.ts';
import type { ApiContext } from './stats-query.ts';
import { timeseriesRoute } from './timeseries.ts';
import { trendingRoute } from './trending.ts';

/** A route, documented or not yet. */
export type RouteEntry = Omit<Route, 'doc'> & Partial<Pick<Route, 'doc'>>;

/** Handlers of other doors, given from outside: doors do not see each other. */
export interface Doors {
  readonly events: (request: Request, env: Env, ctx: ExecutionContext) => Promise<Response>;
}

/** Every route and the role it needs: the one place where they are declared (API-2). */
export function routesOf(doors: Doors): readonly RouteEntry[] {
  const events = (context: ApiContext) =>
    doors.events(context.req.raw, context.env, context.executionCtx as ExecutionContext);
  return [
    { method: 'GET', path: '/health', role: 'public', handler: healthDoor() },
    { method: 'GET', path: '/api/health', role: 'public', handler: partsHealth },
    { method: 'POST', path: '/v1/events', role: 'producer', handler: events },
    realtimeRoute,
    timeseriesRoute,
    regionsRoute,
    trendingRoute,
    { method: 'GET', path: '/api/live', role: 'viewer', handler: live },
  ];
}
