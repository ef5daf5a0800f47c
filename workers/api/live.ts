import * as z from 'zod';
import { maySeeRegion } from '../../core/access/caller.ts';
import { masksPeople } from '../../core/access/masks.ts';
import { liveCallerHeader, liveCallerOf, writeLiveCaller } from '../../core/live/live-caller.ts';
import { clientFrameBytesMax, socketRecheckMs } from '../../core/protocol/limits.ts';
import { liveEventsPath } from '../../core/protocol/live.ts';
import { once } from '../../core/protocol/once.ts';
import { hubObjectName } from '../../core/protocol/region.ts';
import { liveSubprotocol } from '../../core/protocol/version.ts';
import { loadRegions } from '../../storage/region-registry.ts';
import { mayOpenSocket } from './access-origin.ts';
import { parseParameters } from './parameters.ts';
import { invalidParameters, type ParameterFault, problemResponse } from './problem-response.ts';
import { noteForAudit, person } from './request-scope.ts';
import type { Route } from './route.ts';
import type { ApiContext } from './stats-query.ts';

/** What a connection shows from its first frame on (LIV-7). */
const liveQuery = once(() =>
  z.object({
    regions: z
      .string()
      .max(clientFrameBytesMax, { message: `has at most ${clientFrameBytesMax} characters` })
      .optional()
      .describe(DESCRIBED && 'Names of regions, separated by commas; all of them where it is not given')
      .meta(DESCRIBED && { example: 'EU-London,ASIA-Tokyo' }),
    breakdown: z
      .string()
      .optional()
      .describe(DESCRIBED && 'Name of the region of which a breakdown is wanted, or `*` for all of them')
      .meta(DESCRIBED && { example: '*' }),
  }),
);

/** The socket that the page lives by. */
export const liveRoute: Route = {
  method: 'GET',
  path: '/api/live',
  role: 'viewer',
  handler: live,
  unmasked: 'live.open',
  tag: 'Live',
  doc: DESCRIBED && {
    summary: 'Live numbers by WebSocket',
    description:
      `Subprotocol \`${liveSubprotocol}\`: JSON frames. The first is a snapshot of what the address asks for; then ` +
      'come absolute values of what has changed, alerts at once. The client acknowledges as often as `ack_every_ms` ' +
      'says, and may ask for something else by `{"t":"subscribe","regions":["EU-London"],"breakdown":"EU-London"}`, ' +
      'which another snapshot answers where it is not what it has. Close code 4001 says that the sign-in has ended; ' +
      'a connection by bearer token lasts half an hour at most.',
    query: liveQuery(),
    status: 101,
    problems: ['upgrade_required'],
  },
};

/** For clients without sockets (LIV-4). */
export const liveEventsRoute: Route = {
  method: 'GET',
  path: liveEventsPath,
  role: 'viewer',
  handler: liveEvents,
  unmasked: 'live.open',
  tag: 'Live',
  doc: DESCRIBED && {
    summary: 'Live numbers as server-sent events',
    description:
      'Each event `snapshot` is the latest state, whole, as in the frame of that name on the socket; at most one a ' +
      'second, and only when something has changed. The stream is closed after five minutes, to be opened again.',
    query: liveQuery(),
    answerType: 'text/event-stream',
    problems: ['overloaded'],
  },
};

/** Hands the socket to the hub. */
async function live(context: ApiContext): Promise<Response> {
  const request = context.req.raw;
  // HEAD comes here too, and no socket can be its answer.
  if (request.method !== 'GET' || request.headers.get('upgrade')?.toLowerCase() !== 'websocket') {
    return problemResponse('upgrade_required', `Connect by WebSocket, subprotocol ${liveSubprotocol}.`, {
      headers: { upgrade: 'websocket', connection: 'upgrade' },
    });
  }
  if (!mayOpenSocket(request, person(), context.env)) {
    const detail =
      'The page that asks is of another site, or is not named (header Origin) and shows no bearer.';
    return problemResponse('forbidden', detail);
  }
  const faults = await queryFaults(context);
  return faults.length > 0 ? invalidParameters(faults) : await opened(context);
}

/** Hands the stream of the hub on. */
async function liveEvents(context: ApiContext): Promise<Response> {
  const request = context.req.raw;
  const faults = await queryFaults(context);
  if (faults.length > 0) return invalidParameters(faults);
  const headers = { 'content-type': 'text/event-stream', 'cache-control': 'no-store' };
  return request.method === 'GET' ? await opened(context) : new Response(null, { headers });
}

/** A region that one may not see is as one that does not exist. */
async function queryFaults(context: ApiContext): Promise<readonly ParameterFault[]> {
  const parsed = parseParameters(liveQuery(), new URL(context.req.raw.url).searchParams);
  if (!parsed.ok) return parsed.faults;
  const { regions, breakdown = '*' } = parsed.value;
  if (regions === undefined && breakdown === '*') return [];
  const asking = person();
  const known = (await loadRegions(context.env.DB, Date.now())).filter(({ name }) =>
    maySeeRegion(asking, name),
  );
  const isKnown = (asked: string) => known.some(({ name }) => name === asked);
  const example = known[0]?.name;
  const faults: ParameterFault[] = [];
  if (regions !== undefined && !regions.split(',').every(isKnown)) {
    faults.push({ parameter: 'regions', message: `must be names of regions, such as ${example}` });
  }
  if (breakdown !== '*' && !isKnown(breakdown)) {
    faults.push({ parameter: 'breakdown', message: `must be * or the name of a region, such as ${example}` });
  }
  return faults;
}

/** What a connection will show is not known yet: its opening is noted where its caller gets names as they are. */
async function opened(context: ApiContext): Promise<Response> {
  const response = await hubOf(context).fetch(withCaller(context.req.raw));
  if (response.status < 400 && !masksPeople(person().role)) noteForAudit({ unmasked: 1 });
  return response;
}

/** Says who comes, in place of whatever the client has sent under that name. */
function withCaller(request: Request): Request {
  const named = new Request(request);
  const caller = liveCallerOf(person(), Date.now(), socketRecheckMs);
  named.headers.set(liveCallerHeader, writeLiveCaller(caller));
  return named;
}

function hubOf({ env: { LIVE_HUB } }: ApiContext) {
  return LIVE_HUB.get(LIVE_HUB.idFromName(hubObjectName));
}
