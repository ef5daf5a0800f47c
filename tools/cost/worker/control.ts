/** The routes under /cost, by which a run sets the clock and reads what was counted. */
import type { Env } from '../../../workers/env.ts';
import { type DueAlarm, pendingAlarms, setClock, takeAlarm } from './clock.ts';
import { type Gate, setGate, waitingSends } from './queue-gate.ts';
import { count, settled, takeCounts } from './tally.ts';

/** Alarms of one request: a subrequest each. */
const alarmsAtOnce = 200;

interface Alarmed {
  costAlarm(): Promise<void>;
}

/** Null for what is none of its routes. */
export async function handleControl(request: Request, env: Env): Promise<Response | null> {
  const { pathname } = new URL(request.url);
  if (!pathname.startsWith('/cost/')) return null;
  switch (`${request.method} ${pathname}`) {
    case 'POST /cost/clock': {
      const { atMs, flows = false } = await request.json<{ atMs: number; flows?: boolean }>();
      return Response.json(await advance(env, atMs, flows));
    }
    case 'POST /cost/settle':
      return Response.json({ isSettled: await settled() });
    case 'POST /cost/take':
      return Response.json(takeCounts());
    case 'POST /cost/queue':
      setGate((await request.json<{ gate: Gate }>()).gate);
      return Response.json({});
    case 'GET /cost/queue':
      return Response.json({ waiting: waitingSends() });
    case 'GET /cost/alarms':
      return Response.json(pendingAlarms());
    default:
      return new Response('no such control', { status: 404 });
  }
}

/** Sets the clock on, from alarm to alarm: to be asked again until it is there. */
async function advance(env: Env, atMs: number, flows: boolean): Promise<{ isThere: boolean }> {
  for (let fired = 0; fired < alarmsAtOnce; fired++) {
    const alarm = takeAlarm(atMs);
    if (!alarm) {
      setClock(atMs, flows);
      return { isThere: true };
    }
    // One that was late is not set back to.
    setClock(Math.max(alarm.atMs, Date.now()), false);
    count('objectRequests', `${alarm.className}.alarm`);
    await objectOf(env, alarm).costAlarm();
    await settled();
  }
  return { isThere: false };
}

function objectOf(env: Env, { className, id }: DueAlarm): Alarmed {
  const namespaces: Readonly<Record<string, unknown>> = {
    RegionWindow: env.REGION_WINDOW,
    LiveHub: env.LIVE_HUB,
    LakeSealer: env.LAKE_SEALER,
  };
  const namespace = namespaces[className] as DurableObjectNamespace;
  return namespace.get(namespace.idFromString(id)) as unknown as Alarmed;
}
