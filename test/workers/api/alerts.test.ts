import { runDurableObjectAlarm } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { AlertRow } from '../../../core/alert/alert-row.ts';
import { DOWNLOAD, FAILED, SUCCESS } from '../../../core/protocol/event-type.ts';
import { shardObjectName } from '../../../core/protocol/region.ts';
import { minuteOf, minuteStartMs } from '../../../core/window/time.ts';
import { readAlert, saveAlerts } from '../../../storage/alert-store.ts';
import { resolveRoute } from '../../../workers/api/alert-actions.ts';
import { alertRulesRoute } from '../../../workers/api/alert-rules.ts';
import { alertsRoute } from '../../../workers/api/alerts.ts';
import { buildAlert } from '../../support/alert-record.ts';
import { buildChunk, buildEvent } from '../../support/build-chunk.ts';
import { ask, brokenDatabase, problemOf, rowsOf } from './ask.ts';

const first = minuteOf(Date.now()) - 60;
/** Seven alerts of EU-London, EU-Frankfurt and EU-Paris, a minute apart but for the last two. */
const made = Array.from({ length: 7 }, (_, n) => {
  const windowMinute = first + Math.min(n, 5);
  const [region, regionNumber] = (
    [
      ['EU-London', 4],
      ['EU-Frankfurt', 5],
      ['EU-Paris', 6],
    ] as const
  )[n % 3] ?? ['', 0];
  return buildAlert({
    id: `made.${n}`,
    windowMinute,
    region,
    regionNumber,
    severity: n % 2 === 0 ? 'CRITICAL' : 'WARNING',
    alertType: n % 2 === 0 ? 'LOW_SUCCESS_RATE' : 'HIGH_ERROR_RATE',
    ...(n === 1 ? { dimension: 'content', dimensionKey: 'film-1' } : {}),
    ...(n === 2 ? { dimension: 'device', dimensionKey: 'tv' } : {}),
    ...(n > 3
      ? {
          state: 'resolved',
          resolution: 'healthy',
          resolvedMinute: windowMinute + 3,
          resolvedAtMs: Date.now(),
        }
      : {}),
  });
});

const post = (path: string, body?: string | object, bindings = env) =>
  ask(
    path,
    {
      method: 'POST',
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    },
    bindings,
  );

const idsOf = async (query: string): Promise<unknown[]> =>
  (await rowsOf(`/api/stats/alerts?${query}`)).data.map(({ id }) => id);

const newestFirst = ['made.6', 'made.5', 'made.4', 'made.3', 'made.2', 'made.1', 'made.0'];

beforeEach(async () => {
  await env.DB.prepare('DELETE FROM alerts').run();
  await saveAlerts(env.DB, made);
});

