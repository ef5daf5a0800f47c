import { env } from 'cloudflare:workers';
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type * as z from 'zod';
import type { ChunkHeader } from '../../../core/protocol/chunk-header.ts';
import { shardObjectName } from '../../../core/protocol/region.ts';
import { systemRegionsMax } from '../../../core/protocol/system-limits.ts';
import type { SystemData } from '../../../site/system/answer.ts';
import { storeDeadLetter } from '../../../storage/dead-letters.ts';
import { loadRegions } from '../../../storage/region-registry.ts';
import { saveRejectReports } from '../../../storage/reject-store.ts';
import { systemAnswer } from '../../../workers/api/system-schema.ts';
import { forgetSystem, readSystem } from '../../../workers/api/system-sources.ts';
import type { Env } from '../../../workers/env.ts';
import { buildChunk, buildEvent } from '../../support/build-chunk.ts';
import { ask } from './ask.ts';
import { askAs, cookieFor, newPerson } from './people.ts';

/** What the page reads of it is in the answer: else this does not compile. */
type Answer = z.output<typeof systemAnswer>['data'] & SystemData;

const day = 86_400_000;
let identity = 0;
let paris = 0;
let london = 0;

function chunk(regionNumber: number, count: number, header: Partial<ChunkHeader>): Uint8Array {
  const receivedAtMs = header.receivedAtMs ?? Date.now();
  const events = Array.from({ length: count }, () =>
    buildEvent({ timeMs: receivedAtMs, identityHi: ++identity }),
  );
  return buildChunk(events, {
    regionNumber,
    door: '00000000000000d0',
    doorBirthMs: receivedAtMs - day,
    ...header,
  });
}

async function receive(regionNumber: number, ...chunks: readonly Uint8Array[]): Promise<void> {
  const id = env.REGION_WINDOW.idFromName(shardObjectName(regionNumber, 0));
  await env.REGION_WINDOW.get(id).receive({ regionNumber, shard: 0 }, chunks);
}

async function system(): Promise<Answer> {
  const response = await ask('/api/system');
  expect(response.status).toBe(200);
  return systemAnswer.parse(await response.json()).data;
}

const regionIn = ({ regions }: Answer, name: string) => regions.find(({ region }) => region === name);
const part = (answer: Answer, wanted: string) => answer.findings.filter((one) => one.part === wanted);

beforeAll(async () => {
  const regions = await loadRegions(env.DB, Date.now());
  const numberOf = (name: string) => regions.find((one) => one.name === name)?.number ?? 0;
  paris = numberOf('EU-Paris');
  london = numberOf('EU-London');
});

beforeEach(() => forgetSystem());

