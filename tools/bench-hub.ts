// The hub of the product beside an object that does nothing but send a text to all its sockets, both in the real runtime.
// Runs inside workerd: `npm run bench -- fan-out` bundles it.
import { DurableObject } from 'cloudflare:workers';
import { liveCallerHeader, writeLiveCaller } from '../core/live/live-caller.ts';
import { hubObjectName } from '../core/protocol/region.ts';
import type { RegionUpdate } from '../core/window/region-answer.ts';
import type { Env } from '../workers/env.ts';

export { LiveHub } from '../durable-objects/live-hub/live-hub.ts';
export { RegionWindow } from '../durable-objects/region-window/region-window.ts';

/** The floor. */
export class Broadcast extends DurableObject {
  override fetch(): Response {
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    return new Response(null, { status: 101, webSocket: client });
  }

  tell(text: string): void {
    for (const socket of this.ctx.getWebSockets()) socket.send(text);
  }
}

interface BenchEnv extends Env {
  readonly BROADCAST: DurableObjectNamespace<Broadcast>;
}

/** The calls as they are over RPC; the platform's mapped types of them are too deep to use. */
interface HubDoor {
  fetch(request: Request): Promise<Response>;
  update(update: RegionUpdate): Promise<unknown>;
}

const caller = writeLiveCaller({
  personId: 'bench',
  sessionId: null,
  endsAtMs: null,
  scope: { regions: '*', masksPeople: false },
});

export default {
  async fetch(request: Request, { LIVE_HUB, BROADCAST }: BenchEnv): Promise<Response> {
    const { pathname } = new URL(request.url);
    const hub = LIVE_HUB.get(LIVE_HUB.idFromName(hubObjectName)) as unknown as HubDoor;
    const broadcast = BROADCAST.get(BROADCAST.idFromName('all'));
    if (pathname === '/hub') {
      const headers = new Headers(request.headers);
      headers.set(liveCallerHeader, caller);
      return await hub.fetch(new Request(request, { headers }));
    }
    if (pathname === '/bare') return await broadcast.fetch(request);
    if (pathname === '/hub/tell') await hub.update(await request.json());
    if (pathname === '/bare/tell') await broadcast.tell(await request.text());
    return new Response(null, { status: 204 });
  },
};
