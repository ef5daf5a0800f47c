import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../../core/protocol/canonical-json.ts';
import { type Hash64, noHash, Ordinals, shardOf } from '../../../core/protocol/identity.ts';
import { testIdentifier } from '../../support/judge-context.ts';

const text = ({ hi, lo }: Hash64) => `${hi.toString(16)}:${lo.toString(16)}`;
const identifier = testIdentifier();

describe('[IDN-1] identities', () => {
  test('follow from producer, id and time, and from nothing else', () => {
    const identity = text(identifier.ofEvent('local', 'e-1', 1000));
    expect(text(testIdentifier().ofEvent('local', 'e-1', 1000))).toBe(identity);
    expect(text(testIdentifier(1, 99).ofEvent('local', 'e-1', 1000))).toBe(identity);
    const others = [
      identifier.ofEvent('other', 'e-1', 1000),
      identifier.ofEvent('local', 'e-2', 1000),
      identifier.ofEvent('local', 'e-1', 1001),
      identifier.ofEvent('locale', '-1', 1000),
      identifier.ofEvent('local', 'e-11', 0),
      testIdentifier(3).ofEvent('local', 'e-1', 1000),
    ];
    for (const other of others) expect(text(other)).not.toBe(identity);
  });

  test('are frozen: another value here is another version in version.ts', () => {
    expect(text(identifier.ofEvent('local', 'e-1', 1000))).toMatchInlineSnapshot(`"3349b535:32a0515"`);
    expect(text(identifier.ofRecord('local', '{"a":1}', 0, 1000))).toMatchInlineSnapshot(
      `"a04f4ebd:3de750f1"`,
    );
    expect(text(identifier.user('u-1'))).toMatchInlineSnapshot(`"e092331f:5d481cd1"`);
    expect(text(identifier.session('local', 's-1'))).toMatchInlineSnapshot(`"e6ef9f2d:8bf86bf1"`);
  });

  test('of a record without an id follow from the record, its ordinal and time, and are apart from those of ids', () => {
    const of = (canonical: string, ordinal: number, timeMs = 5) =>
      text(identifier.ofRecord('local', canonical, ordinal, timeMs));
    expect(of('{"a":1}', 0)).toBe(of('{"a":1}', 0));
    const all = [of('{"a":1}', 0), of('{"a":1}', 1), of('{"a":2}', 0), of('{"a":1}', 0, 6)];
    expect(new Set([...all, text(identifier.ofEvent('local', '{"a":1}', 5))]).size).toBe(5);
  });

  test('100,000 ids give 100,000 identities', () => {
    const seen = new Set<string>();
    for (let i = 0; i < 100_000; i++) seen.add(text(identifier.ofEvent('local', `e-${i}`, 0)));
    expect(seen.size).toBe(100_000);
  });
});

describe('[IDN-1] pseudonyms', () => {
  test('hang on another key than identities', () => {
    expect(text(testIdentifier(9, 2).user('u-1'))).toBe(text(identifier.user('u-1')));
    expect(text(testIdentifier(1, 9).user('u-1'))).not.toBe(text(identifier.user('u-1')));
    expect(identifier.pseudonymVersion).toBe(1);
  });

  test('of users are the same for all producers, of sessions not, and the two are apart', () => {
    const session = text(identifier.session('local', 'x'));
    expect(text(identifier.session('other', 'x'))).not.toBe(session);
    expect(text(identifier.user('x'))).not.toBe(session);
    expect(text(identifier.user('x'))).not.toBe('0:0');
  });
});

describe('[IDN-2] shards', () => {
  test('of one there is the first', () => {
    expect(shardOf(identifier.session('local', 's'), identifier.user('u'), 1)).toBe(0);
  });

  test('of many: by session, or by identity without one; all are used', () => {
    const used = new Set<number>();
    for (let i = 0; i < 200; i++) {
      const session = identifier.session('local', `s-${i}`);
      const shard = shardOf(session, identifier.user('u'), 7);
      expect(shardOf(session, identifier.user('v'), 7)).toBe(shard);
      expect(shardOf(noHash, session, 7)).toBe(shard);
      used.add(shard);
    }
    expect(used).toEqual(new Set([0, 1, 2, 3, 4, 5, 6]));
  });
});

test('ordinals count equals', () => {
  const ordinals = new Ordinals();
  expect(['a', 'b', 'a', 'a', 'b'].map((canonical) => ordinals.next(canonical))).toEqual([0, 0, 1, 2, 1]);
});

describe('canonical JSON', () => {
  test('sorts keys at every level and keeps __proto__', () => {
    const raw: unknown = JSON.parse('{"b":[{"d":1,"c":-0}],"a":"\\u00e4\\n","__proto__":null}');
    expect(canonicalJson(raw)).toBe('{"__proto__":null,"a":"ä\\n","b":[{"c":0,"d":1}]}');
  });

  test('is JSON of the same value, whatever the order of keys', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
        const value = JSON.parse(JSON.stringify(object)) as Record<string, unknown>;
        const reversed = Object.fromEntries(Object.entries(value).reverse());
        expect(JSON.parse(canonicalJson(value))).toEqual(value);
        expect(canonicalJson(reversed)).toBe(canonicalJson(Object.fromEntries(Object.entries(value))));
      }),
    );
  });
});
