// The life of the live connection, on a socket and a clock of the test's own.

import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { LiveState } from '../../core/live/live-state.ts';
import { ackAfterBytes } from '../../core/protocol/limits.ts';

import { type Link, LiveConnection } from '../../site/live/connection.ts';
import { FakePorts } from './fake-ports.ts';
import { delta, noon, snapshot } from './frames.ts';

let ports: FakePorts;
let links: Link[];
let states: LiveState[];
let pings: number;
let connection: LiveConnection;

beforeEach(() => {
  ports = new FakePorts();
  links = [];
  states = [];
  pings = 0;
  connection = new LiveConnection(ports, {
    link: (link) => links.push(link),
    state: (state) => states.push(state),
    heard: () => {},
    pinged: () => {
      pings++;
    },
  });
  connection.start();
});

const receive = (frame: object): void => ports.socket.received(JSON.stringify(frame));
const sent = (): unknown[] => ports.socket.sent.splice(0);

/** Opened, subscribed, first snapshot taken and acknowledged. */
function goLive(): void {
  ports.socket.opened();
  receive(snapshot());
  sent();
}

describe('subscribing and acknowledging', () => {
  test('an open socket subscribes to all regions, and is live with the first snapshot', () => {
    ports.socket.opened();
    expect(sent()).toEqual([{ t: 'subscribe', regions: '*', breakdown: '*' }]);
    expect(links).toEqual([]);
    receive(snapshot());
    expect(links).toEqual([{ kind: 'live' }]);
    expect(states.at(-1)?.seq).toBe(1);
  });

  test('[LIV-7] a socket has in its address what is broken down at that time', () => {
    connection.breakDown('EU-London');
    goLive();
    ports.socket.closed(false);
    ports.pass(500);
    expect(ports.sockets.map(({ breakdown }) => breakdown)).toEqual(['*', 'EU-London']);
  });

  test('[LIV-7] one that does not open with a region is opened at once with all, as the region may not be there', () => {
    goLive();
    connection.breakDown('nowhere');
    ports.socket.closed(false);
    ports.pass(500);
    ports.socket.closed(false);
    expect(ports.sockets.map(({ breakdown }) => breakdown)).toEqual(['*', 'nowhere', '*']);
    expect(links.at(-1)).toMatchObject({ kind: 'reconnecting', retryAt: null, attempts: 1 });
    ports.socket.closed(false);
    expect(links.at(-1)).toMatchObject({ kind: 'reconnecting', attempts: 2 });
    expect(ports.sockets).toHaveLength(3);
  });

  test('a breakdown of a region is asked for once, and again by the next socket', () => {
    goLive();
    connection.breakDown('EU-London');
    connection.breakDown('EU-London');
    const subscription = { t: 'subscribe', regions: '*', breakdown: 'EU-London' };
    expect(sent()).toEqual([subscription]);
    ports.socket.closed(false);
    connection.breakDown(null);
    connection.breakDown('EU-London');
    expect(sent()).toEqual([]);
    ports.pass(500);
    ports.socket.opened();
    expect(sent()).toEqual([subscription]);
  });

  test('a region that is not there, as an address may name one, is broken down as all', () => {
    const told = vi.spyOn(console, 'error').mockImplementation(() => {});
    connection.breakDown('nowhere');
    ports.socket.opened();
    sent();
    receive({ t: 'error', code: 'unknown_region', message: 'no' });
    receive({ t: 'error', code: 'bad_frame', message: 'no' });
    expect(sent()).toEqual([{ t: 'subscribe', regions: '*', breakdown: '*' }]);
    told.mockRestore();
  });

  test('[LIV-2] a snapshot is acknowledged at once, deltas every ack_every_ms', () => {
    ports.socket.opened();
    sent();
    receive(snapshot());
    expect(sent()).toEqual([{ t: 'ack', seq: 1 }]);
    ports.pass(500);
    receive(delta(1, 2));
    ports.pass(1_499);
    receive(delta(2, 3));
    expect(sent()).toEqual([]);
    ports.pass(1);
    expect(sent()).toEqual([{ t: 'ack', seq: 3 }]);
  });

  test('[LIV-2] the hub stretches the interval by any frame', () => {
    goLive();
    receive(delta(1, 2, { ack_every_ms: 4_000 }));
    ports.pass(3_999);
    expect(sent()).toEqual([]);
    ports.pass(1);
    expect(sent()).toEqual([{ t: 'ack', seq: 2 }]);
  });

  test('[LIV-3] with nothing new there is no acknowledgement, so that the hub can sleep', () => {
    goLive();
    for (let i = 0; i < 6; i++) {
      ports.pass(5_000);
      ports.socket.received('pong');
    }
    expect(sent().every((text) => text === 'ping')).toBe(true);
    expect(pings).toBe(6);
  });

  test('[LIV-2] much text is acknowledged before its time, at the limit and not one character below', () => {
    goLive();
    const frame = (seq: number, length: number): string => {
      const bare = JSON.stringify({ ...delta(seq - 1, seq), pad: '' });
      return JSON.stringify({ ...delta(seq - 1, seq), pad: 'x'.repeat(length - bare.length) });
    };
    ports.socket.received(frame(2, ackAfterBytes - 1));
    expect(sent()).toEqual([]);
    ports.socket.received(frame(3, 200));
    expect(sent()).toEqual([{ t: 'ack', seq: 3 }]);
    ports.socket.received(frame(4, ackAfterBytes));
    expect(sent()).toEqual([{ t: 'ack', seq: 4 }]);
  });
});

