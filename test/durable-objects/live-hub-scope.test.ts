// What the hub shows to whom: regions that a role is limited to, and names of people.
import { runInDurableObject } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { liveEventsPath } from '../../core/protocol/live.ts';
import { alertRecord } from '../core/live/hub-fixture.ts';
import { anyone, callerHeaders, commit, connect, freshHub, region } from './hub-fixture.ts';

describe('[ACC-2] a viewer whose role is limited to regions', () => {
  it('gets its regions as all of them, and the others are unknown', async () => {
    const { stub } = freshHub();
    const [own, other] = [await region(3), await region(4)];
    const caller = { ...anyone, scope: { regions: [own.name], masksPeople: false } };
    await commit(own, 2, { contentId: 'own-film' });
    await commit(other, 3, { contentId: 'other-film' });
    const viewer = await connect(stub, undefined, caller);
    const first = await viewer.until(() => viewer.state);
    expect([...first.regions.keys()]).toEqual([own.name]);
    expect([...first.facts.keys()]).toEqual([own.name]);
    for (const frame of [{ regions: [own.name, other.name] }, { regions: '*', breakdown: other.name }]) {
      viewer.texts.length = 0;
      viewer.say({ t: 'subscribe', ...frame });
      expect(await viewer.until(() => viewer.error())).toBe('unknown_region');
    }
    viewer.texts.length = 0;
    const whole = await connect(stub);
    whole.say({ t: 'subscribe', regions: '*', breakdown: '*' });
    const all = await whole.until(() => whole.state?.breakdown);
    viewer.say({ t: 'subscribe', regions: '*', breakdown: '*' });
    const breakdown = await viewer.until(() => viewer.state?.breakdown);
    expect(breakdown.contents.map(({ content_id }) => content_id)).toEqual(['own-film']);
    expect(all.contents.map(({ content_id }) => content_id)).toContain('other-film');
    await commit(other, 1);
    await commit(own, 1);
    await viewer.until(() => viewer.texts.some((text) => text.startsWith('{"t":"delta"')));
    expect(viewer.texts.join('\n')).not.toContain(other.name);
  });

  it('gets server-sent events of them only', async () => {
    const { stub } = freshHub();
    const own = await region(3);
    const headers = callerHeaders({ ...anyone, scope: { regions: [own.name], masksPeople: false } });
    const response = await stub.fetch(`https://hub${liveEventsPath}?breakdown=*`, { headers });
    const reader = (response.body as ReadableStream<Uint8Array>)
      .pipeThrough(new TextDecoderStream() as unknown as ReadableWritablePair<string, Uint8Array>)
      .getReader();
    let text = '';
    while (!text.includes('data: ')) text += (await reader.read()).value ?? '';
    await reader.cancel();
    expect(text).toContain(own.name);
    expect(text).not.toContain((await region(4)).name);
  });
});

it('[ACC-6] names of people come masked to a viewer', async () => {
  const { stub } = freshHub();
  const place = await region(0);
  const own = { region: place.name, regionNumber: place.number, createdAtMs: Date.now() };
  const acknowledgement = { by: 'Jane', atMs: Date.now(), comment: 'on it' };
  await runInDurableObject(stub, (hub) => {
    const known = ['a', 'b'].map((id) => ({ record: alertRecord(1, { ...own, id }), acknowledgement: null }));
    hub.sources = { ...hub.sources, alerts: async () => known };
  });
  const masked = await connect(stub, undefined, { ...anyone, scope: { regions: '*', masksPeople: true } });
  const whole = await connect(stub);
  for (const viewer of [masked, whole]) await viewer.until(() => viewer.state?.alerts.has('b'));
  await stub.acknowledged('a', acknowledgement);
  const nameIn = async (viewer: typeof whole) =>
    viewer.until(() => viewer.state?.alerts.get('a')?.acknowledged_by);
  expect(await nameIn(whole)).toBe('Jane');
  expect(await nameIn(masked)).toBe('J***');
  masked.say({ t: 'resync' });
  await masked.until(() => masked.texts.filter((text) => text.startsWith('{"t":"snapshot"')).length === 2);
  expect(masked.texts.join('\n')).not.toContain('Jane');
});

it('[ACC-5] whom the door has not named, the hub does not take', async () => {
  const { stub } = freshHub();
  for (const path of ['/api/live', liveEventsPath]) {
    const headers = { upgrade: 'websocket', 'x-marquee-caller': 'admin' };
    expect((await stub.fetch(`https://hub${path}`, { headers })).status).toBe(401);
  }
});
