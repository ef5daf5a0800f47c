/** The routes under /fire, by which a run lays faults, aborts objects and looks at the queue. */
import { parseKey } from '../../../core/access/key-format.ts';
import { packEnvelopes } from '../../../core/protocol/envelope.ts';
import { hubObjectName, shardObjectName } from '../../../core/protocol/region.ts';
import { loadRegions } from '../../../storage/region-registry.ts';
import { chance, type Fault, type Fill, type ObjectKind } from '../protocol.ts';
import { faultHits, layFault, liftFaults, standingFaults } from './faults.ts';
import { type FireEnv, queueObjectName } from './fire-env.ts';
import { chokeOnPoison, type RegionWindow } from './region-window.ts';
import { reachedStops } from './stops.ts';

interface Abort {
  readonly kind: ObjectKind;
  /** Name of a region, or a producer's key. */
  readonly of?: string;
}

/** Null for what is none of its routes. */
export async function handleControl(request: Request, env: FireEnv): Promise<Response | null> {
  const { pathname } = new URL(request.url);
  if (!pathname.startsWith('/fire/')) return null;
  const standIn = env.QUEUE_STAND_IN?.getByName(queueObjectName);
  switch (`${request.method} ${pathname}`) {
    case 'GET /fire/queue':
      return standIn
        ? Response.json(await standIn.state())
        : new Response('the emulated queue', { status: 404 });
    case 'GET /fire/faults':
      return Response.json({ standing: standingFaults(), hits: faultHits() });
    case 'POST /fire/faults':
      layFault(await request.json<Fault>());
      return Response.json(standingFaults());
    case 'DELETE /fire/faults':
      liftFaults();
      return new Response(null, { status: 204 });
    case 'GET /fire/stops':
      return Response.json(await reachedStops(env.LAKE));
    case 'POST /fire/choke':
      chokeOnPoison((await request.json<{ on: boolean }>()).on);
      return new Response(null, { status: 204 });
    case 'POST /fire/junk':
      return Response.json({ sent: await sendJunk(env, await request.json<{ first: number }>()) });
    case 'POST /fire/fill':
      return Response.json({ counted: await fill(env, await request.json<Fill & { region: string }>()) });
    case 'POST /fire/abort':
      return Response.json({ aborted: await abort(env, await request.json<Abort>()) });
    default:
      return new Response('no such control', { status: 404 });
  }
}

/** Two messages that nobody can read: one is none, the other has a chunk that is none. */
async function sendJunk({ QUEUE_STAND_IN }: FireEnv, { first }: { readonly first: number }): Promise<number> {
  const bytes = Uint8Array.from({ length: 80 }, (_, i) => Math.floor(chance(first, i) * 256));
  // No version of an envelope begins so.
  const broken = Uint8Array.of(0xff, ...bytes);
  const bodies = [broken, ...packEnvelopes([broken], [])];
  await QUEUE_STAND_IN?.getByName(queueObjectName).enqueue(bodies);
  return bodies.length;
}

async function fill(env: FireEnv, { region: name, ...wanted }: Fill & { region: string }): Promise<number> {
  const region = (await loadRegions(env.DB, Date.now())).find((entry) => entry.name === name);
  if (!region) return 0;
  const regions = env.REGION_WINDOW as unknown as DurableObjectNamespace<RegionWindow>;
  const object = regions.getByName(shardObjectName(region.number, 0));
  return await object.fireFill({ regionNumber: region.number, shard: 0 }, wanted);
}

interface Abortable {
  fireAbort(): Promise<void>;
}

/** The call to an object that aborts fails: that is how it is known. */
async function abort(env: FireEnv, { kind, of = '' }: Abort): Promise<boolean> {
  const object = await objectOf(env, kind, of);
  if (!object) return false;
  return await object.fireAbort().then(
    () => false,
    () => true,
  );
}

async function objectOf(env: FireEnv, kind: ObjectKind, of: string): Promise<Abortable | null> {
  const get = (objects: unknown, name: string): Abortable =>
    (objects as DurableObjectNamespace).getByName(name) as unknown as Abortable;
  switch (kind) {
    case 'hub':
      return get(env.LIVE_HUB, hubObjectName);
    case 'meter':
      return get(env.KEY_METER, parseKey(of)?.id ?? '');
    case 'queue':
      return env.QUEUE_STAND_IN ? get(env.QUEUE_STAND_IN, queueObjectName) : null;
    case 'region':
    case 'sealer': {
      const region = (await loadRegions(env.DB, Date.now())).find(({ name }) => name === of);
      if (!region) return null;
      const name = shardObjectName(region.number, 0);
      return get(kind === 'region' ? env.REGION_WINDOW : env.LAKE_SEALER, name);
    }
  }
}
