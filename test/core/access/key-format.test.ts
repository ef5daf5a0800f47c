import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { base32Digits } from '../../../core/access/base32.ts';
import { crc32 } from '../../../core/access/crc32.ts';
import {
  formatKey,
  type KeyEnvironment,
  keyRandomBytes,
  makeKey,
  parseKey,
} from '../../../core/access/key-format.ts';
import { shownKey } from '../../../core/access/shown-key.ts';

const anyKey = fc
  .record({
    environment: fc.constantFrom<KeyEnvironment>('local', 'live'),
    random: fc.uint8Array({ minLength: keyRandomBytes, maxLength: keyRandomBytes }),
  })
  .map(({ environment, random }) => makeKey(environment, random));

describe('[KEY-1] the form of a key', () => {
  test('is one text that scanners find', () => {
    const key = formatKey(
      makeKey(
        'live',
        new Uint8Array(keyRandomBytes).map((_, i) => i * 7),
      ),
    );
    expect(key).toMatchInlineSnapshot(`"mq_live_07enw3ahrz6d_mv29gqy5ckt18fpx4bjs07enw30ns7014"`);
  });

  test('is read as it was written', () => {
    fc.assert(
      fc.property(anyKey, (key) => {
        expect(parseKey(formatKey(key))).toEqual(key);
      }),
    );
  });

  test('holds at least 128 random bits: every digit of id and secret takes all 32 values', () => {
    const { secret, id } = makeKey('local', new Uint8Array(keyRandomBytes).fill(255));
    expect([id.length, secret.length * 5]).toEqual([12, 130]);
    for (let value = 0; value < 256; value++) {
      const { secret: digits } = makeKey('local', new Uint8Array(keyRandomBytes).fill(value));
      expect(digits).toBe((base32Digits[value % 32] as string).repeat(26));
    }
  });

  test('one changed character, wherever, whatever: refused by the checksum', () => {
    const characters = `${base32Digits}${base32Digits.toUpperCase()}_ilou -é\n`.split('');
    fc.assert(
      fc.property(anyKey, (key) => {
        const text = formatKey(key);
        for (let at = 0; at < text.length; at++) {
          for (const other of characters) {
            if (other === text[at]) continue;
            expect(parseKey(text.slice(0, at) + other + text.slice(at + 1))).toBeNull();
          }
        }
      }),
      { numRuns: 20 },
    );
  });

  test('a character too many or too few, two swapped, a blank around: refused', () => {
    fc.assert(
      fc.property(anyKey, fc.nat(), (key, where) => {
        const text = formatKey(key);
        const at = where % (text.length - 1);
        const [one = '', next = ''] = text.slice(at);
        expect(parseKey(text.slice(0, at) + text.slice(at + 1))).toBeNull();
        expect(parseKey(text.slice(0, at) + one + text.slice(at))).toBeNull();
        for (const around of [` ${text}`, `${text}\n`, `${text} `]) expect(parseKey(around)).toBeNull();
        if (one !== next) {
          expect(parseKey(text.slice(0, at) + next + one + text.slice(at + 2))).toBeNull();
        }
      }),
    );
  });

  test.each([
    '',
    'mq',
    'mq_live__',
    'mq_test_000000000000_00000000000000000000000000',
    'eyJhbGciOiJub25lIn0.e30.',
    'a'.repeat(100_000),
  ])('what is no key at all is refused: %#', (text) => {
    expect(parseKey(text)).toBeNull();
  });

  test('the checksum is the CRC-32 of gzip', () => {
    expect(crc32('123456789')).toBe(0xcbf43926);
    expect(crc32('')).toBe(0);
  });
});

describe('[KEY-1] where a key is shown', () => {
  const shown = (authorization: string | null, query = '') =>
    shownKey({ get: () => authorization }, `https://marquee.example/v1/events${query}`);

  test.each([
    ['Bearer abc', '', 'abc'],
    ['bearer   abc ', '', 'abc'],
    [null, '?key=abc', 'abc'],
    ['Bearer ', '?key=abc', 'abc'],
    ['Bearer abc', '?key=def', 'abc'],
    ['Bearer ', '', null],
    ['Bearer', '', null],
    ['', '?key=', null],
    ['Basic abc', '', null],
    [null, '', null],
  ])('%j with %j shows %j', (authorization, query, key) => {
    expect(shown(authorization, query)).toBe(key);
  });
});
