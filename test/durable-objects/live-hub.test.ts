// The hub's object over real sockets, with real region objects and a real D1 behind it.
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import type { LiveState } from '../../core/live/live-state.ts';
import { leaseRenewMs } from '../../core/protocol/limits.ts';
import { liveCounterIndex, livePing, livePong, liveSubprotocol } from '../../core/protocol/live.ts';
import { minuteOf } from '../../core/window/time.ts';
import { loadRegions } from '../../storage/region-registry.ts';
import { alertRecord } from '../core/live/hub-fixture.ts';
import { accept, alarmOf, callerHeaders, commit, connect, freshHub, region } from './hub-fixture.ts';

const { events } = liveCounterIndex;

describe('a viewer of the hub', () => {
  it('[LIV-1] gets a snapshot, then what its region commits, absolute and under half a second later', async () => {
    const { stub } = freshHub();
    const place = await region(0);
    const minute = minuteOf(Date.now());
    await commit(place, 2);
    const viewer = await connect(stub);
    const first = await viewer.until(() => viewer.state);
    const held = first.regions.get(place.name)?.minutes.get(minute)?.[events] ?? 0;
    expect(held).toBeGreaterThanOrEqual(2);
    expect(first.facts.get(place.name)).toMatchObject({
      continent: place.continent,
      latitude: place.latitude,
    });
    expect(first.regions.size).toBe((await loadRegions(env.DB, Date.now())).length);
    const before = Date.now();
    await commit(place, 3, { timeMs: minute * 60_000 + 59_999 });
    await viewer.until(() => viewer.eventsOf(place.name, minute) === held + 3);
    expect(Date.now() - before).toBeLessThan(500);
    expect(viewer.state?.epoch).toBe(first.epoch);
    expect(viewer.texts.filter((text) => text.startsWith('{"t":"snapshot"'))).toHaveLength(1);
  });

  it('hears only of what it subscribed to, contents on demand', async () => {
    const { stub } = freshHub();
    const [one, other] = [await region(1), await region(2)];
    const viewer = await connect(stub);
    viewer.say({ t: 'subscribe', regions: [one.name], contents: true });
    await viewer.until(() => viewer.state?.regions.size === 1);
    const minute = minuteOf(Date.now());
    await commit(other, 1);
    await commit(one, 1);
    const contents = await viewer.until(() => viewer.state?.regions.get(one.name)?.contents.get(minute));
    expect([...contents.keys()]).toEqual(['film']);
    expect([...(viewer.state?.regions.keys() ?? [])]).toEqual([one.name]);
    viewer.say({ t: 'subscribe', regions: ['EU-Atlantis'] });
    expect(await viewer.until(() => viewer.error())).toBe('unknown_region');
  });

  it('gets its pong without a word to the hub, and its subprotocol echoed where it offered it', async () => {
    const { stub } = freshHub();
    const viewer = await connect(stub, `other, ${liveSubprotocol}`);
    viewer.send(livePing);
    await viewer.until(() => viewer.texts.includes(livePong));
    const upgrade = { upgrade: 'websocket', ...callerHeaders() };
    const offered = { ...upgrade, 'sec-websocket-protocol': `other,${liveSubprotocol}` };
    const echoed = await stub.fetch('https://hub/', { headers: offered });
    expect(echoed.headers.get('sec-websocket-protocol')).toBe(liveSubprotocol);
    const silent = await stub.fetch('https://hub/', { headers: upgrade });
    expect(silent.headers.get('sec-websocket-protocol')).toBeNull();
    for (const { webSocket } of [echoed, silent]) accept(webSocket);
  });

  it('[LIV-5] gets the breakdown that it asked for, and its changes, titles included', async () => {
    const { stub } = freshHub();
    const place = await region(8);
    await commit(place, 2, { contentId: 'film', title: 'The Film', contentType: 'movie', deviceType: 'tv' });
    const viewer = await connect(stub);
    viewer.say({ t: 'subscribe', regions: [], breakdown: place.name });
    const first = await viewer.until(() => viewer.state?.breakdown);
    expect(first.contents[0]).toMatchObject({ content_id: 'film', title: 'The Film', rank: 1 });
    expect(first.devices).toMatchObject([{ key: 'tv', events: 2 }]);
    await commit(place, 3, { contentId: 'song', title: 'A Song', contentType: 'music', deviceType: 'phone' });
    const next = await viewer.until(() => viewer.state?.breakdown?.active_contents === 2 && viewer.state);
    expect(next.breakdown?.contents.map(({ title, rank }) => [title, rank])).toEqual([
      ['A Song', 1],
      ['The Film', 2],
    ]);
    expect(next.breakdown?.content_types).toMatchObject([{ key: 'music' }, { key: 'movie' }]);
  });

  it('[LIV-5] gets the alerts of D1 on waking, and an acknowledgement when it comes', async () => {
    const { stub } = freshHub();
    const place = await region(0);
    const own = { region: place.name, regionNumber: place.number, createdAtMs: Date.now() };
    const record = alertRecord(1, { ...own, id: 'of-d1' });
    await runInDurableObject(stub, (hub) => {
      hub.sources = { ...hub.sources, alerts: async () => [{ record, acknowledgement: null }] };
    });
    const viewer = await connect(stub);
    await viewer.until(() => viewer.state?.alerts.has('of-d1'));
    await stub.acknowledged('of-d1', { by: 'ann', atMs: Date.now(), comment: 'on it' });
    const alert = await viewer.until(() => viewer.state?.alerts.get('of-d1')?.acknowledged && viewer.state);
    expect(alert.alerts.get('of-d1')).toMatchObject({ acknowledged_by: 'ann', comment: 'on it' });
    expect(viewer.texts.some((text) => text.startsWith('{"t":"alert"'))).toBe(true);
  });

  it('that is no WebSocket is told so', async () => {
    const response = await freshHub().stub.fetch('https://hub/api/live', { headers: callerHeaders() });
    expect(response.status).toBe(426);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toMatchObject({ code: 'upgrade_required' });
  });
});

