import { describe, expect, test } from 'vitest';
import { Believed } from '../../storage/believed.ts';
import { NotMigratedError } from '../../storage/migrated.ts';
import { StoredDataError } from '../../storage/stored-data-error.ts';

const limits = { freshMs: 10, outageMs: 100, countMax: 2, strangersMax: 2 };
const away = () => Promise.reject(new Error('the database is away'));

function counting<T>(value: T | null) {
  const asked = {
    count: 0,
    read: async () => {
      asked.count++;
      return await Promise.resolve(value);
    },
  };
  return asked;
}

describe('[KEY-3, ACC-3] what D1 said of a credential', () => {
  test('is believed for its time, whichever way the clock goes', async () => {
    const believed = new Believed<string>(limits);
    const { read } = counting('ann');
    const asked = counting('bob');
    expect(await believed.find('a', 1_000, read)).toBe('ann');
    expect(await believed.find('a', 1_009, asked.read)).toBe('ann');
    expect(asked.count).toBe(0);
    expect(await believed.find('a', 1_010, asked.read)).toBe('bob');
    expect(await believed.find('a', 500, counting('eve').read)).toBe('eve');
  });

  test('holds on while D1 does not answer, up to its limit, and D1 is not asked each time', async () => {
    const believed = new Believed<string>(limits);
    await believed.find('a', 1_000, counting('ann').read);
    expect(await believed.find('a', 1_050, away)).toBe('ann');
    const asked = counting('bob');
    expect(await believed.find('a', 1_059, asked.read)).toBe('ann');
    expect(asked.count).toBe(0);
    expect(await believed.find('a', 1_099, away)).toBe('ann');
    await expect(believed.find('a', 1_109, away)).rejects.toThrow('away');
  });

  test('is taken back as soon as D1 answers', async () => {
    const believed = new Believed<string>(limits);
    await believed.find('a', 1_000, counting('ann').read);
    expect(await believed.find('a', 1_050, away)).toBe('ann');
    expect(await believed.find('a', 1_060, counting<string>(null).read)).toBeNull();
    await expect(believed.find('a', 1_070, away)).rejects.toThrow('away');
  });

  test.each([new NotMigratedError(), new StoredDataError('people', 'a', 'is damaged')])(
    'does not stand against %s',
    async (error) => {
      const believed = new Believed<string>(limits);
      await believed.find('a', 1_000, counting('ann').read);
      await expect(believed.find('a', 1_050, () => Promise.reject(error))).rejects.toBe(error);
    },
  );

  test('that it knows none is remembered for a short while only, and never against an outage', async () => {
    const believed = new Believed<string>(limits);
    const none = counting<string>(null);
    await believed.find('x', 1_000, none.read);
    expect(await believed.find('x', 1_009, none.read)).toBeNull();
    expect(none.count).toBe(1);
    await expect(believed.find('x', 1_010, away)).rejects.toThrow('away');
  });

  test('strangers displace only strangers, and what is forgotten is asked for', async () => {
    const believed = new Believed<string>(limits);
    await believed.find('a', 1_000, counting('ann').read);
    for (let n = 0; n < 10; n++) await believed.find(`x${n}`, 1_000, counting<string>(null).read);
    expect(believed.size).toBe(3);
    expect(await believed.find('a', 1_001, away)).toBe('ann');
    for (const id of ['b', 'c']) await believed.find(id, 1_001, counting(id).read);
    await expect(believed.find('a', 1_002, away)).rejects.toThrow('away');
    believed.forgetAll();
    await expect(believed.find('c', 1_002, away)).rejects.toThrow('away');
  });
});
