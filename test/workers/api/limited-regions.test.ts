// What a role that is limited to regions sees: as if there were no others.
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, test } from 'vitest';
import type { AlertRow } from '../../../core/alert/alert-row.ts';
import { minuteOf } from '../../../core/window/time.ts';
import { readAlert, saveAlerts } from '../../../storage/alert-store.ts';
import { saveWindows } from '../../../storage/window-store.ts';
import { modelEvents, windowsOf } from '../../storage/packed-windows.ts';
import { buildAlert } from '../../support/alert-record.ts';
import { problemOf, type Rows } from './ask.ts';
import { askAs, cookieFor, newPerson } from './people.ts';

const range = 'from=2026-11-21T00:00:00Z&to=2026-11-21T00:03:00Z';
const windowMinute = minuteOf(Date.now()) - 30;
const alerts = [
  buildAlert({ id: 'virginia.1', windowMinute, region: 'US-Virginia', regionNumber: 2 }),
  buildAlert({ id: 'paris.1', windowMinute, region: 'EU-Paris', regionNumber: 6 }),
  buildAlert({ id: 'paris.2', windowMinute: windowMinute + 1, region: 'EU-Paris', regionNumber: 6 }),
];
let virginia: string;
let whole: string;
let viewer: string;
let none: string;

beforeAll(async () => {
  await saveWindows(env.DB, windowsOf(modelEvents(31, 400).filter(({ shard }) => shard === 0)));
  await saveAlerts(env.DB, alerts);
  virginia = await cookieFor(await newPerson('analyst', ['US-Virginia', 'EU-Atlantis'], 'Ann'));
  whole = await cookieFor(await newPerson('analyst', '*', 'Bob'));
  viewer = await cookieFor(await newPerson('viewer'));
  none = await cookieFor(await newPerson('admin', []));
});

/** Without what moves from one question to the next. */
const settled = ({ data }: Rows): unknown =>
  JSON.parse(JSON.stringify(data, (name, value: unknown) => (name === 'watermark' ? null : value)));

const rowsOf = async (cookie: string, path: string): Promise<Rows> =>
  (await askAs(cookie, path)).json<Rows>();

describe('[ACC-2] a role that is limited to regions', () => {
  test.each(['realtime', 'timeseries', 'regions', 'trending', 'devices', 'alerts'])(
    'is answered by %s as if it had asked for its region',
    async (name) => {
      const own = await rowsOf(virginia, `/api/stats/${name}?${range}`);
      const asked = await rowsOf(whole, `/api/stats/${name}?${range}&region=US-Virginia`);
      expect(settled(own)).toEqual(settled(asked));
      if (name !== 'alerts') {
        expect(settled(own)).not.toEqual(settled(await rowsOf(whole, `/api/stats/${name}?${range}`)));
      }
    },
  );

  test.each(['movie-views', 'user-activity', 'event-distribution', 'ratings'])('and by %s', async (name) => {
    const own = await rowsOf(virginia, `/api/stream/${name}?${range}`);
    expect(own.data).toEqual((await rowsOf(whole, `/api/stream/${name}?${range}&region=US-Virginia`)).data);
  });

  test('does not learn whether another region is there', async () => {
    for (const path of ['/api/stats/realtime', '/api/stats/alerts', '/api/stream/ratings']) {
      const hidden = await problemOf(await askAs(virginia, `${path}?region=EU-Paris`));
      const absent = await problemOf(await askAs(virginia, `${path}?region=EU-Nowhere`));
      expect({ ...hidden, request_id: '' }).toEqual({ ...absent, request_id: '' });
      expect(hidden).toMatchObject({
        status: 400,
        detail: 'region must be the name of a region, such as US-Virginia',
      });
    }
  });

  test('sees the alerts of its region only, and acts on no others', async () => {
    expect((await rowsOf(virginia, '/api/stats/alerts')).data.map(({ id }) => id)).toEqual(['virginia.1']);
    for (const action of ['ack', 'resolve']) {
      const hidden = await problemOf(
        await askAs(virginia, `/api/alerts/paris.1/${action}`, { method: 'POST' }),
      );
      expect(hidden).toMatchObject({ status: 404, code: 'not_found', detail: 'There is no alert paris.1.' });
    }
    expect(await readAlert(env.DB, 'paris.1')).toMatchObject({
      record: { state: 'firing' },
      acknowledgement: null,
    });
    const own = await askAs(virginia, '/api/alerts/virginia.1/ack', { method: 'POST' });
    expect((await own.json<{ data: AlertRow }>()).data.acknowledged_by).toBe('Ann');
  });

  test('is not given what another was given before by the edge', async () => {
    const path = `/api/stats/realtime?${range}`;
    const shared = { headers: { 'cache-control': 'max-age=5' } };
    const events = [];
    for (const cookie of [whole, virginia, whole]) {
      const response = await askAs(cookie, path, shared);
      events.push((await response.json<{ data: { total_events: number } }>()).data.total_events);
    }
    expect(events[0]).toBe(events[2]);
    expect(events[1]).toBeGreaterThan(0);
    expect(events[1]).toBeLessThan(events[0] ?? 0);
  });

  test('to none is forbidden', async () => {
    for (const path of ['/api/stats/realtime', '/api/stats/alerts'])
      expect(await problemOf(await askAs(none, path))).toMatchObject({ status: 403, code: 'forbidden' });
  });

  test('cannot have another region as server-sent events', async () => {
    for (const query of ['regions=EU-Paris', 'regions=US-Virginia,EU-Paris', 'breakdown=EU-Paris'])
      expect(await problemOf(await askAs(virginia, `/api/live/sse?${query}`))).toMatchObject({ status: 400 });
  });
});

describe('[ACC-6] who acknowledged an alert', () => {
  test('is masked for a viewer, on the server', async () => {
    const comment = 'The CDN is on it.';
    const body = JSON.stringify({ comment });
    const acknowledged = await askAs(whole, '/api/alerts/paris.2/ack', { method: 'POST', body });
    expect(await acknowledged.json()).toMatchObject({ data: { acknowledged_by: 'Bob', comment } });
    const seenBy = async (cookie: string) =>
      (await rowsOf(cookie, '/api/stats/alerts?region=EU-Paris&acknowledged=true')).data;
    expect(await seenBy(whole)).toMatchObject([{ acknowledged_by: 'Bob', comment }]);
    expect(await seenBy(viewer)).toMatchObject([{ acknowledged_by: 'B***', comment }]);
    const csv = await askAs(viewer, '/api/stats/alerts?region=EU-Paris', { headers: { accept: 'text/csv' } });
    const text = await csv.text();
    expect(text).toContain('B***');
    expect(text).not.toContain('Bob');
  });
});
