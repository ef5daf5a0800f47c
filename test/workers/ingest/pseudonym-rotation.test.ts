// The key of the pseudonyms is rotated (docs/operations.md) while users are active and producers send again.
import { describe, expect, test } from 'vitest';
import { DistinctSketch } from '../../../core/aggregate/distinct-sketch.ts';
import { decodeChunk } from '../../../core/protocol/chunk.ts';
import { decodeEnvelope } from '../../../core/protocol/envelope.ts';
import { Region } from '../../../core/window/region.ts';
import { TestDoor, view } from './recording-env.ts';

const identity = '00112233445566778899aabbccddeeff';
const oldKey = '1:0123456789abcdef0123456789abcdef';
const newKey = '2:fedcba9876543210fedcba9876543210';

const doorWith = (key: string, id: string) =>
  new TestDoor({ IDENTITY_KEY: identity, PSEUDONYM_KEY: key }, id);

const rawChunks = ({ queue }: TestDoor): Uint8Array[] =>
  queue.messages.flatMap(({ body }) => decodeEnvelope(body).chunks);

function eventsOf(door: TestDoor) {
  return rawChunks(door)
    .map(decodeChunk)
    .flatMap(({ header, columns }) =>
      Array.from({ length: header.count }, (_, at) => ({
        version: header.pseudonymVersion,
        identity: [columns.identity.hi[at], columns.identity.lo[at]].join(),
        user: [columns.user.hi[at], columns.user.lo[at]].join(),
        session: [columns.session.hi[at], columns.session.lo[at]].join(),
      })),
    );
}

const watching = (id: string) => view({ event_id: id, user_id: 'u-1', session_id: 's-1' });

describe('[IDN-1] the key of the pseudonyms is rotated', () => {
  test('old and new pseudonyms are apart, each with its version; identities stay what they are', async () => {
    const [before, after, again] = [
      doorWith(oldKey, 'a'.repeat(16)),
      doorWith(newKey, 'b'.repeat(16)),
      doorWith(oldKey, 'c'.repeat(16)),
    ];
    for (const door of [before, after, again]) await door.post([watching('e-1')]);
    const [old, fresh, joined] = [before, after, again].map((door) => eventsOf(door)[0]);
    expect([old?.version, fresh?.version]).toEqual([1, 2]);
    expect(fresh?.identity).toBe(old?.identity);
    expect(fresh?.user).not.toBe(old?.user);
    expect(fresh?.session).not.toBe(old?.session);
    // Who holds both keys can join them: the old one gives the old pseudonym again.
    expect(joined).toEqual(old);
  });

  test('what is sent again after it counts once; a user active before and after counts as two', async () => {
    const [before, after] = [doorWith(oldKey, 'a'.repeat(16)), doorWith(newKey, 'b'.repeat(16))];
    await before.post([watching('e-1'), watching('e-2')]);
    await after.post([watching('e-2'), watching('e-3')]);
    const chunks = [...rawChunks(before), ...rawChunks(after)];
    const regionNumber = decodeChunk(chunks[0] as Uint8Array).header.regionNumber;
    const origin = { regionNumber, shard: 0, generation: 0, incarnation: 1 };
    const nothing = {
      snapshot: null,
      lastRow: null,
      parked: [],
      confirmed: [],
      alerts: null,
      alertSetup: null,
      sealing: null,
    };
    const region = new Region({ origin, rowsFrom: () => [], ...nothing }, before.nowMs);
    region.receive(chunks, before.nowMs);
    expect(region.totals).toMatchObject({ counted: 3, duplicates: 1 });
    const [window] = region.answer(before.nowMs).windows;
    const distinct = (bytes: Uint8Array | undefined) =>
      Math.round(DistinctSketch.fromBytes(bytes ?? new Uint8Array()).estimate());
    expect([distinct(window?.users), distinct(window?.sessions)]).toEqual([2, 2]);
  });
});
