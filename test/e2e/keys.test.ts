// Keys of producers against the running Worker: made, used, limited, rotated, revoked.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Runtime, startRuntime } from '../../tools/runtime.ts';
import { askRuntime } from '../support/local-client.ts';

/** SPEC KEY-3, and the time of a request. */
const revokedWithinMs = 10_500;

let folder = '';
let runtime: Runtime;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'marquee-keys-'));
  runtime = await startRuntime({ persistTo: folder });
});

afterAll(async () => {
  await runtime?.stop();
  await rm(folder, { recursive: true, force: true });
});

const post = (path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
  askRuntime(runtime, path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

interface Made {
  readonly key: string;
  readonly data: { readonly id: string };
}

async function make(changes: Readonly<Record<string, unknown>> = {}): Promise<Made> {
  const response = await post('/api/admin/keys', { account: 'tv', name: 'a test', ...changes });
  expect(response.status).toBe(200);
  return (await response.json()) as Made;
}

const view = (id: string, region = 'EU-London') => ({
  event_id: id,
  event_type: 'view',
  timestamp: new Date(Math.floor(Date.now() / 1000) * 1000).toISOString(),
  region,
  content_id: 'c-1',
});

const send = ({ key }: Made, events: unknown) =>
  post('/v1/events', events, { authorization: `Bearer ${key}` });

async function countedInLondon(): Promise<number> {
  const answer = await askRuntime(runtime, '/api/stats/realtime?minutes=5&region=EU-London', {
    headers: { 'cache-control': 'no-cache' },
  });
  const { data } = (await answer.json()) as { readonly data: { readonly total_events: number } };
  return data.total_events;
}

test('[KEY-2, KEY-3, IDN-1] a key is rotated without a double count, then revoked', async () => {
  const [old, fresh] = [await make(), await make()];
  const events = Array.from({ length: 20 }, (_, i) => view(`e-${i}`));
  expect((await send(old, events)).status).toBe(202);
  expect((await send(fresh, events)).status).toBe(202);
  expect((await send(fresh, view('last'))).status).toBe(202);
  await expect.poll(countedInLondon, { timeout: 20_000 }).toBe(21);
  await sleep(1_000);
  expect(await countedInLondon()).toBe(21);

  expect((await post(`/api/admin/keys/${old.data.id}/revoke`, {})).status).toBe(200);
  const revokedMs = Date.now();
  let status = 202;
  while (status === 202 && Date.now() - revokedMs < revokedWithinMs) {
    await sleep(250);
    status = (await send(old, [])).status;
  }
  expect(status).toBe(401);
  expect((await send(fresh, [])).status).toBe(202);
});

test('[KEY-1, KEY-4] one changed character is 401, another region is rejected alone', async () => {
  const made = await make({ regions: ['ASIA-Tokyo'] });
  const changed = made.key.slice(0, -1) + (made.key.endsWith('0') ? '1' : '0');
  expect((await send({ ...made, key: changed }, view('x'))).status).toBe(401);
  const answer = await send(made, [view('t', 'ASIA-Tokyo'), view('l')]);
  expect(await answer.json()).toMatchObject({
    accepted: 1,
    errors: [{ index: 1, code: 'region_not_allowed', pointer: '/region' }],
  });
});

test('[KEY-5, KEY-6] a flood is 429 with the fields that say when; another key goes on meanwhile', async () => {
  const [noisy, quiet] = [await make({ events_per_second: 10 }), await make()];
  const answers: Response[] = [];
  for (let i = 0; i < 40; i++) {
    answers.push(
      await send(
        noisy,
        Array.from({ length: 10 }, (_, n) => view(`n-${i}-${n}`, 'ASIA-Tokyo')),
      ),
    );
    expect((await send(quiet, view(`q-${i}`, 'ASIA-Tokyo'))).status).toBe(202);
  }
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThan(15);
  expect(answers.filter(({ status }) => status === 202).length).toBeGreaterThanOrEqual(10);
  for (const { headers } of refused) {
    expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(headers.get('ratelimit-policy')).toContain('"events";q=100;w=10');
    expect(headers.get('ratelimit')).toMatch(/^"events";r=\d+;t=\d+/);
  }
});
