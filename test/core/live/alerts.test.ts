// LIV-5 of alerts: at once, whole, of the subscribed regions, and DUP-2 whoever says it first.
import { describe, expect, test } from 'vitest';
import type { AlertRecord } from '../../../core/alert/alert-record.ts';
import type { AlertRow } from '../../../core/alert/alert-row.ts';
import {
  frameEveryMs,
  leaseRenewMs,
  liveAlertsMs,
  viewerBehindMsMax,
} from '../../../core/protocol/limits.ts';
import { alertRecord, answer, framesTo, frameTo, startMs, TestHub, update } from './hub-fixture.ts';

const resolved = (change: number, resolvedAtMs: number) =>
  alertRecord(change, { state: 'resolved', resolution: 'healthy', resolvedMinute: 1, resolvedAtMs });

const told = (hub: TestHub, ...alerts: AlertRecord[]) =>
  hub.take({ type: 'update', update: update(0, { at: hub.now, viewers: 0, alerts }) });

const word = (comment: string, atMs = startMs) => ({ by: 'ann', atMs, comment });

function snapshotAlerts(hub: TestHub, viewer = 'late'): readonly AlertRow[] {
  const frame = frameTo(hub.take({ type: 'connected', viewer }), viewer);
  return frame.alerts ?? [];
}

describe('an alert', () => {
  test('[LIV-5] goes at once, though a frame has just gone, in a delta named alert', () => {
    const hub = new TestHub().ready('a');
    hub.now += 1000;
    hub.commit(1);
    hub.now++;
    const frame = frameTo(told(hub, alertRecord(1)), 'a');
    expect(frame).toMatchObject({ t: 'alert', alerts: [{ id: 'alert', state: 'firing' }] });
    hub.now += 1000;
    const next = frameTo(hub.commit(2), 'a');
    expect(next).toMatchObject({ t: 'delta' });
    expect(next).not.toHaveProperty('alerts');
  });

  test('[LIV-2, LIV-5] waits for a viewer that is behind, as everything does', () => {
    const hub = new TestHub().ready('a');
    hub.now += viewerBehindMsMax + 1;
    expect(framesTo(told(hub, alertRecord(1)), 'a')).toEqual([]);
    const frame = frameTo(hub.say('a', { t: 'ack', seq: hub.hub.viewers.get('a')?.sent }), 'a');
    expect(frame).toMatchObject({ t: 'alert', alerts: [{ id: 'alert' }] });
  });

  test('[LIV-5] goes to those who see its region', () => {
    const hub = new TestHub().ready('a', 'b');
    hub.say('b', { t: 'subscribe', regions: ['ASIA-Tokyo'] });
    const effects = told(hub, alertRecord(1));
    expect(framesTo(effects, 'a')).toHaveLength(1);
    expect(framesTo(effects, 'b')).toEqual([]);
  });

  test('[LIV-5] that its shard no longer lists is settled, not gone', () => {
    const hub = new TestHub().ready('a');
    told(hub, alertRecord(1));
    expect(told(hub)).toEqual([]);
    expect(snapshotAlerts(hub)).toHaveLength(1);
  });

  test('[LIV-5] stays for an hour after it was resolved', () => {
    const hub = new TestHub().ready('a');
    told(hub, resolved(1, startMs));
    hub.now += liveAlertsMs - frameEveryMs - 1;
    expect(snapshotAlerts(hub, 'b')).toHaveLength(1);
    hub.now += frameEveryMs + 1;
    expect(snapshotAlerts(hub, 'c')).toEqual([]);
    told(hub, alertRecord(9, { ...resolved(9, startMs), id: 'old' }));
    expect(snapshotAlerts(hub, 'd')).toEqual([]);
  });

  test('[LIV-5] whose resolution comes when it is out of sight already is still told to those who see it fire', () => {
    const hub = new TestHub().ready('a');
    told(hub, alertRecord(1));
    hub.ack('a');
    hub.now += liveAlertsMs + 1;
    expect(frameTo(told(hub, resolved(2, startMs)), 'a').alerts).toMatchObject([{ state: 'resolved' }]);
    expect(snapshotAlerts(hub)).toEqual([]);
  });

  test('[LIV-5] snapshots show the newest first', () => {
    const hub = new TestHub().ready('a');
    told(
      hub,
      alertRecord(1, { id: 'b', createdAtMs: startMs }),
      alertRecord(2, { id: 'c', createdAtMs: startMs + 5 }),
      alertRecord(3, { id: 'a', createdAtMs: startMs }),
    );
    expect(snapshotAlerts(hub).map(({ id }) => id)).toEqual(['c', 'a', 'b']);
  });
});

