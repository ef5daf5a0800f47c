import { evictDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import type { LeaseAsk } from '../../core/access/rate-limit.ts';

const limits = { eventsPerSecond: 1, bytesPerSecond: 1_000, eventsPerDay: 15 };
const ask = (events: number): LeaseAsk => ({
  limits,
  need: { events, bytes: 1 },
  want: { events, bytes: 1 },
  unspent: { day: 0, events: 0 },
});

test('[KEY-5] what was lent stays lent when the object is evicted', async () => {
  const meter = env.KEY_METER.get(env.KEY_METER.idFromName('evicted'));
  expect(await meter.lend(ask(10))).toMatchObject({ ok: true, lent: { events: 10 } });
  await evictDurableObject(meter);
  expect(await meter.lend(ask(10))).toMatchObject({ ok: false, short: 'day' });
  expect(await meter.lend(ask(5))).toMatchObject({ ok: false, short: 'events' });
});

test('[KEY-6] each key has a meter of its own', async () => {
  const [one, other] = ['one', 'other'].map((name) => env.KEY_METER.get(env.KEY_METER.idFromName(name)));
  expect((await one?.lend(ask(10)))?.ok).toBe(true);
  expect((await one?.lend(ask(1)))?.ok).toBe(false);
  expect((await other?.lend(ask(10)))?.ok).toBe(true);
});
