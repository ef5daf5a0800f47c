import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Annotation } from '../../core/annotation/annotation.ts';
import { annotationSpanMsMax } from '../../core/protocol/note-limits.ts';
import {
  type AnnotationFilter,
  addAnnotation,
  changeAnnotation,
  deleteAnnotation,
  readAnnotation,
  readAnnotations,
} from '../../storage/annotation-store.ts';

const t0 = Date.UTC(2026, 10, 21, 12);
const hour = 3_600_000;
const first = { limit: 100, after: null };
const all: AnnotationFilter = { fromMs: t0, toMs: t0 + hour, regions: '*', tags: [], readerId: 'ada' };

const built = (fields: Partial<Annotation> = {}): Annotation => ({
  id: 'a',
  atMs: t0,
  untilMs: null,
  text: 'A deployment',
  tags: [],
  region: null,
  visibility: 'shared',
  authorId: 'ada',
  authorName: 'Ada',
  version: 1,
  createdAtMs: t0,
  changedAtMs: t0,
  ...fields,
});

const add = async (...list: readonly Partial<Annotation>[]) => {
  for (const fields of list) await addAnnotation(env.DB, built(fields));
};
const idsOf = async (filter: Partial<AnnotationFilter> = {}) =>
  (await readAnnotations(env.DB, { ...all, ...filter }, first)).map(({ id }) => id);

beforeEach(async () => {
  await env.DB.prepare('DELETE FROM annotations').run();
});

test('an annotation comes back as it was written', async () => {
  const one = built({ untilMs: t0 + 5, tags: ["it's", '"; --'], region: 'EU-Paris', visibility: 'personal' });
  await addAnnotation(env.DB, one);
  expect(await readAnnotation(env.DB, one.id)).toEqual(one);
  expect(await readAnnotation(env.DB, 'another')).toBeNull();
});

describe('[ANN-1] what lies in a range or reaches into it', () => {
  test('points by their time, spans by any part of them, newest first', async () => {
    await add(
      { id: 'before', atMs: t0 - 1 },
      { id: 'first', atMs: t0 },
      { id: 'last', atMs: t0 + hour - 1 },
      { id: 'after', atMs: t0 + hour },
      { id: 'reaches in', atMs: t0 - hour, untilMs: t0 + 1 },
      { id: 'ends as it begins', atMs: t0 - hour, untilMs: t0 },
      { id: 'longest', atMs: t0 - annotationSpanMsMax + 1, untilMs: t0 + 1 },
    );
    expect(await idsOf()).toEqual(['last', 'first', 'reaches in', 'longest']);
  });

  test('of some regions, and of none', async () => {
    await add({ id: 'none' }, { id: 'paris', region: 'EU-Paris' }, { id: 'tokyo', region: 'ASIA-Tokyo' });
    expect(await idsOf()).toEqual(['tokyo', 'paris', 'none']);
    expect(await idsOf({ regions: ['EU-Paris'] })).toEqual(['paris', 'none']);
    expect(await idsOf({ regions: [] })).toEqual(['none']);
  });

  test('with all of the tags', async () => {
    await add({ id: 'both', tags: ['a', 'b', 'c'] }, { id: 'one', tags: ['a'] }, { id: 'ab', tags: ['ab'] });
    expect(await idsOf({ tags: ['a'] })).toEqual(['one', 'both']);
    expect(await idsOf({ tags: ['b', 'a'] })).toEqual(['both']);
    expect(await idsOf({ tags: ["' OR 1=1 --"] })).toEqual([]);
  });

  test('personal ones for their author alone', async () => {
    await add({ id: 'mine', visibility: 'personal' }, { id: 'his', visibility: 'personal', authorId: 'bob' });
    expect(await idsOf()).toEqual(['mine']);
    expect(await idsOf({ readerId: 'bob' })).toEqual(['his']);
    expect(await idsOf({ readerId: 'eve' })).toEqual([]);
  });

  test('in pages without gap or repetition, also among those of one time', async () => {
    await add(...Array.from({ length: 7 }, (_, n) => ({ id: `n${n}`, atMs: t0 + (n >> 1) })));
    const seen: string[] = [];
    let after: Annotation | null = null;
    for (let page = 0; page < 4; page++) {
      const rows = await readAnnotations(env.DB, all, { limit: 2, after });
      seen.push(...rows.map(({ id }) => id));
      after = rows.at(-1) ?? null;
    }
    expect(seen).toEqual(['n6', 'n5', 'n4', 'n3', 'n2', 'n1', 'n0']);
  });
});

test('only the version that was read is changed or deleted', async () => {
  await add({ id: 'a' });
  const [ada, bob] = [built({ version: 2, text: 'Ada' }), built({ version: 2, text: 'Bob' })];
  const changed = await Promise.all([ada, bob].map((one) => changeAnnotation(env.DB, one)));
  expect(changed.filter(Boolean)).toHaveLength(1);
  expect(await deleteAnnotation(env.DB, { id: 'a', version: 1 })).toBe(false);
  expect(await deleteAnnotation(env.DB, { id: 'a', version: 2 })).toBe(true);
  expect(await changeAnnotation(env.DB, built({ version: 3 }))).toBe(false);
});

test('[ANN-1] a page is read by the index of times, without a sort', async () => {
  const asked: { sql: string; values: unknown[] }[] = [];
  const DB = new Proxy(env.DB, {
    get: (real, name) => {
      if (name !== 'prepare') return Reflect.get(real, name) as unknown;
      return (sql: string) => {
        const statement = real.prepare(sql);
        return Object.assign(statement, {
          bind: (...values: unknown[]) => {
            asked.push({ sql, values });
            return real.prepare(sql).bind(...values);
          },
        });
      };
    },
  });
  const filter = { ...all, regions: ['EU-Paris'], tags: ['a'] };
  for (const after of [null, { atMs: t0, id: 'a' }]) await readAnnotations(DB, filter, { limit: 10, after });
  expect(asked).toHaveLength(2);
  for (const { sql, values } of asked) {
    const plan = await env.DB.prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .bind(...values)
      .all<{ detail: string }>();
    const details = plan.results.map(({ detail }) => detail);
    expect(details[0]).toBe('SEARCH annotations USING INDEX annotations_by_time (at>? AND at<?)');
    expect(details.filter((detail) => /SCAN annotations|TEMP B-TREE/.test(detail))).toEqual([]);
  }
});

test('a visibility that this version does not know passes for none', async () => {
  await add({ id: 'a' });
  await env.DB.prepare("UPDATE annotations SET visibility = 'shared ' WHERE id = 'a'").run();
  await expect(readAnnotation(env.DB, 'a')).rejects.toThrow(/visibility/);
});
