import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { askCatalogue, CatalogueTitles } from '../../site/live/catalogue-titles.ts';

function titles() {
  const asked: string[][] = [];
  const of = { nowMs: 0, answers: true };
  const held = new CatalogueTitles(
    async (ids) => {
      asked.push([...ids]);
      return of.answers ? ids.map((id) => ({ movie_id: id, title: `Title of ${id}`, genre: 'Drama' })) : null;
    },
    () => of.nowMs,
  );
  return { asked, of, held };
}

describe('[CAT-3] titles of the catalogue on the live page', () => {
  test('each content is asked for once a minute, in one question', async () => {
    const { asked, of, held } = titles();
    await held.want(['a', 'b']);
    await held.want(['b', 'c']);
    expect(asked).toEqual([['a', 'b'], ['c']]);
    expect(held.known.value.get('c')).toEqual({ movie_id: 'c', title: 'Title of c', genre: 'Drama' });
    of.nowMs = 59_999;
    await held.want(['a', 'b', 'c']);
    expect(asked).toHaveLength(2);
    of.nowMs = 60_000;
    await held.want(['a', 'b', 'c']);
    expect(asked[2]).toEqual(['a', 'b', 'c']);
  });

  test('what is known stands while the service does not answer', async () => {
    const { asked, of, held } = titles();
    await held.want(['a']);
    of.answers = false;
    of.nowMs = 60_000;
    await held.want(['a', 'b']);
    expect(asked).toHaveLength(2);
    expect([...held.known.value.keys()]).toEqual(['a']);
  });

  test('a day of titles that come and go is not held', async () => {
    const { held } = titles();
    for (let i = 0; i < 1_000; i++) await held.want([`film-${i}`]);
    expect(held.known.value.size).toBeLessThanOrEqual(202);
    expect(held.known.value.has('film-999')).toBe(true);
  });

  test('ids with commas and quotes are one id each', async () => {
    const fetched = vi.spyOn(globalThis, 'fetch').mockResolvedValue(Response.json({ data: [] }));
    onTestFinished(() => fetched.mockRestore());
    expect(await askCatalogue(['a', 'b,c', 'd"e'])).toEqual([]);
    const asked = new URL(fetched.mock.calls[0]?.[0] as string, 'http://localhost');
    expect(asked.searchParams.get('ids')).toBe('a,"b,c","d""e"');
  });
});
