// The door for events alone, in the real runtime: each request to this Worker is as many requests to the door as it
// asks for, one after the other, with the same body. The queue takes everything; D1 and the meter of the key are real.
// Runs inside workerd: `npm run bench -- auth` bundles it.
import { createKey } from '../storage/key-store.ts';
import type { Env } from '../workers/env.ts';
import type { Admitted } from '../workers/ingest/admit-producer.ts';
import { createIsolate, ingest, takeEvents } from '../workers/ingest/handle-events.ts';

export { KeyMeter } from '../durable-objects/key-meter/key-meter.ts';

const queue = { sendBatch: async () => Promise.resolve() } as unknown as Env['EVENTS'];
const isolate = createIsolate('0123456789abcdef', Date.now);
const grant = {
  account: 'bench',
  name: 'bench',
  regions: ['US-California', 'US-Virginia', 'EU-London', 'EU-Frankfurt', 'ASIA-Tokyo', 'ASIA-Mumbai'],
  limits: { eventsPerSecond: 1_000_000_000, bytesPerSecond: 1_000_000_000, eventsPerDay: 1_000_000_000_000 },
  expiresAtMs: Date.UTC(2100, 0, 1),
};

/** The door without its lock, which nothing but this measurement opens. */
const open: Admitted = {
  account: grant.account,
  regionScope: null,
  charge: async () => Promise.resolve(null),
  fields: () => ({}),
};

async function post(body: string, key: string, env: Env, ctx: ExecutionContext): Promise<void> {
  const headers = { 'content-type': 'application/json', ...(key && { authorization: `Bearer ${key}` }) };
  const request = new Request('https://marquee.example/v1/events', { method: 'POST', headers, body });
  const bindings = { ...env, EVENTS: queue };
  const response = key
    ? await ingest(request, bindings, ctx, isolate)
    : await takeEvents(request, bindings, ctx, isolate, open);
  if (response.status !== 202) throw new Error(`${response.status} ${await response.text()}`);
}

export default {
  async fetch(request: Request, env: Env, ctx: ExecutionContext): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === '/key') {
      const { text } = await createKey(env.DB, 'local', grant, { createdBy: 'bench', nowMs: Date.now() });
      return new Response(text);
    }
    const body = await request.text();
    for (let left = Number(searchParams.get('times')); left > 0; left--) {
      await post(body, searchParams.get('key') ?? '', env, ctx);
    }
    return new Response(null, { status: 204 });
  },
};
