import { env } from 'cloudflare:workers';
import { beforeAll, expect, test } from 'vitest';
import { type PartAddress, partName } from '../../../../core/lake/part-name.ts';
import { eventTypes } from '../../../../core/protocol/event-type.ts';
import { encodePart } from '../../../../storage/lake/encode-part.ts';
import { savePart } from '../../../../storage/part-store.ts';
import { loadSessions } from '../../../../storage/warehouse/load.ts';
import type { EventFields } from '../../../support/build-chunk.ts';
import { lakeRowsOf, viewsOf } from '../../../support/lake-rows.ts';
import { ask } from '../ask.ts';
import { makeSessions } from './warehouse-world.ts';

const startMs = Date.UTC(2026, 10, 20, 22, 50);
const endMs = startMs + 20 * 60_000;
const sourceId = `s-4-0000000a0000000b-1-${startMs}-00000001`;
const mine = { sessionHi: 10, sessionLo: 11, contentId: 'film-1' };
const type = (name: (typeof eventTypes)[number]) =>
  eventTypes.indexOf(name) as NonNullable<EventFields['type']>;

async function seal(kind: PartAddress['kind'], hour: number, ...events: EventFields[]): Promise<string> {
  const address: PartAddress = {
    region: 'EU-London',
    shard: 0,
    incarnation: 1,
    firstRow: 0,
    lastRow: 9,
    hour,
    kind,
  };
  const { bytes, ...content } = await encodePart(lakeRowsOf({ events: viewsOf(...events) }), address);
  const times = events.map(({ timeMs = 0 }) => timeMs);
  const about = { ...content, bytes: bytes.length, fromMs: Math.min(...times), toMs: Math.max(...times) };
  await env.LAKE.put(partName(address), bytes);
  await savePart(env.DB, 4, address, about, endMs);
  return partName(address);
}

const hour = Math.floor(startMs / 3_600_000);
let second = '';

beforeAll(async () => {
  const [row] = makeSessions(1, 1);
  if (!row) throw new Error('no session was made');
  const own = {
    source_id: sourceId,
    content_id: 'film-1',
    start_time_ms: startMs,
    end_time_ms: endMs,
    region_number: 4,
  };
  await loadSessions(env.DB, [{ ...row, ...own }]);
  const last = { ...mine, timeMs: endMs, type: type('complete'), completionMilli: 950, identityLo: 99 };
  await seal(
    'counted',
    hour,
    { ...mine, timeMs: startMs, quality: 'HD' },
    { ...mine, timeMs: startMs, sessionLo: 12 },
    { ...mine, timeMs: startMs + 1_000, contentId: 'film-2' },
    { ...mine, timeMs: startMs - 1 },
    { ...mine, timeMs: startMs + 10_000, type: type('progress'), durationMs: 10_000, bufferingCount: 0 },
  );
  second = await seal('counted', hour + 1, last);
  await seal('late', hour + 1, last);
});

const timelineOf = async () => {
  const { data, meta } = await (await ask(`/api/analytics/sessions/${sourceId}`)).json<{
    data: { timeline: Record<string, unknown>[]; region: string };
    meta: { warnings?: string[] };
  }>();
  return { region: data.region, timeline: data.timeline, warnings: meta.warnings };
};

test('[ANA-6] a session has its own events of all its hours, each once, and says what is missing', async () => {
  const nothing = {
    duration_seconds: null,
    completion_percentage: null,
    rating: null,
    buffering_count: null,
  };
  const plain = { ...nothing, quality: null, error_code: null };
  const first = [
    { ...plain, at: new Date(startMs).toISOString(), event_type: 'view', quality: 'HD' },
    {
      ...plain,
      at: new Date(startMs + 10_000).toISOString(),
      event_type: 'progress',
      duration_seconds: 10,
      buffering_count: 0,
    },
  ];
  const last = {
    ...plain,
    at: new Date(endMs).toISOString(),
    event_type: 'complete',
    completion_percentage: 95,
  };
  expect(await timelineOf()).toEqual({
    region: 'EU-London',
    timeline: [...first, last],
    warnings: undefined,
  });
  await env.DB.prepare(`DELETE FROM lake_parts WHERE kind = 'late'`).run();
  await env.LAKE.delete(second);
  expect(await timelineOf()).toMatchObject({
    timeline: first,
    warnings: [expect.stringMatching(/cannot be read/)],
  });
  await env.DB.prepare('DELETE FROM lake_parts').run();
  expect(await timelineOf()).toMatchObject({ timeline: [], warnings: [expect.stringMatching(/not kept/)] });
});
