import { env } from 'cloudflare:workers';
import { describe, expect, test } from 'vitest';
import { type DeadLetter, listDeadLetters, storeDeadLetter } from '../../storage/dead-letters.ts';

const atMs = Date.UTC(2026, 10, 21, 12);
const chunk = {
  region: 4,
  shard: 0,
  door: '00112233aabbccdd',
  firstNumber: 17,
  count: 3,
  twins: 1,
  voids: [12, 17],
  producer: 'Söhne & Co',
};
const letter = (changes: Partial<DeadLetter> = {}): DeadLetter => ({
  source: { kind: 'chunk', ...chunk },
  bytes: new Uint8Array([1, 2, 3]),
  code: 'undecodable',
  message: 'cut short at byte 3',
  atMs,
  ...changes,
});

describe('[LOG-1] the dead-letter store', () => {
  test('keeps a letter with its bytes and its error', async () => {
    const key = await storeDeadLetter(env.LAKE, letter());
    expect(key).toMatch(/^dead\/2026-11-21\/region-4\/00112233aabbccdd-17-[0-9a-f]{16}$/);
    const object = await env.LAKE.get(key);
    expect(new Uint8Array((await object?.arrayBuffer()) ?? new ArrayBuffer())).toEqual(
      new Uint8Array([1, 2, 3]),
    );
    expect(object?.customMetadata).toEqual({
      code: 'undecodable',
      message: 'cut short at byte 3',
      at: String(atMs),
      numbers: '4 0 17 3 1 12 17',
      door: '00112233aabbccdd',
      producer: 'S%C3%B6hne%20%26%20Co',
    });
  });

  test('[ING-6b] lists with each letter of a chunk what its header says, and none for others', async () => {
    const at = atMs + 5 * 86_400_000;
    await storeDeadLetter(env.LAKE, letter({ atMs: at }));
    await storeDeadLetter(env.LAKE, letter({ atMs: at, source: { kind: 'message', messageId: 'm' } }));
    const { letters } = await listDeadLetters(env.LAKE, { date: '2026-11-26' });
    expect(letters.map((one) => [one.atMs, one.chunk])).toEqual([
      [at, null],
      [at, chunk],
    ]);
  });

  test('stores a letter delivered twice once, as it came first', async () => {
    const first = await storeDeadLetter(env.LAKE, letter({ atMs: atMs + 1, message: 'first' }));
    expect(await storeDeadLetter(env.LAKE, letter({ atMs: atMs + 2, message: 'second' }))).toBe(first);
    expect((await env.LAKE.head(first))?.customMetadata?.message).toBe('cut short at byte 3');
    expect((await listDeadLetters(env.LAKE)).letters.filter(({ key }) => key === first)).toHaveLength(1);
  });

  test('keeps letters apart that claim the same numbers', async () => {
    const keys = await Promise.all(
      [[1], [2], [1]].map((bytes) => storeDeadLetter(env.LAKE, letter({ bytes: new Uint8Array(bytes) }))),
    );
    expect(new Set(keys).size).toBe(2);
  });

  test('takes a message of which nothing could be read, and an error of any length', async () => {
    const source = { kind: 'message', messageId: '../../x y' } as const;
    const key = await storeDeadLetter(env.LAKE, letter({ source, message: `${'é'.repeat(9999)}\ud800` }));
    expect(key).toMatch(/^dead\/2026-11-21\/message\/\.\._\.\._x_y-[0-9a-f]{16}$/);
  });

  test('lists by day, page by page', async () => {
    const other = letter({ atMs: atMs + 86_400_000 });
    await storeDeadLetter(env.LAKE, other);
    await storeDeadLetter(env.LAKE, { ...other, bytes: new Uint8Array([9]) });
    const first = await listDeadLetters(env.LAKE, { date: '2026-11-22', limit: 1 });
    expect(first.letters).toMatchObject([{ sizeBytes: 3, code: 'undecodable' }]);
    const next = await listDeadLetters(env.LAKE, {
      date: '2026-11-22',
      limit: 1,
      cursor: first.cursor as string,
    });
    expect(next.letters).toHaveLength(1);
    expect(next.cursor).toBeNull();
    expect((await listDeadLetters(env.LAKE, { date: '2026-11-23' })).letters).toEqual([]);
  });
});
