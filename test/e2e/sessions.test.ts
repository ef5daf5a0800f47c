// From the door to sessions: events of past hours are sent, sealed and computed, and put together in the running service.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Runtime, startRuntime } from '../../tools/runtime.ts';
import { heldAgainstIslands } from '../support/session-islands.ts';
import { askData, askLake, beginRuns, fireCron, untilLogged, untilOver, watchCron } from './lake-client.ts';
import { hourMs, pastHours } from './past-traffic.ts';
import { pick, seededRandom } from './traffic.ts';

const folder = mkdtempSync(join(tmpdir(), 'marquee-sessions-'));
const regions = ['EU-London', 'ASIA-Tokyo'];
const random = seededRandom(Number(process.env.E2E_SEED ?? 1));
const last = pastHours(Date.now()).at(-1) as number;
const hours = [last - 2, last - 1, last];
const types = ['progress', 'progress', 'progress', 'pause', 'resume', 'complete', 'rating', 'download'];
let runtime: Runtime;
let looks = 0;

beforeAll(async () => {
  runtime = await startRuntime({ persistTo: folder });
});

afterAll(async () => {
  await runtime.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Reports of one who watches, some minutes apart, mostly beyond the end of an hour. */
function sitting(name: string) {
  const who = {
    region: pick(random, regions),
    session_id: name,
    user_id: `user-${Math.floor(random() * 40)}`,
    device_type: pick(random, ['tv', 'phone']),
    country: pick(random, ['DE', 'JP']),
    subscription_type: pick(random, ['free', 'premium']),
  };
  let timeMs = (hours[0] as number) * hourMs + Math.floor(random() * 2.5 * hourMs);
  let film = Math.floor(random() * 20);
  return Array.from({ length: 12 }, (_, n) => {
    if (random() < 0.1) film = Math.floor(random() * 20);
    const event = {
      ...who,
      event_id: `${name}-${n}`,
      timestamp: new Date(timeMs).toISOString(),
      event_type: n === 0 ? 'view' : pick(random, types),
      content_id: `film-${film}`,
      ...(random() < 0.7 ? { duration: Math.floor(random() * 300) } : {}),
      ...(random() < 0.5 ? { completion_rate: Math.floor(random() * 1000) / 1000 } : {}),
      ...(random() < 0.2 ? { buffering_count: 1 } : {}),
      ...(random() < 0.5 ? { quality: pick(random, ['720p', '1080p']) } : {}),
    };
    timeMs += 1 + Math.floor(random() ** 3 * 40 * 60_000);
    return event;
  }).filter(({ timestamp }) => Date.parse(timestamp) < (last + 1) * hourMs);
}

/** Sends what is watched, some of it twice, until it is logged. */
async function send(events: readonly object[]): Promise<void> {
  const before = await untilLogged(runtime, 0);
  const headers = {
    'content-type': 'application/json',
    authorization: `Bearer ${runtime.credentials.ingest_key}`,
  };
  for (const lot of [events, events.filter(() => random() < 0.1)]) {
    const body = JSON.stringify(lot);
    const response = await fetch(`${runtime.url}/v1/events`, { method: 'POST', headers, body });
    expect(response.status).toBe(202);
  }
  await untilLogged(runtime, before + events.length);
}

interface Held {
  readonly sessions: number;
  readonly found: number;
  readonly made: number;
  readonly same: boolean;
}

/** Until the lake's sessions are those of its events; looks come some minutes apart by their own clock. */
async function untilStitched(): Promise<Held> {
  await untilOver(runtime, await beginRuns(runtime, hours, regions));
  let found: Held | undefined;
  for (let tries = 0; tries < 40; tries++) {
    await fireCron(runtime, watchCron, Date.now() + ++looks * 7 * 60_000);
    await sleep(1000);
    [found] = await askLake<Held>(folder, heldAgainstIslands).catch((): Held[] => []);
    if (found?.same && found.sessions === found.found && found.sessions === found.made) return found;
  }
  throw new Error(`the sessions are not those of the events: ${JSON.stringify(found)}`);
}

test('[SES-1, SES-3, SES-4, SES-5] what is sent becomes the sessions that DuckDB makes of the lake, and again with late events', async () => {
  await send(Array.from({ length: 150 }, (_, n) => sitting(`session-${n}`)).flat());
  const first = await untilStitched();
  expect(first.sessions).toBeGreaterThan(150);
  await send(
    Array.from({ length: 60 }, (_, n) => sitting(`session-${n * 3}`))
      .flat()
      .map((event) => ({ ...event, event_id: `late-${event.event_id}` })),
  );
  const second = await untilStitched();
  expect(second.sessions).toBeGreaterThan(first.sessions);
  const views = async () =>
    (await askData<{ total_views: number }>(runtime, '/api/dashboard/metrics?days=3')).total_views;
  await expect.poll(views, { timeout: 20_000 }).toBe(second.sessions);
});