describe('the hub', () => {
  const update = {
    regionNumber: 1,
    shard: 0,
    at: 0,
    watermark: 0,
    lastEventAt: null,
    lastReceivedAt: null,
    viewers: 0,
    panes: [],
    minutes: [],
    contents: [],
    devices: [],
    contentTypes: [],
    titles: [],
    alerts: [],
    revision: { generation: 0, incarnation: 0, logRow: 0 },
  };

  it('[LIV-3] without viewers wants no update, asks nobody and sets no alarm', async () => {
    const { stub } = freshHub();
    expect(await stub.update(update)).toEqual({ wanted: false });
    expect(await alarmOf(stub)).toBeNull();
    const viewer = await connect(stub);
    await viewer.until(() => viewer.state);
    expect(await stub.update(update)).toEqual({ wanted: true });
    expect(await alarmOf(stub)).toBeGreaterThan(Date.now());
    viewer.close();
    await viewer.until(() => viewer.closed);
    expect(await stub.update(update)).toEqual({ wanted: false });
    expect(await alarmOf(stub)).toBeNull();
  });

  it('[LIV-3] thrown out of memory, it finds its viewers and their subscriptions again under a new epoch', async () => {
    const { stub } = freshHub();
    const place = await region(3);
    const minute = minuteOf(Date.now());
    const viewer = await connect(stub);
    viewer.say({ t: 'subscribe', regions: [place.name] });
    const before = await viewer.until(() => viewer.state?.regions.size === 1 && viewer.state);
    await evictDurableObject(stub);
    await commit(place, 4, { timeMs: minute * 60_000 });
    const after = await viewer.until(() => viewer.state?.epoch !== before.epoch && viewer.state);
    expect([...after.regions.keys()]).toEqual([place.name]);
    expect(viewer.eventsOf(place.name, minute)).toBe(4);
    await commit(place, 1, { timeMs: minute * 60_000 });
    await viewer.until(() => viewer.eventsOf(place.name, minute) === 5);
  });

  it('[LIV-3] renews its leases by the alarm, with the picture as it is', async () => {
    const { stub } = freshHub();
    const place = await region(4);
    const minute = minuteOf(Date.now());
    const viewer = await connect(stub);
    await viewer.until(() => viewer.state);
    const leased = await runInDurableObject(stub, (hub) => {
      const addresses: number[] = [];
      const sources = hub.sources;
      hub.sources = {
        ...sources,
        lease(address, untilMs) {
          addresses.push(address.regionNumber);
          return sources.lease(address, untilMs);
        },
      };
      return addresses;
    });
    // The alarm stands a minute ahead: too early it finds nothing due, and is set again.
    expect(await runDurableObjectAlarm(stub)).toBe(true);
    expect(leased).toEqual([]);
    const { epoch } = viewer.state as LiveState;
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + leaseRenewMs });
    expect(await runDurableObjectAlarm(stub)).toBe(true);
    vi.useRealTimers();
    expect(leased).toHaveLength((await loadRegions(env.DB, Date.now())).length);
    expect(await alarmOf(stub)).toBeGreaterThan(Date.now() + leaseRenewMs);
    await commit(place, 1, { timeMs: minute * 60_000 });
    await viewer.until(() => viewer.eventsOf(place.name, minute) === 1);
    expect(viewer.state?.epoch).toBe(epoch);
  });

  it('shows what the others say though one region cannot answer, and asks that one again', async () => {
    const { stub } = freshHub();
    const [mute, place] = [await region(5), await region(6)];
    let asked = 0;
    await commit(place, 2, { timeMs: minuteOf(Date.now()) * 60_000 });
    await runInDurableObject(stub, (hub) => {
      const sources = hub.sources;
      hub.sources = {
        ...sources,
        async lease(address, untilMs) {
          if (address.regionNumber === mute.number && ++asked === 1)
            throw new Error('the region is out of order');
          return sources.lease(address, untilMs);
        },
      };
    });
    const viewer = await connect(stub);
    const first = await viewer.until(() => viewer.state);
    expect(first.regions.get(place.name)?.watermark).toBeGreaterThan(0);
    expect(first.regions.get(mute.name)?.watermark).toBeNull();
    expect(asked).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    await runDurableObjectAlarm(stub);
    await viewer.until(() => viewer.state?.regions.get(mute.name)?.watermark);
    expect(asked).toBe(2);
  });

  it('[WIN-7] shows the last hour as D1 has it, beside what the regions hold', async () => {
    const { stub } = freshHub();
    const place = await region(7);
    const now = Date.now();
    const old = minuteOf(now) - 40;
    const history = {
      regionNumber: place.number,
      shard: 0,
      minute: old,
      revision: { generation: 0, incarnation: 1, logRow: 0 },
      counters: [12, 12],
    };
    await runInDurableObject(stub, (hub) => {
      const sources = hub.sources;
      hub.sources = {
        ...sources,
        async history(range) {
          const { windows, totals } = await sources.history(range);
          return { windows, totals: [...totals, history] };
        },
      };
    });
    const viewer = await connect(stub);
    await viewer.until(() => viewer.state);
    expect(viewer.eventsOf(place.name, old)).toBe(12);
  });
});
