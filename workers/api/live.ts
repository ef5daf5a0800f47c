import { hubObjectName } from '../../core/protocol/region.ts';
import { liveSubprotocol } from '../../core/protocol/version.ts';
import { problemResponse } from './problem-response.ts';
import type { ApiContext } from './stats-query.ts';

/** GET /api/live: hands the socket to the hub. */
export async function live(context: ApiContext): Promise<Response> {
  const request = context.req.raw;
  // HEAD comes here too, and no socket can be its answer.
  if (request.method !== 'GET' || request.headers.get('upgrade')?.toLowerCase() !== 'websocket') {
    return problemResponse('upgrade_required', `Connect by WebSocket, subprotocol ${liveSubprotocol}.`, {
      headers: { upgrade: 'websocket', connection: 'upgrade' },
    });
  }
  const { LIVE_HUB } = context.env;
  return await LIVE_HUB.get(LIVE_HUB.idFromName(hubObjectName)).fetch(request);
}
