import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, test } from 'vitest';
import type { AlertRecord } from '../../core/alert/alert-record.ts';
import { builtInRules } from '../../core/alert/built-in-rules.ts';
import { readNewestRules } from '../../storage/alert-rule-store.ts';
import {
  type AlertFilter,
  acknowledgeAlert,
  readAlert,
  readAlerts,
  readLiveAlerts,
  saveAlerts,
} from '../../storage/alert-store.ts';
import { buildAlert } from '../support/alert-record.ts';

const all: AlertFilter = { fromMs: 0, toMs: 4e12 };
const first = { limit: 100, after: null };
const minute = 29_400_000;

/** Alert number n, a minute younger than the one before. */
const numbered = (n: number, fields: Partial<AlertRecord> = {}) =>
  buildAlert({ windowMinute: minute + n, ...fields });

const idsOf = async (filter: Partial<AlertFilter>) =>
  (await readAlerts(env.DB, { ...all, ...filter }, first)).map(({ record }) => record.windowMinute - minute);

beforeEach(async () => {
  await env.DB.prepare('DELETE FROM alerts').run();
});

test('the rules of the migration are those of the core', async () => {
  const rules = (await readNewestRules(env.DB)).map(({ rule }) => rule);
  expect(rules).toEqual(builtInRules.toSorted((a, b) => (a.id < b.id ? -1 : 1)));
});

test('an alert comes back as it was saved', async () => {
  const history = [
    { state: 'firing', minute, metricValue: 0.8, attempts: 40, cause: 'window', atMs: 5 },
  ] as const;
  const alert = buildAlert({
    dimension: 'content',
    dimensionKey: "it's; --",
    history,
    state: 'resolved',
    resolvedMinute: minute + 3,
    resolvedAtMs: (minute + 4) * 60_000 + 5_123,
    resolution: 'healthy',
    attempts: null,
  });
  await saveAlerts(env.DB, [alert]);
  expect(await readAlert(env.DB, alert.id)).toEqual({ record: alert, acknowledgement: null });
  expect(await readAlert(env.DB, 'another')).toBeNull();
});

describe('[DUP-2] only what is newer overwrites', () => {
  const resolved = buildAlert(
    { state: 'resolved', resolvedMinute: minute, resolvedAtMs: 1, resolution: 'healthy' },
    2,
  );

  test.each([
    ['an older change', buildAlert({}, 1), resolved],
    ['the same change', buildAlert({}, 2), resolved],
    ['a newer change', buildAlert({}, 3), buildAlert({}, 3)],
    [
      'a newer incarnation',
      buildAlert({ revision: { generation: 0, incarnation: 2, change: 0 } }),
      buildAlert({ revision: { generation: 0, incarnation: 2, change: 0 } }),
    ],
  ])('%s', async (_, second, expected) => {
    await saveAlerts(env.DB, [resolved]);
    await saveAlerts(env.DB, [second]);
    expect((await readAlert(env.DB, resolved.id))?.record).toEqual(expected);
  });
});

test('what people add outlives what the shard says later, and is added once', async () => {
  await saveAlerts(env.DB, [buildAlert()]);
  const { id } = buildAlert();
  const acknowledgement = { by: 'ada', atMs: 1_764_000_000_123, comment: 'on it' };
  expect(await acknowledgeAlert(env.DB, id, acknowledgement)).toBe('acknowledged');
  expect(await acknowledgeAlert(env.DB, id, { ...acknowledgement, by: 'bob' })).toBe('already');
  expect(await acknowledgeAlert(env.DB, 'another', acknowledgement)).toBe('absent');
  await saveAlerts(env.DB, [buildAlert({ corrections: 1 }, 9)]);
  expect(await readAlert(env.DB, id)).toEqual({ record: buildAlert({ corrections: 1 }, 9), acknowledgement });
});

test('filters choose', async () => {
  await saveAlerts(env.DB, [
    numbered(0),
    numbered(1, { regionNumber: 5, severity: 'INFO', alertType: 'NO_DATA' }),
    numbered(2, {
      state: 'resolved',
      resolvedAtMs: 5,
      resolvedMinute: 1,
      dimension: 'device',
      dimensionKey: 'tv',
    }),
  ]);
  await acknowledgeAlert(env.DB, numbered(1).id, { by: 'ada', atMs: 1, comment: null });
  expect(await idsOf({})).toEqual([2, 1, 0]);
  expect(await idsOf({ regions: [5, 6] })).toEqual([1]);
  expect(await idsOf({ regions: [] })).toEqual([]);
  expect(await idsOf({ severity: 'INFO' })).toEqual([1]);
  expect(await idsOf({ alertType: 'NO_DATA' })).toEqual([1]);
  expect(await idsOf({ state: 'resolved' })).toEqual([2]);
  expect(await idsOf({ acknowledged: true })).toEqual([1]);
  expect(await idsOf({ acknowledged: false })).toEqual([2, 0]);
  expect(await idsOf({ dimension: 'device', dimensionKey: 'tv' })).toEqual([2]);
  const { createdAtMs } = numbered(1);
  expect(await idsOf({ fromMs: createdAtMs })).toEqual([2, 1]);
  expect(await idsOf({ toMs: createdAtMs })).toEqual([0]);
});

test('pages follow each other without gap or repetition, also among alerts of the same time', async () => {
  const records = Array.from({ length: 7 }, (_, n) =>
    numbered(n, { createdAtMs: 1_764_000_000_000 + (n >> 1) }),
  );
  await saveAlerts(env.DB, records);
  const seen: string[] = [];
  let after: { createdAtMs: number; id: string } | null = null;
  for (let page = 0; page < 4; page++) {
    const rows = await readAlerts(env.DB, all, { limit: 2, after });
    seen.push(...rows.map(({ record }) => record.id));
    after = rows.at(-1)?.record ?? null;
  }
  expect(seen).toEqual(records.map(({ id }) => id).toReversed());
});

test('live alerts fire, or were resolved of late', async () => {
  await saveAlerts(env.DB, [
    numbered(0),
    numbered(1, { state: 'resolved', resolvedAtMs: 1000 }),
    numbered(2, { state: 'resolved', resolvedAtMs: 1001 }),
  ]);
  const live = await readLiveAlerts(env.DB, 1000);
  expect(live.map(({ record }) => record.windowMinute - minute)).toEqual([2, 0]);
});
