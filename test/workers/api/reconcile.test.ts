import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, test } from 'vitest';
import type * as z from 'zod';
import { accountOf } from '../../../core/account/shard-account.ts';
import { decodeChunkHeader } from '../../../core/protocol/chunk.ts';
import type { ChunkHeader } from '../../../core/protocol/chunk-header.ts';
import { packedKey, shardObjectName } from '../../../core/protocol/region.ts';
import { decodeLogRow } from '../../../core/window/log-row.ts';
import { saveShardAccount } from '../../../storage/account-store.ts';
import { storeDeadLetter } from '../../../storage/dead-letters.ts';
import { noteHoles, readHoles } from '../../../storage/hole-store.ts';
import { loadRegions } from '../../../storage/region-registry.ts';
import { readRejectLines, saveRejectReports } from '../../../storage/reject-store.ts';
import { reconcileAnswer } from '../../../workers/api/reconcile-schema.ts';
import { buildChunk, buildEvent } from '../../support/build-chunk.ts';
import { ask, problemOf } from './ask.ts';
import { askAs, cookieFor, newPerson } from './people.ts';

type Answer = z.output<typeof reconcileAnswer>;

const minuteMs = 60_000;
const day = 86_400_000;
/** The minute before: past, and within what counts. */
const at = (Math.floor(Date.now() / minuteMs) - 1) * minuteMs;
const minute = at / minuteMs;
let paris = 0;
let virginia = 0;
const door = '00000000000000d0';
let identity = 0;

function chunk(regionNumber: number, count: number, header: Partial<ChunkHeader>): Uint8Array {
  const events = Array.from({ length: count }, () => buildEvent({ timeMs: at, identityHi: ++identity }));
  return buildChunk(events, { regionNumber, receivedAtMs: at, door, doorBirthMs: at - day, ...header });
}

const region = (number: number) =>
  env.REGION_WINDOW.get(env.REGION_WINDOW.idFromName(shardObjectName(number, 0)));

async function receive(regionNumber: number, ...chunks: readonly Uint8Array[]): Promise<void> {
  await region(regionNumber).receive({ regionNumber, shard: 0 }, chunks);
}

const range = `from=${at}&to=${at + minuteMs}`;

async function reconcile(query = range): Promise<Answer> {
  const response = await ask(`/api/reconcile?${query}`);
  expect(response.status).toBe(200);
  return reconcileAnswer.parse(await response.json());
}

beforeAll(async () => {
  const regions = await loadRegions(env.DB, Date.now());
  const numberOf = (name: string) => regions.find((one) => one.name === name)?.number ?? 0;
  paris = numberOf('EU-Paris');
  virginia = numberOf('US-Virginia');
});