describe('GET /api/system', () => {
  test('[SYS-1, SYS-2] nobody sends: idle, without findings, and no dollar is invented', async () => {
    const answer = await system();
    expect(answer).toMatchObject({
      state: 'idle',
      findings: [],
      events_per_second: 0,
      queue: { messages_per_second: { low: 0, high: 0 }, wait_ms: null, in_flight: 0 },
      cost: { usd_per_million: null, usd_per_day: { low: 0, high: 0 }, lines: [] },
      dead_letters: { count: 0 },
      accounts: { adds_up: true, explanation: 'No events were accepted.' },
      runs: [],
    });
    expect(answer.regions.every(({ state }) => state === 'idle')).toBe(true);
  });

  test('[SYS-2, SYS-4] rates are those of the log, and a POST of two regions is one request', async () => {
    const receivedAtMs = Date.now() - 2_000;
    await receive(
      paris,
      chunk(paris, 6, { receivedAtMs }),
      chunk(paris, 6, { receivedAtMs: receivedAtMs - 1, firstNumber: 6 }),
    );
    await receive(london, chunk(london, 12, { receivedAtMs }));
    const answer = await system();
    expect(regionIn(answer, 'EU-Paris')).toMatchObject({ state: 'well', d1_windows_due: 0 });
    expect(regionIn(answer, 'EU-Paris')?.events_per_second).toBeCloseTo(12 / 60);
    expect(regionIn(answer, 'EU-Paris')?.commits_per_second).toBeCloseTo(1 / 60);
    expect(regionIn(answer, 'EU-Paris')?.queue_wait_ms).toBeGreaterThanOrEqual(2_000);
    expect(answer.events_per_second).toBeCloseTo(24 / 60);
    expect(answer.doors).toMatchObject({ requests_counted: true });
    expect(answer.doors.requests_per_second).toBeCloseTo(2 / 60);
    // They may have shared a message (ING-8).
    expect(answer.queue.messages_per_second.low).toBeCloseTo(1 / 60);
    expect(answer.queue.messages_per_second.high).toBeCloseTo(2 / 60);
    expect(answer.state).toBe('well');
    // One log row in each of two regions, and no more.
    const commits = answer.cost.lines.find(({ item }) => item === 'Commits of regions');
    expect(commits).toMatchObject({ basis: 'counted', per_day: { low: 2 * 1440, high: 2 * 1440 } });
    expect(answer.cost.usd_per_million?.high).toBeGreaterThan(0);
  });

  test('[SYS-2] numbers that did not come are in flight; what shards say is held for a moment', async () => {
    await receive(paris, chunk(paris, 1, { firstNumber: 20 }));
    const answer = await system();
    expect(regionIn(answer, 'EU-Paris')?.in_flight).toBe(8);
    expect(answer.queue).toMatchObject({ in_flight: 8, overdue: 0 });
    await receive(paris, chunk(paris, 8, { firstNumber: 12 }));
    expect((await system()).queue.in_flight).toBe(8);
    forgetSystem();
    expect((await system()).queue.in_flight).toBe(0);
  });

  test('[SYS-3] dead letters and rejects are told by producer and reason, with samples', async () => {
    const bytes = chunk(london, 4, { firstNumber: 50 });
    const numbers = { firstNumber: 50, count: 4, twins: 0, voids: [] };
    const source = {
      kind: 'chunk',
      region: london,
      shard: 0,
      door: 'd0',
      producer: 'tv',
      ...numbers,
    } as const;
    await storeDeadLetter(env.LAKE, {
      source,
      bytes,
      code: 'always_throws',
      message: 'why',
      atMs: Date.now(),
    });
    const minute = Math.floor(Date.now() / 60_000);
    const sample = {
      index: 0,
      id: 'e-1',
      code: 'bad_time',
      pointer: '/timestamp',
      message: 'must be a time',
    };
    const report = {
      door: 'd0',
      producer: 'tv',
      minute,
      seq: 1,
      twins: 0,
      rejected: { bad_time: 30, no_region: 1 },
    };
    await saveRejectReports(env.DB, [{ ...report, samples: [sample, { ...sample, id: 'e-2' }] }]);
    const answer = await system();
    expect(answer.dead_letters).toMatchObject({
      count: 1,
      whole: true,
      kinds: [
        { code: 'always_throws', region: 'EU-London', producer: 'tv', letters: 1, events: 4, sendable: true },
      ],
    });
    expect(answer.doors).toMatchObject({
      rejected: 31,
      rejects: [
        { producer: 'tv', code: 'bad_time', records: 30 },
        { producer: 'tv', code: 'no_region', records: 1 },
      ],
      samples: [{ id: 'e-1', pointer: '/timestamp' }, { id: 'e-2' }],
    });
    expect(answer.state).toBe('warning');
    expect(part(answer, 'dead_letters')[0]?.text).toBe('1 dead letter: not counted until sent again.');
    expect(part(answer, 'doors')[0]?.text).toMatch(/^4\d % of what came in the last hour was rejected\.$/);
  });

  test('[SYS-5] runs that go on come first, with how far they are', async () => {
    const add = (id: string, state: string, done: number) =>
      env.DB.prepare(
        `INSERT INTO batch_runs (id, region_number, hour, reason, state, parts, parts_done, events, late_added, late_twins,
          windows_changed, differences, created_at, progressed_at) VALUES (?1, ?2, 7, 'cron', ?3, 4, ?4, 0, 0, 0, 0, '[]', ?5, ?5)`,
      )
        .bind(id, paris, state, done, new Date().toISOString())
        .run();
    await add('r1', 'done', 4);
    await add('r2', 'running', 1);
    await add('r3', 'failed', 2);
    const answer = await system();
    expect(answer.runs?.[0]).toMatchObject({
      kind: 'batch',
      id: 'r2',
      share_done: 0.25,
      what: 'EU-Paris, hour of 1970-01-01 07:00 UTC',
    });
    expect(answer.runs).toHaveLength(3);
    expect(part(answer, 'runs')[0]?.text).toBe('1 run failed within a day.');
  });

  test('[SYS-1, ACC-2] a role that is limited to regions is told of these alone; a viewer of nothing', async () => {
    const limited = await cookieFor(await newPerson('analyst', ['EU-Paris']));
    const response = await askAs(limited, '/api/system');
    const { data } = systemAnswer.parse(await response.json());
    expect(data.regions.map(({ region }) => region)).toEqual(['EU-Paris']);
    expect(data.doors).toMatchObject({ rejected: null, rejects: [], samples: [] });
    expect(data.dead_letters?.count).toBe(0);
    const viewer = await cookieFor(await newPerson('viewer'));
    expect((await askAs(viewer, '/api/system')).status).toBe(403);
  });
});

describe('[SYS-1] parts that do not answer', () => {
  const scope = async (count = 12) => ({
    regions: (await loadRegions(env.DB, Date.now())).slice(0, count),
    isOfAll: true,
  });
  const gone = (): never => {
    throw new Error('gone');
  };

  test('R2: its part is null and named, the others are told', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const broken = { ...env, LAKE: { list: gone } } as unknown as Env;
    const read = await readSystem(broken, await scope(), Date.now());
    expect(read.unread.map((one) => one.part).sort()).toEqual(['accounts', 'dead_letters']);
    expect(read).toMatchObject({ deadLetters: null, accounts: null });
    expect(read.lake).not.toBeNull();
    expect(read.regions.some(({ vitals }) => vitals !== null)).toBe(true);
  });

  test('D1, and regions: they are told as such', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const regions = await scope();
    const broken = {
      ...env,
      DB: { prepare: gone, batch: gone },
      REGION_WINDOW: { idFromName: gone },
    } as unknown as Env;
    const read = await readSystem(broken, regions, Date.now());
    expect(read.regions.every(({ failed }) => failed)).toBe(true);
    expect(read.unread.map((one) => one.part).sort()).toEqual(['accounts', 'doors', 'lake', 'runs']);
    expect(read).toMatchObject({ rejects: null, work: null, lake: null });
  });

  test('of many regions so many are asked, and the others counted', async () => {
    const registered = (await loadRegions(env.DB, Date.now())).length;
    const rows = Array.from({ length: 80 }, (_, i) => `(${900 + i}, 'X-${i}', 'X', 0, 0)`);
    await env.DB.prepare(
      `INSERT INTO regions (number, name, continent, latitude, longitude) VALUES ${rows.join(',')}`,
    ).run();
    vi.setSystemTime(Date.now() + 61_000);
    try {
      const answer = await system();
      expect(answer.regions).toHaveLength(systemRegionsMax);
      expect(answer.regions_left_out).toBe(80 + registered - systemRegionsMax);
    } finally {
      vi.useRealTimers();
      await env.DB.prepare('DELETE FROM regions WHERE number >= 900').run();
    }
  });
});