describe('where alerts come from', () => {
  const firing = { record: alertRecord(1), acknowledgement: null };
  const says: readonly (readonly [string, (hub: TestHub) => void])[] = [
    ['D1', (hub) => hub.take({ type: 'alerts', alerts: [firing] })],
    ['answer', (hub) => hub.take({ type: 'answer', answer: answer({ alerts: [resolved(2, startMs)] }) })],
    [
      'word',
      (hub) => hub.take({ type: 'acknowledged', id: 'alert', acknowledgement: word('new', startMs + 2) }),
    ],
    [
      'older word',
      (hub) => hub.take({ type: 'acknowledged', id: 'alert', acknowledgement: word('old', startMs) }),
    ],
  ];
  test.each(permutations(says).map((order) => [order.map(([name]) => name).join(', '), order] as const))(
    '[DUP-2, LIV-5] %s: the newest of each stays',
    (_, order) => {
      const hub = new TestHub().ready('a');
      for (const [, say] of order) say(hub);
      expect(snapshotAlerts(hub)).toMatchObject([
        { state: 'resolved', acknowledged_by: 'ann', comment: 'new' },
      ]);
    },
  );

  test.each([
    ['generation', { generation: 1, incarnation: 0, change: 0 }],
    ['log', { generation: 0, incarnation: 2, change: 0 }],
  ])('[DUP-2] a later %s wins over more changes of the one before', (_, later) => {
    const hub = new TestHub().ready('a');
    told(hub, alertRecord(9, { revision: later, message: 'later' }));
    told(hub, alertRecord(9, { message: 'before' }));
    expect(snapshotAlerts(hub)).toMatchObject([{ message: 'later' }]);
  });

  test('[DUP-2, LIV-5] one that is long resolved does not fire again because D1 lags behind', () => {
    const hub = new TestHub().ready('a');
    hub.ack('a');
    hub.now += 2 * liveAlertsMs;
    told(hub, resolved(2, startMs));
    hub.take({ type: 'alerts', alerts: [firing] });
    expect(snapshotAlerts(hub)).toEqual([]);
    hub.ack('a', 'late');
    hub.now += 24 * 3_600_000;
    hub.commit(5);
    expect(hub.hub.life?.alerts.byId.size).toBe(0);
  });

  test('[LIV-5] D1 is asked on waking, after a failure, and with every renewal', () => {
    const hub = new TestHub();
    hub.take({ type: 'connected', viewer: 'a' });
    hub.take({ type: 'registry', regions: [] });
    hub.take({ type: 'history', windows: [], totals: [] });
    hub.take({ type: 'failed', job: { job: 'alerts' } });
    hub.now += 1000;
    const asks = (effects: ReturnType<TestHub['take']>) =>
      effects.filter(({ type }) => type === 'read_alerts').length;
    expect(asks(hub.effects)).toBe(1);
    expect(asks(hub.take({ type: 'alarm' }))).toBe(1);
    hub.take({ type: 'alerts', alerts: [{ record: alertRecord(1), acknowledgement: word('seen') }] });
    expect(snapshotAlerts(hub)).toMatchObject([{ comment: 'seen', acknowledged: true }]);
    hub.ack('a', 'late');
    hub.now += leaseRenewMs;
    expect(asks(hub.take({ type: 'alarm' }))).toBe(1);
  });

  test('an acknowledgement of an alert that never comes is kept for an hour, no longer', () => {
    const hub = new TestHub().ready('a');
    hub.take({ type: 'acknowledged', id: 'nobody', acknowledgement: word('?') });
    hub.ack('a');
    hub.now += liveAlertsMs - 1;
    hub.commit(1);
    expect(hub.hub.life?.alerts.acknowledgements.size).toBe(1);
    hub.ack('a');
    hub.now += 10_000;
    hub.commit(2);
    expect(hub.hub.life?.alerts.acknowledgements.size).toBe(0);
  });
});

function permutations<T>(list: readonly T[]): T[][] {
  if (list.length === 0) return [[]];
  return list.flatMap((item, i) => permutations(list.toSpliced(i, 1)).map((rest) => [item, ...rest]));
}