describe('[ING-6b] GET /api/reconcile', () => {
  test('all is accounted for: from the rows that are not sealed, and from those that are', async () => {
    await receive(paris, chunk(paris, 3, { twins: 2, producer: 'tv' }));
    await receive(paris, chunk(paris, 2, { firstNumber: 3, producer: 'web' }));
    const unsealed = await reconcile();
    expect(unsealed).toMatchObject({
      adds_up: true,
      explanation: 'All 5 events are accounted for.',
      totals: { received: 7, accepted: 5, rejected: 0, twins: 2, counted: 5, missing: 0 },
      producers: [
        { producer: 'tv', accepted: 3, adds_up: true },
        { producer: 'web', accepted: 2, adds_up: true },
      ],
    });
    // The first row is sealed: its account is in D1, and it is not told twice.
    const [row] = await region(paris).logPage(0, 0);
    const { incarnation = 0 } = (await region(paris).doors()) ?? {};
    const sealed = { regionNumber: paris, shard: 0, incarnation, firstRow: 0, lastRow: 0 };
    const account = accountOf([decodeLogRow(new Uint8Array(row?.body ?? []))]);
    for (let times = 0; times < 2; times++) await saveShardAccount(env.DB, sealed, account);
    expect(await reconcile()).toEqual(unsealed);
  });

  test('rejects by code, in pages, and as CSV', async () => {
    await saveRejectReports(env.DB, [
      {
        door,
        producer: 'tv',
        minute,
        seq: 1,
        twins: 0,
        samples: [],
        rejected: { bad_time: 2, unknown_region: 1 },
      },
    ]);
    const { totals, data } = await reconcile();
    expect(totals).toMatchObject({ received: 10, accepted: 5, rejected: 3 });
    expect(data.find(({ producer }) => producer === 'tv')?.rejected_by_code).toEqual({
      bad_time: 2,
      unknown_region: 1,
    });
    const first = await reconcile(`${range}&limit=1`);
    const rest = await reconcile(`${range}&limit=1&cursor=${first.meta.next_cursor}`);
    expect([...first.data, ...rest.data]).toEqual(data);
    expect(rest.meta.next_cursor).toBeNull();
    const csv = await ask(`/api/reconcile?${range}`, { headers: { accept: 'text/csv' } });
    expect((await csv.text()).split('\r\n')[0]).toBe(
      'minute,producer,received,accepted,rejected,twins,counted,late,duplicates,dead_lettered,in_flight,overdue,missing,rejected_by_code,adds_up,explanation',
    );
    expect(await readRejectLines(env.DB, minute + 1, minute + 2)).toEqual([]);
  });

  test('what is refused is a dead letter; what did not come is in flight, and missing once its door is forgotten', async () => {
    const dead = chunk(paris, 4, { firstNumber: 5, producer: 'tv' });
    const { count, firstNumber, producer, twins } = decodeChunkHeader(dead);
    await storeDeadLetter(env.LAKE, {
      source: {
        kind: 'chunk',
        region: paris,
        shard: 0,
        door,
        count,
        firstNumber,
        producer,
        twins,
        voids: [],
      },
      bytes: dead,
      code: 'always_throws',
      message: 'why',
      atMs: at,
    });
    await receive(paris, chunk(paris, 1, { firstNumber: 12, producer: 'tv' }));
    expect(await reconcile()).toMatchObject({
      adds_up: true,
      explanation: 'All 10 events are accounted for. 3 more are on the way.',
      totals: { accepted: 13, counted: 6, dead_lettered: 4, in_flight: 3, missing: 0 },
    });
    // Of a door of which its shard knows nothing any more.
    const lost = { door: '00000000000000ff', from: 2, to: 7, producer: 'web', receivedAtMs: at };
    const shard = { regionNumber: paris, shard: 0 };
    await noteHoles(env.DB, shard, { doors: [], holes: [lost] }, at);
    expect(await readHoles(env.DB, [paris], { fromMs: 0, toMs: at + day, limit: 9 })).toEqual([]);
    await noteHoles(env.DB, shard, { doors: [], holes: [lost] }, at + 1);
    await noteHoles(env.DB, shard, { doors: [door], holes: [] }, at + 1);
    const answer = await reconcile();
    expect(answer).toMatchObject({ adds_up: false, totals: { accepted: 18, missing: 5 } });
    expect(answer.explanation).toBe(
      'It does not add up: 5 events accepted and never seen: the queue no longer has them.',
    );
    expect(answer.data.find(({ producer: name }) => name === 'web')).toMatchObject({
      missing: 5,
      adds_up: false,
    });
    // Its door is heard again, and knows better.
    await noteHoles(env.DB, shard, { doors: [lost.door], holes: [] }, at + 1);
    expect((await reconcile()).totals.missing).toBe(0);
  });

  test('[ACC-2] who may see some regions sees their accounts alone, and no rejects, which are of no region', async () => {
    await receive(virginia, chunk(virginia, 7, { producer: 'abroad' }));
    const limited = await cookieFor(await newPerson('analyst', ['EU-Paris']));
    const response = await askAs(limited, `/api/reconcile?${range}`);
    const answer = reconcileAnswer.parse(await response.json());
    expect(answer.producers.map(({ producer }) => producer)).toEqual(['tv', 'web']);
    expect(answer.totals).toMatchObject({ received: null, rejected: null, accepted: 13 });
    expect((await reconcile()).totals).toMatchObject({ accepted: 20, rejected: 3 });
    expect((await reconcile(`${range}&region=US-Virginia`)).totals).toMatchObject({
      accepted: 7,
      rejected: null,
    });
    const viewer = await cookieFor(await newPerson('viewer'));
    expect((await askAs(viewer, `/api/reconcile?${range}`)).status).toBe(403);
  });

  test.each([
    ['from=2026-11-21T05:00:00Z&to=2026-11-21T04:00:00Z', 'from', 'must be before to'],
    ['from=2024-01-01T00:00:00Z&to=2026-11-21T00:00:00Z', 'from', 'must be at most 1440 minutes before to'],
    [`from=${at + 3 * day}&to=${at + 3 * day + minuteMs}`, 'from', 'must not lie ahead'],
    ['from=yesterday', 'from', 'must be a time, as epoch ms or ISO 8601'],
  ])('%s is refused, and why', async (query, parameter, message) => {
    const problem = await problemOf(await ask(`/api/reconcile?${query}`));
    expect(problem).toMatchObject({ code: 'invalid_parameter', errors: [{ parameter, message }] });
  });
});

describe('[ING-6c] stream against batch', () => {
  const hour = Math.floor(at / 3_600_000) - 30;
  const query = `from=${hour * 3_600_000}&to=${(hour + 1) * 3_600_000}`;

  async function part(kind: string, events: number): Promise<void> {
    await env.DB.prepare(
      `INSERT INTO lake_parts (name, region_number, shard, incarnation, first_row, last_row, hour, kind, events, bytes,
        digest, format_version, from_ms, to_ms, sealed_at) VALUES (?1, ?2, 0, 1, 0, 9, ?3, ?4, ?5, 1, '', 1, 0, 0, '')`,
    )
      .bind(`part-${kind}`, paris, hour, kind, events)
      .run();
  }

  async function batch(events: number): Promise<void> {
    await env.DB.prepare(
      `INSERT OR REPLACE INTO batch_hours (key, run_id, generation, parts, parts_digest, events, late_added, late_twins,
        frozen, computed_at) VALUES (?1, 'r', 1, 2, '', ?2, 7, 3, 0, '')`,
    )
      .bind(packedKey(paris, 0, hour), events)
      .run();
  }

  test('every difference is explained, or is a fault', async () => {
    expect((await reconcile(query)).hours).toEqual([]);
    await part('counted', 100);
    await part('late', 10);
    expect((await reconcile(query)).hours).toMatchObject([
      { region: 'EU-Paris', state: 'open', stream: 100, late: 10, batch: null, difference: null },
    ]);
    await batch(107);
    expect(await reconcile(query)).toMatchObject({
      adds_up: true,
      hours: [{ state: 'explained', difference: 7, late_added: 7, late_twins: 3, erased: 0, served: null }],
    });
    await batch(105);
    expect(await reconcile(query)).toMatchObject({
      adds_up: false,
      explanation: 'It does not add up: 1 hour of which batch and stream disagree.',
      hours: [
        {
          state: 'fault',
          difference: 5,
          explanation: 'batch counts 105 where its parts hold 107 that count',
        },
      ],
    });
  });
});
