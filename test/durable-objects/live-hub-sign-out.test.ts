// The end of a sign-in is the end of its live connections.
import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { LiveCaller } from '../../core/live/live-caller.ts';
import { socketRecheckMs } from '../../core/protocol/limits.ts';
import { closeCodes, liveEventsPath } from '../../core/protocol/live.ts';
import { anyone, callerHeaders, connect, freshHub, type HubStub, type Viewer } from './hub-fixture.ts';

afterEach(() => vi.useRealTimers());

const ofSession = (sessionId: string, fields: Partial<LiveCaller> = {}): LiveCaller => ({
  ...anyone,
  sessionId,
  ...fields,
});

/** The hub's alarm at that time; which sessions it has looked up meanwhile. */
async function alarmAt(
  stub: HubStub,
  atMs: number,
  standing: readonly string[],
  viewers: readonly Viewer[],
): Promise<string[]> {
  const asked: string[] = [];
  vi.useRealTimers();
  // What they have not acknowledged would end them for another reason.
  await new Promise((resolve) => setTimeout(resolve, 300));
  for (const viewer of viewers) if (!viewer.closed) viewer.say({ t: 'ack', seq: viewer.state?.seq });
  await new Promise((resolve) => setTimeout(resolve, 50));
  await runInDurableObject(stub, (hub) => {
    hub.sessionStands = async (sessionId) => {
      asked.push(sessionId);
      return Promise.resolve(standing.includes(sessionId));
    };
  });
  vi.useFakeTimers({ toFake: ['Date'], now: atMs });
  await runInDurableObject(stub, (hub) => hub.alarm());
  vi.useRealTimers();
  return asked;
}

describe('[ACC-5] a live connection', () => {
  it('is closed when its session is taken back, and only that', async () => {
    const { stub } = freshHub();
    const [one, two, other] = [
      await connect(stub, undefined, ofSession('s1')),
      await connect(stub, undefined, ofSession('s2')),
      await connect(stub, undefined, ofSession('s3', { personId: 'bob' })),
    ];
    for (const viewer of [one, two, other]) await viewer.until(() => viewer.state);
    await stub.signedOut({ sessionId: 's1' });
    expect(await one.until(() => one.closed)).toEqual({ code: closeCodes.signedOut, reason: 'signed out' });
    await stub.signedOut({ personId: 'bob' });
    await other.until(() => other.closed);
    two.say({ t: 'resync' });
    await two.until(() => two.texts.length > 1);
    expect(two.closed).toBeNull();
  });

  it('of server-sent events is ended too', async () => {
    const { stub } = freshHub();
    const headers = callerHeaders(ofSession('s1'));
    const response = await stub.fetch(`https://hub${liveEventsPath}`, { headers });
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    expect((await reader.read()).done).toBe(false);
    await stub.signedOut({ sessionId: 's1' });
    for (let read = await reader.read(); !read.done; ) read = await reader.read();
    expect(await runInDurableObject(stub, (hub) => hub.readerCount)).toBe(0);
  });

  it('is closed when its credential ends, and not before', async () => {
    const { stub } = freshHub();
    const endsAtMs = Date.now() + 10 * 60_000;
    const [ending, staying] = [
      await connect(stub, undefined, { ...anyone, endsAtMs }),
      await connect(stub, undefined, anyone),
    ];
    for (const viewer of [ending, staying]) await viewer.until(() => viewer.state);
    await alarmAt(stub, endsAtMs - 1, [], [ending, staying]);
    expect(ending.closed).toBeNull();
    await alarmAt(stub, endsAtMs, [], [ending, staying]);
    expect(await ending.until(() => ending.closed)).toMatchObject({ code: closeCodes.signedOut });
    expect(staying.closed).toBeNull();
  });

  it('has its session looked up every half hour, once for all its sockets', async () => {
    const { stub } = freshHub();
    const beganMs = Date.now();
    const viewers: Viewer[] = [];
    for (const session of ['good', 'good', 'bad']) {
      viewers.push(await connect(stub, undefined, ofSession(session)));
    }
    for (const viewer of viewers) await viewer.until(() => viewer.state);
    const look = async (atMs: number) => (await alarmAt(stub, atMs, ['good'], viewers)).sort();
    expect(await look(beganMs + socketRecheckMs - 1)).toEqual([]);
    const dueMs = beganMs + socketRecheckMs + 60_000;
    expect(await look(dueMs)).toEqual(['bad', 'good']);
    const bad = viewers[2];
    expect(await bad?.until(() => bad.closed)).toMatchObject({ code: closeCodes.signedOut });
    expect(viewers.slice(0, 2).map(({ closed }) => closed)).toEqual([null, null]);
    expect(await look(dueMs + socketRecheckMs - 1)).toEqual([]);
    expect(await look(dueMs + socketRecheckMs)).toEqual(['good']);
  });

  it('is remembered by a hub that slept', async () => {
    const { stub } = freshHub();
    const viewer = await connect(stub, undefined, ofSession('s1'));
    await viewer.until(() => viewer.state);
    await evictDurableObject(stub);
    const laterMs = Date.now() + socketRecheckMs + 1000;
    expect(await alarmAt(stub, laterMs, ['s1'], [viewer])).toEqual(['s1']);
    await stub.signedOut({ sessionId: 's1' });
    expect(await viewer.until(() => viewer.closed)).toMatchObject({ code: closeCodes.signedOut });
  });
});
