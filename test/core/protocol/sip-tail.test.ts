import { describe, expect, test } from 'vitest';
import { Identifier } from '../../../core/protocol/identity.ts';
import { SipTail } from '../../../core/protocol/sip-tail.ts';
import { sipWasm } from '../../../core/protocol/sip-wasm.ts';
import { createSipHasher, sipKey } from '../../../core/protocol/siphash.ts';

const key = sipKey(Uint8Array.from({ length: 16 }, (_, i) => i * 7 + 3));
const hasher = createSipHasher(key);
const encoder = new TextEncoder();

function hashed(tail: SipTail, id: string, timeMs: number | null): string {
  const bytes = encoder.encode(id);
  const end = tail.part(tail.start, tail.copy(bytes, 0, bytes.length));
  tail.hash(timeMs === null ? end : tail.time(end, timeMs));
  return `${tail.hi} ${tail.lo}`;
}

function expected(...parts: string[]): string {
  hasher.hashParts(parts);
  return `${hasher.hi} ${hasher.lo}`;
}

const times = [946_684_800_000, 999_999_999_999, 1_000_000_000_000, 1_795_176_000_123, 8_640_000_000_000];

describe('[IDN-1] a tail hashes as the whole list of texts does', () => {
  // What is too long for the memory of WebAssembly is hashed in JavaScript, as where there is none.
  test.each([0, 1, 7, 8, 9, 20, 5000])('behind a beginning of %d characters', (length) => {
    const beginning = 'p'.repeat(length);
    const tail = new SipTail(key, [beginning], 512, 1);
    for (let size = 1; size < 40; size++) {
      const id = 'é'.repeat(size % 3) + 'x'.repeat(size);
      expect(hashed(tail, id, null)).toBe(expected(beginning, id));
      for (const time of times) expect(hashed(tail, id, time)).toBe(expected(beginning, id, String(time)));
    }
  });

  test('in WebAssembly where there is any, as here', () => {
    expect(sipWasm).not.toBeNull();
  });

  test('and is no more to be used when another has claimed its memory', () => {
    const first = new SipTail(key, ['first'], 512, 1);
    const second = new SipTail(key, ['second'], 512, 1);
    expect(hashed(second, 'id', null)).toBe(expected('second', 'id'));
    expect(() => hashed(first, 'id', null)).toThrow('a tail was used');
    first.claim();
    expect(hashed(first, 'id', null)).toBe(expected('first', 'id'));
  });

  test('of two producers by turns, and of two keys', () => {
    const other = sipKey(new Uint8Array(16).fill(9));
    const identifiers = [key, other].map(
      (pseudonym) => new Identifier({ identity: key, pseudonym, pseudonymVersion: 1 }),
    );
    for (let turn = 0; turn < 6; turn++) {
      const identifier = identifiers[turn % 2]!;
      const producer = `producer-${turn % 3}`;
      const { user, session } = identifier.tails(producer);
      const { hi, lo } = identifier.session(producer, 's-1');
      expect(hashed(session, 's-1', null)).toBe(`${hi} ${lo}`);
      const person = identifier.user('u-1');
      expect(hashed(user, 'u-1', null)).toBe(`${person.hi} ${person.lo}`);
    }
  });
});