describe('[LIV-1] a frame that does not continue the state', () => {
  test('asks for a snapshot once, and takes nothing until it has come', () => {
    goLive();
    receive(delta(7, 8));
    receive(delta(8, 9));
    expect(sent()).toEqual([{ t: 'resync' }]);
    expect(states).toHaveLength(1);
    receive(snapshot({}, { seq: 9 }));
    receive(delta(9, 10));
    expect(states.map(({ seq }) => seq)).toEqual([1, 9, 10]);
    expect(sent()).toEqual([{ t: 'ack', seq: 9 }]);
  });

  test('a frame of another epoch does not continue it either', () => {
    goLive();
    receive(delta(1, 2, { epoch: 'e2' }));
    expect(sent()).toEqual([{ t: 'resync' }]);
  });

  test('what is no frame, or of a kind unknown here, is passed over', () => {
    goLive();
    for (const text of ['', 'not json', '[]', '{"t":"alert","id":1}', '{"t":"delta"}'])
      ports.socket.received(text);
    expect(states).toHaveLength(1);
    expect(sent()).toEqual([]);
  });

  test('the refusal of a frame is told and changes nothing', () => {
    goLive();
    const told = vi.spyOn(console, 'warn').mockImplementation(() => {});
    receive({ t: 'error', code: 'bad_frame', message: 'no' });
    expect(told).toHaveBeenCalledOnce();
    expect(links.at(-1)).toEqual({ kind: 'live' });
    told.mockRestore();
  });
});