describe('the list of alerts', () => {
  test('is of a day, newest first, in the form of the seeds', async () => {
    const response = await ask('/api/stats/alerts');
    const answer = await response.json<{ data: AlertRow[] }>();
    alertsRoute.doc.answer?.parse(answer);
    expect(answer.data.map(({ id }) => id)).toEqual(newestFirst);
    expect(answer.data.at(-1)).toMatchObject({
      alert_type: 'LOW_SUCCESS_RATE',
      region: 'EU-London',
      acknowledged: false,
    });
  });

  test.each([
    ['region=EU-Paris', ['made.5', 'made.2']],
    ['severity=WARNING', ['made.5', 'made.3', 'made.1']],
    ['state=firing', ['made.3', 'made.2', 'made.1', 'made.0']],
    ['state=resolved&severity=CRITICAL', ['made.6', 'made.4']],
    ['alert_type=HIGH_ERROR_RATE&region=EU-London', ['made.3']],
    ['alert_type=nothing', []],
    ['content_id=film-1', ['made.1']],
    ['content_id=tv', []],
    ['device_type=tv', ['made.2']],
    ['acknowledged=true', []],
    ['acknowledged=false&limit=2', ['made.6', 'made.5']],
    [`from=${minuteStartMs(first + 3)}&to=${minuteStartMs(first + 5)}`, ['made.3', 'made.2']],
    ['minutes=5', []],
  ])('?%s', async (query, ids) => {
    expect(await idsOf(query)).toEqual(ids);
  });

  test('comes in pages, also where two were recorded at once', async () => {
    for (const limit of [1, 2, 3, 7]) {
      const ids: unknown[] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const page = await rowsOf(
          `/api/stats/alerts?limit=${limit}${cursor === '' ? '' : `&cursor=${cursor}`}`,
        );
        ids.push(...page.data.map(({ id }) => id));
        cursor = page.meta.next_cursor;
      }
      expect(ids).toEqual(newestFirst);
    }
  });

  test('is of up to 30 days, as long as alerts are kept, and its pages too', async () => {
    const old = [20, 21].map((days) =>
      buildAlert({ id: `old.${days}`, windowMinute: minuteOf(Date.now()) - days * 1440 }),
    );
    await saveAlerts(env.DB, old);
    expect(await idsOf('minutes=1440')).toEqual(newestFirst);
    const question = '/api/stats/alerts?minutes=43200&limit=8';
    const first = await rowsOf(question);
    expect(first.data.map(({ id }) => id)).toEqual([...newestFirst, 'old.20']);
    const second = await rowsOf(`${question}&cursor=${first.meta.next_cursor}`);
    expect(second.data.map(({ id }) => id)).toEqual(['old.21']);
  });

  test.each([
    ['severity=critical', 'severity'],
    ['state=open', 'state'],
    ['acknowledged=yes', 'acknowledged'],
    ['content_id=a&device_type=b', 'device_type'],
    ['content_type=film', 'content_type'],
    ['limit=0', 'limit'],
    ['minutes=0', 'minutes'],
    ['minutes=1e9', 'minutes'],
    ['minutes=43201', 'minutes'],
    ['region=Atlantis', 'region'],
    ['cursor=x', 'cursor'],
  ])('?%s is refused', async (query, parameter) => {
    const { errors } = await problemOf(await ask(`/api/stats/alerts?${query}`));
    expect(errors?.map((error) => error.parameter)).toEqual([parameter]);
  });

  test('the rules are told as they are now', async () => {
    const response = await ask('/api/alerts/rules');
    const answer = await response.json<{ data: { id: string }[] }>();
    alertRulesRoute.doc.answer?.parse(answer);
    expect(answer.data.length).toBeGreaterThan(2);
    expect(new Set(answer.data.map(({ id }) => id)).size).toBe(answer.data.length);
  });
});

describe('acknowledging', () => {
  const path = '/api/alerts/made.3/ack';

  test('says who and what, once; the hub is told', async () => {
    const before = Date.now();
    const response = await post(path, { comment: '  The CDN is on it.  ' });
    expect(response.status).toBe(200);
    const { data } = await response.json<{ data: AlertRow }>();
    resolveRoute.doc.answer?.parse({ data });
    expect(data).toMatchObject({
      id: 'made.3',
      acknowledged: true,
      acknowledged_by: 'Test admin',
      comment: 'The CDN is on it.',
    });
    expect(Date.parse(data.acknowledged_at ?? '')).toBeGreaterThanOrEqual(before);
    expect(await idsOf('acknowledged=true')).toEqual(['made.3']);
    const again = await problemOf(await post(path, { comment: 'Me too' }));
    expect(again).toMatchObject({
      status: 409,
      code: 'already_acknowledged',
      detail: `Test admin acknowledged it at ${data.acknowledged_at}.`,
    });
    expect((await readAlert(env.DB, 'made.3'))?.acknowledgement?.comment).toBe('The CDN is on it.');
  });

  test.each([[undefined], [''], ['{}'], ['{"comment":null}'], ['{"comment":"   "}']])(
    'with body %j has no comment',
    async (body) => {
      const { data } = await (await post(path, body)).json<{ data: AlertRow }>();
      expect([data.acknowledged, data.comment]).toEqual([true, null]);
    },
  );

  test('takes a comment of the longest length', async () => {
    expect((await post(path, { comment: 'ü'.repeat(2000) })).status).toBe(200);
  });

  test.each([
    ['not JSON', 400, 'unreadable_body'],
    ['\ufeff', 400, 'unreadable_body'],
    ['[]', 400, 'invalid_parameter'],
    ['null', 400, 'invalid_parameter'],
    ['{"comment":5}', 400, 'invalid_parameter'],
    ['{"coment":"x"}', 400, 'invalid_parameter'],
    [JSON.stringify({ comment: 'x'.repeat(2001) }), 400, 'invalid_parameter'],
    [JSON.stringify({ comment: 'x'.repeat(10_000) }), 400, 'invalid_parameter'],
    [JSON.stringify({ comment: 'x'.repeat(20_000) }), 413, 'payload_too_large'],
  ])('body %.40s: %i %s', async (body, status, code) => {
    for (const action of ['ack', 'resolve']) {
      expect(await problemOf(await post(`/api/alerts/made.3/${action}`, body))).toMatchObject({
        status,
        code,
      });
    }
    expect((await readAlert(env.DB, 'made.3'))?.acknowledgement).toBeNull();
  });

  test.each(['ack', 'resolve'])('%s of an alert that is not there: 404', async (action) => {
    for (const id of ['nothing', '__proto__', '%00', 'x'.repeat(2000), "'%20OR%201"]) {
      expect(await problemOf(await post(`/api/alerts/${id}/${action}`, {}))).toMatchObject({
        status: 404,
        code: 'not_found',
      });
    }
  });

  test('while D1 does not answer is refused, and nothing is noted', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    for (const action of ['ack', 'resolve']) {
      const response = await post(`/api/alerts/made.3/${action}`, {}, { ...env, DB: brokenDatabase });
      expect(await problemOf(response)).toMatchObject({ status: 503, code: 'storage_unavailable' });
    }
  });
});

