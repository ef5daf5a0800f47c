import { introspectWorkflowInstance } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { partName } from '../../../core/lake/part-name.ts';
import { encodePart } from '../../../storage/lake/encode-part.ts';
import { savePart } from '../../../storage/part-store.ts';
import { sessionRunId } from '../../../workers/batch/session-run.ts';
import { beginDueSessions } from '../../../workers/batch/sessions-due.ts';
import { type LoggedEvent, lakeRows, partsOf } from '../../support/logged-events.ts';
import { seededWatching, stitched } from '../../support/watching.ts';
import {
  clearSessions,
  firstHour,
  hourMs,
  region,
  regionNumber,
  rowsInD1,
  rowsInLake,
  SessionWorld,
  t0,
} from './session-world.ts';

beforeEach(async () => {
  vi.spyOn(console, 'log').mockImplementation(() => undefined);
  await clearSessions();
});

const regions = [{ number: regionNumber, name: region }];

test('[SES-3, SES-5] the Workflow of an hour reads the lake, and the next hours follow it by themselves', async () => {
  const events = seededWatching(3, 400, t0, 2 * hourMs);
  const logged = events.map(
    (event, index): LoggedEvent => ({ event, kind: 'counted', incarnation: 1, row: 1, index }),
  );
  for (const { address, events: own } of partsOf(logged, region)) {
    const { bytes, digest, ...content } = await encodePart(lakeRows(own), address);
    await env.LAKE.put(partName(address), bytes);
    await savePart(env.DB, regionNumber, address, { ...content, digest, bytes: bytes.length }, 0);
  }
  const world = new SessionWorld();
  world.nowMs = Date.now();
  await world.compute();
  const first = await introspectWorkflowInstance(
    env.SESSION_BATCH,
    sessionRunId({ regionNumber, hour: firstHour, generation: 1, carryIn: '' }),
  );
  onTestFinished(() => first.dispose());
  const ports = { db: env.DB, workflow: env.SESSION_BATCH, nowMs: Date.now() };
  expect(await beginDueSessions(ports, regions)).toBe(1);
  await first.waitForStatus('complete');
  // The second hour, and the one behind it, which closes what was left open.
  await vi.waitUntil(async () => (await doneHours()) === 3, 20_000);
  const expected = stitched(events);
  expect(await rowsInD1()).toEqual(expected);
  expect(await rowsInLake()).toEqual(expected);
  expect(await beginDueSessions({ ...ports, nowMs: Date.now() + hourMs }, regions)).toBe(0);
});

const doneHours = async (): Promise<number> =>
  (await env.DB.prepare('SELECT count(*) AS n FROM session_hours WHERE generation >= 0').first<number>(
    'n',
  )) ?? 0;