describe('a lost connection', () => {
  test('is tried again after half a second at least, and ten seconds at most', () => {
    goLive();
    const waits: number[] = [];
    for (let attempt = 0; attempt < 8; attempt++) {
      ports.chance = attempt % 2 === 0 ? 0 : 1;
      ports.socket.closed(false);
      const link = links.at(-1);
      waits.push(link && 'retryAt' in link ? (link.retryAt ?? 0) - ports.now() : Number.NaN);
      ports.pass(10_000);
      expect(ports.sockets).toHaveLength(attempt + 2);
    }
    expect(waits).toEqual([500, 2_000, 500, 8_000, 500, 10_000, 500, 10_000]);
  });

  test('begins anew with a subscription and a snapshot, and the backoff begins anew too', () => {
    goLive();
    ports.socket.closed(false);
    ports.pass(500);
    expect(ports.sockets).toHaveLength(2);
    ports.socket.opened();
    expect(sent()).toEqual([{ t: 'subscribe', regions: '*', breakdown: '*' }]);
    // Same sequence number as before, in another life of the hub: acknowledged all the same.
    receive(snapshot({}, { epoch: 'e2', at: noon + 9 }));
    expect(sent()).toEqual([{ t: 'ack', seq: 1 }]);
    expect(links.map(({ kind }) => kind)).toEqual(['live', 'reconnecting', 'reconnecting', 'live']);
    ports.socket.closed(false);
    expect(links.at(-1)).toMatchObject({ kind: 'reconnecting', attempts: 1 });
  });

  test('a socket that was given up has no say any more', () => {
    goLive();
    const old = ports.socket;
    old.closed(false);
    old.closed(false);
    old.received(JSON.stringify(delta(1, 2)));
    expect(states).toHaveLength(1);
    expect(links.map(({ kind }) => kind)).toEqual(['live', 'reconnecting']);
  });

  test('the reason is asked for and shown', async () => {
    ports.trouble = { title: 'The database is not migrated', detail: 'Run npm run migrate.' };
    ports.socket.closed(false);
    await Promise.resolve();
    expect(links.at(-1)).toMatchObject({ kind: 'reconnecting', trouble: ports.trouble });
    ports.pass(500);
    expect(links.at(-1)).toMatchObject({ retryAt: null, trouble: ports.trouble });
  });

  test('a reason that comes after the connection is back is not shown', async () => {
    goLive();
    ports.socket.closed(false);
    connection.retryNow();
    goLive();
    await Promise.resolve();
    expect(links.at(-1)).toEqual({ kind: 'live' });
  });

  test('without a network it is called offline, is tried all the same, and at once when the network is back', () => {
    goLive();
    ports.isOnline = false;
    ports.socket.closed(false);
    expect(links.at(-1)).toMatchObject({ kind: 'offline' });
    ports.pass(500);
    expect(ports.sockets).toHaveLength(2);
    ports.socket.closed(false);
    ports.isOnline = true;
    connection.networkChanged();
    expect(ports.sockets).toHaveLength(3);
    expect(links.at(-1)).toMatchObject({ kind: 'reconnecting', retryAt: null });
  });

  test('losing the network alone does not end a connection that still works', () => {
    goLive();
    ports.isOnline = false;
    connection.networkChanged();
    expect(links.at(-1)).toEqual({ kind: 'live' });
    connection.retryNow();
    expect(ports.sockets).toHaveLength(1);
  });
});

describe('a mute connection', () => {
  test('is pinged every 5 s, and given up once nothing was heard for 12 s', () => {
    goLive();
    ports.pass(10_000);
    expect(sent()).toEqual(['ping', 'ping']);
    expect(links.at(-1)).toEqual({ kind: 'live' });
    ports.pass(5_000);
    expect(ports.sockets[0]?.isClosed).toBe(true);
    expect(links.at(-1)).toMatchObject({ kind: 'reconnecting' });
  });

  test('a pong is enough to keep it', () => {
    goLive();
    for (let i = 0; i < 10; i++) {
      ports.pass(5_000);
      ports.socket.received('pong');
    }
    expect(ports.sockets).toHaveLength(1);
  });

  test('a socket that never opens is given up as well', () => {
    ports.pass(15_000);
    expect(links.at(-1)).toMatchObject({ kind: 'reconnecting', attempts: 1 });
    ports.pass(500);
    expect(ports.sockets).toHaveLength(2);
  });
});

describe('[ACC-8] a sign-in that is over', () => {
  test('ends the connection at once and for good: nothing is tried, by the network neither', () => {
    goLive();
    ports.socket.closed(true);
    expect(links.at(-1)).toEqual({ kind: 'signed-out' });
    ports.pass(60_000);
    connection.networkChanged();
    expect(ports.sockets).toHaveLength(1);
    expect(ports.diagnoses).toBe(0);
  });

  test('is found out by asking why a connection does not open, and what was being tried is given up', async () => {
    goLive();
    ports.trouble = 'signed-out';
    ports.socket.closed(false);
    ports.pass(500);
    expect(ports.sockets).toHaveLength(2);
    await Promise.resolve();
    expect(links.at(-1)).toEqual({ kind: 'signed-out' });
    expect(ports.socket.isClosed).toBe(true);
    ports.pass(60_000);
    expect(ports.sockets).toHaveLength(2);
  });

  test('is tried once more when a person comes back, and begins with a snapshot', async () => {
    goLive();
    ports.socket.closed(true);
    ports.trouble = 'signed-out';
    connection.retryNow();
    ports.socket.closed(false);
    await Promise.resolve();
    expect(links.at(-1)).toEqual({ kind: 'signed-out' });
    connection.retryNow();
    ports.socket.opened();
    receive(delta(1, 2));
    expect(states).toHaveLength(1);
    receive(snapshot());
    expect(links.at(-1)).toEqual({ kind: 'live' });
  });
});