describe('closing', () => {
  test('an alert that no shard holds any more is closed in D1, and acknowledged', async () => {
    const response = await post('/api/alerts/made.0/resolve', { comment: 'The region is gone.' });
    const { data } = await response.json<{ data: AlertRow }>();
    expect(data).toMatchObject({
      state: 'resolved',
      resolution: 'closed',
      acknowledged: true,
      comment: 'The region is gone.',
    });
    expect(data.history.at(-1)).toMatchObject({ cause: 'person', by: data.acknowledged_by });
    expect(await idsOf('state=firing')).toEqual(['made.3', 'made.2', 'made.1']);
    const again = await problemOf(await post('/api/alerts/made.0/resolve'));
    expect(again).toMatchObject({ status: 409, code: 'already_resolved' });
  });

  test('one that is over: 409', async () => {
    expect(await problemOf(await post('/api/alerts/made.5/resolve'))).toMatchObject({
      status: 409,
      code: 'already_resolved',
    });
  });
});

describe('[WIN-7] what a shard tells of its alerts', () => {
  const regionNumber = 7;
  const address = { regionNumber, shard: 0 };

  /** Lets a window of the region fail, and gives the alert's id. */
  async function failing() {
    const stub = env.REGION_WINDOW.get(env.REGION_WINDOW.idFromName(shardObjectName(regionNumber, 0)));
    const minute = minuteOf(Date.now()) - 3;
    const downloads = Array.from({ length: 41 }, (_, i) =>
      buildEvent({
        timeMs: minuteStartMs(i < 40 ? minute : minute + 2) + i,
        identityLo: i + 1,
        type: DOWNLOAD,
        status: i < 20 ? FAILED : SUCCESS,
      }),
    );
    await stub.receive(address, [buildChunk(downloads, { regionNumber, receivedAtMs: Date.now() })]);
    await runDurableObjectAlarm(stub);
    return { stub, id: `LOW_SUCCESS_RATE.1.${regionNumber}.${minute}` };
  }

  test('is listed before D1 has it, can be acknowledged and closed, and its newest state stands', async () => {
    const { id, stub } = await failing();
    await env.DB.prepare('DELETE FROM alerts').run();
    expect(await idsOf('region=ASIA-Tokyo')).toContain(id);
    expect(await idsOf('region=ASIA-Tokyo&acknowledged=true')).toEqual([]);
    expect(await idsOf('region=EU-London')).toEqual([]);
    expect((await post(`/api/alerts/${id}/ack`, { comment: 'seen' })).status).toBe(200);
    expect(await idsOf('region=ASIA-Tokyo&acknowledged=true')).toEqual([id]);
    const closed = await post(`/api/alerts/${id}/resolve`, {
      comment: 'dropped, since it was acknowledged before',
    });
    const { data } = await closed.json<{ data: AlertRow }>();
    expect(data).toMatchObject({ state: 'resolved', resolution: 'closed', comment: 'seen' });
    expect(data.history.at(-1)).toMatchObject({
      state: 'resolved',
      cause: 'person',
      by: data.acknowledged_by,
    });
    expect(data.history.slice(0, -1).map(({ by }) => by)).toEqual(data.history.slice(1).map(() => null));
    // D1 still says that it fires.
    expect((await readAlert(env.DB, id))?.record.state).toBe('firing');
    expect(await idsOf('region=ASIA-Tokyo&state=firing')).not.toContain(id);
    expect(await idsOf('region=ASIA-Tokyo&state=resolved')).toContain(id);
    await runDurableObjectAlarm(stub);
    expect((await readAlert(env.DB, id))?.record).toMatchObject({ state: 'resolved', resolution: 'closed' });
    expect(await idsOf('region=ASIA-Tokyo&state=resolved')).toContain(id);
  });
});
